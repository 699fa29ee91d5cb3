//! The copy of the workspace's users, by which records name and sort by them.
//!
//! Users belong to another service. The copy follows it: before a record names a user that the
//! copy doesn't know, and every half minute.

use std::sync::Arc;

use kith_contracts::{UserDirectory, UserSummary};
use kith_kernel::{Failure, WorkspaceId};
use kith_store::{Class, Store, StoreError};

/// The copy's newest revision. A workspace has few users.
const REVISION: &str =
    "SELECT coalesce(max(revision), 0) FROM records.user_copy WHERE workspace_id = $1";
const PUT: &str = "INSERT INTO records.user_copy AS c (workspace_id, id, name, email, active, revision) \
    SELECT $1, v.* FROM unnest($2::uuid[], $3::text[], $4::text[], $5::bool[], $6::int8[]) \
    AS v(id, name, email, active, revision) ORDER BY v.id \
    ON CONFLICT (workspace_id, id) DO UPDATE SET name = excluded.name, email = excluded.email, \
    active = excluded.active, revision = excluded.revision WHERE c.revision < excluded.revision";

/// How many users are copied at once.
const BATCH: i64 = 1_000;

/// The users of all workspaces, as records see them.
#[derive(Clone)]
pub struct UserCopy {
    store: Store,
    directory: Arc<dyn UserDirectory>,
}

impl UserCopy {
    /// A copy of what `directory` knows.
    pub fn new(store: Store, directory: Arc<dyn UserDirectory>) -> Self {
        Self { store, directory }
    }

    /// Brings the copy of a workspace's users up to date.
    pub async fn follow(&self, workspace: WorkspaceId) -> Result<(), Failure> {
        let rows = (self.store)
            .read(workspace, Class::Interactive, REVISION, &[&workspace])
            .await?;
        let mut revision: i64 = rows.first().map_or(0, |row| row.get(0));
        loop {
            let users = (self.directory)
                .changed_since(workspace, revision, BATCH)
                .await?;
            let Some(last) = users.last() else {
                return Ok(());
            };
            revision = last.revision;
            self.put(workspace, &users).await?;
        }
    }

    /// Writes users into the copy.
    pub async fn put(
        &self,
        workspace: WorkspaceId,
        users: &[UserSummary],
    ) -> Result<(), StoreError> {
        let ids: Vec<_> = users.iter().map(|user| user.id).collect();
        let names: Vec<_> = users.iter().map(|user| user.name.as_str()).collect();
        let emails: Vec<_> = users.iter().map(|user| user.email.as_deref()).collect();
        let active: Vec<_> = users.iter().map(|user| user.active).collect();
        let revisions: Vec<_> = users.iter().map(|user| user.revision).collect();
        let tx = self.store.begin(workspace, Class::Interactive).await?;
        tx.execute(
            PUT,
            &[&workspace, &ids, &names, &emails, &active, &revisions],
        )
        .await?;
        tx.commit().await
    }
}
