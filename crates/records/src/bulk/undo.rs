//! Undoing a bulk change: records get their former values back, as the event log has them, as
//! long as nobody changed them since.

use kith_kernel::{Actor, RecordId};
use kith_store::Class;

use super::collect::object;
use super::model::{Bulk, State};
use super::run::refuse_in;
use super::store;
use crate::Records;
use crate::error::RecordsError;
use crate::record::{Change, Did, Origin, Writer};
use crate::undo::{Marks, Verdict, verdicts_in};

impl Records {
    /// Undoes the last batch that isn't undone, or notes that all are.
    pub(super) async fn undo_bulk_batch(
        &self,
        bulk: &Bulk,
        actor: &Actor,
    ) -> Result<(), RecordsError> {
        let workspace = bulk.workspace;
        let catalog = self.catalog(actor).await?;
        let object = object(&catalog, bulk)?;
        let tx = self.store().begin(workspace, Class::Background).await?;
        let mut after = bulk.clone();
        let number = bulk.next_batch - 1;
        let Some(ids) = store::batch_in(&tx, bulk, number).await? else {
            after.state = State::Undone;
            after.finished_at = Some(self.clock().now());
            after.progress.undo.get_or_insert_default();
            return self.settle_bulk(tx, State::Undoing, &after).await;
        };
        let marks = Marks::bulk(bulk.id);
        let since = bulk.created_at;
        let verdicts = verdicts_in(&tx, workspace, &marks, object, &ids, since).await?;
        let mut changes = Vec::new();
        let mut left: Vec<(RecordId, String)> = Vec::new();
        for id in &ids {
            let (id, at) = (*id, |version: &i64| Some(*version));
            match verdicts.get(&id) {
                Some(Verdict::Restore { version, values }) => changes.push(Change::Update {
                    id,
                    if_version: at(version),
                    values: values.clone(),
                }),
                Some(Verdict::Undelete { version }) => changes.push(Change::Restore {
                    id,
                    if_version: at(version),
                }),
                Some(Verdict::Delete { version }) => changes.push(Change::Delete {
                    id,
                    if_version: at(version),
                }),
                Some(Verdict::Left(reason)) => left.push((id, (*reason).to_owned())),
                Some(Verdict::Nothing) | None => {}
            }
        }
        let writer = Writer {
            actor,
            catalog: &catalog,
            clock: self.clock(),
            origin: Origin::UndoBulk(bulk.id),
            words: None,
        };
        let undone: Vec<RecordId> = changes.iter().map(Change::id).collect();
        let outcomes = writer.apply_in(&tx, object, changes).await?;
        let report = after.progress.undo.get_or_insert_default();
        for (id, outcome) in undone.into_iter().zip(outcomes) {
            match outcome {
                Ok(outcome) if outcome.did == Did::Nothing => {}
                Ok(_) => report.restored += 1,
                Err(error) => left.push((id, error.message)),
            }
        }
        refuse_in(&tx, object, actor, &mut report.left, left).await?;
        after.next_batch = number;
        self.settle_bulk(tx, State::Undoing, &after).await
    }
}
