//! Changing the records, a batch at a time.

use std::collections::HashMap;

use kith_kernel::{Actor, Failure, RecordId};
use kith_store::{Class, Tx};

use super::collect::object;
use super::model::{Action, Bulk, Lists, Refusals, Refused, State};
use super::store;
use crate::Records;
use crate::catalog::Object;
use crate::error::RecordsError;
use crate::record::{Change, Did, Origin, Writer, accepted};

impl Records {
    /// Changes the records of the next batch, or notes that there is none.
    pub(super) async fn run_bulk_batch(
        &self,
        bulk: &Bulk,
        actor: &Actor,
    ) -> Result<(), RecordsError> {
        let catalog = self.catalog(actor).await?;
        let object = object(&catalog, bulk)?;
        let tx = (self.store().begin(bulk.workspace, Class::Background)).await?;
        let mut after = bulk.clone();
        let Some(ids) = store::batch_in(&tx, bulk, bulk.next_batch).await? else {
            after.state = State::Completed;
            after.finished_at = Some(self.clock().now());
            return self.settle_bulk(tx, State::Running, &after).await;
        };
        let writer = Writer {
            actor,
            catalog: &catalog,
            clock: self.clock(),
            origin: Origin::Bulk(bulk.id),
            words: None,
        };
        let changes = changes(&writer, object, bulk, &ids)?;
        let outcomes = writer.apply_in(&tx, object, changes).await?;
        let progress = &mut after.progress;
        let mut refused: Vec<(RecordId, String)> = Vec::new();
        for (id, outcome) in ids.iter().zip(outcomes) {
            progress.done += 1;
            match outcome {
                Ok(outcome) if outcome.did == Did::Nothing => progress.unchanged += 1,
                Ok(_) => progress.changed += 1,
                Err(error) => refused.push((*id, error.message)),
            }
        }
        refuse_in(&tx, object, actor, &mut progress.refused, refused).await?;
        after.next_batch += 1;
        self.settle_bulk(tx, State::Running, &after).await
    }
}

fn changes(
    writer: &Writer<'_>,
    object: &Object,
    bulk: &Bulk,
    ids: &[RecordId],
) -> Result<Vec<Change>, Failure> {
    let if_version = None;
    let values = match bulk.request.action {
        // Read anew with each batch: the catalog may have changed.
        Action::Update => accepted(writer, object, bulk.request.values.clone())?,
        Action::Delete | Action::Restore => Vec::new(),
    };
    let change = |id: &RecordId| match bulk.request.action {
        Action::Update if bulk.request.lists == Lists::Add => Change::Merge {
            id: *id,
            values: values.clone(),
        },
        Action::Update => Change::Update {
            id: *id,
            if_version,
            values: values.clone(),
        },
        Action::Delete => Change::Delete {
            id: *id,
            if_version,
        },
        Action::Restore => Change::Restore {
            id: *id,
            if_version,
        },
    };
    Ok(ids.iter().map(change).collect())
}

/// Counts records that were not changed, and names the first of them.
pub(super) async fn refuse_in(
    tx: &Tx,
    object: &Object,
    actor: &Actor,
    into: &mut Refusals,
    refused: Vec<(RecordId, String)>,
) -> Result<(), RecordsError> {
    into.count += i64::try_from(refused.len()).unwrap_or(0);
    let room = into.room();
    if refused.is_empty() || room == 0 {
        return Ok(());
    }
    let ids: Vec<RecordId> = refused.iter().take(room).map(|(id, _)| *id).collect();
    let names = store::names_in(tx, actor.workspace, object, &ids).await?;
    let mut names: HashMap<RecordId, String> = names.into_iter().collect();
    let named = refused.into_iter().take(room).map(|(id, reason)| Refused {
        id,
        title: names.remove(&id),
        reason,
    });
    into.first.extend(named);
    Ok(())
}
