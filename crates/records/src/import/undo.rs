//! Undoing a whole import.
//!
//! Records that the import created go to the recycle bin, records that it changed get their
//! former values back, as the event log has them. Records that somebody changed since are left
//! as they are, and reported.

use std::collections::{BTreeMap, HashMap};

use jiff::Timestamp;
use kith_kernel::{ImportId, RecordId, WorkspaceId};
use kith_store::{Class, StoreError, Tx};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use tokio_postgres::types::Json;
use uuid::Uuid;

use super::run::{Attempts, Job, Stopped};
use crate::catalog::Object;
use crate::error::RecordsError;
use crate::record::{Change, Origin, Writer};
use crate::value::{Value, read_storage};

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

/// The events of some records since the import began, newest first. By `event_subject`, in the
/// partitions since then.
const EVENTS: &str = "SELECT subject_id, subject_version, type, actor->>'import' = $4, \
    actor->>'undo_of_import' = $4, data \
    FROM records.event WHERE workspace_id = $1 AND subject_id = ANY($2) AND occurred_at >= $3 \
    ORDER BY subject_id, subject_version DESC";

/// What has to be done to a record.
enum Verdict {
    Delete {
        version: i64,
    },
    Restore {
        version: i64,
        values: Vec<(usize, Value)>,
    },
    Left(&'static str),
    /// It is as it was already.
    Nothing,
}

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
        let verdicts = verdicts_in(tx, workspace, self.id, object, ids, since).await?;
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
                Some(Verdict::Nothing) | None => {}
            }
        }
        let writer = Writer {
            actor: &self.actor,
            catalog: &self.compiled.catalog,
            clock: &self.clock,
            origin: Origin::Undo(self.id),
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

/// What the log says about each record.
async fn verdicts_in(
    tx: &Tx,
    workspace: WorkspaceId,
    import: ImportId,
    object: &Object,
    ids: &[RecordId],
    since: Timestamp,
) -> Result<HashMap<RecordId, Verdict>, StoreError> {
    let import = import.to_string();
    let mut found: HashMap<RecordId, Undoing> = HashMap::new();
    for row in tx
        .query(EVENTS, &[&workspace, &ids, &since, &import])
        .await?
    {
        let id: RecordId = row.try_get(0)?;
        let version: i64 = row.try_get(1)?;
        let kind: String = row.try_get(2)?;
        let ours: Option<bool> = row.try_get(3)?;
        let undone: Option<bool> = row.try_get(4)?;
        let Json(data) = row.try_get::<_, Json<&RawValue>>(5)?;
        let undoing =
            (found.entry(id)).or_insert_with(|| Undoing::new(version, undone == Some(true)));
        undoing.step(&kind, ours == Some(true), data);
    }
    Ok(found
        .into_iter()
        .map(|(id, undoing)| (id, undoing.verdict(object)))
        .collect())
}

/// A record on its way back, from its newest event to older ones.
struct Undoing {
    version: i64,
    /// Former values by field key, as storage JSON.
    values: BTreeMap<String, String>,
    ours: usize,
    created: bool,
    deleted: bool,
    /// Whether an event of somebody else was met, and whether one of the import's lies below it.
    foreign: bool,
    buried: bool,
    /// Whether another batch of the import has undone it already.
    undone: bool,
}

#[derive(Deserialize)]
struct Changes<'a> {
    #[serde(borrow)]
    changes: HashMap<String, FromTo<'a>>,
}

#[derive(Deserialize)]
struct FromTo<'a> {
    #[serde(borrow)]
    from: &'a RawValue,
}

impl Undoing {
    fn new(version: i64, undone: bool) -> Self {
        Self {
            version,
            values: BTreeMap::new(),
            ours: 0,
            created: false,
            deleted: false,
            foreign: false,
            buried: false,
            undone,
        }
    }

    fn step(&mut self, kind: &str, ours: bool, data: &RawValue) {
        let verb = kind.rsplit('.').next().unwrap_or_default();
        if !ours {
            self.deleted |= verb == "deleted" && !self.foreign && self.ours == 0;
            self.foreign = true;
            return;
        }
        if self.foreign {
            self.buried = true;
            return;
        }
        self.ours += 1;
        match verb {
            "created" => self.created = true,
            "updated" => {
                let changes = serde_json::from_str::<Changes<'_>>(data.get());
                for (key, change) in changes.map(|data| data.changes).unwrap_or_default() {
                    // Older events overwrite: their values are the former ones.
                    self.values.insert(key, change.from.get().to_owned());
                }
            }
            _ => {}
        }
    }

    fn verdict(self, object: &Object) -> Verdict {
        if self.undone {
            return Verdict::Nothing;
        }
        if self.ours == 0 {
            return match (self.buried, self.deleted) {
                (true, true) => Verdict::Left("it was deleted since"),
                (true, false) => Verdict::Left("it was changed since"),
                (false, _) => Verdict::Nothing,
            };
        }
        if self.buried {
            return Verdict::Left("it was changed while the import ran");
        }
        if self.created {
            return Verdict::Delete {
                version: self.version,
            };
        }
        let values = (self.values.iter())
            .filter_map(|(key, json)| {
                let at = object.position_by_key(key)?;
                Some((at, read_storage(&object.fields()[at].kind, json)))
            })
            .collect();
        Verdict::Restore {
            version: self.version,
            values,
        }
    }
}
