use std::sync::Arc;

use jiff::Timestamp;
use kith_crypto::TokenHash;
use kith_kernel::{ApiTokenId, Scope, UserId, WorkspaceId};
use kith_store::{Class, Row, Store, StoreError, Tx};

use super::ApiToken;
use super::model::{scope_name, scope_of};

macro_rules! columns {
    ($rest:literal) => {
        concat!(
            "SELECT id, user_id, name, scopes, last_four, created_at, expires_at, last_used_at ",
            "FROM identity.api_token ",
            $rest
        )
    };
}

/// By `api_token_by_user`; a user has at most [`super::MAX_TOKENS`].
const OF_USER: &str = columns!(
    "WHERE workspace_id = $1 AND user_id = $2 AND revoked_at IS NULL ORDER BY created_at, id"
);

/// By primary key.
const BY_ID: &str = columns!("WHERE workspace_id = $1 AND id = $2 AND revoked_at IS NULL");

/// By `api_token_by_user`. The user's row is locked first, so that the number holds.
const COUNT: &str = "
    SELECT count(*) FROM identity.api_token
    WHERE workspace_id = $1 AND user_id = $2 AND revoked_at IS NULL
      AND (expires_at IS NULL OR expires_at > $3)";

const INSERT: &str = "
    INSERT INTO identity.api_token
        (workspace_id, id, user_id, token_hash, name, scopes, last_four, created_at, expires_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";

const REVOKE: &str = "
    UPDATE identity.api_token SET revoked_at = $4
    WHERE workspace_id = $1 AND user_id = $2 AND id = $3 AND revoked_at IS NULL";

const REVOKE_ALL: &str = "
    UPDATE identity.api_token SET revoked_at = $3
    WHERE workspace_id = $1 AND user_id = $2 AND revoked_at IS NULL
    RETURNING id";

pub(crate) async fn of_user(
    store: &Store,
    workspace: WorkspaceId,
    user: UserId,
) -> Result<Vec<ApiToken>, StoreError> {
    let rows = store
        .read(workspace, Class::Interactive, OF_USER, &[&workspace, &user])
        .await?;
    rows.iter().map(from_row).collect()
}

pub(crate) async fn get(
    store: &Store,
    workspace: WorkspaceId,
    id: ApiTokenId,
) -> Result<Option<ApiToken>, StoreError> {
    let rows = store
        .read(workspace, Class::Interactive, BY_ID, &[&workspace, &id])
        .await?;
    rows.first().map(from_row).transpose()
}

/// How many tokens of the user are in force.
pub(crate) async fn count_in(
    tx: &Tx,
    workspace: WorkspaceId,
    user: UserId,
    now: Timestamp,
) -> Result<i64, StoreError> {
    let row = tx.query_one(COUNT, &[&workspace, &user, &now]).await?;
    Ok(row.try_get(0)?)
}

pub(crate) async fn insert_in(
    tx: &Tx,
    workspace: WorkspaceId,
    token: &ApiToken,
    hash: &TokenHash,
) -> Result<(), StoreError> {
    let scopes: Vec<&str> = token.scopes.iter().map(|&s| scope_name(s)).collect();
    tx.execute(
        INSERT,
        &[
            &workspace,
            &token.id,
            &token.user,
            &hash.as_bytes(),
            &token.name,
            &scopes,
            &token.last_four,
            &token.created_at,
            &token.expires_at,
        ],
    )
    .await?;
    Ok(())
}

/// Whether there was such a token in force.
pub(crate) async fn revoke_in(
    tx: &Tx,
    workspace: WorkspaceId,
    user: UserId,
    id: ApiTokenId,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let revoked = tx.execute(REVOKE, &[&workspace, &user, &id, &now]).await?;
    Ok(revoked == 1)
}

pub(crate) async fn revoke_all_in(
    tx: &Tx,
    workspace: WorkspaceId,
    user: UserId,
    now: Timestamp,
) -> Result<Vec<ApiTokenId>, StoreError> {
    let rows = tx.query(REVOKE_ALL, &[&workspace, &user, &now]).await?;
    rows.iter().map(|row| Ok(row.try_get(0)?)).collect()
}

fn from_row(row: &Row) -> Result<ApiToken, StoreError> {
    Ok(ApiToken {
        id: row.try_get("id")?,
        user: row.try_get("user_id")?,
        name: row.try_get("name")?,
        scopes: scopes_of(row)?,
        last_four: row.try_get("last_four")?,
        created_at: row.try_get("created_at")?,
        expires_at: row.try_get("expires_at")?,
        last_used_at: row.try_get("last_used_at")?,
    })
}

/// The scopes out of a row with the column `scopes`; unknown ones grant nothing.
pub(crate) fn scopes_of(row: &Row) -> Result<Arc<[Scope]>, StoreError> {
    let names: Vec<&str> = row.try_get("scopes")?;
    Ok(names.into_iter().filter_map(scope_of).collect())
}
