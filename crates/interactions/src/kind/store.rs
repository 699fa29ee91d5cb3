//! The table of interaction types.

use kith_kernel::WorkspaceId;
use kith_store::{Class, Params, Row, Store, StoreError, Tx};

use super::model::InteractionType;

/// The most types of one workspace.
pub(super) const LIMIT: i64 = 200;

/// By the primary key, as are the others.
const SELECT: &str = "SELECT key, name, icon, schema, version, created_at, updated_at \
    FROM interactions.interaction_type WHERE workspace_id = $1";
const INSERT: &str = "INSERT INTO interactions.interaction_type \
    (workspace_id, key, name, icon, schema, version, created_at, updated_at) \
    SELECT $1, $2, $3, $4, $5, 1, $6, $6 \
    WHERE (SELECT count(*) FROM interactions.interaction_type WHERE workspace_id = $1) < $7 \
    ON CONFLICT DO NOTHING";
const UPDATE: &str = "UPDATE interactions.interaction_type SET name = $3, icon = $4, schema = $5, \
    version = $6, updated_at = $7 WHERE workspace_id = $1 AND key = $2";
const DELETE: &str =
    "DELETE FROM interactions.interaction_type WHERE workspace_id = $1 AND key = $2";

fn read(row: &Row) -> Result<InteractionType, StoreError> {
    Ok(InteractionType {
        key: row.try_get(0)?,
        name: row.try_get(1)?,
        icon: row.try_get(2)?,
        schema: row.try_get(3)?,
        version: row.try_get(4)?,
        created_at: row.try_get(5)?,
        updated_at: row.try_get(6)?,
    })
}

/// All types of a workspace, by key.
pub(super) async fn all(
    store: &Store,
    workspace: WorkspaceId,
) -> Result<Vec<InteractionType>, StoreError> {
    let sql = format!("{SELECT} ORDER BY key");
    let rows = store
        .read(workspace, Class::Interactive, &sql, &[&workspace])
        .await?;
    rows.iter().map(read).collect()
}

pub(super) async fn find(
    store: &Store,
    workspace: WorkspaceId,
    key: &str,
) -> Result<Option<InteractionType>, StoreError> {
    let sql = format!("{SELECT} AND key = $2");
    let rows = store.point(workspace, &sql, &[&workspace, &key]).await?;
    rows.first().map(read).transpose()
}

pub(super) async fn lock_in(
    tx: &Tx,
    workspace: WorkspaceId,
    key: &str,
) -> Result<Option<InteractionType>, StoreError> {
    let sql = format!("{SELECT} AND key = $2 FOR UPDATE");
    let row = tx.query_opt(&sql, &[&workspace, &key]).await?;
    row.as_ref().map(read).transpose()
}

/// Stores a new type; false where its key is taken or there are too many.
pub(super) async fn insert_in(
    tx: &Tx,
    workspace: WorkspaceId,
    kind: &InteractionType,
) -> Result<bool, StoreError> {
    let params: Params<'_> = &[
        &workspace,
        &kind.key,
        &kind.name,
        &kind.icon,
        &kind.schema,
        &kind.created_at,
        &LIMIT,
    ];
    Ok(tx.execute(INSERT, params).await? == 1)
}

pub(super) async fn update_in(
    tx: &Tx,
    workspace: WorkspaceId,
    kind: &InteractionType,
) -> Result<(), StoreError> {
    let params: Params<'_> = &[
        &workspace,
        &kind.key,
        &kind.name,
        &kind.icon,
        &kind.schema,
        &kind.version,
        &kind.updated_at,
    ];
    tx.execute(UPDATE, params).await?;
    Ok(())
}

pub(super) async fn delete_in(
    tx: &Tx,
    workspace: WorkspaceId,
    key: &str,
) -> Result<(), StoreError> {
    tx.execute(DELETE, &[&workspace, &key]).await?;
    Ok(())
}
