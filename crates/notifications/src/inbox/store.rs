use jiff::Timestamp;
use kith_kernel::{Clock, Failure, UserId, WorkspaceId};
use kith_store::{Class, Params, Row, Store, StoreError, Tx};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{Kind, NewNotification, Notification};

/// Unread notifications that are counted at most.
pub(crate) const COUNTED: i64 = 1_000;

/// Writes what is new, and appends it to the log, by `notification_once`.
const TELL: &str = "WITH told AS (\
      INSERT INTO notifications.notification (workspace_id, user_id, id, kind, source_id, data, created_at) \
      SELECT v.workspace, v.user_id, v.id, v.kind, v.source, v.data::jsonb, $7 \
      FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $5::uuid[], $6::text[]) \
        AS v(workspace, user_id, id, kind, source, data) \
      ON CONFLICT ON CONSTRAINT notification_once DO NOTHING \
      RETURNING workspace_id, user_id, id) \
    INSERT INTO notifications.event \
      (workspace_id, id, type, subject_kind, subject_id, subject_version, actor, occurred_at, data) \
    SELECT workspace_id, id, 'notification.created', 'user', user_id, 1, '{\"via\":\"system\"}', $7, \
      jsonb_build_object('id', id) FROM told";

const COLUMNS: &str = "id, kind, created_at, read_at, data";

/// Newest first, by the primary key or `notification_unread`.
const LIST: &str = "SELECT id, kind, created_at, read_at, data FROM notifications.notification \
    WHERE workspace_id = $1 AND user_id = $2 AND ($3::uuid IS NULL OR id < $3) ORDER BY id DESC LIMIT $4";
const LIST_UNREAD: &str = "SELECT id, kind, created_at, read_at, data FROM notifications.notification \
    WHERE workspace_id = $1 AND user_id = $2 AND read_at IS NULL AND ($3::uuid IS NULL OR id < $3) \
    ORDER BY id DESC LIMIT $4";

/// By `notification_unread`.
const UNREAD: &str = "SELECT count(*) FROM (SELECT FROM notifications.notification \
    WHERE workspace_id = $1 AND user_id = $2 AND read_at IS NULL LIMIT $3) AS unread";

/// By the primary key.
const MARK: &str = "UPDATE notifications.notification SET read_at = CASE WHEN $4 THEN coalesce(read_at, $5) END \
    WHERE workspace_id = $1 AND user_id = $2 AND id = $3 RETURNING id, kind, created_at, read_at, data";
/// By `notification_unread`.
const MARK_ALL: &str = "UPDATE notifications.notification SET read_at = $4 \
    WHERE workspace_id = $1 AND user_id = $2 AND read_at IS NULL AND ($3::uuid IS NULL OR id <= $3)";

const LOG_READ: &str = "INSERT INTO notifications.event \
    (workspace_id, id, type, subject_kind, subject_id, subject_version, actor, occurred_at, data) \
    VALUES ($1, $2, 'notification.read', 'user', $3, 1, $4, $5, $6)";

/// By `notification_age`.
const SWEEP: &str = "DELETE FROM notifications.notification WHERE (workspace_id, user_id, id) IN \
    (SELECT workspace_id, user_id, id FROM notifications.notification WHERE created_at < $1 \
     ORDER BY created_at LIMIT 1000)";

/// Tells users something, those who don't know it yet.
pub(crate) async fn tell_in(
    tx: &Tx,
    clock: &Clock,
    new: &[NewNotification],
) -> Result<(), StoreError> {
    if new.is_empty() {
        return Ok(());
    }
    let workspaces: Vec<WorkspaceId> = new.iter().map(|one| one.workspace).collect();
    let users: Vec<UserId> = new.iter().map(|one| one.user).collect();
    let ids: Vec<Uuid> = new.iter().map(|_| clock.next_uuid()).collect();
    let kinds: Vec<&str> = new.iter().map(|one| one.kind.as_str()).collect();
    let sources: Vec<Uuid> = new.iter().map(|one| one.source).collect();
    let data: Vec<String> = new.iter().map(|one| one.data.to_string()).collect();
    let now = clock.now();
    let params: Params<'_> = &[&workspaces, &users, &ids, &kinds, &sources, &data, &now];
    tx.execute(TELL, params).await?;
    Ok(())
}

/// A user's notifications before one of them, newest first.
pub(crate) async fn list(
    store: &Store,
    (workspace, user): (WorkspaceId, UserId),
    unread: bool,
    before: Option<Uuid>,
    limit: i64,
) -> Result<Vec<Notification>, Failure> {
    let sql = if unread { LIST_UNREAD } else { LIST };
    let params: Params<'_> = &[&workspace, &user, &before, &limit];
    let rows = store
        .read(workspace, Class::Interactive, sql, params)
        .await?;
    rows.iter().map(read).collect()
}

/// Some users' notifications by their ids.
pub(crate) async fn find(
    store: &Store,
    workspace: WorkspaceId,
    ids: &[Uuid],
) -> Result<Vec<Notification>, Failure> {
    // By the primary key: the users are few.
    let sql = format!(
        "SELECT {COLUMNS} FROM notifications.notification WHERE workspace_id = $1 AND id = ANY($2)"
    );
    let params: Params<'_> = &[&workspace, &ids];
    let rows = store
        .read(workspace, Class::Background, &sql, params)
        .await?;
    rows.iter().map(read).collect()
}

/// How many a user has not read, [`COUNTED`] at most.
pub(crate) async fn unread(
    store: &Store,
    (workspace, user): (WorkspaceId, UserId),
) -> Result<i64, Failure> {
    let params: Params<'_> = &[&workspace, &user, &COUNTED];
    let rows = store
        .read(workspace, Class::Interactive, UNREAD, params)
        .await?;
    Ok(rows.first().map_or(0, |row| row.get(0)))
}

/// Marks one as read, or as not read; it as it is then.
pub(crate) async fn mark(
    store: &Store,
    clock: &Clock,
    (workspace, user): (WorkspaceId, UserId),
    id: Uuid,
    read_it: bool,
) -> Result<Option<Notification>, Failure> {
    let tx = store.begin(workspace, Class::Interactive).await?;
    let now = clock.now();
    let params: Params<'_> = &[&workspace, &user, &id, &read_it, &now];
    let Some(row) = tx.query_opt(MARK, params).await? else {
        return Ok(None);
    };
    let marked = read(&row)?;
    log_read_in(&tx, clock, (workspace, user), &json!({ "ids": [id] })).await?;
    tx.commit().await?;
    Ok(Some(marked))
}

/// Marks all as read, up to one of them; how many were not.
pub(crate) async fn mark_all(
    store: &Store,
    clock: &Clock,
    (workspace, user): (WorkspaceId, UserId),
    up_to: Option<Uuid>,
) -> Result<u64, Failure> {
    let tx = store.begin(workspace, Class::Interactive).await?;
    let now: Timestamp = clock.now();
    let marked = tx
        .execute(MARK_ALL, &[&workspace, &user, &up_to, &now])
        .await?;
    if marked > 0 {
        log_read_in(&tx, clock, (workspace, user), &json!({ "up_to": up_to })).await?;
    }
    tx.commit().await?;
    Ok(marked)
}

async fn log_read_in(
    tx: &Tx,
    clock: &Clock,
    (workspace, user): (WorkspaceId, UserId),
    data: &Value,
) -> Result<(), StoreError> {
    let (id, now, actor) = (clock.next_uuid(), clock.now(), json!({ "user": user }));
    tx.execute(LOG_READ, &[&workspace, &id, &user, &actor, &now, data])
        .await?;
    Ok(())
}

/// Forgets some of what is older than a moment; how many.
pub(crate) async fn sweep(store: &Store, before: Timestamp) -> Result<u64, StoreError> {
    let tx = store.begin_system(Class::Background).await?;
    let gone = tx.execute(SWEEP, &[&before]).await?;
    tx.commit().await?;
    Ok(gone)
}

fn read(row: &Row) -> Result<Notification, Failure> {
    let kind: &str = row.try_get(1).map_err(StoreError::from)?;
    Ok(Notification {
        id: row.get(0),
        kind: (kind.parse::<Kind>()).map_err(|()| Failure::internal("an unknown kind"))?,
        created_at: row.get(2),
        read_at: row.get(3),
        data: row.get(4),
    })
}
