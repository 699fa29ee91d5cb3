//! The reader of the records' log that notes deliveries.

use std::collections::HashMap;
use std::sync::Arc;

use async_trait::async_trait;
use kith_bus::{Begin, LogEvent, Reader};
use kith_contracts::{Interest, LoggedEvent, RecordEvents};
use kith_kernel::{Clock, DeliveryId, Failure, WorkspaceId};
use kith_store::Tx;
use serde_json::{Value, json};
use tokio::sync::Notify;

use super::endpoint::Key;
use super::model::{NewDelivery, Place};
use super::store;
use crate::server::Server;
use crate::webhook::{Webhook, WhyDisabled, store as webhooks};

/// The largest payload, in bytes; the record is left out of a larger one.
const PAYLOAD: usize = 256 * 1024;

/// Notes a delivery for each webhook that wants an event.
pub(crate) struct WebhookReader {
    pub(crate) events: Arc<dyn RecordEvents>,
    pub(crate) server: Server,
    pub(crate) clock: Clock,
    pub(crate) wake: Arc<Notify>,
}

#[async_trait]
impl Reader for WebhookReader {
    fn name(&self) -> &'static str {
        "webhooks"
    }

    fn begin(&self) -> Begin {
        Begin::Now
    }

    async fn apply_in(&self, tx: &Tx, events: &[Arc<LogEvent>]) -> Result<(), Failure> {
        let mut workspaces: Vec<WorkspaceId> = events.iter().map(|event| event.workspace).collect();
        workspaces.sort();
        workspaces.dedup();
        let active = webhooks::active_in(tx, &workspaces).await?;
        let mut noted = Vec::new();
        let mut broken = Vec::new();
        for workspace in workspaces {
            let own: Vec<&Webhook> = (active.iter())
                .filter(|(of, _)| *of == workspace)
                .map(|(_, webhook)| webhook)
                .collect();
            if !own.is_empty() {
                self.sift(workspace, &own, events, &mut noted, &mut broken)
                    .await?;
            }
        }
        if noted.is_empty() && broken.is_empty() {
            return Ok(());
        }
        let mut which: Vec<Key> = noted.iter().map(|new| new.place.endpoint()).collect();
        which.extend(&broken);
        which.sort();
        which.dedup();
        let held = webhooks::hold_in(tx, &which).await?;
        let mut still: HashMap<Key, Webhook> = (held.into_iter())
            .filter(|(_, webhook)| webhook.active)
            .map(|(workspace, webhook)| ((workspace, webhook.id), webhook))
            .collect();
        for key in broken {
            if let Some(webhook) = still.get_mut(&key) {
                let why = WhyDisabled::Filter;
                webhooks::disable_in(tx, &self.clock, key.0, webhook, why).await?;
            }
        }
        noted.retain(|new| still.contains_key(&new.place.endpoint()));
        store::insert_in(tx, &noted, self.clock.now()).await?;
        self.wake.notify_one();
        Ok(())
    }
}

impl WebhookReader {
    /// Asks for one workspace which of its webhooks want which event.
    async fn sift(
        &self,
        workspace: WorkspaceId,
        webhooks: &[&Webhook],
        events: &[Arc<LogEvent>],
        noted: &mut Vec<NewDelivery>,
        broken: &mut Vec<Key>,
    ) -> Result<(), Failure> {
        let mut interests = Vec::with_capacity(webhooks.len());
        for webhook in webhooks {
            let Some(actor) = self.server.acts_for(workspace, webhook.created_by).await? else {
                return Ok(());
            };
            interests.push(Interest {
                actor,
                object: webhook.object_key.clone(),
                verbs: webhook.verbs.iter().cloned().collect(),
                filter: webhook.filter.as_deref().map(Arc::from),
            });
        }
        let own: Vec<&Arc<LogEvent>> = (events.iter())
            .filter(|event| event.workspace == workspace)
            .collect();
        let logged: Vec<LoggedEvent<'_>> = own.iter().map(|event| logged(event)).collect();
        let sifted = self.events.sift(workspace, &interests, &logged).await?;
        broken.extend((sifted.broken.iter()).map(|(place, _)| (workspace, webhooks[*place].id)));
        for (event, shown) in own.iter().zip(sifted.events) {
            let Some(shown) = shown else { continue };
            let payload = bounded(&shown.payload);
            for place in shown.wanted_by {
                noted.push(NewDelivery {
                    place: Place {
                        workspace,
                        webhook: webhooks[place].id,
                        id: DeliveryId::new(&self.clock),
                    },
                    event: event.id,
                    kind: event.kind.clone(),
                    subject: event.subject,
                    payload: payload.clone(),
                });
            }
        }
        Ok(())
    }
}

/// An event as the contract wants it.
pub(crate) fn logged(event: &LogEvent) -> LoggedEvent<'_> {
    LoggedEvent {
        id: event.id,
        kind: &event.kind,
        subject_kind: &event.subject_kind,
        subject: event.subject,
        subject_version: event.subject_version,
        actor: &event.actor,
        occurred_at: event.occurred_at,
        data: &event.data,
    }
}

/// The payload, without the record, and at last without what changed, where it is too large.
fn bounded(payload: &str) -> String {
    if payload.len() <= PAYLOAD {
        return payload.to_owned();
    }
    let Ok(mut json) = serde_json::from_str::<Value>(payload) else {
        return String::from("{\"truncated\":true}");
    };
    json["truncated"] = json!(true);
    json["data"] = Value::Null;
    if json.to_string().len() > PAYLOAD {
        json["changes"] = json!([]);
    }
    json.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_too_large_goes_without_the_record() {
        let long = "x".repeat(PAYLOAD);
        let small = json!({"id": 1, "changes": [], "data": {"a": 1}}).to_string();
        assert_eq!(bounded(&small), small);
        let read = |text: &str| serde_json::from_str::<Value>(&bounded(text)).unwrap();
        let large = json!({"id": 1, "changes": ["a"], "data": {"a": long}}).to_string();
        let without = json!({"id": 1, "changes": ["a"], "data": null, "truncated": true});
        assert_eq!(read(&large), without);
        let larger = json!({"id": 1, "changes": [long], "data": {"a": 1}}).to_string();
        let bare = json!({"id": 1, "changes": [], "data": null, "truncated": true});
        assert_eq!(read(&larger), bare);
    }
}
