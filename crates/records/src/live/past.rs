//! Records as they were after events, whatever has become of them since.

use std::collections::{BTreeMap, HashMap};

use jiff::Timestamp;
use kith_contracts::LoggedEvent;
use kith_kernel::{EventId, RecordId, UserId, WorkspaceId};
use kith_store::{StoreError, Tx};
use serde::Deserialize;
use tokio_postgres::types::Json;
use uuid::Uuid;

use crate::catalog::Object;
use crate::record::log::{Data, undo};
use crate::record::{Record, Shape, link};

/// What happened to some records since: for each above one version up to another, latest first.
/// By the index on subject and version.
const LATER: &str = "SELECT e.subject_id, e.subject_version, e.type, e.occurred_at, e.data \
    FROM unnest($3::uuid[], $4::int8[], $5::int8[]) AS v(id, above, upto) \
    JOIN records.event e ON e.workspace_id = $1 AND e.subject_kind = $2 AND e.subject_id = v.id \
    AND e.subject_version > v.above AND e.subject_version <= v.upto \
    ORDER BY e.subject_id, e.subject_version DESC LIMIT $6";

/// How many events are taken back at once.
const PAGE: i64 = 2_000;

/// Records of one object, by the events after which they were so.
pub(super) type Past = HashMap<EventId, Record>;

/// A record on its way back.
struct Return<'e> {
    record: Record,
    /// The events whose records are wanted, by version.
    wanted: BTreeMap<i64, &'e LoggedEvent<'e>>,
}

/// The records of `object` as they are now, those in the recycle bin included.
pub(super) async fn current_in(
    tx: &Tx,
    workspace: WorkspaceId,
    object: &Object,
    ids: &[RecordId],
) -> Result<Vec<Record>, StoreError> {
    let shape = Shape::new(object);
    let rows = tx.query(&shape.read_sql(), &[&workspace, &ids]).await?;
    let mut records = (rows.iter().map(|row| shape.read(row))).collect::<Result<Vec<_>, _>>()?;
    if let Some(links) = link::read(workspace, object, ids) {
        let rows = tx.pipeline(&[links]).await?;
        link::fill(
            object,
            &mut records,
            rows.first().map_or(&[], Vec::as_slice),
        );
    }
    Ok(records)
}

/// The records as they were after `events`, all of `object`. Those that are gone for good have none.
pub(super) async fn after_in(
    tx: &Tx,
    workspace: WorkspaceId,
    object: &Object,
    events: &[&LoggedEvent<'_>],
) -> Result<Past, StoreError> {
    let mut wanted: HashMap<Uuid, BTreeMap<i64, &LoggedEvent<'_>>> = HashMap::new();
    for event in events {
        let versions = wanted.entry(event.subject).or_default();
        versions.insert(event.subject_version, event);
    }
    let ids: Vec<RecordId> = wanted.keys().map(|id| RecordId(*id)).collect();
    let mut past = Past::new();
    let mut returning = HashMap::new();
    for record in current_in(tx, workspace, object, &ids).await? {
        let Some(wanted) = wanted.remove(&record.id.0) else {
            continue;
        };
        let mut way = Return { record, wanted };
        if way.arrive(&mut past) {
            returning.insert(way.record.id.0, way);
        }
    }
    while !returning.is_empty() {
        let (mut subjects, mut above, mut upto) = (Vec::new(), Vec::new(), Vec::new());
        for (id, way) in &returning {
            subjects.push(*id);
            above.push(way.wanted.keys().next().copied().unwrap_or_default());
            upto.push(way.record.version);
        }
        let rows = tx
            .query(
                LATER,
                &[&workspace, &object.key, &subjects, &above, &upto, &PAGE],
            )
            .await?;
        // Without their history there is no way back for those that are left.
        if rows.is_empty() {
            break;
        }
        for row in &rows {
            let id: Uuid = row.try_get(0)?;
            let version: i64 = row.try_get(1)?;
            let Some(way) = returning.get_mut(&id) else {
                continue;
            };
            let Json(data): Json<Data<'_>> = row.try_get(4)?;
            let exists = version == way.record.version
                && undo(
                    object,
                    &mut way.record,
                    row.try_get(2)?,
                    row.try_get(3)?,
                    &data,
                );
            way.record.version = version - 1;
            if !exists || !way.arrive(&mut past) {
                returning.remove(&id);
            }
        }
    }
    Ok(past)
}

impl Return<'_> {
    /// Notes the record where it is wanted as it is now; whether older states are wanted, too.
    fn arrive(&mut self, past: &mut Past) -> bool {
        // Later versions than the record's own are not in this transaction's view of it.
        self.wanted
            .retain(|version, _| *version <= self.record.version);
        if let Some(event) = self.wanted.remove(&self.record.version) {
            let mut record = self.record.clone();
            record.updated_at = stored(event.occurred_at);
            record.updated_by = user(event).unwrap_or(record.updated_by);
            past.insert(event.id, record);
        }
        !self.wanted.is_empty()
    }
}

/// A moment as the database keeps it: whole microseconds.
fn stored(moment: Timestamp) -> Timestamp {
    Timestamp::from_microsecond(moment.as_microsecond()).unwrap_or(moment)
}

/// Who did it.
fn user(event: &LoggedEvent<'_>) -> Option<UserId> {
    #[derive(Deserialize)]
    struct By {
        user: UserId,
    }
    let by: By = serde_json::from_str(event.actor.get()).ok()?;
    Some(by.user)
}
