//! What services may know of a workspace's users.

use async_trait::async_trait;
use kith_kernel::{Actor, Failure, UserId, WorkspaceId};
use serde::{Deserialize, Serialize};

/// A user as other services see them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UserSummary {
    /// The user's id.
    pub id: UserId,
    /// The full name.
    pub name: String,
    /// The e-mail address, lower case; absent for users that an import made by name.
    pub email: Option<String>,
    /// Whether the user may sign in and own new work.
    pub active: bool,
    /// Ascends with every change within the workspace.
    pub revision: i64,
}

/// A user to be created inactive, as an import finds them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewUser {
    /// The full name.
    pub name: String,
    /// The e-mail address, where it is known.
    pub email: Option<String>,
}

/// The users of a workspace, for services that keep a copy of them.
#[async_trait]
pub trait UserDirectory: Send + Sync {
    /// The users changed after `revision`, oldest change first, at most `limit`.
    async fn changed_since(
        &self,
        workspace: WorkspaceId,
        revision: i64,
        limit: i64,
    ) -> Result<Vec<UserSummary>, Failure>;

    /// Creates users who can't sign in; gives back those who exist already under the same
    /// e-mail (or, without one, the same name, in any case) instead of creating them again.
    /// The answer has the order of `users`.
    async fn ensure_inactive(
        &self,
        actor: &Actor,
        users: Vec<NewUser>,
    ) -> Result<Vec<UserSummary>, Failure>;
}
