//! The tables of demos.

use jiff::Timestamp;
use kith_kernel::{UserId, WorkspaceId};
use kith_store::{Class, Store, StoreError, Tx};
use tokio_postgres::Row;
use tokio_postgres::types::Json;
use uuid::Uuid;

use super::model::{Demo, DemoId, Plan, Progress, Stage, State};

/// A workspace's demo. By the primary key of `demo`.
const FIND: &str = "SELECT id, state, plan, progress, error, started_by, started_at, finished_at, \
    workspace_id FROM records.demo WHERE workspace_id = $1";

/// Begins a demo, unless there is one.
const BEGIN: &str = "INSERT INTO records.demo AS d \
    (workspace_id, id, state, plan, progress, started_by, started_at, worked_at) \
    VALUES ($1, $2, 'filling', $3, '{}', $4, $5, $5) \
    ON CONFLICT (workspace_id) DO UPDATE SET id = excluded.id, state = excluded.state, \
    plan = excluded.plan, progress = excluded.progress, error = NULL, \
    started_by = excluded.started_by, started_at = excluded.started_at, \
    worked_at = excluded.worked_at, finished_at = NULL, lease_holder = NULL, leased_until = NULL \
    WHERE d.state = 'removed' RETURNING id";

/// Turns a demo to its removal. Whoever fills it loses the lease, and with it the batch at hand.
const REMOVE: &str = "UPDATE records.demo SET state = 'removing', \
    progress = jsonb_set(progress, '{removal}', jsonb_build_object('total', \
    (SELECT coalesce(sum(cardinality(b.record_ids)), 0)::int8 FROM records.demo_batch b WHERE b.workspace_id = $1))), \
    error = NULL, started_by = $2, started_at = $3, worked_at = $3, finished_at = NULL, \
    lease_holder = NULL, leased_until = NULL \
    WHERE workspace_id = $1 AND state <> 'removing'";

/// Takes work that nobody holds, or holds it on; the one that waited longest.
const CLAIM: &str = "UPDATE records.demo SET lease_holder = $1, leased_until = $3, worked_at = $2 \
    WHERE workspace_id = (SELECT workspace_id FROM records.demo WHERE state IN ('filling', 'removing') \
    AND (lease_holder = $1 OR leased_until IS NULL OR leased_until <= $2) \
    ORDER BY worked_at, workspace_id LIMIT 1 FOR UPDATE SKIP LOCKED) \
    RETURNING id, state, plan, progress, error, started_by, started_at, finished_at, workspace_id";

/// Gives leases back, so that the work goes on elsewhere or later.
const RELEASE: &str =
    "UPDATE records.demo SET lease_holder = NULL, leased_until = NULL WHERE lease_holder = $1";

/// Notes how far a demo has come; no row where somebody else has it, or it is to be removed.
const ADVANCE: &str = "UPDATE records.demo SET progress = $5, state = $6, error = $7, finished_at = $8 \
    WHERE workspace_id = $1 AND id = $2 AND lease_holder = $3 AND state = $4";

const ADD_BATCH: &str = "INSERT INTO records.demo_batch (workspace_id, id, object_key, record_ids) \
    VALUES ($1, $2, $3, $4)";

/// The latest batch of an object before `$3`. By the primary key of `demo_batch`.
const LAST_BATCH: &str = "SELECT id, record_ids FROM records.demo_batch WHERE workspace_id = $1 \
    AND object_key = $2 AND ($3::uuid IS NULL OR id < $3) ORDER BY id DESC LIMIT 1";

/// What is left of a batch.
const KEEP_BATCH: &str = "UPDATE records.demo_batch SET record_ids = $4 \
    WHERE workspace_id = $1 AND object_key = $2 AND id = $3";
const DROP_BATCH: &str =
    "DELETE FROM records.demo_batch WHERE workspace_id = $1 AND object_key = $2 AND id = $3";

/// The stages of the default pipeline, in their order.
const STAGES: &str = "SELECT s.id, s.pipeline_id, coalesce(s.kind, 'open'), s.rotting_days \
    FROM records.stage s JOIN records.pipeline p ON p.workspace_id = $1 AND p.id = s.pipeline_id \
    WHERE s.workspace_id = $1 AND s.deleted_at IS NULL AND p.deleted_at IS NULL AND p.id = \
    (SELECT id FROM records.pipeline WHERE workspace_id = $1 AND deleted_at IS NULL \
    ORDER BY is_default DESC NULLS LAST, position, id LIMIT 1) ORDER BY s.position, s.id";

/// The active users, those of longest standing first.
const OWNERS: &str = "SELECT id FROM records.user_copy WHERE workspace_id = $1 AND active \
    ORDER BY id LIMIT 200";

/// Work that is taken until the lease runs out.
pub(super) struct Claimed {
    pub(super) workspace: WorkspaceId,
    pub(super) demo: Demo,
}

pub(super) async fn find(
    store: &Store,
    workspace: WorkspaceId,
) -> Result<Option<Demo>, StoreError> {
    let rows = (store.read(workspace, Class::Interactive, FIND, &[&workspace])).await?;
    rows.first().map(demo).transpose()
}

fn demo(row: &Row) -> Result<Demo, StoreError> {
    let state: &str = row.try_get(1)?;
    let Json(plan) = row.try_get(2)?;
    let Json(progress) = row.try_get(3)?;
    Ok(Demo {
        id: DemoId(row.try_get(0)?),
        state: State::of(state).unwrap_or(State::Failed),
        plan,
        progress,
        error: row.try_get(4)?,
        started_by: row.try_get(5)?,
        started_at: row.try_get(6)?,
        finished_at: row.try_get(7)?,
    })
}

/// Begins a demo; false where there is one.
pub(super) async fn begin_in(
    tx: &Tx,
    workspace: WorkspaceId,
    id: DemoId,
    plan: &Plan,
    by: UserId,
    at: Timestamp,
) -> Result<bool, StoreError> {
    let plan = Json(plan);
    let row = tx
        .query_opt(BEGIN, &[&workspace, &id.0, &plan, &by, &at])
        .await?;
    Ok(row.is_some())
}

pub(super) async fn remove(
    store: &Store,
    workspace: WorkspaceId,
    by: UserId,
    at: Timestamp,
) -> Result<(), StoreError> {
    let tx = store.begin(workspace, Class::Interactive).await?;
    tx.commit_with(REMOVE, &[&workspace, &by, &at]).await?;
    Ok(())
}

pub(super) async fn claim(
    store: &Store,
    holder: Uuid,
    now: Timestamp,
    until: Timestamp,
) -> Result<Option<Claimed>, StoreError> {
    let tx = store.begin_system(Class::Background).await?;
    let row = tx.query_opt(CLAIM, &[&holder, &now, &until]).await?;
    tx.commit().await?;
    row.map(|row| {
        Ok(Claimed {
            workspace: row.try_get(8)?,
            demo: demo(&row)?,
        })
    })
    .transpose()
}

/// Gives back what `holder` has taken.
pub(super) async fn release(store: &Store, holder: Uuid) -> Result<(), StoreError> {
    let tx = store.begin_system(Class::Background).await?;
    tx.execute(RELEASE, &[&holder]).await?;
    tx.commit().await
}

/// Where a demo stands after a batch.
pub(super) struct Standing<'a> {
    pub(super) progress: &'a Progress,
    pub(super) state: State,
    pub(super) error: Option<&'a str>,
    pub(super) finished_at: Option<Timestamp>,
}

/// Notes where a demo stands; false where it is no longer `holder`'s, so that the batch must not
/// be committed.
pub(super) async fn advance_in(
    tx: &Tx,
    claimed: &Claimed,
    holder: Uuid,
    standing: &Standing<'_>,
) -> Result<bool, StoreError> {
    let progress = Json(standing.progress);
    let params: [&(dyn kith_store::ToSql + Sync); 8] = [
        &claimed.workspace,
        &claimed.demo.id.0,
        &holder,
        &claimed.demo.state.as_str(),
        &progress,
        &standing.state.as_str(),
        &standing.error,
        &standing.finished_at,
    ];
    Ok(tx.execute(ADVANCE, &params).await? == 1)
}

/// Notes which records a batch made.
pub(super) async fn add_batch_in(
    tx: &Tx,
    workspace: WorkspaceId,
    batch: Uuid,
    object: &str,
    records: &[Uuid],
) -> Result<(), StoreError> {
    tx.execute(ADD_BATCH, &[&workspace, &batch, &object, &records])
        .await?;
    Ok(())
}

pub(super) async fn last_batch_in(
    tx: &Tx,
    workspace: WorkspaceId,
    object: &str,
    before: Option<Uuid>,
) -> Result<Option<(Uuid, Vec<Uuid>)>, StoreError> {
    let row = tx
        .query_opt(LAST_BATCH, &[&workspace, &object, &before])
        .await?;
    row.map(|row| Ok((row.try_get(0)?, row.try_get(1)?)))
        .transpose()
}

/// Notes which records of a batch are left.
pub(super) async fn keep_in(
    tx: &Tx,
    workspace: WorkspaceId,
    object: &str,
    batch: Uuid,
    kept: &[Uuid],
) -> Result<(), StoreError> {
    if kept.is_empty() {
        tx.execute(DROP_BATCH, &[&workspace, &object, &batch])
            .await?;
    } else {
        tx.execute(KEEP_BATCH, &[&workspace, &object, &batch, &kept])
            .await?;
    }
    Ok(())
}

pub(super) async fn stages(
    store: &Store,
    workspace: WorkspaceId,
) -> Result<Vec<Stage>, StoreError> {
    let rows = (store.read(workspace, Class::Interactive, STAGES, &[&workspace])).await?;
    (rows.iter())
        .map(|row| {
            Ok(Stage {
                id: row.try_get(0)?,
                pipeline: row.try_get(1)?,
                kind: row.try_get(2)?,
                rotting_days: row.try_get(3)?,
            })
        })
        .collect()
}

pub(super) async fn owners(store: &Store, workspace: WorkspaceId) -> Result<Vec<Uuid>, StoreError> {
    let rows = (store.read(workspace, Class::Interactive, OWNERS, &[&workspace])).await?;
    rows.iter().map(|row| Ok(row.try_get(0)?)).collect()
}
