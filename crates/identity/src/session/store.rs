use jiff::Timestamp;
use kith_crypto::TokenHash;
use kith_kernel::{SessionId, UserId, WorkspaceId};
use kith_store::{Class, Row, Store, StoreError, Tx};

use super::Session;
use super::model::IDLE;

/// By `session_by_user`.
const OF_USER: &str = "
    SELECT id, user_id, ip, user_agent, created_at, last_seen_at, expires_at
    FROM identity.session
    WHERE workspace_id = $1 AND user_id = $2 AND expires_at > $3 AND last_seen_at > $4
    ORDER BY last_seen_at DESC, id";

const INSERT: &str = "
    INSERT INTO identity.session
        (workspace_id, id, user_id, token_hash, ip, user_agent, created_at, last_seen_at,
         expires_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";

/// By `session_by_user`. Keeps the sessions used last; more than that are forgotten tabs
/// or a script that signs in for each request.
const TRIM: &str = "
    DELETE FROM identity.session
    WHERE workspace_id = $1 AND id IN (
        SELECT id FROM identity.session WHERE workspace_id = $1 AND user_id = $2
        ORDER BY last_seen_at DESC, id DESC OFFSET $3)
    RETURNING id";

const END: &str = "
    DELETE FROM identity.session WHERE workspace_id = $1 AND user_id = $2 AND id = $3";

/// By `session_by_user`.
const END_OTHERS: &str = "
    DELETE FROM identity.session
    WHERE workspace_id = $1 AND user_id = $2 AND id IS DISTINCT FROM $3
    RETURNING id";

/// By `session_by_expiry`, and a scan of what is left: there are few sessions per user.
const END_OVERDUE: &str = "
    DELETE FROM identity.session WHERE expires_at <= $1 OR last_seen_at <= $2";

pub(crate) async fn of_user(
    store: &Store,
    workspace: WorkspaceId,
    user: UserId,
    now: Timestamp,
) -> Result<Vec<Session>, StoreError> {
    let idle_since = idle_since(now);
    let rows = store
        .read(
            workspace,
            Class::Interactive,
            OF_USER,
            &[&workspace, &user, &now, &idle_since],
        )
        .await?;
    rows.iter().map(from_row).collect()
}

pub(crate) async fn insert_in(
    tx: &Tx,
    workspace: WorkspaceId,
    session: &Session,
    hash: &TokenHash,
) -> Result<(), StoreError> {
    tx.execute(
        INSERT,
        &[
            &workspace,
            &session.id,
            &session.user,
            &hash.as_bytes(),
            &session.ip,
            &session.user_agent,
            &session.created_at,
            &session.last_seen_at,
            &session.expires_at,
        ],
    )
    .await?;
    Ok(())
}

/// Ends all but the `keep` sessions of a user that were used last.
pub(crate) async fn trim_in(
    tx: &Tx,
    workspace: WorkspaceId,
    user: UserId,
    keep: i64,
) -> Result<Vec<SessionId>, StoreError> {
    let rows = tx.query(TRIM, &[&workspace, &user, &keep]).await?;
    rows.iter().map(|row| Ok(row.try_get(0)?)).collect()
}

/// Whether there was such a session.
pub(crate) async fn end_in(
    tx: &Tx,
    workspace: WorkspaceId,
    user: UserId,
    id: SessionId,
) -> Result<bool, StoreError> {
    Ok(tx.execute(END, &[&workspace, &user, &id]).await? == 1)
}

/// Ends a user's sessions but for `keep`.
pub(crate) async fn end_others_in(
    tx: &Tx,
    workspace: WorkspaceId,
    user: UserId,
    keep: Option<SessionId>,
) -> Result<Vec<SessionId>, StoreError> {
    let rows = tx.query(END_OTHERS, &[&workspace, &user, &keep]).await?;
    rows.iter().map(|row| Ok(row.try_get(0)?)).collect()
}

/// Forgets the sessions of all workspaces that are over.
pub(crate) async fn end_overdue_in(tx: &Tx, now: Timestamp) -> Result<u64, StoreError> {
    tx.execute(END_OVERDUE, &[&now, &idle_since(now)]).await
}

fn idle_since(now: Timestamp) -> Timestamp {
    now.saturating_sub(IDLE).unwrap_or(Timestamp::MIN)
}

fn from_row(row: &Row) -> Result<Session, StoreError> {
    Ok(Session {
        id: row.try_get("id")?,
        user: row.try_get("user_id")?,
        ip: row.try_get("ip")?,
        user_agent: row.try_get("user_agent")?,
        created_at: row.try_get("created_at")?,
        last_seen_at: row.try_get("last_seen_at")?,
        expires_at: row.try_get("expires_at")?,
    })
}
