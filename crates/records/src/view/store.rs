//! The tables of views.

use jiff::Timestamp;
use kith_kernel::{UserId, ViewId, WorkspaceId};
use kith_store::{Class, Row, Store, StoreError, ToSql, Tx};
use tokio_postgres::types::Json;
use uuid::Uuid;

use super::model::{DefaultFor, Kind, View};

/// The most views of one user and object.
pub(super) const LIMIT: i64 = 200;

/// The views that the user `$2` may see. By `view_shared` and `view_of_owner`, or the primary key.
const SELECT: &str = "SELECT v.id, v.object_key, v.owner_id, u.name, v.name, v.kind, v.shared, v.layout, \
    v.version, v.created_at, v.updated_at, \
    EXISTS (SELECT FROM records.view_default d WHERE d.workspace_id = $1 AND d.object_key = v.object_key \
    AND d.user_id = $2 AND d.view_id = v.id), \
    EXISTS (SELECT FROM records.view_default d WHERE d.workspace_id = $1 AND d.object_key = v.object_key \
    AND d.user_id = '00000000-0000-0000-0000-000000000000' AND d.view_id = v.id) \
    FROM records.view v LEFT JOIN records.user_copy u ON u.workspace_id = $1 AND u.id = v.owner_id \
    WHERE v.workspace_id = $1 AND (v.shared OR v.owner_id = $2)";

/// One change of a user's views of an object at a time, so that their number is exact.
const LOCK: &str = "SELECT pg_advisory_xact_lock(hashtext('records.view'), hashtext($1::uuid::text || $2::uuid::text || $3::text))";

const INSERT: &str = "INSERT INTO records.view \
    (workspace_id, id, object_key, owner_id, name, kind, shared, layout, created_at, updated_at) \
    SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $9 WHERE (SELECT count(*) FROM records.view \
    WHERE workspace_id = $1 AND owner_id = $4 AND object_key = $3) < $10";

const UPDATE: &str = "UPDATE records.view SET name = $3, kind = $4, shared = $5, layout = $6, \
    version = $7, updated_at = $8 WHERE workspace_id = $1 AND id = $2";

const DELETE: &str = "DELETE FROM records.view WHERE workspace_id = $1 AND id = $2";

/// The primary key lets a user have one view that opens first, and everybody one.
const CHOOSE: &str = "INSERT INTO records.view_default AS d (workspace_id, object_key, user_id, view_id) \
    VALUES ($1, $2, $3, $4) ON CONFLICT (workspace_id, object_key, user_id) \
    DO UPDATE SET view_id = excluded.view_id";

const FORGET: &str = "DELETE FROM records.view_default \
    WHERE workspace_id = $1 AND object_key = $2 AND user_id = $3 AND view_id = $4";

/// By `view_default_of_view`.
const FORGET_OTHERS: &str =
    "DELETE FROM records.view_default WHERE workspace_id = $1 AND view_id = $2 AND user_id <> $3";

/// The user who stands for everybody.
pub(super) const EVERYBODY: UserId = UserId(Uuid::nil());

/// The view with this id, where `user` may see it; locked.
pub(super) async fn lock_in(
    tx: &Tx,
    workspace: WorkspaceId,
    user: UserId,
    id: ViewId,
) -> Result<Option<View>, StoreError> {
    let sql = format!("{SELECT} AND v.id = $3 FOR UPDATE OF v");
    let row = tx.query_opt(&sql, &[&workspace, &user, &id]).await?;
    row.as_ref().map(view).transpose()
}

pub(super) async fn find(
    store: &Store,
    workspace: WorkspaceId,
    user: UserId,
    id: ViewId,
) -> Result<Option<View>, StoreError> {
    let sql = format!("{SELECT} AND v.id = $3");
    let params: [&(dyn ToSql + Sync); 3] = [&workspace, &user, &id];
    let rows = (store.read(workspace, Class::Interactive, &sql, &params)).await?;
    rows.first().map(view).transpose()
}

/// Views in the order in which they were made, after the one with the id `after`.
pub(super) async fn list(
    store: &Store,
    workspace: WorkspaceId,
    user: UserId,
    object_keys: &[&str],
    after: Option<ViewId>,
    limit: i64,
) -> Result<Vec<View>, StoreError> {
    let sql = format!(
        "{SELECT} AND v.object_key = ANY($3) AND ($4::uuid IS NULL OR v.id > $4) ORDER BY v.id LIMIT $5"
    );
    let params: [&(dyn ToSql + Sync); 5] = [&workspace, &user, &object_keys, &after, &limit];
    let rows = (store.read(workspace, Class::Interactive, &sql, &params)).await?;
    rows.iter().map(view).collect()
}

fn view(row: &Row) -> Result<View, StoreError> {
    let kind: &str = row.try_get(5)?;
    let layout: serde_json::Value = row.try_get(7)?;
    let (mine, everyone): (bool, bool) = (row.try_get(11)?, row.try_get(12)?);
    Ok(View {
        id: row.try_get(0)?,
        object_key: row.try_get(1)?,
        owner: row.try_get(2)?,
        owner_name: row.try_get(3)?,
        name: row.try_get(4)?,
        kind: Kind::of(kind).unwrap_or_default(),
        shared: row.try_get(6)?,
        // Where a newer version of the program wrote what this one can't read.
        layout: serde_json::from_value(layout).unwrap_or_default(),
        version: row.try_get(8)?,
        created_at: row.try_get(9)?,
        updated_at: row.try_get(10)?,
        default: match (mine, everyone) {
            (true, _) => DefaultFor::Mine,
            (false, true) => DefaultFor::Everyone,
            (false, false) => DefaultFor::None,
        },
    })
}

/// Saves a new view; false where its owner has as many as are allowed.
pub(super) async fn insert_in(
    tx: &Tx,
    workspace: WorkspaceId,
    view: &View,
) -> Result<bool, StoreError> {
    tx.query(LOCK, &[&workspace, &view.owner, &view.object_key])
        .await?;
    let layout = Json(&view.layout);
    let params: [&(dyn ToSql + Sync); 10] = [
        &workspace,
        &view.id,
        &view.object_key,
        &view.owner,
        &view.name,
        &view.kind.as_str(),
        &view.shared,
        &layout,
        &view.created_at,
        &LIMIT,
    ];
    Ok(tx.execute(INSERT, &params).await? == 1)
}

pub(super) async fn update_in(
    tx: &Tx,
    workspace: WorkspaceId,
    view: &View,
) -> Result<(), StoreError> {
    let layout = Json(&view.layout);
    let params: [&(dyn ToSql + Sync); 8] = [
        &workspace,
        &view.id,
        &view.name,
        &view.kind.as_str(),
        &view.shared,
        &layout,
        &view.version,
        &view.updated_at,
    ];
    tx.execute(UPDATE, &params).await?;
    Ok(())
}

pub(super) async fn delete_in(
    tx: &Tx,
    workspace: WorkspaceId,
    id: ViewId,
) -> Result<(), StoreError> {
    tx.execute(DELETE, &[&workspace, &id]).await?;
    Ok(())
}

/// Lets the view open first, for one user or for [`EVERYBODY`].
pub(super) async fn choose_in(
    tx: &Tx,
    workspace: WorkspaceId,
    view: &View,
    user: UserId,
) -> Result<(), StoreError> {
    let params: [&(dyn ToSql + Sync); 4] = [&workspace, &view.object_key, &user, &view.id];
    tx.execute(CHOOSE, &params).await?;
    Ok(())
}

/// No longer lets the view open first, for one user or for [`EVERYBODY`].
pub(super) async fn forget_in(
    tx: &Tx,
    workspace: WorkspaceId,
    view: &View,
    user: UserId,
) -> Result<(), StoreError> {
    let params: [&(dyn ToSql + Sync); 4] = [&workspace, &view.object_key, &user, &view.id];
    tx.execute(FORGET, &params).await?;
    Ok(())
}

/// Whether the view opens first for [`EVERYBODY`].
pub(super) async fn is_everyones_in(
    tx: &Tx,
    workspace: WorkspaceId,
    view: &View,
) -> Result<bool, StoreError> {
    const ASK: &str = "SELECT FROM records.view_default \
        WHERE workspace_id = $1 AND object_key = $2 AND user_id = $3 AND view_id = $4";
    let params: [&(dyn ToSql + Sync); 4] = [&workspace, &view.object_key, &EVERYBODY, &view.id];
    Ok(tx.query_opt(ASK, &params).await?.is_some())
}

/// No longer lets the view open first for anybody but its owner.
pub(super) async fn forget_others_in(
    tx: &Tx,
    workspace: WorkspaceId,
    view: &View,
) -> Result<(), StoreError> {
    tx.execute(FORGET_OTHERS, &[&workspace, &view.id, &view.owner])
        .await?;
    Ok(())
}

/// When a view is changed.
pub(super) fn changed(view: &mut View, now: Timestamp) {
    view.version += 1;
    view.updated_at = now.max(view.updated_at);
}
