//! The copy of people, their companies and their addresses, out of the records' log.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use async_trait::async_trait;
use kith_bus::{Jobs, LogEvent, Reader};
use kith_kernel::{Clock, Failure, WorkspaceId};
use kith_store::{Params, Tx};
use serde::Deserialize;
use uuid::Uuid;

use super::{ask_in, lock_in};
use crate::erasure;
use crate::error::InteractionsError;
use crate::key::Keys;

/// By the primary key, as are the others but for what is said. People who are new.
const INSERT: &str = "INSERT INTO interactions.known_person (workspace_id, person_id) \
    SELECT * FROM unnest($1::uuid[], $2::uuid[]) ON CONFLICT DO NOTHING";

/// What has changed of them.
const UPDATE: &str = "UPDATE interactions.known_person p \
    SET company_id = CASE WHEN v.moved THEN v.company ELSE p.company_id END, \
        deleted = coalesce(v.deleted, p.deleted) \
    FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::bool[], $5::bool[]) \
    AS v(workspace, person, company, moved, deleted) \
    WHERE p.workspace_id = v.workspace AND p.person_id = v.person AND (v.moved OR v.deleted IS NOT NULL)";

const LOSE: &str = "DELETE FROM interactions.known_address a \
    USING unnest($1::uuid[], $2::bytea[], $3::uuid[]) AS v(workspace, address, person) \
    WHERE a.workspace_id = v.workspace AND a.address = v.address AND a.person_id = v.person";

const GAIN: &str = "INSERT INTO interactions.known_address (workspace_id, address, person_id) \
    SELECT * FROM unnest($1::uuid[], $2::bytea[], $3::uuid[]) ON CONFLICT DO NOTHING";

/// Addresses of these people that somebody unmatched has; by `known_address_person` and the primary key.
const TO_MATCH: &str = "INSERT INTO interactions.to_match (workspace_id, address) \
    SELECT DISTINCT a.workspace_id, a.address FROM unnest($1::uuid[], $2::uuid[]) AS v(workspace, person) \
    JOIN interactions.known_address a ON a.workspace_id = v.workspace AND a.person_id = v.person \
    WHERE EXISTS (SELECT FROM interactions.unmatched u \
      WHERE u.workspace_id = a.workspace_id AND u.address = a.address) \
    ON CONFLICT DO NOTHING";

/// Reads people off the records' log.
pub(crate) struct KnownPeople {
    pub(crate) keys: Keys,
    pub(crate) jobs: Jobs,
    pub(crate) clock: Clock,
}

/// What events say of one person.
#[derive(Default)]
struct Person {
    company: Option<Move>,
    deleted: Option<bool>,
    /// Whether an address was gained or lost last.
    addresses: HashMap<(&'static str, String), bool>,
}

/// A person's new company, if they have one.
#[derive(Clone, Copy)]
struct Move(Option<Uuid>);

#[derive(Deserialize)]
struct Data {
    #[serde(default)]
    values: Values,
    #[serde(default)]
    changes: Changes,
}

#[derive(Default, Deserialize)]
struct Values {
    #[serde(default)]
    emails: Option<Vec<String>>,
    #[serde(default)]
    phones: Option<Vec<String>>,
    #[serde(default)]
    company: Option<Uuid>,
}

#[derive(Default, Deserialize)]
struct Changes {
    emails: Option<Change<Vec<String>>>,
    phones: Option<Change<Vec<String>>>,
    company: Option<Change<Uuid>>,
}

#[derive(Deserialize)]
struct Change<T> {
    from: Option<T>,
    to: Option<T>,
}

impl Person {
    fn hear(&mut self, event: &LogEvent) -> Result<(), serde_json::Error> {
        match event.kind.as_str() {
            "person.deleted" => self.deleted = Some(true),
            "person.restored" => self.deleted = Some(false),
            _ => {
                let Data { values, changes } = serde_json::from_str(event.data.get())?;
                self.gain("email", values.emails);
                self.gain("phone", values.phones);
                if let Some(company) = values.company {
                    self.company = Some(Move(Some(company)));
                }
                for (kind, change) in [("email", changes.emails), ("phone", changes.phones)] {
                    if let Some(Change { from, to }) = change {
                        let lost = from.into_iter().flatten();
                        self.addresses
                            .extend(lost.map(|address| ((kind, address), false)));
                        self.gain(kind, to);
                    }
                }
                if let Some(Change { to, .. }) = changes.company {
                    self.company = Some(Move(to));
                }
            }
        }
        Ok(())
    }

    fn gain(&mut self, kind: &'static str, addresses: Option<Vec<String>>) {
        let gained = addresses.into_iter().flatten();
        self.addresses
            .extend(gained.map(|address| ((kind, address), true)));
    }
}

#[async_trait]
impl Reader for KnownPeople {
    fn name(&self) -> &'static str {
        "known_people"
    }

    fn wants(&self, event: &LogEvent) -> bool {
        event.subject_kind == "person"
    }

    async fn apply_in(&self, tx: &Tx, events: &[Arc<LogEvent>]) -> Result<(), Failure> {
        Ok(self.take_in(tx, events).await?)
    }
}

impl KnownPeople {
    async fn take_in(&self, tx: &Tx, events: &[Arc<LogEvent>]) -> Result<(), InteractionsError> {
        let mut people: BTreeMap<(WorkspaceId, Uuid), Person> = BTreeMap::new();
        for event in events {
            let person = people.entry((event.workspace, event.subject)).or_default();
            person
                .hear(event)
                .map_err(InteractionsError::stored("a record's event"))?;
        }
        lock_in(tx).await?;
        let named: Vec<(WorkspaceId, Uuid)> = people.keys().copied().collect();
        let erased = erasure::among_in(tx, &named).await?;
        people.retain(|person, _| !erased.contains(person));
        if people.is_empty() {
            return Ok(());
        }
        self.put_in(tx, &people).await?;
        self.put_addresses_in(tx, &people).await
    }

    async fn put_in(
        &self,
        tx: &Tx,
        people: &BTreeMap<(WorkspaceId, Uuid), Person>,
    ) -> Result<(), InteractionsError> {
        let workspaces: Vec<WorkspaceId> = people.keys().map(|(workspace, _)| *workspace).collect();
        let ids: Vec<Uuid> = people.keys().map(|(_, person)| *person).collect();
        let companies: Vec<Option<Uuid>> = people
            .values()
            .map(|person| person.company.and_then(|to| to.0))
            .collect();
        let moved: Vec<bool> = people
            .values()
            .map(|person| person.company.is_some())
            .collect();
        let deleted: Vec<Option<bool>> = people.values().map(|person| person.deleted).collect();
        tx.execute(INSERT, &[&workspaces, &ids]).await?;
        let params: Params<'_> = &[&workspaces, &ids, &companies, &moved, &deleted];
        tx.execute(UPDATE, params).await?;
        Ok(())
    }

    async fn put_addresses_in(
        &self,
        tx: &Tx,
        people: &BTreeMap<(WorkspaceId, Uuid), Person>,
    ) -> Result<(), InteractionsError> {
        let (mut gained, mut lost) = (Addresses::default(), Addresses::default());
        let mut by_workspace = HashMap::new();
        for ((workspace, id), person) in people {
            if !by_workspace.contains_key(workspace) {
                let own = self.keys.of_workspace_in(tx, *workspace).await?;
                by_workspace.insert(*workspace, own);
            }
            let Some(own) = by_workspace.get(workspace) else {
                continue;
            };
            for ((kind, address), has) in &person.addresses {
                let list = if *has { &mut gained } else { &mut lost };
                list.add(*workspace, own.address(kind, address).to_vec(), *id);
            }
        }
        lost.run_in(tx, LOSE).await?;
        gained.run_in(tx, GAIN).await?;
        // Whoever was restored, or got a company or an address, may be waited for.
        let workspaces: Vec<WorkspaceId> = people.keys().map(|(workspace, _)| *workspace).collect();
        let ids: Vec<Uuid> = people.keys().map(|(_, id)| *id).collect();
        if tx.execute(TO_MATCH, &[&workspaces, &ids]).await? > 0 {
            ask_in(tx, &self.jobs, self.clock.now()).await?;
        }
        Ok(())
    }
}

/// Addresses of people, as a statement takes them.
#[derive(Default)]
struct Addresses {
    workspaces: Vec<WorkspaceId>,
    indexes: Vec<Vec<u8>>,
    people: Vec<Uuid>,
}

impl Addresses {
    fn add(&mut self, workspace: WorkspaceId, address: Vec<u8>, person: Uuid) {
        self.workspaces.push(workspace);
        self.indexes.push(address);
        self.people.push(person);
    }

    async fn run_in(&self, tx: &Tx, sql: &str) -> Result<(), InteractionsError> {
        if !self.people.is_empty() {
            let params: Params<'_> = &[&self.workspaces, &self.indexes, &self.people];
            tx.execute(sql, params).await?;
        }
        Ok(())
    }
}
