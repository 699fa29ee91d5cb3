//! The table of keys.

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use jiff::{SignedDuration, Timestamp};
use kith_kernel::{Actor, ErrorCode, Failure};
use kith_store::{Class, Store, StoreError, Tx};
use serde_json::{Map, Value};

use super::{Claim, Idempotency, Stored};

/// How long an answer is kept.
const KEPT: SignedDuration = SignedDuration::from_hours(24);

/// Larger bodies aren't kept; their requests are answered again with status and headers only.
const MAX_BODY: usize = 1024 * 1024;

/// How many expired keys one sweep removes at most, so that no transaction runs for long.
const SWEEP: i64 = 5_000;

/// Claims the key for `actor` in the table `<schema>.idempotency`. Waits while another
/// transaction holds it.
///
/// # Errors
/// `IdempotencyKeyReused` where the key was used for another request.
pub async fn claim_in(
    tx: &Tx,
    schema: &'static str,
    actor: &Actor,
    what: &Idempotency,
    now: Timestamp,
) -> Result<Claim, Failure> {
    // By primary key.
    let claim = format!(
        "INSERT INTO {schema}.idempotency AS kept \
           (workspace_id, user_id, key, fingerprint, created_at) \
         VALUES ($1, $2, $3, $4, $5) \
         ON CONFLICT (workspace_id, user_id, key) DO UPDATE \
           SET fingerprint = excluded.fingerprint, created_at = excluded.created_at, \
               status = NULL, headers = NULL, body = NULL \
           WHERE kept.created_at <= $6 \
         RETURNING true"
    );
    let expired = now.checked_sub(KEPT).unwrap_or(Timestamp::MIN);
    let fingerprint = what.fingerprint.as_slice();
    let (workspace, user) = (actor.workspace, actor.user);
    let claimed = tx
        .query_opt(
            &claim,
            &[&workspace, &user, &what.key, &fingerprint, &now, &expired],
        )
        .await?;
    if claimed.is_some() {
        return Ok(Claim::Fresh);
    }
    // By primary key.
    let kept = format!(
        "SELECT fingerprint, status, headers, body FROM {schema}.idempotency \
         WHERE workspace_id = $1 AND user_id = $2 AND key = $3"
    );
    let Some(row) = tx.query_opt(&kept, &[&workspace, &user, &what.key]).await? else {
        // Swept in between: the client tries again and finds the key free.
        return Err(under_way());
    };
    let column = |error| Failure::from(StoreError::from(error));
    let known: &[u8] = row.try_get(0).map_err(column)?;
    if known != fingerprint {
        return Err(Failure::new(
            ErrorCode::IdempotencyKeyReused,
            "This Idempotency-Key was used for another request. Use a new key for each request.",
        ));
    }
    let status: Option<i16> = row.try_get(1).map_err(column)?;
    let headers: Option<Value> = row.try_get(2).map_err(column)?;
    let body: Option<&[u8]> = row.try_get(3).map_err(column)?;
    let Some(status) = status else {
        return Err(under_way());
    };
    let status = u16::try_from(status).ok();
    let status = status.and_then(|status| StatusCode::from_u16(status).ok());
    Ok(Claim::Replay(Stored {
        status: status.unwrap_or(StatusCode::OK),
        headers: headers.map(read_headers).unwrap_or_default(),
        body: body.map(Bytes::copy_from_slice).unwrap_or_default(),
        replayed: true,
    }))
}

fn under_way() -> Failure {
    Failure::new(
        ErrorCode::Conflict,
        "A request with this Idempotency-Key is being handled. Try again in a moment.",
    )
    .retry_after(1)
}

/// Keeps the answer of a request whose key was claimed in this transaction.
pub async fn complete_in(
    tx: &Tx,
    schema: &'static str,
    actor: &Actor,
    what: &Idempotency,
    answer: &Stored,
) -> Result<(), Failure> {
    // By primary key.
    let complete = format!(
        "UPDATE {schema}.idempotency SET status = $4, headers = $5, body = $6 \
         WHERE workspace_id = $1 AND user_id = $2 AND key = $3"
    );
    let status = i16::try_from(answer.status.as_u16()).unwrap_or(200);
    let body = (answer.body.len() <= MAX_BODY).then(|| answer.body.as_ref());
    let mut headers = write_headers(&answer.headers);
    if body.is_none() {
        headers.remove(http::header::CONTENT_TYPE.as_str());
    }
    let headers = Value::Object(headers);
    let key = &what.key;
    tx.execute(
        &complete,
        &[&actor.workspace, &actor.user, key, &status, &headers, &body],
    )
    .await?;
    Ok(())
}

/// Removes keys whose time is over, of all workspaces; the number removed. Call it again while
/// that number is not 0.
pub async fn sweep(store: &Store, schema: &'static str, now: Timestamp) -> Result<u64, Failure> {
    // By the index on created_at.
    let sweep = format!(
        "DELETE FROM {schema}.idempotency WHERE ctid IN \
           (SELECT ctid FROM {schema}.idempotency WHERE created_at <= $1 LIMIT $2 \
            FOR UPDATE SKIP LOCKED)"
    );
    let expired = now.checked_sub(KEPT).unwrap_or(Timestamp::MIN);
    let tx = store.begin_system(Class::Background).await?;
    let removed = tx.execute(&sweep, &[&expired, &SWEEP]).await?;
    tx.commit().await?;
    Ok(removed)
}

fn write_headers(headers: &HeaderMap) -> Map<String, Value> {
    headers
        .iter()
        .filter_map(|(name, value)| Some((name.to_string(), value.to_str().ok()?.into())))
        .collect()
}

fn read_headers(kept: Value) -> HeaderMap {
    let Value::Object(kept) = kept else {
        return HeaderMap::new();
    };
    kept.iter()
        .filter_map(|(name, value)| {
            let name = HeaderName::from_bytes(name.as_bytes()).ok()?;
            Some((name, HeaderValue::from_str(value.as_str()?).ok()?))
        })
        .collect()
}
