//! Appending interactions.

use std::collections::{BTreeSet, HashMap, HashSet};

use jiff::Timestamp;
use kith_contracts::RecordFacts;
use kith_contracts::access::{Action, authorise};
use kith_kernel::{Actor, Failure};
use kith_store::{Class, Tx};
use uuid::Uuid;

use super::draft::{Checked, InteractionDraft, Rules, Somebody};
use super::event::{Bytes, Link, Participant, Recorded};
use super::seal;
use super::store::{self, Found, Lookup, New};
use crate::Interactions;
use crate::error::{InteractionsError, invalid};
use crate::key::{AddressIndex, Held, Owner};

/// What became of a draft.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Appended {
    /// The interaction.
    pub id: Uuid,
    /// Whether it was there before, under the same source and external id.
    pub existed: bool,
}

/// A draft that can be appended, with the records it names.
pub(super) struct Ready {
    checked: Checked,
    facts: Vec<RecordFacts>,
}

impl Interactions {
    /// Checks drafts, in their order, against the workspace's types and records. No transaction
    /// may be open.
    pub(super) async fn check(
        &self,
        actor: &Actor,
        drafts: Vec<Result<InteractionDraft, Failure>>,
    ) -> Result<Vec<Result<Ready, Failure>>, Failure> {
        authorise(actor, Action::Create, None)?;
        self.users().follow(actor.workspace).await?;
        let types = self.compiled_types(actor.workspace).await?;
        let rules = Rules {
            actor,
            access: self.access(),
            types: &types,
            now: self.clock().now(),
        };
        let checked: Vec<Result<Checked, Failure>> = (drafts.into_iter())
            .map(|draft| draft?.check(&rules))
            .collect();
        let named: Vec<_> = (checked.iter().flatten())
            .flat_map(|one| one.records.iter().cloned())
            .collect();
        let mut facts = if named.is_empty() {
            Vec::new()
        } else {
            self.access().visible(actor, &named).await?
        }
        .into_iter();
        let ready = |checked: Checked| {
            let of = facts.by_ref().take(checked.records.len());
            let of: Vec<Option<RecordFacts>> = of.collect();
            if let Some(at) = of.iter().position(Option::is_none) {
                return Err(unknown_record(&checked, at));
            }
            let facts = of.into_iter().flatten().collect();
            Ok(Ready { checked, facts })
        };
        let mut ready = ready;
        Ok(checked
            .into_iter()
            .map(|one| one.and_then(&mut ready))
            .collect())
    }

    /// Appends interactions in a transaction of their workspace; the answer has their order.
    pub(super) async fn append_in(
        &self,
        tx: &Tx,
        actor: &Actor,
        drafts: Vec<Result<Ready, Failure>>,
    ) -> Result<Vec<Result<Appended, Failure>>, InteractionsError> {
        let workspace = actor.workspace;
        let own = self.keys().of_workspace_in(tx, workspace).await?;
        let addresses: Vec<Vec<Addresses>> = (drafts.iter())
            .map(|draft| {
                draft
                    .as_ref()
                    .map_or_else(|_| Vec::new(), |one| one.addresses(&own))
            })
            .collect();
        let found = store::look_up_in(tx, workspace, lookup(&drafts, &addresses)).await?;
        let mut answers = Vec::with_capacity(drafts.len());
        let mut matched = Vec::new();
        for (draft, addresses) in drafts.into_iter().zip(&addresses) {
            match draft.and_then(|draft| draft.matched(addresses, &found)) {
                Ok(one) => {
                    answers.push(Ok(matched.len()));
                    matched.push(one);
                }
                Err(failure) => answers.push(Err(failure)),
            }
        }
        let owners: BTreeSet<Owner> = matched.iter().flat_map(Matched::owners).collect();
        let owners: Vec<Owner> = owners.into_iter().collect();
        let keys = self.keys().of_owners_in(tx, workspace, &owners).await?;
        let now = self.clock().now();
        let new = (matched.iter())
            .map(|one| one.seal(self.clock().next_uuid(), actor, &own, &keys))
            .collect::<Result<Vec<New>, _>>()?;
        let appended = self.write_in(tx, actor, now, &new).await?;
        let answer = |at: usize| {
            (appended.get(at).copied())
                .ok_or_else(|| Failure::internal("an interaction is missing"))
        };
        Ok(answers
            .into_iter()
            .map(|one| one.and_then(answer))
            .collect())
    }

    async fn write_in(
        &self,
        tx: &Tx,
        actor: &Actor,
        now: Timestamp,
        new: &[New],
    ) -> Result<Vec<Appended>, InteractionsError> {
        let fresh = store::append_in(tx, actor, self.clock(), now, new).await?;
        let fresh: HashSet<Uuid> = fresh.into_iter().collect();
        let taken: Vec<&[u8]> = (new.iter())
            .filter(|one| !fresh.contains(&one.id))
            .filter_map(|one| one.external.as_deref())
            .collect();
        let taken = match taken.is_empty() {
            true => HashMap::new(),
            false => store::taken_in(tx, actor.workspace, &taken).await?,
        };
        let appended = |one: &New| {
            let existing = one.external.as_ref().and_then(|index| taken.get(index));
            match existing {
                Some(id) if !fresh.contains(&one.id) => Appended {
                    id: *id,
                    existed: true,
                },
                _ => Appended {
                    id: one.id,
                    existed: false,
                },
            }
        };
        Ok(new.iter().map(appended).collect())
    }

    /// A transaction in which interactions are appended.
    pub(super) async fn begin(&self, actor: &Actor, class: Class) -> Result<Tx, Failure> {
        Ok(self.store().begin(actor.workspace, class).await?)
    }
}

/// The indexes of a participant's addresses, the e-mail's first.
type Addresses = Vec<AddressIndex>;

impl Ready {
    fn addresses(&self, own: &Held) -> Vec<Addresses> {
        let of = |one: &Somebody| {
            let email = one.identity.email.as_deref();
            let phone = one.identity.phone.as_deref();
            (email.map(|text| own.address("email", text)).into_iter())
                .chain(phone.map(|text| own.address("phone", text)))
                .collect()
        };
        self.checked.participants.iter().map(of).collect()
    }

    /// Finds out who the participants are.
    fn matched(self, addresses: &[Addresses], found: &Found) -> Result<Matched, Failure> {
        let mut records = Records::default();
        for facts in &self.facts {
            records.add(&facts.object, facts.id.0, facts.company.map(|id| id.0));
        }
        let mut participants = Vec::with_capacity(addresses.len());
        for (at, (one, addresses)) in (self.checked.participants.iter())
            .zip(addresses)
            .enumerate()
        {
            let mut who = Who::Unknown(addresses.clone());
            if let Some(user) = one.user {
                if !found.users.contains(&user.0) {
                    let message = "There is no user with this id in the workspace.";
                    return Err(invalid(
                        format!("participants[{at}].user"),
                        "unknown_user",
                        message,
                    ));
                }
                who = Who::User(user.0);
            } else if let Some(person) = one.person {
                if found.erased.contains(&person.0) {
                    let message = "This person was erased: nothing more is recorded of them.";
                    return Err(invalid(
                        format!("participants[{at}].person"),
                        "erased",
                        message,
                    ));
                }
                who = Who::Person(person.0);
            } else if let Some((person, company)) =
                addresses.iter().find_map(|index| found.known.get(index))
            {
                records.add("person", *person, *company);
                who = Who::Person(*person);
            } else if let Some(user) = addresses
                .iter()
                .find_map(|index| found.user_addresses.get(index))
            {
                who = Who::User(*user);
            }
            participants.push(who);
        }
        if let Some(at) = (self.facts.iter()).position(|facts| found.erased.contains(&facts.id.0)) {
            let message = "This person was erased: nothing more is recorded of them.";
            return Err(invalid(format!("records[{at}].id"), "erased", message));
        }
        Ok(Matched {
            checked: self.checked,
            participants,
            records: records.list,
        })
    }
}

/// Who a participant is.
enum Who {
    Person(Uuid),
    User(Uuid),
    /// By the indexes of their addresses, if they have any.
    Unknown(Addresses),
}

impl Who {
    fn owner(&self) -> Option<Owner> {
        match self {
            Self::Person(id) => Some(Owner::Person(*id)),
            Self::User(_) => None,
            Self::Unknown(addresses) => addresses.first().map(|index| Owner::Address(*index)),
        }
    }
}

/// Records without repetition, in the order in which they were added.
#[derive(Default)]
struct Records {
    list: Vec<Link>,
}

impl Records {
    fn add(&mut self, object: &str, id: Uuid, company: Option<Uuid>) {
        for (object, id) in [(object, Some(id)), ("company", company)] {
            if let Some(id) = id
                && self.list.iter().all(|link| link.id != id)
            {
                let object = object.to_owned();
                self.list.push(Link { object, id });
            }
        }
    }
}

/// An interaction of which it is known who took part.
struct Matched {
    checked: Checked,
    participants: Vec<Who>,
    records: Vec<Link>,
}

impl Matched {
    /// Whose keys the content needs: the participants', and those of people whom it is about.
    fn owners(&self) -> BTreeSet<Owner> {
        let about = self.records.iter().filter(|link| link.object == "person");
        (self.participants.iter().filter_map(Who::owner))
            .chain(about.map(|link| Owner::Person(link.id)))
            .collect()
    }

    fn seal(
        &self,
        id: Uuid,
        actor: &Actor,
        own: &Held,
        keys: &HashMap<Owner, Held>,
    ) -> Result<New, InteractionsError> {
        let checked = &self.checked;
        let owners = self.owners();
        let joint: Vec<&Held> = std::iter::once(own)
            .chain(owners.iter().filter_map(|owner| keys.get(owner)))
            .collect();
        let (ids, content_key) = seal::content_key(id, &joint)?;
        let mut participants = Vec::with_capacity(self.participants.len());
        for (who, somebody) in self.participants.iter().zip(&checked.participants) {
            let held = who.owner().and_then(|owner| keys.get(&owner));
            let key = held.map_or(&content_key, |held| &held.key);
            let (person, user, addresses) = match who {
                Who::Person(id) => (Some(*id), None, &[][..]),
                Who::User(id) => (None, Some(*id), &[][..]),
                Who::Unknown(addresses) => (None, None, addresses.as_slice()),
            };
            participants.push(Participant {
                role: somebody.role.clone(),
                person,
                user,
                key: held.map(|held| held.id),
                addresses: addresses
                    .iter()
                    .map(|index| Bytes(index.to_vec()))
                    .collect(),
                sealed: seal::participant(key, id, &somebody.identity)?,
            });
        }
        let mut users: Vec<Uuid> = participants.iter().filter_map(|one| one.user).collect();
        users.sort_unstable();
        users.dedup();
        if users.is_empty() {
            users.push(actor.user.0);
        }
        let recorded = Recorded {
            channel: checked.channel.clone(),
            direction: checked.direction,
            at: checked.at,
            source: checked.source.clone(),
            records: self.records.clone(),
            users,
            participants,
            keys: ids,
            content: seal::content(&content_key, id, &checked.content)?,
        };
        let data = serde_json::to_string(&recorded);
        let source = checked.source.as_deref().unwrap_or(&checked.channel);
        Ok(New {
            id,
            data: data.map_err(InteractionsError::stored("an interaction"))?,
            external: (checked.content.external_id.as_deref())
                .map(|external| own.external(source, external).to_vec()),
        })
    }
}

fn lookup(drafts: &[Result<Ready, Failure>], addresses: &[Vec<Addresses>]) -> Lookup {
    let mut lookup = Lookup::default();
    let unique: HashSet<&AddressIndex> = addresses.iter().flatten().flatten().collect();
    lookup.addresses = unique.into_iter().map(|index| index.to_vec()).collect();
    for ready in drafts.iter().flatten() {
        let participants = &ready.checked.participants;
        lookup.users.extend(
            participants
                .iter()
                .filter_map(|one| one.user.map(|id| id.0)),
        );
        let people = ready.facts.iter().filter(|facts| facts.object == "person");
        lookup.people.extend(people.map(|facts| facts.id.0));
    }
    lookup
}

/// Records come first in a draft's list, then the people that participants name.
fn unknown_record(checked: &Checked, at: usize) -> Failure {
    let message = "There is no such record, or you may not see it.";
    let named = checked
        .participants
        .iter()
        .filter(|one| one.person.is_some());
    let records = checked.records.len() - named.count();
    if at < records {
        return invalid(format!("records[{at}].id"), "unknown_record", message);
    }
    let mut people =
        (checked.participants.iter().enumerate()).filter(|(_, one)| one.person.is_some());
    let place = people.nth(at - records).map_or(0, |(place, _)| place);
    invalid(
        format!("participants[{place}].person"),
        "unknown_record",
        message,
    )
}
