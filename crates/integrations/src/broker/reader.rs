//! The reader of the records' log that publishes.

use std::collections::HashMap;
use std::sync::Arc;

use async_trait::async_trait;
use kith_bus::{Begin, LogEvent, Reader};
use kith_contracts::{Interest, LoggedEvent, RecordEvents};
use kith_kernel::{Failure, UserId, WorkspaceId};
use uuid::Uuid;

use super::cloudevent::message;
use super::target::{Broker, BrokerConfig, Message, connect};
use crate::payload::{bounded, logged};
use crate::server::Server;

/// Publishes each event before the cursor moves on.
pub(crate) struct BrokerReader {
    broker: Box<dyn Broker>,
    subject: String,
    events: Arc<dyn RecordEvents>,
    server: Server,
}

impl BrokerReader {
    /// A reader for the broker of the configuration, which is connected to when it is first needed.
    ///
    /// # Errors
    /// `InvalidRequest` where the configuration names none that is known.
    pub(crate) fn new(
        config: BrokerConfig,
        events: Arc<dyn RecordEvents>,
        server: Server,
    ) -> Result<Self, Failure> {
        Ok(Self {
            broker: connect(&config)?,
            subject: config.subject,
            events,
            server,
        })
    }

    /// The messages for events of one workspace, each with its record.
    async fn messages(
        &self,
        workspace: WorkspaceId,
        events: &[&LogEvent],
    ) -> Result<Vec<(Uuid, Message)>, Failure> {
        let nobody = UserId(Uuid::nil());
        let Some(actor) = self.server.acts_for(workspace, nobody).await? else {
            return Ok(Vec::new());
        };
        let everything = Interest {
            actor,
            object: None,
            verbs: Arc::from([]),
            filter: None,
        };
        let own: Vec<LoggedEvent<'_>> = events.iter().map(|event| logged(event)).collect();
        let sifted = self.events.sift(workspace, &[everything], &own).await?;
        let shown = events.iter().zip(sifted.events);
        shown
            .filter_map(|(event, shown)| Some((event, shown?)))
            .map(|(event, shown)| {
                let payload = bounded(&shown.payload);
                let message = message(&self.subject, event, &payload);
                Ok((event.subject, message.map_err(Failure::internal)?))
            })
            .collect()
    }
}

#[async_trait]
impl Reader for BrokerReader {
    fn name(&self) -> &'static str {
        "broker"
    }

    fn begin(&self) -> Begin {
        Begin::Now
    }

    async fn deliver(&self, events: &[Arc<LogEvent>]) -> Result<(), Failure> {
        let mut by_workspace: HashMap<WorkspaceId, Vec<&LogEvent>> = HashMap::new();
        for event in events {
            by_workspace.entry(event.workspace).or_default().push(event);
        }
        let mut messages = Vec::with_capacity(events.len());
        for (workspace, events) in by_workspace {
            messages.extend(self.messages(workspace, &events).await?);
        }
        for round in rounds(messages) {
            self.broker.publish(round).await?;
        }
        Ok(())
    }
}

/// The messages in rounds that follow each other, with at most one of each record in a round: were
/// one refused whose successor is on its way, they would arrive in the wrong order.
fn rounds(messages: Vec<(Uuid, Message)>) -> Vec<Vec<Message>> {
    let mut rounds: Vec<Vec<Message>> = Vec::new();
    let mut next: HashMap<Uuid, usize> = HashMap::new();
    for (record, message) in messages {
        let turn = next.entry(record).or_default();
        match rounds.get_mut(*turn) {
            Some(round) => round.push(message),
            None => rounds.push(vec![message]),
        }
        *turn += 1;
    }
    rounds
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;

    #[test]
    fn a_round_has_one_message_of_each_record() {
        let message = |record: u128, id: &str| {
            let message = Message {
                id: id.to_owned(),
                subject: String::new(),
                body: Bytes::new(),
            };
            (Uuid::from_u128(record), message)
        };
        let all = [(1, "a"), (1, "b"), (2, "c"), (1, "d"), (3, "e"), (2, "f")];
        let rounds = rounds(all.map(|(record, id)| message(record, id)).into());
        let ids: Vec<String> = (rounds.iter())
            .map(|round| round.iter().map(|message| message.id.as_str()).collect())
            .collect();
        assert_eq!(ids, ["ace", "bf", "d"]);
    }
}
