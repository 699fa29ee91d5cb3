use jiff::Timestamp;
use kith_kernel::{EventId, WorkspaceId};
use kith_store::{Class, Row, Store, StoreError, Tx};
use serde_json::Value;
use uuid::Uuid;

use super::Event;
use super::http::AuditEntry;

const APPEND: &str = "
    INSERT INTO identity.event
        (workspace_id, id, type, subject_kind, subject_id, subject_version, actor, occurred_at,
         data)
    SELECT $1, id, type, kind, subject, version, $7, $8, data
    FROM unnest($2::uuid[], $3::text[], $4::text[], $5::uuid[], $6::bigint[], $9::jsonb[])
        WITH ORDINALITY AS new (id, type, kind, subject, version, data, place)
    ORDER BY place";

pub(super) async fn append_in(
    tx: &Tx,
    workspace: WorkspaceId,
    actor: &Value,
    now: Timestamp,
    ids: &[EventId],
    events: &[Event],
) -> Result<(), StoreError> {
    let types: Vec<&str> = events.iter().map(|event| event.kind).collect();
    let kinds: Vec<&str> = events.iter().map(|event| event.subject.kind()).collect();
    let subjects: Vec<Uuid> = events.iter().map(|event| event.subject.id()).collect();
    let versions: Vec<i64> = events.iter().map(|event| event.version).collect();
    let data: Vec<&Value> = events.iter().map(|event| &event.data).collect();
    tx.execute(
        APPEND,
        &[
            &workspace, &ids, &types, &kinds, &subjects, &versions, actor, &now, &data,
        ],
    )
    .await?;
    Ok(())
}

/// By `event_by_id`: ids ascend with time.
const PAGE: &str = "
    SELECT id, type, subject_kind, subject_id, actor, occurred_at, data
    FROM identity.event
    WHERE workspace_id = $1 AND ($2::uuid IS NULL OR id < $2)
    ORDER BY id DESC
    LIMIT $3";

pub(super) async fn page(
    store: &Store,
    workspace: WorkspaceId,
    before: Option<EventId>,
    limit: i64,
) -> Result<Vec<AuditEntry>, StoreError> {
    let rows = store
        .read(
            workspace,
            Class::Interactive,
            PAGE,
            &[&workspace, &before, &limit],
        )
        .await?;
    rows.iter().map(entry).collect()
}

fn entry(row: &Row) -> Result<AuditEntry, StoreError> {
    Ok(AuditEntry {
        id: row.try_get("id")?,
        kind: row.try_get("type")?,
        subject_kind: row.try_get("subject_kind")?,
        subject_id: row.try_get("subject_id")?,
        actor: row.try_get("actor")?,
        occurred_at: row.try_get("occurred_at")?,
        data: row.try_get("data")?,
    })
}
