//! Taking the records of a demo out for good, a batch in each transaction.
//!
//! A demo record that another record points to stays, and is reported: nobody's own record loses
//! what it is about. Records in the recycle bin don't count; they lose what they point to.

use std::collections::{HashMap, HashSet, VecDeque};

use kith_kernel::{Actor, Failure, RecordId, WorkspaceId};
use kith_store::{Class, StoreError, Tx};
use serde_json::json;
use uuid::Uuid;

use super::log::{Verb, append_in};
use super::model::{Because, Kept, Removal, State};
use super::pointer::{Pointing, pointers};
use super::store::{self, Claimed, Standing};
use crate::Records;
use crate::catalog::{Catalog, Object, Storage};
use crate::error::RecordsError;
use crate::record::release_all_in;

/// The objects in the order in which their records go: those that point to others first.
const ORDER: [&str; 7] = [
    "note",
    "task",
    "line_item",
    "deal",
    "person",
    "company",
    "product",
];

/// How many records that stay are named.
const NAMED: usize = 20;

/// By the primary key of `link`.
const DROP_LINKS_FROM: &str = "DELETE FROM records.link \
    WHERE workspace_id = $1 AND field_id = ANY($2) AND from_id = ANY($3)";
/// By the index on what links lead to.
const DROP_LINKS_TO: &str = "DELETE FROM records.link WHERE workspace_id = $1 AND to_id = ANY($2)";

impl Records {
    /// Takes out the next batch of a demo.
    pub(super) async fn remove_batch(
        &self,
        claimed: &Claimed,
        actor: &Actor,
    ) -> Result<(), RecordsError> {
        let catalog = self.catalog(actor).await?;
        let workspace = claimed.workspace;
        let mut progress = claimed.demo.progress.clone();
        let removal = &mut progress.removal;
        let tx = self.store().begin(workspace, Class::Background).await?;
        let next = next_in(&tx, workspace, removal).await?;
        let mut state = State::Removing;
        if let Some((key, batch, ids)) = next {
            let object = catalog.by_key(key).ok_or_else(Failure::not_found)?;
            self.remove_records_in(&tx, claimed, &catalog, object, batch, &ids, removal)
                .await?;
        } else if removal.kept > 0 && removal.in_pass > 0 {
            // What pointed to those that were kept may be gone now.
            *removal = Removal {
                total: removal.total,
                removed: removal.removed,
                ..Removal::default()
            };
        } else {
            state = State::Removed;
            super::forget::forget_words(self.store(), workspace, &catalog).await?;
            let counts = json!({ "removed": removal.removed, "kept": removal.kept });
            append_in(&tx, self.clock(), claimed, Verb::Removed, &counts).await?;
        }
        let now = self.clock().now();
        let standing = Standing {
            progress: &progress,
            state,
            error: None,
            finished_at: (state == State::Removed).then_some(now),
        };
        self.settle_demo(tx, claimed, &standing).await
    }

    #[expect(clippy::too_many_arguments, reason = "what one transaction works on")]
    async fn remove_records_in(
        &self,
        tx: &Tx,
        claimed: &Claimed,
        catalog: &Catalog,
        object: &Object,
        batch: Uuid,
        ids: &[Uuid],
        removal: &mut Removal,
    ) -> Result<(), RecordsError> {
        let workspace = claimed.workspace;
        let names = lock_in(tx, workspace, object, ids).await?;
        let there: Vec<Uuid> = (ids.iter().copied())
            .filter(|id| names.contains_key(id))
            .collect();
        let kept = self.pointed_to(workspace, catalog, object, &there).await?;
        let gone: Vec<Uuid> = (there.iter().copied())
            .filter(|id| !kept.contains_key(id))
            .collect();
        if !gone.is_empty() {
            for pointer in pointers(catalog, object) {
                (pointer.let_go_in(tx, self.store(), workspace, &gone)).await?;
            }
            drop_in(tx, workspace, object, &gone).await?;
            let data = json!({ "object": object.key, "ids": gone });
            append_in(tx, self.clock(), claimed, Verb::Purged, &data).await?;
        }
        let stay: Vec<Uuid> = (there.into_iter())
            .filter(|id| kept.contains_key(id))
            .collect();
        store::keep_in(tx, workspace, &object.key, batch, &stay).await?;
        removal.before = Some(batch);
        let out = i64::try_from(ids.len() - stay.len()).unwrap_or(0);
        removal.removed += out;
        removal.in_pass += out;
        removal.kept += i64::try_from(stay.len()).unwrap_or(0);
        for id in stay {
            if removal.kept_records.len() < NAMED
                && let Some(pointing) = kept.get(&id)
            {
                removal.kept_records.push(Kept {
                    object: object.name.clone(),
                    id: RecordId(id),
                    name: names.get(&id).cloned().unwrap_or_default(),
                    because: Because {
                        object: pointing.object.clone(),
                        id: RecordId(pointing.id),
                        name: pointing.name.clone(),
                    },
                });
            }
        }
        Ok(())
    }

    /// Those of `ids` that a record points to which stays, with such a record.
    async fn pointed_to(
        &self,
        workspace: WorkspaceId,
        catalog: &Catalog,
        object: &Object,
        ids: &[Uuid],
    ) -> Result<HashMap<Uuid, Pointing>, StoreError> {
        let mut kept: HashMap<Uuid, Pointing> = HashMap::new();
        let mut among: HashMap<Uuid, Vec<Uuid>> = HashMap::new();
        if ids.is_empty() {
            return Ok(kept);
        }
        for pointer in pointers(catalog, object) {
            kept.extend((pointer.outside(self.store(), workspace, ids)).await?);
            if pointer.is_of(object) {
                for (from, to) in pointer.inside(self.store(), workspace, ids).await? {
                    among.entry(from).or_default().push(to);
                }
            }
        }
        // Whom one points to that stays, stays as well.
        let mut waiting: VecDeque<Uuid> = kept.keys().copied().collect();
        while let Some(from) = waiting.pop_front() {
            for to in among.remove(&from).unwrap_or_default() {
                if let Some(pointing) = kept.get(&from).cloned()
                    && !kept.contains_key(&to)
                {
                    kept.insert(to, pointing);
                    waiting.push_back(to);
                }
            }
        }
        Ok(kept)
    }
}

/// The next batch that was not gone through, with its object's key.
async fn next_in(
    tx: &Tx,
    workspace: WorkspaceId,
    removal: &mut Removal,
) -> Result<Option<(&'static str, Uuid, Vec<Uuid>)>, StoreError> {
    while let Some(key) = ORDER.get(removal.object) {
        let batch = store::last_batch_in(tx, workspace, key, removal.before).await?;
        if let Some((batch, ids)) = batch {
            return Ok(Some((key, batch, ids)));
        }
        removal.object += 1;
        removal.before = None;
    }
    Ok(None)
}

/// Locks records so that nobody begins to point to them; the names of those that are there.
async fn lock_in(
    tx: &Tx,
    workspace: WorkspaceId,
    object: &Object,
    ids: &[Uuid],
) -> Result<HashMap<Uuid, String>, StoreError> {
    let sql = format!(
        "SELECT id, name FROM {} WHERE workspace_id = $1 AND id = ANY($2) ORDER BY id FOR UPDATE",
        object.table.name
    );
    let rows = tx.query(&sql, &[&workspace, &ids]).await?;
    (rows.iter())
        .map(|row| Ok((row.try_get(0)?, row.try_get(1)?)))
        .collect()
}

/// Takes records out, with their links and unique values.
async fn drop_in(
    tx: &Tx,
    workspace: WorkspaceId,
    object: &Object,
    ids: &[Uuid],
) -> Result<(), StoreError> {
    let links: HashSet<Uuid> = (object.fields().iter())
        .filter(|field| field.storage == Storage::Links)
        .map(|field| field.id.0)
        .collect();
    if !links.is_empty() {
        let fields: Vec<Uuid> = links.into_iter().collect();
        tx.execute(DROP_LINKS_FROM, &[&workspace, &fields, &ids])
            .await?;
    }
    tx.execute(DROP_LINKS_TO, &[&workspace, &ids]).await?;
    release_all_in(tx, workspace, object, ids).await?;
    let sql = format!(
        "DELETE FROM {} WHERE workspace_id = $1 AND id = ANY($2)",
        object.table.name
    );
    tx.execute(&sql, &[&workspace, &ids]).await?;
    Ok(())
}
