//! Matching those who were kept with the people who have become known.

use std::collections::HashSet;

use async_trait::async_trait;
use kith_bus::{Job, JobFailure, JobHandler};
use kith_kernel::{Clock, Failure, WorkspaceId};
use kith_store::{Class, Params, Row, Store, Tx};
use tokio_postgres::types::Json;
use uuid::Uuid;

use super::lock_in;
use crate::error::InteractionsError;
use crate::interaction::{Fact, LINKED, Link, Linked, NewEvent, append_events_in};

/// The queue of the job.
pub(crate) const QUEUE: &str = "matching";
/// The kind of the job.
pub(crate) const MATCH: &str = "match";
/// How many participants are matched in one transaction, and addresses looked at.
const BATCH: i64 = 1_000;

/// Participants of addresses to be matched, with who is known by the address now: of several, who
/// was there first. By the primary keys.
const WAITING: &str = "SELECT u.workspace_id, u.interaction_id, u.participant, u.key_id, u.fact, k.person_id, k.company_id \
    FROM (SELECT workspace_id, address FROM interactions.to_match ORDER BY workspace_id, address LIMIT $1) AS m \
    JOIN LATERAL (SELECT a.person_id, p.company_id FROM interactions.known_address a \
      JOIN interactions.known_person p ON p.workspace_id = a.workspace_id AND p.person_id = a.person_id AND NOT p.deleted \
      WHERE a.workspace_id = m.workspace_id AND a.address = m.address ORDER BY a.person_id LIMIT 1) AS k ON true \
    JOIN interactions.unmatched u ON u.workspace_id = m.workspace_id AND u.address = m.address LIMIT $1";

/// By the primary key.
const DONE: &str = "DELETE FROM interactions.to_match WHERE (workspace_id, address) IN \
    (SELECT workspace_id, address FROM interactions.to_match ORDER BY workspace_id, address LIMIT $1)";

/// By `unmatched_interaction`.
const FORGET: &str = "DELETE FROM interactions.unmatched u \
    USING unnest($1::uuid[], $2::uuid[], $3::int2[]) AS v(workspace, interaction, participant) \
    WHERE u.workspace_id = v.workspace AND u.interaction_id = v.interaction AND u.participant = v.participant";

/// By the primary key. What was there before is not answered.
const LINK: &str = "INSERT INTO interactions.link (workspace_id, interaction_id, record_id) \
    SELECT DISTINCT * FROM unnest($1::uuid[], $2::uuid[], $3::uuid[]) ON CONFLICT DO NOTHING \
    RETURNING interaction_id, record_id";

/// The key of an address becomes one of the person's. By the primary key.
const OWN: &str = "UPDATE interactions.data_key k SET person_id = v.person \
    FROM unnest($1::uuid[], $2::uuid[], $3::uuid[]) AS v(workspace, key, person) \
    WHERE k.workspace_id = v.workspace AND k.id = v.key AND k.person_id IS NULL";

/// Matches, in transactions of bounded size.
pub(crate) struct Matcher {
    pub(crate) store: Store,
    pub(crate) clock: Clock,
}

#[async_trait]
impl JobHandler for Matcher {
    fn kind(&self) -> &'static str {
        MATCH
    }

    async fn run(&self, _job: &Job) -> Result<(), JobFailure> {
        Ok(self.run_all().await.map_err(Failure::from)?)
    }
}

/// A participant who is found to be a person.
struct Match {
    workspace: WorkspaceId,
    interaction: Uuid,
    participant: i16,
    key: Option<Uuid>,
    fact: Fact,
    person: Uuid,
    company: Option<Uuid>,
}

impl Matcher {
    /// Matches until there is nothing left to be matched.
    pub(crate) async fn run_all(&self) -> Result<(), InteractionsError> {
        loop {
            let tx = self.store.begin_system(Class::Background).await?;
            lock_in(&tx).await?;
            let rows = tx.query(WAITING, &[&BATCH]).await?;
            let more = if rows.is_empty() {
                tx.execute(DONE, &[&BATCH]).await? > 0
            } else {
                self.match_in(&tx, &rows).await?;
                true
            };
            tx.commit().await?;
            if !more {
                return Ok(());
            }
        }
    }

    async fn match_in(&self, tx: &Tx, rows: &[Row]) -> Result<(), InteractionsError> {
        let mut seen = HashSet::new();
        let mut found: Vec<Match> = Vec::new();
        for row in rows {
            let one = read(row)?;
            // Once, if by both addresses.
            if seen.insert((one.interaction, one.participant)) {
                found.push(one);
            }
        }
        let workspaces: Vec<WorkspaceId> = found.iter().map(|one| one.workspace).collect();
        let interactions: Vec<Uuid> = found.iter().map(|one| one.interaction).collect();
        let participants: Vec<i16> = found.iter().map(|one| one.participant).collect();
        let keys: Vec<Option<Uuid>> = found.iter().map(|one| one.key).collect();
        let people: Vec<Uuid> = found.iter().map(|one| one.person).collect();
        let params: Params<'_> = &[&workspaces, &interactions, &participants];
        tx.execute(FORGET, params).await?;
        tx.execute(OWN, &[&workspaces, &keys, &people]).await?;
        let mut new = self.link_in(tx, &found).await?;
        let mut events = Vec::with_capacity(found.len());
        for one in found {
            let mut records = Vec::new();
            for (object, id) in [("person", Some(one.person)), ("company", one.company)] {
                if let Some(id) = id
                    && new.remove(&(one.interaction, id))
                {
                    let object = object.to_owned();
                    records.push(Link { object, id });
                }
            }
            events.push(event(one, records)?);
        }
        append_events_in(tx, &self.clock, self.clock.now(), &events).await?;
        Ok(())
    }

    /// Notes the records that the interactions belong to from now on; those that are new.
    async fn link_in(
        &self,
        tx: &Tx,
        found: &[Match],
    ) -> Result<HashSet<(Uuid, Uuid)>, InteractionsError> {
        let mut workspaces = Vec::new();
        let mut interactions = Vec::new();
        let mut records = Vec::new();
        for one in found {
            for record in std::iter::once(one.person).chain(one.company) {
                workspaces.push(one.workspace);
                interactions.push(one.interaction);
                records.push(record);
            }
        }
        let params: Params<'_> = &[&workspaces, &interactions, &records];
        let rows = tx.query(LINK, params).await?;
        (rows.iter())
            .map(|row| Ok((row.try_get(0)?, row.try_get(1)?)))
            .collect()
    }
}

fn read(row: &Row) -> Result<Match, InteractionsError> {
    let Json(fact) = row.try_get(4)?;
    Ok(Match {
        workspace: row.try_get(0)?,
        interaction: row.try_get(1)?,
        participant: row.try_get(2)?,
        key: row.try_get(3)?,
        fact,
        person: row.try_get(5)?,
        company: row.try_get(6)?,
    })
}

fn event(one: Match, records: Vec<Link>) -> Result<NewEvent, InteractionsError> {
    let linked = Linked {
        participant: one.participant,
        person: one.person,
        records,
        fact: one.fact,
    };
    let data = serde_json::to_string(&linked).map_err(InteractionsError::stored("a match"))?;
    Ok(NewEvent {
        workspace: one.workspace,
        kind: LINKED,
        subject_kind: "interaction",
        subject: one.interaction,
        version: i64::from(one.participant) + 2,
        actor: r#"{"user":null,"via":"system"}"#.to_owned(),
        data,
    })
}
