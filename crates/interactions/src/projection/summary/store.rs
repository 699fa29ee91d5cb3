//! The tables of summaries.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use kith_kernel::WorkspaceId;
use kith_store::{Params, Row, StoreError, Tx};
use uuid::Uuid;

use super::super::task::Task;
use super::super::touch::columns;
use crate::error::InteractionsError;
use crate::interaction::Link;

/// Records whose next activity may have changed, with their objects.
pub(super) type Touched = BTreeSet<(WorkspaceId, Uuid, String)>;

/// How many meetings that have passed are taken at once.
const SWEPT: i64 = 1_000;

/// Held by whoever changes summaries, so that revisions are committed in their order.
const LOCK: &str = "SELECT pg_advisory_xact_lock(hashtext('interactions.summary'), 0)";

/// By the primary key, as are the others but for what is said.
const CONTACT: &str = "INSERT INTO interactions.summary AS s \
    (workspace_id, generation, record_id, object, last_contacted_at, revision) \
    SELECT v.workspace, $1, v.record, v.object, v.at, nextval('interactions.summary_revision') \
    FROM unnest($2::uuid[], $3::uuid[], $4::text[], $5::timestamptz[]) AS v(workspace, record, object, at) \
    ON CONFLICT (workspace_id, generation, record_id) DO UPDATE \
    SET last_contacted_at = excluded.last_contacted_at, revision = excluded.revision \
    WHERE s.last_contacted_at IS NULL OR s.last_contacted_at < excluded.last_contacted_at";

const PLAN: &str = "INSERT INTO interactions.planned \
    (workspace_id, generation, id, record_id, object, meeting, at, open, deleted) \
    SELECT v.workspace, $1, v.id, v.record, v.object, v.meeting, v.at, v.open, v.deleted \
    FROM unnest($2::uuid[], $3::uuid[], $4::uuid[], $5::text[], $6::bool[], $7::timestamptz[], $8::bool[], $9::bool[]) \
    AS v(workspace, id, record, object, meeting, at, open, deleted) ON CONFLICT DO NOTHING";

const TASKS: &str = "SELECT p.workspace_id, p.id, p.record_id, p.object, p.at, p.open, p.deleted \
    FROM unnest($2::uuid[], $3::uuid[]) AS v(workspace, id) \
    JOIN interactions.planned p ON p.workspace_id = v.workspace AND p.generation = $1 AND p.id = v.id";

const UNPLAN: &str = "DELETE FROM interactions.planned p USING unnest($2::uuid[], $3::uuid[]) AS v(workspace, id) \
    WHERE p.workspace_id = v.workspace AND p.generation = $1 AND p.id = v.id";

/// The companies that records belong to.
const COMPANIES: &str = "SELECT DISTINCT b.workspace_id, b.company_id \
    FROM unnest($2::uuid[], $3::uuid[]) AS v(workspace, record) \
    JOIN interactions.belongs b ON b.workspace_id = v.workspace AND b.generation = $1 AND b.record_id = v.record";

const LEAVE: &str = "DELETE FROM interactions.belongs b USING unnest($2::uuid[], $3::uuid[]) AS v(workspace, record) \
    WHERE b.workspace_id = v.workspace AND b.generation = $1 AND b.record_id = v.record";

const JOIN: &str = "INSERT INTO interactions.belongs (workspace_id, generation, record_id, company_id) \
    SELECT v.workspace, $1, v.record, v.company \
    FROM unnest($2::uuid[], $3::uuid[], $4::uuid[]) AS v(workspace, record, company)";

/// What comes next with records, of their own and of those that belong to them. By
/// `planned_record` and `belongs_company`.
const LOOK_AHEAD: &str = "INSERT INTO interactions.summary AS s \
    (workspace_id, generation, record_id, object, next_activity_at, revision) \
    SELECT n.workspace, $1, n.record, n.object, n.next, nextval('interactions.summary_revision') \
    FROM (SELECT v.*, least( \
        (SELECT min(p.at) FROM interactions.planned p WHERE p.workspace_id = v.workspace AND p.generation = $1 \
           AND p.record_id = v.record AND p.open AND NOT p.deleted AND p.at IS NOT NULL), \
        (SELECT min(p.at) FROM interactions.belongs b JOIN interactions.planned p ON p.workspace_id = b.workspace_id \
           AND p.generation = b.generation AND p.record_id = b.record_id AND p.open AND NOT p.deleted AND p.at IS NOT NULL \
         WHERE b.workspace_id = v.workspace AND b.generation = $1 AND b.company_id = v.record)) AS next \
      FROM unnest($2::uuid[], $3::uuid[], $4::text[]) AS v(workspace, record, object)) AS n \
    LEFT JOIN interactions.summary o ON o.workspace_id = n.workspace AND o.generation = $1 AND o.record_id = n.record \
    WHERE o.next_activity_at IS DISTINCT FROM n.next \
    ON CONFLICT (workspace_id, generation, record_id) DO UPDATE \
    SET next_activity_at = excluded.next_activity_at, revision = excluded.revision";

/// By the workspace's part of the primary key. Tasks stay, about nobody.
const CANCEL: &str = "DELETE FROM interactions.planned p USING unnest($2::uuid[], $3::uuid[]) AS v(workspace, person) \
    WHERE p.workspace_id = v.workspace AND p.generation = $1 AND p.record_id = v.person AND p.meeting";
const UNRELATE: &str = "UPDATE interactions.planned p \
    SET record_id = '00000000-0000-0000-0000-000000000000', object = '' \
    FROM unnest($2::uuid[], $3::uuid[]) AS v(workspace, person) \
    WHERE p.workspace_id = v.workspace AND p.generation = $1 AND p.record_id = v.person";

/// The row stays, without a time, so that those who keep a copy hear of it.
const BLANK: &str = "UPDATE interactions.summary s SET last_contacted_at = NULL, next_activity_at = NULL, \
    revision = nextval('interactions.summary_revision') \
    FROM unnest($2::uuid[], $3::uuid[]) AS v(workspace, person) \
    WHERE s.workspace_id = v.workspace AND s.generation = $1 AND s.record_id = v.person";

/// Meetings that have passed, of any workspace; by `planned_due`.
const PASSED: &str = "DELETE FROM interactions.planned WHERE (workspace_id, generation, id, record_id) IN \
    (SELECT workspace_id, generation, id, record_id FROM interactions.planned \
     WHERE meeting AND at <= $1 AND ($3::int2 IS NULL OR generation = $3) ORDER BY at LIMIT $2) \
    RETURNING workspace_id, generation, record_id, object, at";

/// Something to come.
pub(super) struct Planned {
    pub(super) workspace: WorkspaceId,
    pub(super) id: Uuid,
    pub(super) record: Link,
    pub(super) meeting: bool,
    pub(super) at: Option<Timestamp>,
    pub(super) open: bool,
    pub(super) deleted: bool,
}

/// What a task is about that is about no record.
pub(super) fn nothing() -> Link {
    Link {
        object: String::new(),
        id: Uuid::nil(),
    }
}

/// Waits until nobody else changes summaries.
pub(super) async fn lock_in(tx: &Tx) -> Result<(), StoreError> {
    tx.query(LOCK, &[]).await?;
    Ok(())
}

/// Notes contacts that have happened.
pub(super) async fn contact_in(
    tx: &Tx,
    generation: i16,
    contacts: &BTreeMap<(WorkspaceId, Uuid), (String, Timestamp)>,
) -> Result<(), InteractionsError> {
    if contacts.is_empty() {
        return Ok(());
    }
    let keys: Vec<_> = contacts.keys().copied().collect();
    let (workspaces, records) = columns(&keys);
    let objects: Vec<&str> = contacts
        .values()
        .map(|(object, _)| object.as_str())
        .collect();
    let times: Vec<Timestamp> = contacts.values().map(|(_, at)| *at).collect();
    let params: Params<'_> = &[&generation, &workspaces, &records, &objects, &times];
    tx.execute(CONTACT, params).await?;
    Ok(())
}

/// Notes what is to come.
pub(super) async fn plan_in(
    tx: &Tx,
    generation: i16,
    planned: &[Planned],
) -> Result<(), InteractionsError> {
    if planned.is_empty() {
        return Ok(());
    }
    let workspaces: Vec<WorkspaceId> = planned.iter().map(|one| one.workspace).collect();
    let ids: Vec<Uuid> = planned.iter().map(|one| one.id).collect();
    let records: Vec<Uuid> = planned.iter().map(|one| one.record.id).collect();
    let objects: Vec<&str> = planned
        .iter()
        .map(|one| one.record.object.as_str())
        .collect();
    let meetings: Vec<bool> = planned.iter().map(|one| one.meeting).collect();
    let times: Vec<Option<Timestamp>> = planned.iter().map(|one| one.at).collect();
    let open: Vec<bool> = planned.iter().map(|one| one.open).collect();
    let deleted: Vec<bool> = planned.iter().map(|one| one.deleted).collect();
    let params: Params<'_> = &[
        &generation,
        &workspaces,
        &ids,
        &records,
        &objects,
        &meetings,
        &times,
        &open,
        &deleted,
    ];
    tx.execute(PLAN, params).await?;
    Ok(())
}

/// What is known of tasks.
pub(super) async fn tasks_in(
    tx: &Tx,
    generation: i16,
    ids: &[(WorkspaceId, Uuid)],
) -> Result<Vec<((WorkspaceId, Uuid), Task)>, InteractionsError> {
    let (workspaces, ids) = columns(ids);
    let rows = tx.query(TASKS, &[&generation, &workspaces, &ids]).await?;
    let read = |row: &Row| {
        let about = Link {
            id: row.try_get(2)?,
            object: row.try_get(3)?,
        };
        let task = Task {
            about: Some(about).filter(|about| !about.id.is_nil()),
            due: row.try_get(4)?,
            done: !row.try_get::<_, bool>(5)?,
            deleted: row.try_get(6)?,
        };
        Ok(((row.try_get(0)?, row.try_get(1)?), task))
    };
    rows.iter().map(read).collect()
}

/// Puts these in the place of what was planned under these ids.
pub(super) async fn replace_in(
    tx: &Tx,
    generation: i16,
    ids: &[(WorkspaceId, Uuid)],
    planned: &[Planned],
) -> Result<(), InteractionsError> {
    let (workspaces, ids) = columns(ids);
    tx.execute(UNPLAN, &[&generation, &workspaces, &ids])
        .await?;
    plan_in(tx, generation, planned).await
}

/// Notes the companies of records; those that were left and those that were joined.
pub(super) async fn move_in(
    tx: &Tx,
    generation: i16,
    moves: &[(WorkspaceId, Uuid, Option<Uuid>)],
) -> Result<Touched, InteractionsError> {
    let keys: Vec<_> = moves
        .iter()
        .map(|(workspace, record, _)| (*workspace, *record))
        .collect();
    let mut touched = companies_in(tx, generation, &keys).await?;
    let (workspaces, records) = columns(&keys);
    tx.execute(LEAVE, &[&generation, &workspaces, &records])
        .await?;
    let joined: Vec<_> = (moves.iter())
        .filter_map(|(workspace, record, company)| Some((*workspace, *record, (*company)?)))
        .collect();
    let workspaces: Vec<WorkspaceId> = joined.iter().map(|one| one.0).collect();
    let records: Vec<Uuid> = joined.iter().map(|one| one.1).collect();
    let companies: Vec<Uuid> = joined.iter().map(|one| one.2).collect();
    tx.execute(JOIN, &[&generation, &workspaces, &records, &companies])
        .await?;
    touched.extend(
        joined
            .into_iter()
            .map(|(workspace, _, company)| (workspace, company, "company".to_owned())),
    );
    Ok(touched)
}

async fn companies_in(
    tx: &Tx,
    generation: i16,
    records: &[(WorkspaceId, Uuid)],
) -> Result<Touched, InteractionsError> {
    let (workspaces, records) = columns(records);
    let rows = tx
        .query(COMPANIES, &[&generation, &workspaces, &records])
        .await?;
    (rows.iter())
        .map(|row| Ok((row.try_get(0)?, row.try_get(1)?, "company".to_owned())))
        .collect()
}

/// Finds out what comes next with these records and with the companies they belong to.
pub(super) async fn look_ahead_in(
    tx: &Tx,
    generation: i16,
    mut touched: Touched,
) -> Result<(), InteractionsError> {
    if touched.is_empty() {
        return Ok(());
    }
    let records: Vec<_> = touched
        .iter()
        .map(|(workspace, id, _)| (*workspace, *id))
        .collect();
    touched.extend(companies_in(tx, generation, &records).await?);
    let mut once = BTreeMap::new();
    for (workspace, record, object) in touched {
        once.insert((workspace, record), object);
    }
    let keys: Vec<_> = once.keys().copied().collect();
    let (workspaces, records) = columns(&keys);
    let objects: Vec<String> = once.into_values().collect();
    let params: Params<'_> = &[&generation, &workspaces, &records, &objects];
    tx.execute(LOOK_AHEAD, params).await?;
    Ok(())
}

/// Forgets people; the companies that they belonged to.
pub(super) async fn erase_in(
    tx: &Tx,
    generation: i16,
    erased: &[(WorkspaceId, Uuid)],
) -> Result<Touched, InteractionsError> {
    if erased.is_empty() {
        return Ok(Touched::new());
    }
    let touched = companies_in(tx, generation, erased).await?;
    let (workspaces, people) = columns(erased);
    for sql in [CANCEL, UNRELATE, LEAVE, BLANK] {
        tx.execute(sql, &[&generation, &workspaces, &people])
            .await?;
    }
    Ok(touched)
}

/// Takes meetings that have passed for contacts, of one generation or of all; whether there may be
/// more.
pub(in super::super) async fn sweep_in(
    tx: &Tx,
    generation: Option<i16>,
    now: Timestamp,
) -> Result<bool, InteractionsError> {
    lock_in(tx).await?;
    let rows = tx.query(PASSED, &[&now, &SWEPT, &generation]).await?;
    let mut by_generation: BTreeMap<i16, BTreeMap<_, (String, Timestamp)>> = BTreeMap::new();
    for row in &rows {
        let key = (row.try_get(0)?, row.try_get(2)?);
        let (object, at): (String, Timestamp) = (row.try_get(3)?, row.try_get(4)?);
        (by_generation.entry(row.try_get(1)?).or_default().entry(key))
            .and_modify(|(_, last): &mut (String, Timestamp)| *last = at.max(*last))
            .or_insert((object, at));
    }
    for (generation, contacts) in by_generation {
        contact_in(tx, generation, &contacts).await?;
        let touched = (contacts.into_iter())
            .map(|((workspace, record), (object, _))| (workspace, record, object))
            .collect();
        look_ahead_in(tx, generation, touched).await?;
    }
    Ok(rows.len() == usize::try_from(SWEPT).unwrap_or(usize::MAX))
}
