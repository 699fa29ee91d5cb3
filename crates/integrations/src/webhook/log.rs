//! What the service's own log says of webhooks: for the history, and for those who are to be told.

use kith_kernel::{Actor, ActorKind, Clock, EventId, WebhookId, WorkspaceId};
use kith_store::{StoreError, Tx};
use serde_json::{Value, json};

const APPEND: &str = "INSERT INTO integrations.event \
    (workspace_id, id, type, subject_kind, subject_id, subject_version, actor, occurred_at, data) \
    VALUES ($1, $2, $3, 'webhook', $4, $5, $6, $7, $8)";

/// What happened to a webhook.
pub(crate) struct Happened<'a> {
    /// Such as `webhook.disabled`.
    pub(crate) kind: &'a str,
    pub(crate) webhook: WebhookId,
    /// The webhook's version after it.
    pub(crate) version: i64,
    /// Who did it; the server itself unless there is somebody.
    pub(crate) by: Option<&'a Actor>,
    pub(crate) data: Value,
}

/// Appends to the log.
pub(crate) async fn log_in(
    tx: &Tx,
    clock: &Clock,
    workspace: WorkspaceId,
    event: Happened<'_>,
) -> Result<(), StoreError> {
    let actor = match event.by {
        None => json!({ "via": "system" }),
        Some(actor) => {
            let via = match actor.kind {
                ActorKind::Session(_) => "session",
                ActorKind::Token(_) => "token",
                ActorKind::System => "system",
            };
            json!({ "user": actor.user, "via": via })
        }
    };
    let (id, now) = (EventId::new(clock), clock.now());
    tx.execute(
        APPEND,
        &[
            &workspace,
            &id,
            &event.kind,
            &event.webhook,
            &event.version,
            &actor,
            &now,
            &event.data,
        ],
    )
    .await?;
    Ok(())
}
