//! What administrators see of deliveries, and how they send them again.

use jiff::Timestamp;
use kith_kernel::{Actor, DeliveryId, ErrorCode, EventId, Failure, WebhookId};
use kith_store::{Class, Row, StoreError};
use serde_json::{Value, json};

use super::model::{NewDelivery, Place, State, Taken};
use super::sender::send;
use super::settle::succeeded;
use super::store::{self, Again};
use crate::Integrations;
use crate::webhook::store as webhooks;

/// How many deliveries one request sends again at most.
pub(super) const AGAIN: i64 = 10_000;

impl Integrations {
    pub(super) async fn deliveries(
        &self,
        actor: &Actor,
        webhook: WebhookId,
        state: Option<&str>,
        before: Option<DeliveryId>,
        limit: i64,
    ) -> Result<Vec<Value>, Failure> {
        self.find_webhook(actor, webhook).await?;
        if state.is_some_and(|state| !State::NAMES.contains(&state)) {
            let message = format!("`state` must be one of {}.", State::NAMES.join(", "));
            let refused = Failure::new(ErrorCode::InvalidRequest, message);
            return Err(refused.field("state", "unknown_option"));
        }
        let key = (actor.workspace, webhook);
        let rows = store::list(self.store(), key, before, state, limit).await?;
        let shown: Result<Vec<Value>, StoreError> =
            rows.iter().map(|row| show(row, false)).collect();
        Ok(shown?)
    }

    pub(super) async fn delivery(
        &self,
        actor: &Actor,
        webhook: WebhookId,
        id: DeliveryId,
    ) -> Result<Value, Failure> {
        self.find_webhook(actor, webhook).await?;
        let found = store::find(self.store(), actor.workspace, webhook, id).await?;
        Ok(show(&found.ok_or_else(Failure::not_found)?, true)?)
    }

    /// Sends one ended delivery again, under its own id.
    pub(super) async fn redeliver(
        &self,
        actor: &Actor,
        webhook: WebhookId,
        id: DeliveryId,
    ) -> Result<Value, Failure> {
        self.find_webhook(actor, webhook).await?;
        if store::find(self.store(), actor.workspace, webhook, id)
            .await?
            .is_none()
        {
            return Err(Failure::not_found());
        }
        let which = Again {
            from: Timestamp::UNIX_EPOCH,
            to: Timestamp::MAX,
            state: None,
            only: Some(id),
            most: 1,
        };
        if self.again(actor, webhook, which).await? == 0 {
            return Err(Failure::new(
                ErrorCode::Conflict,
                "The delivery is waiting to be sent. Wait until it is delivered or has failed.",
            ));
        }
        self.delivery(actor, webhook, id).await
    }

    /// Sends ended deliveries again, those noted first first; returns how many, at most [`AGAIN`].
    pub(super) async fn again(
        &self,
        actor: &Actor,
        webhook: WebhookId,
        which: Again,
    ) -> Result<u64, Failure> {
        self.find_webhook(actor, webhook).await?;
        let tx = (self.store().begin(actor.workspace, Class::Interactive)).await?;
        let key = (actor.workspace, webhook);
        if webhooks::hold_in(&tx, &[key]).await?.is_empty() {
            return Err(Failure::not_found());
        }
        let sent = store::again_in(&tx, key, &which, self.clock().now()).await?;
        tx.commit().await?;
        self.poke();
        Ok(sent)
    }

    /// Posts a delivery of type `webhook.test` at once, whether the webhook is active or not.
    pub(super) async fn test_webhook(
        &self,
        actor: &Actor,
        id: WebhookId,
    ) -> Result<Value, Failure> {
        self.find_webhook(actor, id).await?;
        let _leave = self.test_permit()?;
        let tx = (self.store().begin(actor.workspace, Class::Interactive)).await?;
        let found = webhooks::lock_in(&tx, actor.workspace, id).await?;
        tx.rollback().await?;
        let (webhook, sealed) = found.ok_or_else(Failure::not_found)?;
        let place = Place {
            workspace: actor.workspace,
            webhook: id,
            id: DeliveryId::new(self.clock()),
        };
        let event = EventId::new(self.clock());
        let now = self.clock().now();
        let payload = json!({
            "type": "webhook.test",
            "id": event,
            "occurred_at": now,
            "actor": { "user": actor.user },
            "webhook_id": id,
        });
        let taken = Taken {
            place,
            subject: id.0,
            payload: payload.to_string(),
            attempts: 0,
            times: 1,
            url: webhook.url,
            sealed,
        };
        let tried = send(self.client(), self.clock(), self.secrets(), taken).await;
        let state = if succeeded(&tried) {
            State::Delivered
        } else {
            State::Failed
        };
        let new = NewDelivery {
            place,
            event,
            kind: "webhook.test".to_owned(),
            subject: id.0,
            payload: tried.taken.payload,
        };
        let log = json!([tried.attempt]);
        store::insert_tried(self.store(), &new, state, &log, self.clock().now()).await?;
        self.delivery(actor, id, place.id).await
    }
}

/// A delivery as the API shows it.
fn show(row: &Row, whole: bool) -> Result<Value, StoreError> {
    let mut shown = json!({
        "id": row.try_get::<_, DeliveryId>(0)?,
        "event_id": row.try_get::<_, EventId>(1)?,
        "type": row.try_get::<_, &str>(2)?,
        "subject_id": row.try_get::<_, uuid::Uuid>(3)?,
        "state": row.try_get::<_, &str>(4)?,
        "attempts": row.try_get::<_, i32>(5)?,
        "next_attempt_at": row.try_get::<_, Option<Timestamp>>(6)?,
        "log": row.try_get::<_, Value>(7)?,
        "created_at": row.try_get::<_, Timestamp>(8)?,
        "finished_at": row.try_get::<_, Option<Timestamp>>(9)?,
    });
    if whole {
        let payload: Option<&str> = row.try_get(10)?;
        shown["payload"] = payload.map_or(Value::Null, |payload| json!(payload));
    }
    if shown["state"] != "waiting" {
        shown["next_attempt_at"] = Value::Null;
    }
    Ok(shown)
}
