use jiff::Timestamp;
use kith_crypto::TokenHash;
use kith_store::{Class, Store, StoreError, Tx};

const INSERT: &str =
    "INSERT INTO identity.setup_token (token_hash, created_at, expires_at) VALUES ($1, $2, $3)";

/// By primary key.
const FIND: &str =
    "SELECT EXISTS (SELECT FROM identity.setup_token WHERE token_hash = $1 AND expires_at > $2)";

/// Few rows. Of several who set up at once, by whichever link, one goes first; the others
/// then see that no link is left.
const LOCK: &str = "SELECT token_hash FROM identity.setup_token ORDER BY token_hash FOR UPDATE";

const DELETE_ALL: &str = "DELETE FROM identity.setup_token";

/// Few rows.
const DELETE_OVERDUE: &str = "DELETE FROM identity.setup_token WHERE expires_at <= $1";

pub(super) async fn insert_in(
    tx: &Tx,
    hash: &TokenHash,
    now: Timestamp,
    expires_at: Timestamp,
) -> Result<(), StoreError> {
    let hash = hash.as_bytes();
    tx.execute(INSERT, &[&hash, &now, &expires_at]).await?;
    Ok(())
}

pub(super) async fn is_valid(
    store: &Store,
    hash: &TokenHash,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let hash = hash.as_bytes();
    let rows = store
        .system_read(Class::Interactive, FIND, &[&hash, &now])
        .await?;
    rows.first().map_or(Ok(false), |row| Ok(row.try_get(0)?))
}

/// Whether the link is still good; all links are used up then.
pub(super) async fn use_in(tx: &Tx, hash: &TokenHash, now: Timestamp) -> Result<bool, StoreError> {
    tx.query(LOCK, &[]).await?;
    let hash = hash.as_bytes();
    let row = tx.query_one(FIND, &[&hash, &now]).await?;
    let valid: bool = row.try_get(0)?;
    if valid {
        tx.execute(DELETE_ALL, &[]).await?;
    }
    Ok(valid)
}

pub(super) async fn delete_overdue_in(tx: &Tx, now: Timestamp) -> Result<u64, StoreError> {
    tx.execute(DELETE_OVERDUE, &[&now]).await
}
