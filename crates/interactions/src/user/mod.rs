//! The copy of the workspace's users, by which participants are told from customers.
//!
//! Users belong to another service. The copy follows it when interactions are appended, at most
//! every few seconds.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use kith_contracts::{UserDirectory, UserSummary};
use kith_kernel::{Failure, WorkspaceId};
use kith_store::{Class, Params, Store};
use parking_lot::Mutex;
use uuid::Uuid;

use crate::error::InteractionsError;
use crate::key::Keys;

/// How many users are copied at once.
const BATCH: i64 = 1_000;
/// How long the copy is good for.
const FRESH: Duration = Duration::from_secs(5);
/// Workspaces whose last look is remembered.
const REMEMBERED: usize = 10_000;

/// By the primary key. A workspace has few users.
const REVISION: &str =
    "SELECT coalesce(max(revision), 0) FROM interactions.known_user WHERE workspace_id = $1";
const PUT: &str = "INSERT INTO interactions.known_user AS u (workspace_id, id, name, address, revision) \
    SELECT $1, v.* FROM unnest($2::uuid[], $3::text[], $4::bytea[], $5::int8[]) \
    AS v(id, name, address, revision) ORDER BY v.id \
    ON CONFLICT (workspace_id, id) DO UPDATE SET name = excluded.name, address = excluded.address, \
    revision = excluded.revision WHERE u.revision < excluded.revision";
/// By the primary key.
const NAMES: &str =
    "SELECT id, name FROM interactions.known_user WHERE workspace_id = $1 AND id = ANY($2)";

/// The users of all workspaces, as interactions see them. Clones share the copy.
#[derive(Clone)]
pub(crate) struct Users {
    store: Store,
    directory: Arc<dyn UserDirectory>,
    keys: Keys,
    looked: Arc<Mutex<HashMap<WorkspaceId, Instant>>>,
}

impl Users {
    pub(crate) fn new(store: Store, directory: Arc<dyn UserDirectory>, keys: Keys) -> Self {
        Self {
            store,
            directory,
            keys,
            looked: Arc::default(),
        }
    }

    /// Brings the copy of a workspace's users up to date, unless that was done just now.
    pub(crate) async fn follow(&self, workspace: WorkspaceId) -> Result<(), Failure> {
        let looked = self.looked.lock().get(&workspace).copied();
        if looked.is_some_and(|at| at.elapsed() < FRESH) {
            return Ok(());
        }
        let rows = (self.store)
            .read(workspace, Class::Interactive, REVISION, &[&workspace])
            .await?;
        let mut revision: i64 = rows.first().map_or(0, |row| row.get(0));
        loop {
            let users = (self.directory)
                .changed_since(workspace, revision, BATCH)
                .await?;
            let Some(last) = users.last() else { break };
            revision = last.revision;
            self.put(workspace, &users).await?;
        }
        let mut looked = self.looked.lock();
        if looked.len() >= REMEMBERED {
            looked.clear();
        }
        looked.insert(workspace, Instant::now());
        Ok(())
    }

    /// The names of users.
    pub(crate) async fn names(
        &self,
        workspace: WorkspaceId,
        ids: &[Uuid],
    ) -> Result<HashMap<Uuid, String>, Failure> {
        let rows = self
            .store
            .point(workspace, NAMES, &[&workspace, &ids])
            .await?;
        Ok(rows.iter().map(|row| (row.get(0), row.get(1))).collect())
    }

    async fn put(
        &self,
        workspace: WorkspaceId,
        users: &[UserSummary],
    ) -> Result<(), InteractionsError> {
        let tx = self.store.begin(workspace, Class::Interactive).await?;
        let own = self.keys.of_workspace_in(&tx, workspace).await?;
        let ids: Vec<_> = users.iter().map(|user| user.id).collect();
        let names: Vec<_> = users.iter().map(|user| user.name.as_str()).collect();
        let addresses: Vec<Option<Vec<u8>>> = (users.iter())
            .map(|user| {
                user.email
                    .as_deref()
                    .map(|email| own.address("email", email).to_vec())
            })
            .collect();
        let revisions: Vec<_> = users.iter().map(|user| user.revision).collect();
        let params: Params<'_> = &[&workspace, &ids, &names, &addresses, &revisions];
        tx.execute(PUT, params).await?;
        tx.commit().await?;
        Ok(())
    }
}
