//! The tables of bulk changes.

use jiff::Timestamp;
use kith_kernel::{BulkId, RecordId, UserId, WorkspaceId};
use kith_store::{Class, Row, Store, StoreError, ToSql, Tx};
use tokio_postgres::types::Json;
use uuid::Uuid;

use super::model::{Bulk, State};
use crate::catalog::Object;

/// How many bulk changes of a workspace are under way at most.
pub(super) const LIMIT: i64 = 50;

const COLUMNS: &str = "id, workspace_id, object_key, state, request, progress, error, next_batch, \
    created_by, created_at, undone_by, finished_at";

const INSERT: &str = "INSERT INTO records.bulk \
    (workspace_id, id, object_key, state, request, progress, created_by, created_at, worked_at) \
    SELECT $1, $2, $3, $4, $5, $6, $7, $8, $8 WHERE (SELECT count(*) FROM records.bulk \
    WHERE workspace_id = $1 AND state IN ('collecting', 'running', 'undoing')) < $9";

/// Takes work that nobody holds, or holds it on; what waited longest. By `bulk_waiting`.
const CLAIM: &str = "UPDATE records.bulk SET lease_holder = $1, leased_until = $3, worked_at = $2 \
    WHERE (workspace_id, id) = (SELECT workspace_id, id FROM records.bulk \
    WHERE state IN ('collecting', 'running', 'undoing') \
    AND (lease_holder = $1 OR leased_until IS NULL OR leased_until <= $2) \
    ORDER BY worked_at, workspace_id, id LIMIT 1 FOR UPDATE SKIP LOCKED) RETURNING ";

const RELEASE: &str =
    "UPDATE records.bulk SET lease_holder = NULL, leased_until = NULL WHERE lease_holder = $1";

/// Notes where a bulk change stands; no row where somebody else has it, or stopped it.
const SETTLE: &str = "UPDATE records.bulk SET state = $5, progress = $6, error = $7, next_batch = $8, \
    finished_at = $9 WHERE workspace_id = $1 AND id = $2 AND lease_holder = $3 AND state = $4";

const HOLD: &str = "UPDATE records.bulk SET leased_until = $4 \
    WHERE workspace_id = $1 AND id = $2 AND lease_holder = $3 AND state = 'collecting'";

const CANCEL: &str = "UPDATE records.bulk SET state = 'cancelled', finished_at = $3, \
    lease_holder = NULL, leased_until = NULL WHERE workspace_id = $1 AND id = $2 \
    AND state IN ('collecting', 'running', 'undoing')";

const UNDO: &str = "UPDATE records.bulk SET state = 'undoing', undone_by = $3, worked_at = $4, \
    error = NULL, finished_at = NULL, lease_holder = NULL, leased_until = NULL \
    WHERE workspace_id = $1 AND id = $2 AND state IN ('completed', 'cancelled', 'failed')";

const ADD_BATCHES: &str = "INSERT INTO records.bulk_batch (workspace_id, bulk_id, number, record_ids) \
    VALUES ($1, $2, $3, $4)";
const DROP_BATCHES: &str =
    "DELETE FROM records.bulk_batch WHERE workspace_id = $1 AND bulk_id = $2";
/// By the primary key.
const BATCH: &str = "SELECT record_ids FROM records.bulk_batch \
    WHERE workspace_id = $1 AND bulk_id = $2 AND number = $3";

/// By `bulk_finished`; the batches go with them.
const SWEEP: &str = "DELETE FROM records.bulk WHERE (workspace_id, id) IN \
    (SELECT workspace_id, id FROM records.bulk WHERE finished_at < $1 ORDER BY finished_at LIMIT 20)";

/// A new bulk change; false where there are as many as are allowed.
pub(super) async fn insert_in(tx: &Tx, bulk: &Bulk) -> Result<bool, StoreError> {
    let (request, progress) = (Json(&bulk.request), Json(&bulk.progress));
    let params: [&(dyn ToSql + Sync); 9] = [
        &bulk.workspace,
        &bulk.id,
        &bulk.object_key,
        &bulk.state.as_str(),
        &request,
        &progress,
        &bulk.created_by,
        &bulk.created_at,
        &LIMIT,
    ];
    Ok(tx.execute(INSERT, &params).await? == 1)
}

pub(super) async fn find(
    store: &Store,
    workspace: WorkspaceId,
    id: BulkId,
) -> Result<Option<Bulk>, StoreError> {
    let sql = format!("SELECT {COLUMNS} FROM records.bulk WHERE workspace_id = $1 AND id = $2");
    let rows = (store.read(workspace, Class::Interactive, &sql, &[&workspace, &id])).await?;
    rows.first().map(bulk).transpose()
}

/// A user's bulk changes, newest first, before the one with the id `before`. By `bulk_of_user`.
pub(super) async fn list(
    store: &Store,
    workspace: WorkspaceId,
    user: UserId,
    before: Option<BulkId>,
    limit: i64,
) -> Result<Vec<Bulk>, StoreError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM records.bulk WHERE workspace_id = $1 AND created_by = $2 \
         AND ($3::uuid IS NULL OR id < $3) ORDER BY id DESC LIMIT $4"
    );
    let params: [&(dyn ToSql + Sync); 4] = [&workspace, &user, &before, &limit];
    let rows = (store.read(workspace, Class::Interactive, &sql, &params)).await?;
    rows.iter().map(bulk).collect()
}

fn bulk(row: &Row) -> Result<Bulk, StoreError> {
    let Json(request) = row.try_get(4)?;
    let Json(progress) = row.try_get(5)?;
    Ok(Bulk {
        id: row.try_get(0)?,
        workspace: row.try_get(1)?,
        object_key: row.try_get(2)?,
        state: State::of(row.try_get(3)?).unwrap_or(State::Failed),
        request,
        progress,
        error: row.try_get(6)?,
        next_batch: row.try_get(7)?,
        created_by: row.try_get(8)?,
        created_at: row.try_get(9)?,
        undone_by: row.try_get(10)?,
        finished_at: row.try_get(11)?,
    })
}

pub(super) async fn claim(
    store: &Store,
    holder: Uuid,
    now: Timestamp,
    until: Timestamp,
) -> Result<Option<Bulk>, StoreError> {
    let tx = store.begin_system(Class::Background).await?;
    let sql = format!("{CLAIM}{COLUMNS}");
    let row = tx.query_opt(&sql, &[&holder, &now, &until]).await?;
    tx.commit().await?;
    row.as_ref().map(bulk).transpose()
}

/// Gives back what `holder` has taken.
pub(super) async fn release(store: &Store, holder: Uuid) -> Result<(), StoreError> {
    let tx = store.begin_system(Class::Background).await?;
    tx.execute(RELEASE, &[&holder]).await?;
    tx.commit().await
}

/// Notes where a bulk change that was in the state `before` stands; false where it is no longer
/// `holder`'s or was stopped, so that the batch must not be committed.
pub(super) async fn settle_in(
    tx: &Tx,
    holder: Uuid,
    before: State,
    bulk: &Bulk,
) -> Result<bool, StoreError> {
    let progress = Json(&bulk.progress);
    let params: [&(dyn ToSql + Sync); 9] = [
        &bulk.workspace,
        &bulk.id,
        &holder,
        &before.as_str(),
        &bulk.state.as_str(),
        &progress,
        &bulk.error,
        &bulk.next_batch,
        &bulk.finished_at,
    ];
    Ok(tx.execute(SETTLE, &params).await? == 1)
}

/// Holds the lease on while records are found; false where it is somebody else's or was stopped.
pub(super) async fn hold_in(
    tx: &Tx,
    holder: Uuid,
    bulk: &Bulk,
    until: Timestamp,
) -> Result<bool, StoreError> {
    let params: [&(dyn ToSql + Sync); 4] = [&bulk.workspace, &bulk.id, &holder, &until];
    Ok(tx.execute(HOLD, &params).await? == 1)
}

/// Stops a bulk change; false where there is nothing under way.
pub(super) async fn cancel(
    store: &Store,
    workspace: WorkspaceId,
    id: BulkId,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let tx = store.begin(workspace, Class::Interactive).await?;
    let stopped = tx.execute(CANCEL, &[&workspace, &id, &now]).await? == 1;
    tx.commit().await?;
    Ok(stopped)
}

/// Turns a bulk change to its undoing; false where it can't be undone now.
pub(super) async fn undo(
    store: &Store,
    workspace: WorkspaceId,
    id: BulkId,
    by: UserId,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let tx = store.begin(workspace, Class::Interactive).await?;
    let turned = tx.execute(UNDO, &[&workspace, &id, &by, &now]).await? == 1;
    tx.commit().await?;
    Ok(turned)
}

pub(super) async fn add_batch_in(
    tx: &Tx,
    bulk: &Bulk,
    number: i32,
    ids: &[RecordId],
) -> Result<(), StoreError> {
    let params: [&(dyn ToSql + Sync); 4] = [&bulk.workspace, &bulk.id, &number, &ids];
    tx.execute(ADD_BATCHES, &params).await?;
    Ok(())
}

pub(super) async fn drop_batches_in(tx: &Tx, bulk: &Bulk) -> Result<(), StoreError> {
    tx.execute(DROP_BATCHES, &[&bulk.workspace, &bulk.id])
        .await?;
    Ok(())
}

/// The records of a batch; `None` where there is no such batch.
pub(super) async fn batch_in(
    tx: &Tx,
    bulk: &Bulk,
    number: i32,
) -> Result<Option<Vec<RecordId>>, StoreError> {
    let params: [&(dyn ToSql + Sync); 3] = [&bulk.workspace, &bulk.id, &number];
    let row = tx.query_opt(BATCH, &params).await?;
    row.map(|row| Ok(row.try_get(0)?)).transpose()
}

/// The names of records, of those that there are.
pub(super) async fn names_in(
    tx: &Tx,
    workspace: WorkspaceId,
    object: &Object,
    ids: &[RecordId],
) -> Result<Vec<(RecordId, String)>, StoreError> {
    // By the primary key; the table's name is the catalog's.
    let table = object.table.name;
    let sql = format!("SELECT id, name FROM {table} WHERE workspace_id = $1 AND id = ANY($2)");
    let rows = tx.query(&sql, &[&workspace, &ids]).await?;
    (rows.iter())
        .map(|row| Ok((row.try_get(0)?, row.try_get(1)?)))
        .collect()
}

/// Forgets some bulk changes that ended before `before`; how many.
pub(super) async fn sweep(store: &Store, before: Timestamp) -> Result<u64, StoreError> {
    let tx = store.begin_system(Class::Background).await?;
    let gone = tx.execute(SWEEP, &[&before]).await?;
    tx.commit().await?;
    Ok(gone)
}
