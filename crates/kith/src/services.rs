//! The one place that knows every service.

use kith_http::Routed;
use kith_http::openapi::{Info, OpenApiPart, document};
use kith_store::Store;
use serde_json::Value;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::serve::Roles;

/// All services, opened on one database.
pub(crate) struct Services {}

impl Services {
    /// Brings the database's tables up to date and opens the services.
    pub(crate) async fn open(_store: &Store) -> anyhow::Result<Self> {
        Ok(Self {})
    }

    /// The routes of the services that `roles` name.
    pub(crate) fn routes(&self, _roles: &Roles) -> Routed {
        Routed::empty()
    }

    /// The background work of the services that `roles` name, which ends when `stop` says so.
    pub(crate) fn work(&self, _roles: &Roles, _stop: &CancellationToken) -> JoinSet<()> {
        JoinSet::new()
    }

    /// The path of the page that sets the first workspace up; `None` once there is one.
    pub(crate) async fn setup_path(&self) -> anyhow::Result<Option<String>> {
        Ok(None)
    }
}

/// The parts of the API's description that need no database.
pub(crate) fn static_parts() -> Vec<OpenApiPart> {
    Vec::new()
}

/// The OpenAPI document of these parts.
pub(crate) fn describe(parts: impl IntoIterator<Item = OpenApiPart>) -> Value {
    let info = Info {
        title: "Kith",
        version: env!("CARGO_PKG_VERSION"),
        description: include_str!("api.md"),
    };
    document(info, parts)
}
