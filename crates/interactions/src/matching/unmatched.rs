//! Participants whom nobody is known by yet.

use std::collections::HashMap;
use std::sync::Arc;

use async_trait::async_trait;
use kith_bus::{Jobs, LogEvent, Reader};
use kith_kernel::{Clock, Failure, WorkspaceId};
use kith_store::{Params, Tx};
use uuid::Uuid;

use super::{ask_in, lock_in};
use crate::error::InteractionsError;
use crate::interaction::{Fact, RECORDED, Recorded};

/// By the primary key, as are the others.
const KEEP: &str = "INSERT INTO interactions.unmatched \
    (workspace_id, address, interaction_id, participant, key_id, fact) \
    SELECT v.workspace, v.address, v.interaction, v.participant, v.key, v.fact::jsonb \
    FROM unnest($1::uuid[], $2::bytea[], $3::uuid[], $4::int2[], $5::uuid[], $6::text[]) \
    AS v(workspace, address, interaction, participant, key, fact) ON CONFLICT DO NOTHING";

const LINK: &str = "INSERT INTO interactions.link (workspace_id, interaction_id, record_id) \
    SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::uuid[]) ON CONFLICT DO NOTHING";

/// Somebody may have become known since the interaction was appended.
const TO_MATCH: &str = "INSERT INTO interactions.to_match (workspace_id, address) \
    SELECT DISTINCT a.workspace_id, a.address FROM unnest($1::uuid[], $2::bytea[]) AS v(workspace, address) \
    JOIN interactions.known_address a ON a.workspace_id = v.workspace AND a.address = v.address \
    ON CONFLICT DO NOTHING";

/// Keeps participants who are to be matched later.
pub(crate) struct Unmatched {
    pub(crate) jobs: Jobs,
    pub(crate) clock: Clock,
}

#[async_trait]
impl Reader for Unmatched {
    fn name(&self) -> &'static str {
        "unmatched"
    }

    fn wants(&self, event: &LogEvent) -> bool {
        event.kind == RECORDED && event.data.get().contains("\"addresses\"")
    }

    async fn apply_in(&self, tx: &Tx, events: &[Arc<LogEvent>]) -> Result<(), Failure> {
        Ok(self.take_in(tx, events).await?)
    }
}

/// Rows of `interactions.unmatched` and of `interactions.link`.
#[derive(Default)]
struct Rows {
    workspaces: Vec<WorkspaceId>,
    addresses: Vec<Vec<u8>>,
    interactions: Vec<Uuid>,
    participants: Vec<i16>,
    keys: Vec<Option<Uuid>>,
    facts: Vec<String>,
    linked_workspaces: Vec<WorkspaceId>,
    linked: Vec<Uuid>,
    records: Vec<Uuid>,
}

impl Unmatched {
    async fn take_in(&self, tx: &Tx, events: &[Arc<LogEvent>]) -> Result<(), InteractionsError> {
        let mut rows = Rows::default();
        for event in events {
            rows.add(event)?;
        }
        lock_in(tx).await?;
        let params: Params<'_> = &[
            &rows.workspaces,
            &rows.addresses,
            &rows.interactions,
            &rows.participants,
            &rows.keys,
            &rows.facts,
        ];
        tx.execute(KEEP, params).await?;
        let params: Params<'_> = &[&rows.linked_workspaces, &rows.linked, &rows.records];
        tx.execute(LINK, params).await?;
        let params: Params<'_> = &[&rows.workspaces, &rows.addresses];
        if tx.execute(TO_MATCH, params).await? > 0 {
            ask_in(tx, &self.jobs, self.clock.now()).await?;
        }
        Ok(())
    }
}

impl Rows {
    fn add(&mut self, event: &LogEvent) -> Result<(), InteractionsError> {
        let recorded: Result<Recorded, _> = serde_json::from_str(event.data.get());
        let recorded = recorded.map_err(InteractionsError::stored("an interaction"))?;
        let mut waiting: HashMap<i16, (Vec<Vec<u8>>, Option<Uuid>)> = HashMap::new();
        for (participant, one) in (0_i16..).zip(recorded.participants) {
            let addresses: Vec<Vec<u8>> = one.addresses.into_iter().map(|index| index.0).collect();
            if !addresses.is_empty() {
                waiting.insert(participant, (addresses, one.key));
            }
        }
        if waiting.is_empty() {
            return Ok(());
        }
        for link in &recorded.records {
            self.linked_workspaces.push(event.workspace);
            self.linked.push(event.subject);
            self.records.push(link.id);
        }
        let fact = Fact {
            channel: recorded.channel,
            direction: recorded.direction,
            at: recorded.at,
            recorded_at: event.occurred_at,
            users: recorded.users,
        };
        let fact = serde_json::to_string(&fact).map_err(InteractionsError::stored("a fact"))?;
        for (participant, (addresses, key)) in waiting {
            for address in addresses {
                self.workspaces.push(event.workspace);
                self.addresses.push(address);
                self.interactions.push(event.subject);
                self.participants.push(participant);
                self.keys.push(key);
                self.facts.push(fact.clone());
            }
        }
        Ok(())
    }
}
