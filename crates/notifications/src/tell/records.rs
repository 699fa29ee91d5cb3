//! What happens to records, and with imports.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use async_trait::async_trait;
use kith_bus::{Begin, LogEvent, Reader};
use kith_contracts::{Interest, LoggedEvent};
use kith_kernel::{Actor, Failure, UserId, WorkspaceId};
use kith_store::Tx;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::Drafts;
use super::mention::{excerpt, mentioned};
use crate::Deps;
use crate::inbox::store::tell_in;
use crate::inbox::{Kind, NewNotification};

/// The fields whose texts may name users.
const TEXTS: [&str; 2] = ["body", "description"];
/// The fields that say whose a record is.
const OWNERS: [&str; 2] = ["owner", "assignee"];

/// Follows the records' log.
pub(crate) struct Told {
    deps: Arc<Deps>,
    drafts: Drafts,
}

impl Told {
    pub(crate) fn new(deps: Arc<Deps>) -> Self {
        Self {
            deps,
            drafts: Drafts::default(),
        }
    }

    /// Who is to be told of an event, before it is known whether they may see it.
    async fn draft(
        &self,
        event: &LogEvent,
        actors: &mut HashMap<UserId, Option<Actor>>,
    ) -> Result<Vec<NewNotification>, Failure> {
        let by: By = serde_json::from_str(event.actor.get()).unwrap_or_default();
        if event.subject_kind == "import" {
            return Ok(import_ended(event, &by).into_iter().collect());
        }
        let data: Data = serde_json::from_str(event.data.get()).map_err(Failure::internal)?;
        let mut new = Vec::new();
        for (user, (kind, more)) in wanted(&data, &by) {
            let actor = match actors.get(&user) {
                Some(known) => known.clone(),
                None => {
                    let asked = &self.deps.authenticator;
                    let actor = asked.on_behalf_of(event.workspace, user).await?;
                    actors.insert(user, actor.clone());
                    actor
                }
            };
            let Some(actor) = actor else { continue };
            let Some(record) = self.record(event, actor).await? else {
                continue;
            };
            new.push(NewNotification {
                workspace: event.workspace,
                user,
                kind,
                source: event.id.0,
                data: about(&record, &by, more),
            });
        }
        Ok(new)
    }

    /// The event as somebody sees it; `None` where they may not.
    async fn record(&self, event: &LogEvent, actor: Actor) -> Result<Option<Value>, Failure> {
        let interest = Interest {
            actor,
            object: Some(event.subject_kind.clone()),
            verbs: Arc::from([]),
            filter: None,
        };
        let logged: [LoggedEvent<'_>; 1] = [event.logged()];
        let sifted = (self.deps.records)
            .sift(event.workspace, &[interest], &logged)
            .await?;
        let shown = sifted.events.into_iter().flatten().next();
        Ok(shown.and_then(|shown| serde_json::from_str(&shown.payload).ok()))
    }
}

#[async_trait]
impl Reader for Told {
    fn name(&self) -> &'static str {
        "told"
    }

    fn begin(&self) -> Begin {
        Begin::Now
    }

    fn wants(&self, event: &LogEvent) -> bool {
        let verb = event.kind.rsplit('.').next().unwrap_or_default();
        event.subject_kind == "import" || matches!(verb, "created" | "updated")
    }

    async fn deliver(&self, events: &[Arc<LogEvent>]) -> Result<(), Failure> {
        let mut actors: HashMap<WorkspaceId, HashMap<UserId, Option<Actor>>> = HashMap::new();
        for event in events {
            let known = actors.entry(event.workspace).or_default();
            let new = self.draft(event, known).await?;
            if !new.is_empty() {
                self.drafts.put(event.id, new);
            }
        }
        Ok(())
    }

    async fn apply_in(&self, tx: &Tx, events: &[Arc<LogEvent>]) -> Result<(), Failure> {
        let new = self.drafts.take(events.iter().map(|event| event.id));
        Ok(tell_in(tx, &self.deps.clock, &new).await?)
    }
}

/// Who did it, and as part of what.
#[derive(Default, Deserialize)]
struct By {
    user: Option<UserId>,
    #[serde(flatten)]
    part_of: Map<String, Value>,
}

impl By {
    /// Whether it is one of very many: then nobody is told of each.
    fn is_mass(&self) -> bool {
        let masses = ["import", "undo_of_import", "demo", "bulk", "undo_of_bulk"];
        masses.iter().any(|mass| self.part_of.contains_key(*mass))
    }
}

/// The values of a new record, or what changed of one.
#[derive(Deserialize)]
struct Data {
    #[serde(default)]
    values: Map<String, Value>,
    #[serde(default)]
    changes: Map<String, Value>,
}

impl Data {
    /// What a field was and is, where it is new.
    fn change(&self, field: &str) -> Option<(Option<&str>, &str)> {
        if let Some(value) = self.values.get(field) {
            return Some((None, value.as_str()?));
        }
        let change = self.changes.get(field)?;
        Some((change["from"].as_str(), change["to"].as_str()?))
    }
}

type More = (&'static str, Value);

/// Whom to tell, and what: each user once, and rather that they were named.
fn wanted(data: &Data, by: &By) -> BTreeMap<UserId, (Kind, Option<More>)> {
    let mut wanted = BTreeMap::new();
    if by.is_mass() {
        return wanted;
    }
    for field in OWNERS {
        let user = data.change(field).and_then(|(_, to)| to.parse().ok());
        wanted.extend(user.map(|user| (user, (Kind::Assigned, None))));
    }
    for field in TEXTS {
        let Some((before, now)) = data.change(field) else {
            continue;
        };
        let known = before.map(mentioned).unwrap_or_default();
        for user in mentioned(now).difference(&known) {
            let more = ("excerpt", excerpt(now).into());
            wanted.insert(*user, (Kind::Mention, Some(more)));
        }
    }
    if let Some(user) = by.user {
        wanted.remove(&user);
    }
    wanted
}

fn about(record: &Value, by: &By, more: Option<More>) -> Value {
    let mut data = json!({
        "object": record["object"],
        "record_id": record["record_id"],
        "name": record["data"]["name"],
        "actor": by.user,
    });
    if record["data"]["about"].is_object() {
        data["about"] = record["data"]["about"].clone();
    }
    if let Some((name, value)) = more {
        data[name] = value;
    }
    data
}

fn import_ended(event: &LogEvent, by: &By) -> Option<NewNotification> {
    let mut data: Value = serde_json::from_str(event.data.get()).ok()?;
    data["import_id"] = json!(event.subject);
    data["state"] = json!(event.kind.rsplit('.').next());
    Some(NewNotification {
        workspace: event.workspace,
        user: by.user?,
        kind: Kind::ImportEnded,
        source: event.id.0,
        data,
    })
}
