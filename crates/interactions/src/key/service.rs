//! Data keys at hand: read, made where they are missing, and kept unwrapped for a while.

use std::collections::HashMap;
use std::num::NonZeroUsize;
use std::sync::Arc;

use kith_crypto::{CryptoError, DataKey, Keyring, Wrapped};
use kith_kernel::{Clock, WorkspaceId};
use kith_store::{Params, Row, Store, StoreError, Tx};
use lru::LruCache;
use parking_lot::Mutex;
use uuid::Uuid;

use super::store::{self, Stored};
use super::{AddressIndex, Held, Owner};
use crate::error::InteractionsError;

/// How many keys are kept unwrapped, about 1 KB each.
const KEPT: NonZeroUsize = NonZeroUsize::new(16_384).unwrap();

/// The newest erasure of a workspace. What is kept belongs to it: after another one nothing of what
/// was kept before is used any more, whichever process erased.
type Epoch = Uuid;

/// The keys of all workspaces. Clones share them.
#[derive(Clone)]
pub(crate) struct Keys {
    inner: Arc<Inner>,
}

struct Inner {
    keyring: Arc<Keyring>,
    clock: Clock,
    by_id: Mutex<LruCache<(WorkspaceId, Epoch, Uuid), Arc<DataKey>>>,
    by_owner: Mutex<LruCache<(WorkspaceId, Epoch, Owner), Uuid>>,
    of_workspaces: Mutex<LruCache<WorkspaceId, Held>>,
}

impl Keys {
    pub(crate) fn new(keyring: Arc<Keyring>, clock: Clock) -> Self {
        Self {
            inner: Arc::new(Inner {
                keyring,
                clock,
                by_id: Mutex::new(LruCache::new(KEPT)),
                by_owner: Mutex::new(LruCache::new(KEPT)),
                of_workspaces: Mutex::new(LruCache::new(KEPT)),
            }),
        }
    }

    pub(crate) fn keyring(&self) -> &Keyring {
        &self.inner.keyring
    }

    /// Forgets every key that is kept unwrapped.
    pub(crate) fn forget(&self) {
        self.inner.by_id.lock().clear();
        self.inner.by_owner.lock().clear();
    }

    /// The workspace's own key, which is never destroyed by an erasure. Made where it is missing.
    pub(crate) async fn of_workspace_in(
        &self,
        tx: &Tx,
        workspace: WorkspaceId,
    ) -> Result<Held, InteractionsError> {
        if let Some(held) = self.inner.of_workspaces.lock().get(&workspace) {
            return Ok(held.clone());
        }
        let (mut found, made) = self
            .find_or_make_in(tx, workspace, &[Owner::Workspace])
            .await?;
        let held = (found.remove(&Owner::Workspace)).ok_or(CryptoError::Undecipherable)?;
        // One that was made in this transaction may yet be rolled back.
        if !made {
            self.inner.of_workspaces.lock().put(workspace, held.clone());
        }
        Ok(held)
    }

    /// The keys of these owners, made where they are missing.
    pub(crate) async fn of_owners_in(
        &self,
        tx: &Tx,
        workspace: WorkspaceId,
        owners: &[Owner],
    ) -> Result<HashMap<Owner, Held>, InteractionsError> {
        let epoch = epoch(&tx.query(store::EPOCH, &[&workspace]).await?)?;
        let mut held = HashMap::with_capacity(owners.len());
        let mut missing: Vec<Owner> = Vec::new();
        {
            let mut by_owner = self.inner.by_owner.lock();
            let mut by_id = self.inner.by_id.lock();
            for owner in owners {
                let id = by_owner.get(&(workspace, epoch, *owner)).copied();
                let key = id.and_then(|id| by_id.get(&(workspace, epoch, id)).map(|key| (id, key)));
                match key {
                    Some((id, key)) => {
                        let key = Arc::clone(key);
                        held.insert(*owner, Held { id, key });
                    }
                    None => missing.push(*owner),
                }
            }
        }
        missing.sort_unstable();
        missing.dedup();
        if missing.is_empty() {
            return Ok(held);
        }
        let (found, made) = self.find_or_make_in(tx, workspace, &missing).await?;
        if !made {
            let mut by_owner = self.inner.by_owner.lock();
            let mut by_id = self.inner.by_id.lock();
            for (owner, found) in &found {
                by_owner.put((workspace, epoch, *owner), found.id);
                by_id.put((workspace, epoch, found.id), Arc::clone(&found.key));
            }
        }
        held.extend(found);
        Ok(held)
    }

    /// The keys with these ids; destroyed ones are missing.
    pub(crate) async fn by_ids(
        &self,
        store: &Store,
        workspace: WorkspaceId,
        ids: &[Uuid],
    ) -> Result<HashMap<Uuid, Arc<DataKey>>, InteractionsError> {
        let epoch = epoch(&store.point(workspace, store::EPOCH, &[&workspace]).await?)?;
        let mut keys = HashMap::with_capacity(ids.len());
        let mut missing = Vec::new();
        {
            let mut by_id = self.inner.by_id.lock();
            for id in ids {
                match by_id.get(&(workspace, epoch, *id)) {
                    Some(key) => {
                        keys.insert(*id, Arc::clone(key));
                    }
                    None => missing.push(*id),
                }
            }
        }
        if missing.is_empty() {
            return Ok(keys);
        }
        let params: Params<'_> = &[&workspace, &missing];
        for row in store.point(workspace, store::BY_IDS, params).await? {
            let (_, held) = self.open(workspace, &store::read(&row)?)?;
            let kept = (workspace, epoch, held.id);
            self.inner.by_id.lock().put(kept, Arc::clone(&held.key));
            keys.insert(held.id, held.key);
        }
        Ok(keys)
    }

    /// The keys of owners, and whether any of them is new.
    async fn find_or_make_in(
        &self,
        tx: &Tx,
        workspace: WorkspaceId,
        owners: &[Owner],
    ) -> Result<(HashMap<Owner, Held>, bool), InteractionsError> {
        let found = self.find_in(tx, workspace, owners).await?;
        let missing = owners.iter().filter(|owner| !found.contains_key(owner));
        let mut new: Vec<(Uuid, Owner, Wrapped)> = Vec::new();
        for owner in missing {
            let key = DataKey::generate()?;
            let id = self.inner.clock.next_uuid();
            let wrapped = self.inner.keyring.wrap(&context(&workspace, &id), &key)?;
            new.push((id, *owner, wrapped));
        }
        if new.is_empty() {
            return Ok((found, false));
        }
        store::insert_in(tx, workspace, &new).await?;
        // Read back: another writer may have been first.
        Ok((self.find_in(tx, workspace, owners).await?, true))
    }

    async fn find_in(
        &self,
        tx: &Tx,
        workspace: WorkspaceId,
        owners: &[Owner],
    ) -> Result<HashMap<Owner, Held>, InteractionsError> {
        let kinds: Vec<&str> = owners.iter().map(Owner::kind).collect();
        let subjects: Vec<&[u8]> = owners.iter().map(Owner::subject).collect();
        let params: Params<'_> = &[&workspace, &kinds, &subjects];
        let mut found = HashMap::new();
        for row in tx.query(store::OF_OWNERS, params).await? {
            if let (Some(owner), held) = self.open(workspace, &store::read(&row)?)? {
                found.insert(owner, held);
            }
        }
        Ok(found)
    }

    fn open(
        &self,
        workspace: WorkspaceId,
        stored: &Stored,
    ) -> Result<(Option<Owner>, Held), CryptoError> {
        let of = context(&workspace, &stored.id);
        let key = self.inner.keyring.unwrap(&of, &stored.wrapped)?;
        let held = Held {
            id: stored.id,
            key: Arc::new(key),
        };
        Ok((stored.owner, held))
    }
}

impl Held {
    /// The index of an address, by the workspace's key: `kind` is `email` or `phone`.
    pub(crate) fn address(&self, kind: &str, address: &str) -> AddressIndex {
        self.key
            .index(&[b"address", kind.as_bytes(), address.as_bytes()])
    }

    /// The index of an external id, by the workspace's key.
    pub(crate) fn external(&self, source: &str, id: &str) -> [u8; 32] {
        self.key
            .index(&[b"external", source.as_bytes(), id.as_bytes()])
    }
}

/// What a wrapped key is bound to.
pub(super) fn context<'a>(workspace: &'a WorkspaceId, id: &'a Uuid) -> [&'a [u8]; 2] {
    [workspace.0.as_bytes(), id.as_bytes()]
}

fn epoch(rows: &[Row]) -> Result<Epoch, StoreError> {
    Ok(rows
        .first()
        .map(|row| row.try_get(0))
        .transpose()?
        .unwrap_or_default())
}
