//! Interactions as they are shown, as far as they can still be read.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use jiff::Timestamp;
use kith_contracts::RecordRef;
use kith_contracts::access::{Action, authorise};
use kith_crypto::DataKey;
use kith_kernel::{Actor, Failure, RecordId, Role, WorkspaceId};
use serde::Deserialize;
use serde_json::{Value, json};
use uuid::Uuid;

use super::draft::{Content, Identity};
use super::event::{Linked, Participant, Recorded};
use super::{seal, store};
use crate::Interactions;
use crate::erasure;
use crate::error::InteractionsError;

/// An interaction's event, to be shown.
pub(crate) struct Shown {
    pub(crate) id: Uuid,
    pub(crate) recorded: Recorded,
    pub(crate) recorded_at: Timestamp,
    pub(crate) recorded_by: Option<Uuid>,
}

impl Shown {
    /// Reads the columns `data` and `actor` of the log.
    pub(crate) fn read(
        id: Uuid,
        data: &str,
        actor: &str,
        recorded_at: Timestamp,
    ) -> Result<Self, InteractionsError> {
        #[derive(Deserialize)]
        struct By {
            user: Option<Uuid>,
        }
        let by: By = serde_json::from_str(actor).map_err(InteractionsError::stored("an actor"))?;
        let recorded = serde_json::from_str(data);
        Ok(Self {
            id,
            recorded: recorded.map_err(InteractionsError::stored("an interaction"))?,
            recorded_at,
            recorded_by: by.user,
        })
    }

    fn people(&self) -> impl Iterator<Item = Uuid> {
        let linked = self
            .recorded
            .records
            .iter()
            .filter(|link| link.object == "person");
        linked.map(|link| link.id)
    }
}

/// Shows interactions, without their bodies unless `whole`.
pub(crate) async fn show(
    interactions: &Interactions,
    workspace: WorkspaceId,
    shown: &[Shown],
    whole: bool,
) -> Result<Vec<Value>, InteractionsError> {
    let ids: HashSet<Uuid> = shown
        .iter()
        .flat_map(|one| seal::keys_of(&one.recorded))
        .collect();
    let ids: Vec<Uuid> = ids.into_iter().collect();
    let keys = interactions
        .keys()
        .by_ids(interactions.store(), workspace, &ids)
        .await?;
    let people: HashSet<Uuid> = shown.iter().flat_map(Shown::people).collect();
    let people: Vec<Uuid> = people.into_iter().collect();
    let erased = erasure::of(interactions.store(), workspace, &people).await?;
    shown
        .iter()
        .map(|one| render(one, &keys, &erased, whole))
        .collect()
}

fn render(
    shown: &Shown,
    keys: &HashMap<Uuid, Arc<DataKey>>,
    erased: &HashSet<Uuid>,
    whole: bool,
) -> Result<Value, InteractionsError> {
    let Shown { id, recorded, .. } = shown;
    let opened = seal::open(*id, recorded, keys)?;
    let gone = opened.content.is_none();
    let Content {
        subject,
        summary,
        body,
        external_id,
    } = opened.content.unwrap_or_default();
    let participants: Vec<Value> = (recorded.participants.iter().zip(opened.identities))
        .map(|(one, identity)| participant(one, identity, erased))
        .collect();
    let records: Vec<Value> = (recorded.records.iter())
        .filter(|link| !erased.contains(&link.id))
        .map(|link| json!({ "object": link.object, "id": link.id }))
        .collect();
    let mut json = json!({
        "id": id,
        "type": "interaction",
        "channel": recorded.channel,
        "direction": recorded.direction,
        "occurred_at": recorded.at,
        "recorded_at": shown.recorded_at,
        "recorded_by": shown.recorded_by,
        "source": recorded.source,
        "external_id": external_id,
        "subject": subject,
        "summary": summary,
        "erased": gone,
        "participants": participants,
        "records": records,
    });
    if whole {
        json["body"] = body;
    }
    Ok(json)
}

fn participant(one: &Participant, identity: Option<Identity>, erased: &HashSet<Uuid>) -> Value {
    let person = one.person.filter(|id| !erased.contains(id));
    let gone = identity.is_none();
    let Identity { name, email, phone } = identity.unwrap_or_default();
    json!({
        "role": one.role,
        "name": name,
        "email": email,
        "phone": phone,
        "person": person,
        "user": one.user,
        "erased": gone,
    })
}

impl Interactions {
    /// One interaction with all there is to it.
    pub(super) async fn interaction(&self, actor: &Actor, id: Uuid) -> Result<Value, Failure> {
        authorise(actor, Action::Read, None)?;
        let shown = self.find(actor.workspace, id).await?;
        if !self.may_see(actor, &shown.recorded).await? {
            return Err(Failure::not_found());
        }
        self.render_one(actor.workspace, shown).await
    }

    /// An interaction that the actor has recorded.
    pub(super) async fn recorded(
        &self,
        workspace: WorkspaceId,
        id: Uuid,
    ) -> Result<Value, Failure> {
        let shown = self.find(workspace, id).await?;
        self.render_one(workspace, shown).await
    }

    async fn find(&self, workspace: WorkspaceId, id: Uuid) -> Result<Shown, Failure> {
        let found = store::find(self.store(), workspace, id).await?;
        let found = found.ok_or_else(Failure::not_found)?;
        let mut shown = Shown::read(id, &found.data, &found.actor, found.recorded_at)?;
        for linked in store::links(self.store(), workspace, id).await? {
            let linked = serde_json::from_str(&linked);
            let linked = linked.map_err(InteractionsError::stored("a match"))?;
            apply(&mut shown.recorded, linked);
        }
        Ok(shown)
    }

    async fn render_one(&self, workspace: WorkspaceId, shown: Shown) -> Result<Value, Failure> {
        let mut all = show(self, workspace, &[shown], true).await?;
        all.pop().ok_or_else(Failure::not_found)
    }

    /// An interaction is for those who see one of its records. One without records is for all,
    /// and administrators see every one.
    async fn may_see(&self, actor: &Actor, recorded: &Recorded) -> Result<bool, Failure> {
        if recorded.records.is_empty() || actor.role == Role::Administrator {
            return Ok(true);
        }
        let reference = |link: &super::Link| RecordRef {
            object: link.object.clone(),
            id: RecordId(link.id),
        };
        let records: Vec<RecordRef> = recorded.records.iter().map(reference).collect();
        let visible = self.access().visible(actor, &records).await?;
        Ok(visible.iter().any(Option::is_some))
    }
}

/// Adds what was found out of a participant since.
fn apply(recorded: &mut Recorded, linked: Linked) {
    let at = usize::try_from(linked.participant).unwrap_or(usize::MAX);
    if let Some(participant) = recorded.participants.get_mut(at) {
        participant.person = Some(linked.person);
    }
    for link in linked.records {
        if !recorded.records.contains(&link) {
            recorded.records.push(link);
        }
    }
}
