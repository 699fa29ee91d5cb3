//! Deliveries as administrators see them, and send them again.

use jiff::{SignedDuration, Timestamp};
use kith_kernel::{DeliveryId, WebhookId, WorkspaceId};
use kith_store::{Class, Row, Store, StoreError, Tx};
use uuid::Uuid;

use super::endpoint::Key;
use super::model::{NewDelivery, State};

/// A webhook's deliveries, newest first. By the primary key; those that failed by `delivery_failed`.
const LIST: &str = "SELECT id, event_id, type, subject_id, state, attempts, due_at, log, created_at, finished_at, \
      NULL::text FROM integrations.delivery \
    WHERE workspace_id = $1 AND webhook_id = $2 AND ($3::uuid IS NULL OR id < $3) \
      AND ($4::text IS NULL OR state = $4) ORDER BY id DESC LIMIT $5";
/// By the primary key.
const FIND: &str = "SELECT id, event_id, type, subject_id, state, attempts, due_at, log, created_at, finished_at, \
      payload FROM integrations.delivery WHERE workspace_id = $1 AND webhook_id = $2 AND id = $3";

/// Puts ended deliveries at the end of their lines again. By the primary key: `$9` and `$10` are around the
/// ids of what was noted in the time.
const AGAIN: &str = "WITH chosen AS MATERIALIZED (SELECT id, subject_id FROM integrations.delivery \
      WHERE workspace_id = $1 AND webhook_id = $2 AND id >= $9 AND id <= $10 \
        AND created_at >= $3 AND created_at < $4 \
        AND state <> 'waiting' AND ($5::text IS NULL OR state = $5) AND ($6::uuid IS NULL OR id = $6) \
      ORDER BY seq LIMIT $7 FOR UPDATE), \
    numbered AS MATERIALIZED (SELECT id, subject_id, nextval('integrations.delivery_seq') AS seq FROM chosen), \
    lined AS (SELECT *, row_number() OVER (PARTITION BY subject_id ORDER BY seq) AS nth FROM numbered) \
    UPDATE integrations.delivery d SET state = 'waiting', attempts = 0, finished_at = NULL, seq = l.seq, \
      due_at = CASE WHEN l.nth = 1 AND (SELECT w.id FROM integrations.delivery w \
        WHERE w.workspace_id = $1 AND w.subject_id = l.subject_id \
        AND w.webhook_id IS NOT DISTINCT FROM $2 AND w.state = 'waiting' LIMIT 1) IS NULL THEN $8::timestamptz END \
    FROM lined l WHERE d.workspace_id = $1 AND d.webhook_id = $2 AND d.id = l.id";

/// The least id of the hours around a moment: a delivery gets its id a little before it is noted.
fn first_id(moment: Timestamp, hours: i64) -> Uuid {
    let around = moment.checked_add(SignedDuration::from_hours(hours));
    let millis = around.unwrap_or(moment).as_millisecond();
    let millis = u64::try_from(millis).unwrap_or(0).min((1 << 48) - 1);
    Uuid::from_u128(u128::from(millis) << 80)
}

/// A delivery that was tried already when it was noted. By nothing.
const INSERT_TRIED: &str = "INSERT INTO integrations.delivery (workspace_id, webhook_id, id, event_id, type, \
      subject_id, payload, state, attempts, log, created_at, finished_at) \
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 1, $9, $10, $10)";

/// Which ended deliveries are sent again.
pub(super) struct Again {
    pub(super) from: Timestamp,
    pub(super) to: Timestamp,
    pub(super) state: Option<State>,
    pub(super) only: Option<DeliveryId>,
    pub(super) most: i64,
}

pub(super) async fn list(
    store: &Store,
    (workspace, webhook): Key,
    before: Option<DeliveryId>,
    state: Option<&str>,
    limit: i64,
) -> Result<Vec<Row>, StoreError> {
    let params: kith_store::Params<'_> = &[&workspace, &webhook, &before, &state, &limit];
    store
        .read(workspace, Class::Interactive, LIST, params)
        .await
}

pub(super) async fn find(
    store: &Store,
    workspace: WorkspaceId,
    webhook: WebhookId,
    id: DeliveryId,
) -> Result<Option<Row>, StoreError> {
    let params: kith_store::Params<'_> = &[&workspace, &webhook, &id];
    let mut rows = store
        .read(workspace, Class::Interactive, FIND, params)
        .await?;
    Ok(rows.pop())
}

/// Sends ended deliveries again, in the order in which they were sent before; returns how many.
/// The webhook has to be held.
pub(super) async fn again_in(
    tx: &Tx,
    (workspace, webhook): Key,
    which: &Again,
    now: Timestamp,
) -> Result<u64, StoreError> {
    let state = which.state.map(State::name);
    let (first, last) = (first_id(which.from, -1), first_id(which.to, 1));
    let params: kith_store::Params<'_> = &[
        &workspace,
        &webhook,
        &which.from,
        &which.to,
        &state,
        &which.only,
        &which.most,
        &now,
        &first,
        &last,
    ];
    tx.execute(AGAIN, params).await
}

/// Notes a delivery that was tried once, and that is the end of it.
pub(super) async fn insert_tried(
    store: &Store,
    new: &NewDelivery,
    state: State,
    log: &serde_json::Value,
    now: Timestamp,
) -> Result<(), StoreError> {
    let tx = store.begin(new.place.workspace, Class::Interactive).await?;
    tx.execute(
        INSERT_TRIED,
        &[
            &new.place.workspace,
            &new.place.webhook,
            &new.place.id,
            &new.event,
            &new.kind,
            &new.subject,
            &new.payload,
            &state.name(),
            log,
            &now,
        ],
    )
    .await?;
    tx.commit().await
}
