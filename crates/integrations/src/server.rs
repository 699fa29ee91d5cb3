//! The server itself, as the actor of work that nobody waits for.

use std::sync::Arc;

use kith_contracts::Workspaces;
use kith_kernel::{Actor, ActorKind, Failure, Role, Scope, UserId, WorkspaceId};

/// Acts for workspaces: what administrators set up goes on when they have left.
#[derive(Clone)]
pub(crate) struct Server {
    pub(crate) workspaces: Arc<dyn Workspaces>,
}

impl Server {
    /// The actor of what `user` set up; `None` where there is no such workspace any more.
    pub(crate) async fn acts_for(
        &self,
        workspace: WorkspaceId,
        user: UserId,
    ) -> Result<Option<Actor>, Failure> {
        let settings = self.workspaces.settings(workspace).await?;
        Ok(settings.map(|settings| Actor {
            workspace,
            user,
            kind: ActorKind::System,
            role: Role::Administrator,
            scopes: Arc::from(Scope::ALL),
            settings,
        }))
    }
}
