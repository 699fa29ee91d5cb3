//! The tables of imports.

use jiff::Timestamp;
use kith_kernel::{EventId, ImportId, RecordId, UserId, WorkspaceId};
use kith_store::{Class, Params, Row, Store, StoreError, Tx};
use kith_tabular::Position;
use tokio_postgres::types::Json;
use uuid::Uuid;

use super::convert::Reason;
use super::counts::{Counts, Issue};
use super::model::{Import, State};

const INSERT: &str = "INSERT INTO records.import \
    (workspace_id, id, object_key, file_name, file_bytes, state, analysis, created_by, created_at) \
    VALUES ($1, $2, $3, $4, $5, 'ready', $6, $7, $8)";

/// Imports with the sums of their lanes.
const SELECT: &str = "SELECT i.id, i.workspace_id, i.object_key, i.file_name, i.file_bytes, i.state, \
    i.cancel_requested, i.analysis, i.plan, i.dry_run, i.undo, i.error, i.lanes, i.users_created, \
    i.rows_per_second, i.created_by, i.created_at, i.started_by, i.started_at, i.finished_at, \
    i.lease_holder, l.read, l.created, l.updated, l.unchanged, l.rejected, l.adjusted, l.related, \
    l.bytes, l.pass \
    FROM records.import i, LATERAL (SELECT \
    coalesce(sum(read) FILTER (WHERE pass = 1), 0)::int8 AS read, \
    coalesce(sum(created), 0)::int8 AS created, coalesce(sum(updated), 0)::int8 AS updated, \
    coalesce(sum(unchanged), 0)::int8 AS unchanged, coalesce(sum(rejected), 0)::int8 AS rejected, \
    coalesce(sum(adjusted), 0)::int8 AS adjusted, coalesce(sum(related), 0)::int8 AS related, \
    coalesce(min((position->>'byte')::int8) FILTER (WHERE pass = 1 AND lane >= 0), 0)::int8 AS bytes, \
    coalesce(max(pass), 1::int2) AS pass \
    FROM records.import_lane WHERE workspace_id = i.workspace_id AND import_id = i.id) l \
    WHERE i.workspace_id = $1";

/// Takes work that nobody holds; one import of a workspace at a time.
const CLAIM: &str = "UPDATE records.import SET lease_holder = $1, leased_until = $3 \
    WHERE (workspace_id, id) = (SELECT i.workspace_id, i.id FROM records.import i \
    WHERE i.state IN ('checking', 'running', 'undoing') \
    AND (i.leased_until IS NULL OR i.leased_until <= $2) \
    AND NOT EXISTS (SELECT FROM records.import o WHERE o.workspace_id = i.workspace_id \
    AND o.id <> i.id AND o.state IN ('checking', 'running', 'undoing') AND o.leased_until > $2) \
    ORDER BY i.queued_at LIMIT 1 FOR UPDATE SKIP LOCKED) \
    RETURNING workspace_id, id";

const HEARTBEAT: &str = "UPDATE records.import SET leased_until = $4, rows_per_second = coalesce($5, rows_per_second) \
    WHERE workspace_id = $1 AND id = $2 AND lease_holder = $3 RETURNING cancel_requested";

const RELEASE: &str = "UPDATE records.import SET lease_holder = NULL, leased_until = NULL \
    WHERE workspace_id = $1 AND id = $2 AND lease_holder = $3";

const FINISH: &str = "UPDATE records.import SET state = $4, error = $5, finished_at = $6, \
    rows_per_second = coalesce($7, rows_per_second), cancel_requested = false, lease_holder = NULL, leased_until = NULL \
    WHERE workspace_id = $1 AND id = $2 AND lease_holder = $3 \
    RETURNING object_key, file_name, coalesce(started_by, created_by)";

/// What became of an import, for the log. By the primary key of `import_lane`.
const LOG_END: &str = "INSERT INTO records.event \
    (workspace_id, id, type, subject_kind, subject_id, subject_version, actor, occurred_at, data) \
    SELECT $1, $3, $4, 'import', $2, 1, jsonb_build_object('user', $5::uuid, 'via', 'system'), $6, \
      jsonb_build_object('object', $7::text, 'file_name', $8::text, 'error', $9::text, 'counts', jsonb_build_object(\
        'created', coalesce(sum(created), 0), 'updated', coalesce(sum(updated), 0), \
        'unchanged', coalesce(sum(unchanged), 0), 'rejected', coalesce(sum(rejected), 0))) \
    FROM records.import_lane WHERE workspace_id = $1 AND import_id = $2 AND pass = 1";

const LANES: &str = "INSERT INTO records.import_lane (workspace_id, import_id, pass, lane, next_row) \
    SELECT $1, $2, $3, lane, 0 FROM generate_series(0, $4::int2 - 1) AS lane \
    ON CONFLICT DO NOTHING";

const READ_LANES: &str = "SELECT lane, next_row, position, finished FROM records.import_lane \
    WHERE workspace_id = $1 AND import_id = $2 AND pass = $3 AND lane >= 0 ORDER BY lane";

/// Moves a lane on, if nobody else did.
const ADVANCE: &str = "UPDATE records.import_lane SET next_row = $6, position = $7, finished = $8, \
    read = read + $9, created = created + $10, updated = updated + $11, unchanged = unchanged + $12, \
    rejected = rejected + $13, adjusted = adjusted + $14, related = related + $15 \
    WHERE workspace_id = $1 AND import_id = $2 AND pass = $3 AND lane = $4 AND next_row = $5";

const ADD_BATCH: &str = "INSERT INTO records.import_batch \
    (workspace_id, import_id, id, object_key, first_row, last_row, row_numbers, record_ids) \
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";

const ADD_ISSUES: &str = "INSERT INTO records.import_issue \
    (workspace_id, import_id, pass, row_number, line, rejected, reasons, cells) \
    SELECT $1, $2, $3, v.number, v.line, v.rejected, v.reasons::jsonb, \
    ARRAY(SELECT jsonb_array_elements_text(v.cells::jsonb)) \
    FROM unnest($4::int8[], $5::int8[], $6::bool[], $7::text[], $8::text[]) \
    AS v(number, line, rejected, reasons, cells) ON CONFLICT DO NOTHING";

/// Which records some rows became.
const RECORDS_OF: &str = "SELECT row_numbers, record_ids FROM records.import_batch \
    WHERE workspace_id = $1 AND import_id = $2 AND first_row <= $4 AND last_row >= $3 ORDER BY id";

/// How far one writer has come.
#[derive(Clone, Debug)]
pub(crate) struct Lane {
    pub(crate) next_row: i64,
    pub(crate) position: Option<Position>,
    pub(crate) finished: bool,
}

pub(crate) struct NewImport<'a> {
    pub(crate) id: ImportId,
    pub(crate) object_key: &'a str,
    pub(crate) file_name: &'a str,
    pub(crate) file_bytes: i64,
    pub(crate) analysis: &'a super::analyse::Analysis,
    pub(crate) by: UserId,
    pub(crate) at: Timestamp,
}

pub(crate) async fn insert(
    store: &Store,
    workspace: WorkspaceId,
    new: &NewImport<'_>,
) -> Result<(), StoreError> {
    let tx = store.begin(workspace, Class::Interactive).await?;
    let analysis = Json(new.analysis);
    let params: [&(dyn kith_store::ToSql + Sync); 8] = [
        &workspace,
        &new.id,
        &new.object_key,
        &new.file_name,
        &new.file_bytes,
        &analysis,
        &new.by,
        &new.at,
    ];
    tx.execute(INSERT, &params).await?;
    tx.commit().await
}

/// The import with this id.
pub(crate) async fn find(
    store: &Store,
    workspace: WorkspaceId,
    id: ImportId,
) -> Result<Option<Import>, StoreError> {
    let sql = format!("{SELECT} AND i.id = $2");
    let rows = store
        .read(workspace, Class::Interactive, &sql, &[&workspace, &id])
        .await?;
    rows.first().map(import).transpose()
}

/// Imports, newest first, before the one with the id `before`.
pub(crate) async fn list(
    store: &Store,
    workspace: WorkspaceId,
    before: Option<ImportId>,
    limit: i64,
) -> Result<Vec<Import>, StoreError> {
    let sql = format!("{SELECT} AND ($2::uuid IS NULL OR i.id < $2) ORDER BY i.id DESC LIMIT $3");
    let rows = (store.read(
        workspace,
        Class::Interactive,
        &sql,
        &[&workspace, &before, &limit],
    ))
    .await?;
    rows.iter().map(import).collect()
}

fn import(row: &Row) -> Result<Import, StoreError> {
    let json =
        |at: usize| -> Result<Option<serde_json::Value>, StoreError> { Ok(row.try_get(at)?) };
    Ok(Import {
        id: row.try_get(0)?,
        workspace: row.try_get(1)?,
        object_key: row.try_get(2)?,
        file_name: row.try_get(3)?,
        file_bytes: row.try_get(4)?,
        state: State::of(row.try_get(5)?).unwrap_or(State::Failed),
        cancel_requested: row.try_get(6)?,
        analysis: read(json(7)?).unwrap_or_default(),
        plan: read(json(8)?),
        dry_run: read(json(9)?),
        undo: read(json(10)?),
        error: row.try_get(11)?,
        lanes: row.try_get(12)?,
        users_created: row.try_get(13)?,
        rows_per_second: row.try_get(14)?,
        created_by: row.try_get(15)?,
        created_at: row.try_get(16)?,
        started_by: row.try_get(17)?,
        started_at: row.try_get(18)?,
        finished_at: row.try_get(19)?,
        lease_holder: row.try_get(20)?,
        counts: Counts {
            read: row.try_get(21)?,
            created: row.try_get(22)?,
            updated: row.try_get(23)?,
            unchanged: row.try_get(24)?,
            rejected: row.try_get(25)?,
            adjusted: row.try_get(26)?,
            related: row.try_get(27)?,
        },
        bytes_done: row.try_get(28)?,
        pass: row.try_get(29)?,
    })
}

/// What JSON stands for; `None` where an older version wrote something else.
fn read<T: serde::de::DeserializeOwned>(json: Option<serde_json::Value>) -> Option<T> {
    json.and_then(|json| serde_json::from_value(json).ok())
}

/// Takes an import to work on, where there is one.
pub(crate) async fn claim(
    store: &Store,
    holder: Uuid,
    now: Timestamp,
    until: Timestamp,
) -> Result<Option<(WorkspaceId, ImportId)>, StoreError> {
    let tx = store.begin_system(Class::Background).await?;
    let rows = tx.query(CLAIM, &[&holder, &now, &until]).await?;
    tx.commit().await?;
    Ok(rows.first().map(|row| (row.get(0), row.get(1))))
}

/// Holds the lease on; whether the import is to be cancelled. `None` when somebody else has it.
pub(crate) async fn heartbeat(
    store: &Store,
    workspace: WorkspaceId,
    id: ImportId,
    holder: Uuid,
    until: Timestamp,
    rate: Option<f64>,
) -> Result<Option<bool>, StoreError> {
    let tx = store.begin(workspace, Class::Interactive).await?;
    let row = tx
        .query_opt(HEARTBEAT, &[&workspace, &id, &holder, &until, &rate])
        .await?;
    tx.commit().await?;
    Ok(row.map(|row| row.get(0)))
}

/// Gives the lease back, so that the work goes on elsewhere or later.
pub(crate) async fn release(
    store: &Store,
    workspace: WorkspaceId,
    id: ImportId,
    holder: Uuid,
) -> Result<(), StoreError> {
    let tx = store.begin(workspace, Class::Interactive).await?;
    tx.execute(RELEASE, &[&workspace, &id, &holder]).await?;
    tx.commit().await
}

/// Ends the work under way.
#[expect(clippy::too_many_arguments, reason = "one statement's parameters")]
pub(crate) async fn finish(
    store: &Store,
    workspace: WorkspaceId,
    id: ImportId,
    holder: Uuid,
    state: State,
    error: Option<&str>,
    at: Option<Timestamp>,
    rate: Option<f64>,
) -> Result<(), StoreError> {
    let tx = store.begin(workspace, Class::Interactive).await?;
    let params: [&(dyn kith_store::ToSql + Sync); 7] = [
        &workspace,
        &id,
        &holder,
        &state.as_str(),
        &error,
        &at,
        &rate,
    ];
    let ended = tx.query_opt(FINISH, &params).await?;
    if let (Some(row), Some(at)) = (ended, at) {
        let (object, file): (&str, &str) = (row.try_get(0)?, row.try_get(1)?);
        let user: UserId = row.try_get(2)?;
        let event = EventId::new(store.clock());
        let kind = format!("import.{}", state.as_str());
        let params: Params<'_> = &[
            &workspace, &id, &event, &kind, &user, &at, &object, &file, &error,
        ];
        tx.execute(LOG_END, params).await?;
    }
    tx.commit().await
}

/// The lanes of a pass, made where they aren't there yet.
pub(crate) async fn lanes(
    store: &Store,
    workspace: WorkspaceId,
    id: ImportId,
    pass: i16,
    count: i16,
) -> Result<Vec<Lane>, StoreError> {
    let tx = store.begin(workspace, Class::Background).await?;
    tx.execute(LANES, &[&workspace, &id, &pass, &count]).await?;
    let rows = tx.query(READ_LANES, &[&workspace, &id, &pass]).await?;
    tx.commit().await?;
    let lane = |row: &Row| -> Result<Lane, StoreError> {
        let position: Option<serde_json::Value> = row.try_get(2)?;
        Ok(Lane {
            next_row: row.try_get(1)?,
            position: position.and_then(|json| serde_json::from_value(json).ok()),
            finished: row.try_get(3)?,
        })
    };
    rows.iter().map(lane).collect()
}

/// Where a lane stands after a batch.
pub(crate) struct Advance<'a> {
    pub(crate) pass: i16,
    pub(crate) lane: i16,
    pub(crate) from: i64,
    pub(crate) to: i64,
    pub(crate) position: &'a Position,
    pub(crate) finished: bool,
}

/// Moves a lane on; false when somebody else did meanwhile.
pub(crate) async fn advance_in(
    tx: &Tx,
    workspace: WorkspaceId,
    id: ImportId,
    step: &Advance<'_>,
    counts: &Counts,
) -> Result<bool, StoreError> {
    let position = Json(step.position);
    let params: [&(dyn kith_store::ToSql + Sync); 15] = [
        &workspace,
        &id,
        &step.pass,
        &step.lane,
        &step.from,
        &step.to,
        &position,
        &step.finished,
        &counts.read,
        &counts.created,
        &counts.updated,
        &counts.unchanged,
        &counts.rejected,
        &counts.adjusted,
        &counts.related,
    ];
    Ok(tx.execute(ADVANCE, &params).await? == 1)
}

/// Notes which records rows became. Records without rows are those that rows only name.
pub(crate) async fn add_batch_in(
    tx: &Tx,
    workspace: WorkspaceId,
    id: ImportId,
    batch: Uuid,
    object_key: &str,
    rows: &[i64],
    records: &[RecordId],
) -> Result<(), StoreError> {
    if records.is_empty() {
        return Ok(());
    }
    let first = rows.iter().min().copied().unwrap_or(0);
    let last = rows.iter().max().copied().unwrap_or(-1);
    let params: [&(dyn kith_store::ToSql + Sync); 8] = [
        &workspace,
        &id,
        &batch,
        &object_key,
        &first,
        &last,
        &rows,
        &records,
    ];
    tx.execute(ADD_BATCH, &params).await?;
    Ok(())
}

/// Counts records that rows only name: in a lane of their own, which has no rows.
pub(crate) async fn add_related_in(
    tx: &Tx,
    workspace: WorkspaceId,
    id: ImportId,
    count: i64,
) -> Result<(), StoreError> {
    const ADD: &str = "INSERT INTO records.import_lane AS l (workspace_id, import_id, pass, lane, next_row, related) \
        VALUES ($1, $2, 1, -1, 0, $3) ON CONFLICT (workspace_id, import_id, pass, lane) \
        DO UPDATE SET related = l.related + excluded.related";
    tx.execute(ADD, &[&workspace, &id, &count]).await?;
    Ok(())
}

/// Counts users who were created.
pub(crate) async fn add_users(
    store: &Store,
    workspace: WorkspaceId,
    id: ImportId,
    count: usize,
) -> Result<(), StoreError> {
    const ADD: &str = "UPDATE records.import SET users_created = users_created + $3 WHERE workspace_id = $1 AND id = $2";
    let tx = store.begin(workspace, Class::Background).await?;
    tx.execute(
        ADD,
        &[&workspace, &id, &i64::try_from(count).unwrap_or(i64::MAX)],
    )
    .await?;
    tx.commit().await
}

/// Notes what was not imported.
pub(crate) async fn add_issues_in(
    tx: &Tx,
    workspace: WorkspaceId,
    id: ImportId,
    pass: i16,
    issues: &[Issue],
) -> Result<(), StoreError> {
    if issues.is_empty() {
        return Ok(());
    }
    let number = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
    let numbers: Vec<i64> = issues.iter().map(|issue| number(issue.number)).collect();
    let lines: Vec<i64> = issues.iter().map(|issue| number(issue.line)).collect();
    let rejected: Vec<bool> = issues.iter().map(|issue| issue.rejected).collect();
    let json = |value: serde_json::Result<String>| value.unwrap_or_else(|_| "[]".to_owned());
    let reasons: Vec<String> = (issues.iter())
        .map(|issue| json(serde_json::to_string(&issue.reasons)))
        .collect();
    let cells: Vec<String> = (issues.iter())
        .map(|issue| json(serde_json::to_string(&issue.cells)))
        .collect();
    let params: [&(dyn kith_store::ToSql + Sync); 8] = [
        &workspace, &id, &pass, &numbers, &lines, &rejected, &reasons, &cells,
    ];
    tx.execute(ADD_ISSUES, &params).await?;
    Ok(())
}

/// Which records the rows from `first` to `last` became, in the order of writing.
pub(crate) async fn records_of_in(
    tx: &Tx,
    workspace: WorkspaceId,
    id: ImportId,
    first: i64,
    last: i64,
) -> Result<Vec<(i64, RecordId)>, StoreError> {
    let mut pairs = Vec::new();
    for row in tx
        .query(RECORDS_OF, &[&workspace, &id, &first, &last])
        .await?
    {
        let numbers: Vec<i64> = row.try_get(0)?;
        let records: Vec<RecordId> = row.try_get(1)?;
        pairs.extend(numbers.into_iter().zip(records));
    }
    Ok(pairs)
}

/// One stored issue.
pub(crate) struct StoredIssue {
    pub(crate) number: i64,
    pub(crate) reasons: Vec<Reason>,
    pub(crate) cells: Vec<String>,
    pub(crate) rejected: bool,
}

/// The issues, in the order of the rows, after the row `after` (and pass). By the primary key.
pub(crate) const ISSUES: &str = "SELECT row_number, reasons, cells, rejected FROM records.import_issue \
    WHERE workspace_id = $1 AND import_id = $2 AND (NOT $3 OR rejected) ORDER BY row_number, pass";

pub(crate) fn issue(row: &Row) -> Result<StoredIssue, StoreError> {
    let reasons: serde_json::Value = row.try_get(1)?;
    Ok(StoredIssue {
        number: row.try_get(0)?,
        reasons: serde_json::from_value(reasons).unwrap_or_default(),
        cells: row.try_get(2)?,
        rejected: row.try_get(3)?,
    })
}

/// Changes an import's state from one of `from`; false when it is in none of them.
pub(crate) async fn set_in(
    tx: &Tx,
    workspace: WorkspaceId,
    id: ImportId,
    sql_set: &'static str,
    from: &[State],
    params: &[&(dyn kith_store::ToSql + Sync)],
) -> Result<bool, StoreError> {
    let states: Vec<String> = from
        .iter()
        .map(|state| format!("'{}'", state.as_str()))
        .collect();
    let sql = format!(
        "UPDATE records.import SET {sql_set} WHERE workspace_id = $1 AND id = $2 AND state IN ({})",
        states.join(", ")
    );
    let mut all: Vec<&(dyn kith_store::ToSql + Sync)> = vec![&workspace, &id];
    all.extend(params);
    Ok(tx.execute(&sql, &all).await? == 1)
}

/// Forgets an import that nobody works on; false when somebody does.
pub(crate) async fn delete_in(
    tx: &Tx,
    workspace: WorkspaceId,
    id: ImportId,
) -> Result<bool, StoreError> {
    const DELETE: &str = "DELETE FROM records.import WHERE workspace_id = $1 AND id = $2 \
        AND state NOT IN ('checking', 'running', 'undoing')";
    const LANES: &str =
        "DELETE FROM records.import_lane WHERE workspace_id = $1 AND import_id = $2";
    const BATCHES: &str =
        "DELETE FROM records.import_batch WHERE workspace_id = $1 AND import_id = $2";
    const ISSUES: &str =
        "DELETE FROM records.import_issue WHERE workspace_id = $1 AND import_id = $2";
    if tx.execute(DELETE, &[&workspace, &id]).await? == 0 {
        return Ok(false);
    }
    for sql in [LANES, BATCHES, ISSUES] {
        tx.execute(sql, &[&workspace, &id]).await?;
    }
    Ok(true)
}

/// Stores what a dry run found.
pub(crate) async fn put_dry_run(
    store: &Store,
    workspace: WorkspaceId,
    id: ImportId,
    report: &super::dry::DryRunReport,
) -> Result<(), StoreError> {
    const PUT: &str = "UPDATE records.import SET dry_run = $3 WHERE workspace_id = $1 AND id = $2";
    let tx = store.begin(workspace, Class::Background).await?;
    tx.execute(PUT, &[&workspace, &id, &Json(report)]).await?;
    tx.commit().await
}
