use jiff::Timestamp;
use kith_crypto::TokenHash;
use kith_kernel::{UserId, WorkspaceId};
use kith_store::{Class, Store, StoreError, Tx};

/// A new link takes the place of the one before it.
const PUT: &str = "
    INSERT INTO identity.activation (workspace_id, user_id, token_hash, created_at, expires_at)
    VALUES ($1, $2, $3, $4, $5)
    ON CONFLICT (workspace_id, user_id) DO UPDATE
    SET token_hash = $3, created_at = $4, expires_at = $5";

/// By `activation_token_key`; a link names no workspace.
const FIND: &str = "
    SELECT workspace_id, user_id FROM identity.activation WHERE token_hash = $1 AND expires_at > $2";

/// By `activation_token_key`. Of several who use a link at once, one gets the row.
const USE: &str = "
    DELETE FROM identity.activation
    WHERE workspace_id = $1 AND user_id = $2 AND token_hash = $3 AND expires_at > $4";

const DELETE: &str = "DELETE FROM identity.activation WHERE workspace_id = $1 AND user_id = $2";

/// Few rows: open invitations.
const DELETE_OVERDUE: &str = "DELETE FROM identity.activation WHERE expires_at <= $1";

pub(crate) async fn put_in(
    tx: &Tx,
    workspace: WorkspaceId,
    user: UserId,
    hash: &TokenHash,
    now: Timestamp,
    expires_at: Timestamp,
) -> Result<(), StoreError> {
    let hash = hash.as_bytes();
    tx.execute(PUT, &[&workspace, &user, &hash, &now, &expires_at])
        .await?;
    Ok(())
}

pub(super) async fn find(
    store: &Store,
    hash: &TokenHash,
    now: Timestamp,
) -> Result<Option<(WorkspaceId, UserId)>, StoreError> {
    let hash = hash.as_bytes();
    let rows = store
        .system_read(Class::Interactive, FIND, &[&hash, &now])
        .await?;
    rows.first()
        .map(|row| Ok((row.try_get(0)?, row.try_get(1)?)))
        .transpose()
}

/// Whether the link was there and not too old; it is gone then.
pub(super) async fn use_in(
    tx: &Tx,
    workspace: WorkspaceId,
    user: UserId,
    hash: &TokenHash,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let hash = hash.as_bytes();
    let used = tx.execute(USE, &[&workspace, &user, &hash, &now]).await?;
    Ok(used == 1)
}

pub(crate) async fn delete_in(
    tx: &Tx,
    workspace: WorkspaceId,
    user: UserId,
) -> Result<(), StoreError> {
    tx.execute(DELETE, &[&workspace, &user]).await?;
    Ok(())
}

pub(crate) async fn delete_overdue_in(tx: &Tx, now: Timestamp) -> Result<u64, StoreError> {
    tx.execute(DELETE_OVERDUE, &[&now]).await
}
