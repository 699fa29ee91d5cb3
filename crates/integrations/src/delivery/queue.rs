//! The queue: deliveries that wait, are taken, tried, and done with.

use jiff::Timestamp;
use kith_store::{Class, LOCK_CLASS, Row, Store, StoreError, Tx};
use uuid::Uuid;

use super::endpoint::Key;
use super::model::{NewDelivery, Place, State, Taken};
use crate::webhook::Sealed;

/// Lets the transaction's statements go by indexes alone, and be planned anew each time: a plan that
/// was made while few deliveries waited must not walk through them when there are many. For the same
/// reason `webhook_id` is compared by IS NOT DISTINCT FROM where `delivery_line` is meant: without
/// statistics the primary key, by two of its columns, seems as good, and is not.
const BY_INDEX: &str = "SELECT set_config('enable_seqscan', 'off', true), \
    set_config('enable_hashjoin', 'off', true), set_config('enable_mergejoin', 'off', true), \
    set_config('plan_cache_mode', 'force_custom_plan', true)";

/// Notes deliveries in their order. The first of each line is due at once unless one waits before
/// it. By the index `delivery_line`.
const INSERT: &str = "INSERT INTO integrations.delivery \
    (workspace_id, webhook_id, id, event_id, type, subject_id, payload, state, due_at, created_at) \
    SELECT v.workspace, v.webhook, v.id, v.event, v.type, v.subject, v.payload, 'waiting', \
      CASE WHEN v.nth = 1 AND (SELECT d.id FROM integrations.delivery d \
        WHERE d.workspace_id = v.workspace AND d.subject_id = v.subject \
        AND d.webhook_id IS NOT DISTINCT FROM v.webhook AND d.state = 'waiting' LIMIT 1) IS NULL THEN $8::timestamptz END, $8 \
    FROM (SELECT *, row_number() OVER (PARTITION BY workspace, webhook, subject ORDER BY place) AS nth \
      FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[], $5::text[], $6::uuid[], $7::text[]) \
      WITH ORDINALITY AS u(workspace, webhook, id, event, type, subject, payload, place)) AS v ORDER BY v.place";

/// The active webhooks with something due, longest waiting first. By the index `delivery_due`.
const DUE: &str = "SELECT w.workspace_id, w.id FROM integrations.webhook w CROSS JOIN LATERAL \
      (SELECT due_at FROM integrations.delivery d WHERE d.workspace_id = w.workspace_id AND d.webhook_id = w.id \
       AND d.due_at <= $1 AND d.holder IS NULL ORDER BY d.due_at LIMIT 1) AS d \
    WHERE w.active ORDER BY d.due_at LIMIT 2000";

/// Takes at most so many of each webhook for a process. By the index `delivery_due`.
const TAKE: &str = "WITH next AS MATERIALIZED (SELECT d.workspace_id, d.webhook_id, d.id \
      FROM unnest($1::uuid[], $2::uuid[], $3::int8[]) AS v(workspace, webhook, room) CROSS JOIN LATERAL \
      (SELECT workspace_id, webhook_id, id FROM integrations.delivery \
       WHERE workspace_id = v.workspace AND webhook_id = v.webhook AND due_at <= $4 AND holder IS NULL \
       ORDER BY due_at, seq LIMIT v.room FOR UPDATE SKIP LOCKED) AS d) \
    UPDATE integrations.delivery d SET holder = $5, taken = taken + 1 \
    FROM next n JOIN integrations.webhook w ON w.workspace_id = n.workspace_id AND w.id = n.webhook_id \
    WHERE d.workspace_id = n.workspace_id AND d.webhook_id = n.webhook_id AND d.id = n.id \
    RETURNING d.workspace_id, d.webhook_id, d.id, d.subject_id, d.payload, d.attempts, d.taken, w.url, \
      w.secret, w.former_secret, w.former_until";

/// Notes what came back, where the delivery is still the one that was taken. By the primary key.
const SETTLE: &str = "UPDATE integrations.delivery d SET state = v.state, attempts = d.attempts + 1, \
      due_at = v.due_at, holder = NULL, log = d.log || v.entry, \
      finished_at = CASE WHEN v.state <> 'waiting' THEN $1::timestamptz END \
    FROM unnest($3::uuid[], $4::uuid[], $5::uuid[], $6::int4[], $7::text[], $8::timestamptz[], $9::jsonb[]) \
      AS v(workspace, webhook, id, taken, state, due_at, entry) \
    WHERE d.workspace_id = v.workspace AND d.webhook_id = v.webhook AND d.id = v.id \
      AND d.holder IS NOT DISTINCT FROM $2 AND d.taken = v.taken";

/// Lets the next of each line go. By the index `delivery_line`.
const ADVANCE: &str = "WITH next AS MATERIALIZED (SELECT v.workspace, v.webhook, n.id \
      FROM (SELECT DISTINCT workspace, webhook, subject \
        FROM unnest($2::uuid[], $3::uuid[], $4::uuid[]) AS u(workspace, webhook, subject)) AS v CROSS JOIN LATERAL \
        (SELECT id, due_at FROM integrations.delivery WHERE workspace_id = v.workspace AND subject_id = v.subject \
         AND webhook_id IS NOT DISTINCT FROM v.webhook AND state = 'waiting' ORDER BY seq LIMIT 1) AS n WHERE n.due_at IS NULL) \
    UPDATE integrations.delivery d SET due_at = $1 FROM next n \
    WHERE d.workspace_id = n.workspace AND d.webhook_id = n.webhook AND d.id = n.id";

/// Frees what processes hold that are gone: no session has their lock. By the index `delivery_held`.
const FREE: &str = "UPDATE integrations.delivery d SET holder = NULL \
    WHERE d.holder IN (SELECT h.holder FROM \
      (SELECT DISTINCT holder FROM integrations.delivery WHERE holder IS NOT NULL AND holder <> $1) AS h \
      WHERE NOT EXISTS (SELECT FROM pg_locks l JOIN pg_database b ON b.oid = l.database \
        AND b.datname = current_database() WHERE l.locktype = 'advisory' AND l.granted \
        AND l.classid = $2::int4::oid AND l.objid = hashtext('process.' || h.holder)::oid))";

/// Gives back what this process took and did not try. By the index `delivery_held`.
const GIVE_BACK: &str = "UPDATE integrations.delivery SET holder = NULL WHERE holder = $1";

/// Ends what waits for webhooks that the server switched off. By the index `delivery_line`.
const ABANDON: &str = "UPDATE integrations.delivery d SET state = 'failed', due_at = NULL, finished_at = $1 \
    FROM (SELECT d.workspace_id, d.webhook_id, d.id FROM integrations.webhook w JOIN integrations.delivery d \
      ON d.workspace_id = w.workspace_id AND d.webhook_id = w.id AND d.state = 'waiting' AND d.holder IS NULL \
      WHERE w.disabled_at IS NOT NULL LIMIT $2 FOR UPDATE OF d SKIP LOCKED) AS n \
    WHERE d.workspace_id = n.workspace_id AND d.webhook_id = n.webhook_id AND d.id = n.id";

/// Removes what ended before a moment. By the index `delivery_finished`.
const SWEEP: &str = "DELETE FROM integrations.delivery WHERE (workspace_id, webhook_id, id) IN \
    (SELECT workspace_id, webhook_id, id FROM integrations.delivery WHERE finished_at < $1 LIMIT $2)";

/// What is to be noted of a delivery that was tried.
pub(super) struct Settled<'a> {
    pub(super) taken: &'a Taken,
    pub(super) state: State,
    pub(super) due_at: Option<Timestamp>,
    pub(super) entry: serde_json::Value,
}

/// Notes deliveries, in their order. The webhooks have to be held.
pub(super) async fn insert_in(
    tx: &Tx,
    deliveries: &[NewDelivery],
    now: Timestamp,
) -> Result<(), StoreError> {
    if deliveries.is_empty() {
        return Ok(());
    }
    tx.query(BY_INDEX, &[]).await?;
    let workspaces: Vec<_> = deliveries.iter().map(|new| new.place.workspace).collect();
    let webhooks: Vec<_> = deliveries.iter().map(|new| new.place.webhook).collect();
    let ids: Vec<_> = deliveries.iter().map(|new| new.place.id).collect();
    let events: Vec<_> = deliveries.iter().map(|new| new.event).collect();
    let kinds: Vec<_> = deliveries.iter().map(|new| new.kind.as_str()).collect();
    let subjects: Vec<_> = deliveries.iter().map(|new| new.subject).collect();
    let payloads: Vec<_> = deliveries.iter().map(|new| new.payload.as_str()).collect();
    tx.execute(
        INSERT,
        &[
            &workspaces,
            &webhooks,
            &ids,
            &events,
            &kinds,
            &subjects,
            &payloads,
            &now,
        ],
    )
    .await?;
    Ok(())
}

/// A transaction over all workspaces whose statements go by indexes.
pub(super) async fn begin(store: &Store) -> Result<Tx, StoreError> {
    let tx = store.begin_system(Class::Background).await?;
    tx.query(BY_INDEX, &[]).await?;
    Ok(tx)
}

pub(super) async fn due(store: &Store, now: Timestamp) -> Result<Vec<Key>, StoreError> {
    let tx = begin(store).await?;
    let rows = tx.query(DUE, &[&now]).await?;
    tx.rollback().await?;
    (rows.iter())
        .map(|row| Ok((row.try_get(0)?, row.try_get(1)?)))
        .collect()
}

/// Takes what is due, at most so many of each webhook.
pub(super) async fn take(
    store: &Store,
    rooms: &[(Key, i64)],
    now: Timestamp,
    holder: Uuid,
) -> Result<Vec<Taken>, StoreError> {
    let workspaces: Vec<_> = rooms.iter().map(|((workspace, _), _)| *workspace).collect();
    let webhooks: Vec<_> = rooms.iter().map(|((_, webhook), _)| *webhook).collect();
    let rooms: Vec<i64> = rooms.iter().map(|(_, room)| *room).collect();
    let tx = begin(store).await?;
    let rows = tx
        .query(TAKE, &[&workspaces, &webhooks, &rooms, &now, &holder])
        .await?;
    tx.commit().await?;
    rows.iter().map(taken).collect()
}

fn taken(row: &Row) -> Result<Taken, StoreError> {
    let former: Option<Vec<u8>> = row.try_get(9)?;
    Ok(Taken {
        place: Place {
            workspace: row.try_get(0)?,
            webhook: row.try_get(1)?,
            id: row.try_get(2)?,
        },
        subject: row.try_get(3)?,
        payload: row.try_get(4)?,
        attempts: row.try_get(5)?,
        times: row.try_get(6)?,
        url: row.try_get(7)?,
        sealed: Sealed {
            secret: row.try_get(8)?,
            former: former.zip(row.try_get(10)?),
        },
    })
}

/// Notes what came back. The webhooks have to be held.
pub(super) async fn settle_in(
    tx: &Tx,
    settled: &[Settled<'_>],
    holder: Uuid,
    now: Timestamp,
) -> Result<(), StoreError> {
    let place = |one: &Settled<'_>| one.taken.place;
    let workspaces: Vec<_> = settled.iter().map(|one| place(one).workspace).collect();
    let webhooks: Vec<_> = settled.iter().map(|one| place(one).webhook).collect();
    let ids: Vec<_> = settled.iter().map(|one| place(one).id).collect();
    let taken: Vec<_> = settled.iter().map(|one| one.taken.times).collect();
    let states: Vec<_> = settled.iter().map(|one| one.state.name()).collect();
    let due: Vec<_> = settled.iter().map(|one| one.due_at).collect();
    let entries: Vec<_> = settled.iter().map(|one| &one.entry).collect();
    tx.execute(
        SETTLE,
        &[
            &now,
            &holder,
            &workspaces,
            &webhooks,
            &ids,
            &taken,
            &states,
            &due,
            &entries,
        ],
    )
    .await?;
    let ended: Vec<_> = (settled.iter())
        .filter(|one| one.state != State::Waiting)
        .map(|one| one.taken)
        .collect();
    if !ended.is_empty() {
        let workspaces: Vec<_> = ended.iter().map(|taken| taken.place.workspace).collect();
        let webhooks: Vec<_> = ended.iter().map(|taken| taken.place.webhook).collect();
        let subjects: Vec<_> = ended.iter().map(|taken| taken.subject).collect();
        tx.execute(ADVANCE, &[&now, &workspaces, &webhooks, &subjects])
            .await?;
    }
    Ok(())
}

/// Frees what dead processes hold; returns how many.
pub(super) async fn free(store: &Store, own: Uuid) -> Result<u64, StoreError> {
    let tx = begin(store).await?;
    let freed = tx.execute(FREE, &[&own, &LOCK_CLASS]).await?;
    tx.commit().await?;
    Ok(freed)
}

/// Gives back what this process holds.
pub(super) async fn give_back(store: &Store, own: Uuid) -> Result<(), StoreError> {
    let tx = begin(store).await?;
    tx.execute(GIVE_BACK, &[&own]).await?;
    tx.commit().await
}

/// Ends what waits for webhooks that are switched off, and removes what is too old; at most `most`
/// of each. Returns how many.
pub(super) async fn sweep(
    store: &Store,
    now: Timestamp,
    oldest: Timestamp,
    most: i64,
) -> Result<u64, StoreError> {
    let tx = begin(store).await?;
    let abandoned = tx.execute(ABANDON, &[&now, &most]).await?;
    let swept = tx.execute(SWEEP, &[&oldest, &most]).await?;
    tx.commit().await?;
    Ok(abandoned + swept)
}
