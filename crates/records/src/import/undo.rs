//! Undoing a whole import.
//!
//! Records that the import created go to the recycle bin, records that it changed get their
//! former values back, as the event log has them. Records that somebody changed since are left
//! as they are, and reported.

use kith_kernel::{ImportId, RecordId, WorkspaceId};
use kith_store::{Class, StoreError, Tx};
use serde::{Deserialize, Serialize};
use tokio_postgres::types::Json;
use uuid::Uuid;

use super::run::{Attempts, Job, Stopped};
use crate::catalog::Object;
use crate::error::RecordsError;
use crate::record::{Change, Origin, Writer};
use crate::undo::{Marks, Verdict, verdicts_in};

/// How many records that were left are named.
const NAMED: usize = 100;

/// What undoing an import did.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct UndoReport {
    /// Records that the import had created and that are in the recycle bin now.
    pub deleted: i64,
    /// Records that have their former values back.
    pub restored: i64,
    /// Records that were left as they are.
    pub left: i64,
    /// The first hundred of those, and why.
    pub left_records: Vec<Left>,
}

/// A record that was left as it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Left {
    /// The object, by its singular API name.
    pub object: String,
    /// The record.
    pub id: RecordId,
    /// Why.
    pub reason: String,
}

/// The newest batch that isn't undone. By the primary key.
const NEXT: &str = "SELECT id, object_key, record_ids FROM records.import_batch \
    WHERE workspace_id = $1 AND import_id = $2 ORDER BY id DESC LIMIT 1 FOR UPDATE";
const DONE: &str =
    "DELETE FROM records.import_batch WHERE workspace_id = $1 AND import_id = $2 AND id = $3";
const REPORT: &str = "UPDATE records.import SET undo = $3 WHERE workspace_id = $1 AND id = $2";
const READ_REPORT: &str = "SELECT undo FROM records.import WHERE workspace_id = $1 AND id = $2";

impl Job {
    /// Undoes what is left to be undone, a batch at a time.
    pub(crate) async fn undo(&self) -> Result<(), Stopped> {
        let mut attempts = Attempts::default();
        loop {
            self.control.check()?;
            match self.undo_batch().await {
                Ok(true) => attempts = Attempts::default(),
                Ok(false) => return Ok(()),
                Err(error) => attempts.after(error, self).await?,
            }
        }
    }

    async fn undo_batch(&self) -> Result<bool, RecordsError> {
        let workspace = self.actor.workspace;
        let tx = self.store.begin(workspace, Class::Background).await?;
        let Some(row) = tx.query_opt(NEXT, &[&workspace, &self.id]).await? else {
            tx.rollback().await?;
            return Ok(false);
        };
        let batch: Uuid = row.try_get(0).map_err(StoreError::from)?;
        let object_key: String = row.try_get(1).map_err(StoreError::from)?;
        let mut ids: Vec<RecordId> = row.try_get(2).map_err(StoreError::from)?;
        ids.sort_unstable();
        ids.dedup();
        let mut report = read_report_in(&tx, workspace, self.id).await?;
        match self.compiled.catalog.by_key(&object_key) {
            Some(object) => self.undo_records_in(&tx, object, &ids, &mut report).await?,
            None => report.left += i64::try_from(ids.len()).unwrap_or(0),
        }
        tx.execute(DONE, &[&workspace, &self.id, &batch]).await?;
        tx.execute(REPORT, &[&workspace, &self.id, &Json(&report)])
            .await?;
        tx.commit().await?;
        Ok(true)
    }

    async fn undo_records_in(
        &self,
        tx: &Tx,
        object: &Object,
        ids: &[RecordId],
        report: &mut UndoReport,
    ) -> Result<(), RecordsError> {
        let workspace = self.actor.workspace;
        let since = self.started_at;
        let marks = Marks::import(self.id);
        let verdicts = verdicts_in(tx, workspace, &marks, object, ids, since).await?;
        let mut changes = Vec::new();
        for id in ids {
            match verdicts.get(id) {
                Some(Verdict::Delete { version }) => changes.push(Change::Delete {
                    id: *id,
                    if_version: Some(*version),
                }),
                Some(Verdict::Restore { version, values }) => changes.push(Change::Update {
                    id: *id,
                    if_version: Some(*version),
                    values: values.clone(),
                }),
                Some(Verdict::Left(reason)) => leave(report, object, *id, reason),
                // An import neither deletes nor restores.
                Some(Verdict::Undelete { .. } | Verdict::Nothing) | None => {}
            }
        }
        let writer = Writer {
            actor: &self.actor,
            catalog: &self.compiled.catalog,
            clock: &self.clock,
            origin: Origin::Undo(self.id),
            words: None,
        };
        let kinds: Vec<(RecordId, bool)> = (changes.iter())
            .map(|change| (change.id(), matches!(change, Change::Delete { .. })))
            .collect();
        let outcomes = writer.apply_in(tx, object, changes).await?;
        for ((id, deletes), outcome) in kinds.into_iter().zip(outcomes) {
            match outcome {
                Ok(_) if deletes => report.deleted += 1,
                Ok(_) => report.restored += 1,
                Err(error) => leave(report, object, id, &error.message),
            }
        }
        Ok(())
    }
}

fn leave(report: &mut UndoReport, object: &Object, id: RecordId, reason: &str) {
    report.left += 1;
    if report.left_records.len() < NAMED {
        report.left_records.push(Left {
            object: object.name.clone(),
            id,
            reason: reason.to_owned(),
        });
    }
}

async fn read_report_in(
    tx: &Tx,
    workspace: WorkspaceId,
    id: ImportId,
) -> Result<UndoReport, StoreError> {
    let row = tx.query_opt(READ_REPORT, &[&workspace, &id]).await?;
    let json: Option<serde_json::Value> = match row {
        Some(row) => row.try_get(0)?,
        None => None,
    };
    Ok(json
        .and_then(|json| serde_json::from_value(json).ok())
        .unwrap_or_default())
}
