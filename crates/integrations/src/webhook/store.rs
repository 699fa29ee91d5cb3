//! The table of webhooks.

use jiff::Timestamp;
use kith_kernel::{Clock, WebhookId, WorkspaceId};
use kith_store::{Class, Row, Store, StoreError, Tx};
use serde_json::json;

use super::log::{Happened, log_in};
use super::model::{Disabled, LIMIT, Webhook, WhyDisabled};
use super::secrets::Sealed;

macro_rules! columns {
    () => {
        "id, url, description, object_key, verbs, filter, active, disabled_reason, disabled_at, \
         former_until, failing_since, created_by, version, created_at, updated_at"
    };
}

/// By the primary key.
const LIST: &str = concat!(
    "SELECT ",
    columns!(),
    " FROM integrations.webhook WHERE workspace_id = $1 \
     AND ($2::uuid IS NULL OR id > $2) ORDER BY id LIMIT $3"
);
/// By the primary key.
const FIND: &str = concat!(
    "SELECT ",
    columns!(),
    " FROM integrations.webhook WHERE workspace_id = $1 AND id = $2"
);
/// By the primary key.
const LOCK: &str = concat!(
    "SELECT ",
    columns!(),
    ", secret, former_secret FROM integrations.webhook \
     WHERE workspace_id = $1 AND id = $2 FOR UPDATE"
);
/// Held while webhooks of the workspace are counted and made.
const GATE: &str =
    "SELECT pg_advisory_xact_lock(hashtext('integrations.webhook'), hashtext($1::uuid::text))";
/// The count is by the primary key; a workspace has few webhooks.
const INSERT: &str = "INSERT INTO integrations.webhook (workspace_id, id, url, description, object_key, verbs, \
    filter, active, secret, created_by, version, created_at, updated_at) \
    SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13 \
    WHERE (SELECT count(*) FROM integrations.webhook WHERE workspace_id = $1) < $14";
const UPDATE: &str = "UPDATE integrations.webhook SET url = $3, description = $4, object_key = $5, verbs = $6, \
    filter = $7, active = $8, disabled_reason = $9, disabled_at = $10, failing_since = $11, version = $12, \
    updated_at = $13 WHERE workspace_id = $1 AND id = $2";
const ROTATE: &str = "UPDATE integrations.webhook SET secret = $3, former_secret = $4, former_until = $5, \
    version = $6, updated_at = $7 WHERE workspace_id = $1 AND id = $2";
const DELETE: &str = "DELETE FROM integrations.webhook WHERE workspace_id = $1 AND id = $2";
/// The active ones of some workspaces. By the primary key.
const ACTIVE: &str = concat!(
    "SELECT ",
    columns!(),
    ", workspace_id FROM integrations.webhook \
     WHERE workspace_id = ANY($1) AND active ORDER BY workspace_id, id"
);
/// Some webhooks, in an order in which nobody waits for another who waits. By the primary key.
const HOLD: &str = concat!(
    "SELECT ",
    columns!(),
    ", workspace_id FROM integrations.webhook \
     WHERE (workspace_id, id) IN (SELECT * FROM unnest($1::uuid[], $2::uuid[])) \
     ORDER BY workspace_id, id FOR NO KEY UPDATE"
);

pub(super) async fn list(
    store: &Store,
    workspace: WorkspaceId,
    after: Option<WebhookId>,
    limit: i64,
) -> Result<Vec<Webhook>, StoreError> {
    let rows = (store.read(
        workspace,
        Class::Interactive,
        LIST,
        &[&workspace, &after, &limit],
    ))
    .await?;
    rows.iter().map(read).collect()
}

pub(crate) async fn find(
    store: &Store,
    workspace: WorkspaceId,
    id: WebhookId,
) -> Result<Option<Webhook>, StoreError> {
    let rows = (store.read(workspace, Class::Interactive, FIND, &[&workspace, &id])).await?;
    rows.first().map(read).transpose()
}

/// The webhook and its secrets, locked until the transaction ends.
pub(crate) async fn lock_in(
    tx: &Tx,
    workspace: WorkspaceId,
    id: WebhookId,
) -> Result<Option<(Webhook, Sealed)>, StoreError> {
    let Some(row) = tx.query_opt(LOCK, &[&workspace, &id]).await? else {
        return Ok(None);
    };
    let webhook = read(&row)?;
    let former: Option<Vec<u8>> = row.try_get("former_secret")?;
    let sealed = Sealed {
        secret: row.try_get("secret")?,
        former: former.zip(webhook.former_until),
    };
    Ok(Some((webhook, sealed)))
}

/// False where the workspace has as many as it may.
pub(super) async fn insert_in(
    tx: &Tx,
    workspace: WorkspaceId,
    webhook: &Webhook,
    secret: &[u8],
) -> Result<bool, StoreError> {
    tx.execute(GATE, &[&workspace]).await?;
    let inserted = tx
        .execute(
            INSERT,
            &[
                &workspace,
                &webhook.id,
                &webhook.url,
                &webhook.description,
                &webhook.object_key,
                &webhook.verbs,
                &webhook.filter,
                &webhook.active,
                &secret,
                &webhook.created_by,
                &webhook.version,
                &webhook.created_at,
                &webhook.updated_at,
                &LIMIT,
            ],
        )
        .await?;
    Ok(inserted == 1)
}

pub(crate) async fn update_in(
    tx: &Tx,
    workspace: WorkspaceId,
    webhook: &Webhook,
) -> Result<(), StoreError> {
    let reason = webhook.disabled.map(|disabled| disabled.why.name());
    let disabled_at = webhook.disabled.map(|disabled| disabled.at);
    tx.execute(
        UPDATE,
        &[
            &workspace,
            &webhook.id,
            &webhook.url,
            &webhook.description,
            &webhook.object_key,
            &webhook.verbs,
            &webhook.filter,
            &webhook.active,
            &reason,
            &disabled_at,
            &webhook.failing_since,
            &webhook.version,
            &webhook.updated_at,
        ],
    )
    .await?;
    Ok(())
}

pub(super) async fn rotate_in(
    tx: &Tx,
    workspace: WorkspaceId,
    webhook: &Webhook,
    sealed: &Sealed,
) -> Result<(), StoreError> {
    let (former, until) = sealed.former.clone().unzip();
    tx.execute(
        ROTATE,
        &[
            &workspace,
            &webhook.id,
            &sealed.secret,
            &former,
            &until,
            &webhook.version,
            &webhook.updated_at,
        ],
    )
    .await?;
    Ok(())
}

/// Deletes the webhook with its deliveries.
pub(super) async fn delete_in(
    tx: &Tx,
    workspace: WorkspaceId,
    id: WebhookId,
) -> Result<(), StoreError> {
    tx.execute(DELETE, &[&workspace, &id]).await?;
    Ok(())
}

/// The active webhooks of some workspaces.
pub(crate) async fn active_in(
    tx: &Tx,
    workspaces: &[WorkspaceId],
) -> Result<Vec<(WorkspaceId, Webhook)>, StoreError> {
    placed(&tx.query(ACTIVE, &[&workspaces]).await?)
}

/// Some webhooks, locked until the transaction ends: whoever adds to their queues or takes from
/// them goes one after the other, so that the first of each line is always known.
pub(crate) async fn hold_in(
    tx: &Tx,
    which: &[(WorkspaceId, WebhookId)],
) -> Result<Vec<(WorkspaceId, Webhook)>, StoreError> {
    let (workspaces, ids): (Vec<_>, Vec<_>) = which.iter().copied().unzip();
    placed(&tx.query(HOLD, &[&workspaces, &ids]).await?)
}

fn placed(rows: &[Row]) -> Result<Vec<(WorkspaceId, Webhook)>, StoreError> {
    (rows.iter())
        .map(|row| Ok((row.try_get("workspace_id")?, read(row)?)))
        .collect()
}

fn read(row: &Row) -> Result<Webhook, StoreError> {
    let why: Option<&str> = row.try_get(7)?;
    let at: Option<Timestamp> = row.try_get(8)?;
    let disabled = why.and_then(WhyDisabled::by_name).zip(at);
    Ok(Webhook {
        id: row.try_get(0)?,
        url: row.try_get(1)?,
        description: row.try_get(2)?,
        object_key: row.try_get(3)?,
        verbs: row.try_get(4)?,
        filter: row.try_get(5)?,
        active: row.try_get(6)?,
        disabled: disabled.map(|(why, at)| Disabled { why, at }),
        former_until: row.try_get(9)?,
        failing_since: row.try_get(10)?,
        created_by: row.try_get(11)?,
        version: row.try_get(12)?,
        created_at: row.try_get(13)?,
        updated_at: row.try_get(14)?,
    })
}

/// Switches a held webhook off, and says so in the log, where those look who tell people.
pub(crate) async fn disable_in(
    tx: &Tx,
    clock: &Clock,
    workspace: WorkspaceId,
    webhook: &mut Webhook,
    why: WhyDisabled,
) -> Result<(), StoreError> {
    let now = clock.now();
    let failing_since = webhook.failing_since;
    webhook.active = false;
    webhook.disabled = Some(Disabled { why, at: now });
    webhook.changed(now);
    update_in(tx, workspace, webhook).await?;
    let event = Happened {
        kind: "webhook.disabled",
        webhook: webhook.id,
        version: webhook.version,
        by: None,
        data: json!({
            "url": webhook.url,
            "reason": why.name(),
            "failing_since": failing_since,
            "created_by": webhook.created_by,
        }),
    };
    log_in(tx, clock, workspace, event).await
}
