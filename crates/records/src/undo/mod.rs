//! What the event log says about how a set of changes is undone: an import, a bulk change.
//!
//! Whatever somebody else changed since is left as it is.

use std::collections::{BTreeMap, HashMap};

use jiff::Timestamp;
use kith_kernel::{BulkId, ImportId, RecordId, WorkspaceId};
use kith_store::{StoreError, Tx};
use serde::Deserialize;
use serde_json::value::RawValue;
use tokio_postgres::types::Json;

use crate::catalog::Object;
use crate::value::{Value, read_storage};

/// By which members of an event's `actor` a set of changes, and its undoing, are known.
pub(crate) struct Marks {
    part: &'static str,
    undo: &'static str,
    id: String,
}

impl Marks {
    /// Those of an import.
    pub(crate) fn import(id: ImportId) -> Self {
        Self {
            part: "import",
            undo: "undo_of_import",
            id: id.to_string(),
        }
    }

    /// Those of a bulk change.
    pub(crate) fn bulk(id: BulkId) -> Self {
        Self {
            part: "bulk",
            undo: "undo_of_bulk",
            id: id.to_string(),
        }
    }
}

/// The events of some records since the import began, newest first. By `event_subject`, in the
/// partitions since then.
const EVENTS: &str = "SELECT subject_id, subject_version, type, actor->>($5::text) = $4, \
    actor->>($6::text) = $4, data \
    FROM records.event WHERE workspace_id = $1 AND subject_id = ANY($2) AND occurred_at >= $3 \
    ORDER BY subject_id, subject_version DESC";

/// What has to be done to a record.
pub(crate) enum Verdict {
    /// It was created, or came from the recycle bin: to the recycle bin.
    Delete { version: i64 },
    /// It was deleted: back from the recycle bin.
    Undelete { version: i64 },
    /// It was changed.
    Restore {
        version: i64,
        values: Vec<(usize, Value)>,
    },
    /// It is left as it is, for this reason.
    Left(&'static str),
    /// It is as it was already.
    Nothing,
}

/// What the log says about each record.
pub(crate) async fn verdicts_in(
    tx: &Tx,
    workspace: WorkspaceId,
    marks: &Marks,
    object: &Object,
    ids: &[RecordId],
    since: Timestamp,
) -> Result<HashMap<RecordId, Verdict>, StoreError> {
    let mut found: HashMap<RecordId, Undoing> = HashMap::new();
    let params: [&(dyn kith_store::ToSql + Sync); 6] = [
        &workspace,
        &ids,
        &since,
        &marks.id,
        &marks.part,
        &marks.undo,
    ];
    for row in tx.query(EVENTS, &params).await? {
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
    /// Whether it went to the recycle bin or came from it by these changes.
    binned: bool,
    unbinned: bool,
    /// Whether somebody else's last event was its deletion.
    deleted: bool,
    /// Whether an event of somebody else was met, and whether one of these lies below it.
    foreign: bool,
    buried: bool,
    /// Whether another batch has undone it already.
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
            binned: false,
            unbinned: false,
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
            "deleted" => self.binned = true,
            "restored" => self.unbinned = true,
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
            return Verdict::Left("it was changed while these changes were made");
        }
        let version = self.version;
        if self.binned {
            return Verdict::Undelete { version };
        }
        if self.created || self.unbinned {
            return Verdict::Delete { version };
        }
        let values = (self.values.iter())
            .filter_map(|(key, json)| {
                let at = object.position_by_key(key)?;
                Some((at, read_storage(&object.fields()[at].kind, json)))
            })
            .collect();
        Verdict::Restore { version, values }
    }
}
