//! How a request's credentials become an actor.

use std::sync::Arc;

use async_trait::async_trait;
use kith_kernel::{Actor, Failure, UserId, WorkspaceId, WorkspaceSettings};

/// What a request brings to prove who sends it.
#[derive(Clone)]
pub enum Credentials {
    /// `Authorization: Bearer …`.
    Bearer(String),
    /// The session cookie and, on requests that change something, the CSRF token.
    Session {
        /// The cookie's value.
        cookie: String,
        /// The `X-CSRF-Token` header's value.
        csrf: Option<String>,
        /// Whether the method changes something, so that the CSRF token is demanded.
        unsafe_method: bool,
    },
}

/// Turns credentials into an actor.
#[async_trait]
pub trait Authenticator: Send + Sync {
    /// # Errors
    /// `Unauthenticated`, `CsrfRejected`, or `Unavailable` when the store can't be asked.
    async fn authenticate(&self, credentials: Credentials) -> Result<Actor, Failure>;

    /// The actor that the server is when it goes on with work that `user` began.
    /// `None` when the user is gone or inactive.
    async fn on_behalf_of(
        &self,
        workspace: WorkspaceId,
        user: UserId,
    ) -> Result<Option<Actor>, Failure>;
}

/// What services may ask about workspaces.
#[async_trait]
pub trait Workspaces: Send + Sync {
    /// The settings of a workspace; `None` where there is no such workspace.
    async fn settings(&self, id: WorkspaceId) -> Result<Option<Arc<WorkspaceSettings>>, Failure>;

    /// Every workspace, for background work.
    async fn all(&self) -> Result<Vec<WorkspaceId>, Failure>;
}
