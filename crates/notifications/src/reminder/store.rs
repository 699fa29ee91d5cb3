use jiff::Timestamp;
use kith_kernel::{UserId, WorkspaceId};
use kith_store::{Params, StoreError, Tx};
use uuid::Uuid;

/// Tasks that are taken at once.
const BATCH: i64 = 500;

/// By the primary key. What isn't said stays as it is.
const PUT: &str = "INSERT INTO notifications.task AS t \
      (workspace_id, task_id, name, assignee_id, owner_id, due_at, done, deleted, reminded_of) \
    VALUES ($1, $2, coalesce($4, ''), $6, $8, $10, coalesce($11, false), coalesce($12, false), $13) \
    ON CONFLICT (workspace_id, task_id) DO UPDATE SET \
      name = CASE WHEN $3 THEN excluded.name ELSE t.name END, \
      assignee_id = CASE WHEN $5 THEN excluded.assignee_id ELSE t.assignee_id END, \
      owner_id = CASE WHEN $7 THEN excluded.owner_id ELSE t.owner_id END, \
      due_at = CASE WHEN $9 THEN excluded.due_at ELSE t.due_at END, \
      done = coalesce($11, t.done), deleted = coalesce($12, t.deleted), \
      reminded_of = CASE WHEN $9 THEN coalesce($13, t.reminded_of) ELSE t.reminded_of END";

/// By `task_due`.
const TAKE: &str = "UPDATE notifications.task AS t SET reminded_of = t.due_at FROM (\
      SELECT workspace_id, task_id FROM notifications.task WHERE due_at <= $1 AND NOT done AND NOT deleted \
        AND reminded_of IS DISTINCT FROM due_at ORDER BY due_at LIMIT $2 FOR UPDATE SKIP LOCKED) AS due \
    WHERE t.workspace_id = due.workspace_id AND t.task_id = due.task_id \
    RETURNING t.workspace_id, t.task_id, t.name, t.assignee_id, t.owner_id, t.due_at";

/// What an event says of a value.
pub(super) enum Said<T> {
    /// Nothing: it is as it was.
    Nothing,
    /// What it is now; unset where there is none.
    Now(Option<T>),
}

impl<T> Said<T> {
    pub(super) fn map<U>(self, to: impl FnOnce(T) -> Option<U>) -> Said<U> {
        match self {
            Self::Nothing => Said::Nothing,
            Self::Now(value) => Said::Now(value.and_then(to)),
        }
    }

    fn is_said(&self) -> bool {
        matches!(self, Self::Now(_))
    }

    pub(super) fn value(&self) -> Option<&T> {
        match self {
            Self::Nothing => None,
            Self::Now(value) => value.as_ref(),
        }
    }
}

/// What is new of a task.
pub(super) struct TaskChange {
    pub(super) task: Uuid,
    pub(super) name: Said<String>,
    pub(super) assignee: Said<UserId>,
    pub(super) owner: Said<UserId>,
    pub(super) due_at: Said<Timestamp>,
    pub(super) done: Option<bool>,
    pub(super) deleted: Option<bool>,
    /// The time, where it was past when it was set.
    pub(super) passed: Option<Timestamp>,
}

/// A task that came due.
pub(super) struct DueTask {
    pub(super) workspace: WorkspaceId,
    pub(super) id: Uuid,
    pub(super) name: String,
    pub(super) assignee: Option<UserId>,
    pub(super) owner: Option<UserId>,
    pub(super) due_at: Timestamp,
}

pub(super) async fn put_in(
    tx: &Tx,
    workspace: WorkspaceId,
    change: &TaskChange,
) -> Result<(), StoreError> {
    let params: Params<'_> = &[
        &workspace,
        &change.task,
        &change.name.is_said(),
        &change.name.value(),
        &change.assignee.is_said(),
        &change.assignee.value(),
        &change.owner.is_said(),
        &change.owner.value(),
        &change.due_at.is_said(),
        &change.due_at.value(),
        &change.done,
        &change.deleted,
        &change.passed,
    ];
    tx.execute(PUT, params).await?;
    Ok(())
}

/// Takes tasks that are due and that nobody was reminded of.
pub(super) async fn take_due_in(tx: &Tx, now: Timestamp) -> Result<Vec<DueTask>, StoreError> {
    let rows = tx.query(TAKE, &[&now, &BATCH]).await?;
    let task = |row: &kith_store::Row| -> Result<DueTask, StoreError> {
        Ok(DueTask {
            workspace: row.try_get(0)?,
            id: row.try_get(1)?,
            name: row.try_get(2)?,
            assignee: row.try_get(3)?,
            owner: row.try_get(4)?,
            due_at: row.try_get(5)?,
        })
    };
    rows.iter().map(task).collect()
}
