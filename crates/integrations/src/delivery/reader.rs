//! The reader of the records' log that notes deliveries.

use std::collections::HashMap;
use std::sync::Arc;

use async_trait::async_trait;
use kith_bus::{Begin, LogEvent, Reader};
use kith_contracts::{Interest, LoggedEvent, RecordEvents};
use kith_kernel::{Clock, DeliveryId, Failure, WorkspaceId};
use kith_store::Tx;
use tokio::sync::Notify;

use super::endpoint::Key;
use super::model::{NewDelivery, Place};
use super::queue;
use crate::payload::{bounded, logged};
use crate::server::Server;
use crate::webhook::{Webhook, WhyDisabled, store as webhooks};

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
        queue::insert_in(tx, &noted, self.clock.now()).await?;
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
