//! All routes of this service, and what their requests and answers have in common.

use std::sync::Arc;

use axum::Router;
use axum::extract::FromRef;
use http::HeaderMap;
use kith_contracts::Authenticator;
use kith_http::openapi::Schema;
use kith_http::{Problem, Routed, Routes};
use kith_kernel::Failure;
use serde::{Deserialize, Deserializer};

use crate::workspace;
use crate::{Identity, IdentityError, activation, audit, login, page, session, setup, token, user};

impl FromRef<Identity> for Arc<dyn Authenticator> {
    fn from_ref(identity: &Identity) -> Self {
        Arc::new(identity.clone())
    }
}

impl From<IdentityError> for Problem {
    fn from(error: IdentityError) -> Self {
        Self(Failure::from(error))
    }
}

impl Identity {
    /// The routes below `/api/v1`.
    pub fn routes(&self) -> Routed {
        let routes = Routes::new(
            "Session",
            "Signing in and out, and the sessions of a user.",
            self.clone(),
        );
        let routes = session::routes(login::routes(routes));
        let routes = token::routes(routes);
        let routes = activation::routes(user::routes(routes));
        let routes = audit::routes(workspace::routes(routes));
        setup::routes(routes).finish()
    }

    /// The pages that work without the web application: the first set-up at `/setup` and
    /// activation links at `/activate`. To be mounted at the root.
    pub fn pages(&self) -> Router {
        setup::pages()
            .merge(activation::pages())
            .merge(page::stylesheet())
            .with_state(self.clone())
    }
}

/// Refuses what another site's page sends, where the browser says so. Requests with a session
/// are protected by their CSRF token; this is for those that have none yet.
pub(crate) fn refuse_other_sites(headers: &HeaderMap) -> Result<(), IdentityError> {
    let site = headers
        .get("sec-fetch-site")
        .and_then(|value| value.to_str().ok());
    match site {
        None | Some("same-origin" | "none") => Ok(()),
        Some(_) => Err(IdentityError::ForeignOrigin),
    }
}

/// The browser's name for itself.
pub(crate) fn user_agent(headers: &HeaderMap) -> Option<String> {
    let value = headers.get(http::header::USER_AGENT)?;
    Some(String::from_utf8_lossy(value.as_bytes()).into_owned())
}

/// For members of a patch: absent is `None`, and null is not absent.
pub(crate) fn present<'de, D, T>(deserializer: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    T::deserialize(deserializer).map(Some)
}

pub(crate) fn role_schema() -> Schema {
    Schema::one_of_texts(&["administrator", "member", "read_only"])
}

pub(crate) fn scopes_schema() -> Schema {
    Schema::array(Schema::one_of_texts(&[
        "records:read",
        "records:write",
        "admin",
    ]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_comes_from_elsewhere_is_refused() {
        let from = |site: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert("sec-fetch-site", http::HeaderValue::from_static(site));
            refuse_other_sites(&headers).is_ok()
        };
        assert!(refuse_other_sites(&HeaderMap::new()).is_ok());
        assert!(from("same-origin") && from("none"));
        assert!(!from("cross-site") && !from("same-site") && !from("nonsense"));
    }
}
