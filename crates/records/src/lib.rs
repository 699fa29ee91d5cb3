//! The record platform: a catalog of objects and fields, and the records themselves.

pub mod catalog;
pub mod error;
pub mod query;
pub mod record;
pub mod search;
mod text;
pub mod users;
mod validation;
pub mod value;

use std::sync::Arc;

use axum::extract::FromRef;
use kith_contracts::{Authenticator, UserDirectory, Workspaces};
use kith_http::{Routed, Routes};
use kith_kernel::Clock;
use kith_store::{Migrations, Store, migrations};

use catalog::Catalogs;
use users::UserCopy;

/// The service's migrations.
pub const MIGRATIONS: Migrations = migrations!("records", "V1__records.sql");

/// What the service needs of others.
#[derive(Clone)]
pub struct Deps {
    /// The database.
    pub store: Store,
    /// The source of the time and of new ids.
    pub clock: Clock,
    /// Who turns credentials into actors.
    pub authenticator: Arc<dyn Authenticator>,
    /// The workspaces and their settings.
    pub workspaces: Arc<dyn Workspaces>,
    /// The users of workspaces.
    pub users: Arc<dyn UserDirectory>,
}

/// The record platform. Clones share everything.
#[derive(Clone)]
pub struct Records {
    inner: Arc<Inner>,
}

struct Inner {
    deps: Deps,
    catalogs: Catalogs,
    users: UserCopy,
}

impl Records {
    /// The service on a migrated database.
    pub fn open(deps: Deps) -> Self {
        let catalogs = Catalogs::new(deps.store.clone());
        let users = UserCopy::new(deps.store.clone(), Arc::clone(&deps.users));
        Self {
            inner: Arc::new(Inner {
                deps,
                catalogs,
                users,
            }),
        }
    }

    /// The routes, for below `/api/v1`.
    pub fn router(&self) -> Routed {
        let routes = Routes::new(
            "Records",
            "Companies, people, deals and everything else, standard or custom.",
            self.clone(),
        );
        record::http::routes(routes).finish()
    }

    /// The database.
    pub fn store(&self) -> &Store {
        &self.inner.deps.store
    }

    /// The source of the time and of new ids.
    pub fn clock(&self) -> &Clock {
        &self.inner.deps.clock
    }

    /// The workspaces' catalogs.
    pub fn catalogs(&self) -> &Catalogs {
        &self.inner.catalogs
    }

    /// The copy of the workspaces' users.
    pub fn users(&self) -> &UserCopy {
        &self.inner.users
    }

    /// What the service was given.
    pub fn deps(&self) -> &Deps {
        &self.inner.deps
    }
}

impl FromRef<Records> for Arc<dyn Authenticator> {
    fn from_ref(records: &Records) -> Self {
        Arc::clone(&records.inner.deps.authenticator)
    }
}
