//! On whose authority something happens, and the log that remembers it.

mod http;
mod store;

pub(crate) use http::routes;

use kith_contracts::access::Permit;
use kith_kernel::{Actor, ActorKind, Clock, EventId, UserId, WorkspaceId};
use kith_store::{StoreError, Tx};
use serde_json::{Map, Value, json};
use uuid::Uuid;

/// Leave to write, and who is remembered for it. What changes users, tokens or the workspace
/// demands one.
#[derive(Clone, Debug)]
pub(crate) struct Leave(Value);

impl Leave {
    /// What a permit allows.
    pub(crate) fn permitted(permit: &Permit) -> Self {
        Self::own(permit.actor())
    }

    /// What everyone may do with what is their own: their sessions, tokens and password.
    pub(crate) fn own(actor: &Actor) -> Self {
        let mut by = json!({"user": actor.user});
        match actor.kind {
            ActorKind::Session(id) => by["session"] = json!(id),
            ActorKind::Token(id) => by["token"] = json!(id),
            ActorKind::System => by["system"] = json!(true),
        }
        Self(by)
    }

    /// A user who has just proved who they are: by their password or by a link.
    pub(crate) fn proven(user: UserId) -> Self {
        Self(json!({"user": user}))
    }

    /// Whoever is at the server's command line, or holds the set-up link.
    pub(crate) fn operator() -> Self {
        Self(json!({"operator": true}))
    }

    /// Nobody whom we know; for the record of failures.
    pub(crate) fn nobody() -> Self {
        Self(json!({}))
    }
}

/// What an event is about.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Subject {
    Workspace(WorkspaceId),
    User(UserId),
    Session(kith_kernel::SessionId),
    ApiToken(kith_kernel::ApiTokenId),
}

impl Subject {
    fn kind(self) -> &'static str {
        match self {
            Self::Workspace(_) => "workspace",
            Self::User(_) => "user",
            Self::Session(_) => "session",
            Self::ApiToken(_) => "api_token",
        }
    }

    fn id(self) -> Uuid {
        match self {
            Self::Workspace(id) => id.0,
            Self::User(id) => id.0,
            Self::Session(id) => id.0,
            Self::ApiToken(id) => id.0,
        }
    }
}

/// Something that happened.
#[derive(Clone, Debug)]
pub(crate) struct Event {
    /// Such as `user.created`.
    pub(crate) kind: &'static str,
    pub(crate) subject: Subject,
    /// The subject's version after it; 1 where subjects have none.
    pub(crate) version: i64,
    /// What is worth knowing; never a secret.
    pub(crate) data: Value,
}

/// Writes `event` to the log, in the transaction of what it tells.
pub(crate) async fn log_in(
    tx: &Tx,
    clock: &Clock,
    workspace: WorkspaceId,
    leave: &Leave,
    event: Event,
) -> Result<(), StoreError> {
    log_all_in(tx, clock, workspace, leave, vec![event]).await
}

/// Writes `events` to the log in their order, in one statement.
pub(crate) async fn log_all_in(
    tx: &Tx,
    clock: &Clock,
    workspace: WorkspaceId,
    leave: &Leave,
    events: Vec<Event>,
) -> Result<(), StoreError> {
    if events.is_empty() {
        return Ok(());
    }
    let ids: Vec<EventId> = events.iter().map(|_| EventId::new(clock)).collect();
    store::append_in(tx, workspace, &leave.0, clock.now(), &ids, &events).await
}

/// The facts that differ, before and after; `None` where none does.
pub(crate) fn difference(
    mut before: Map<String, Value>,
    mut after: Map<String, Value>,
) -> Option<Value> {
    let all_before = before.clone();
    before.retain(|name, value| after.get(name) != Some(value));
    after.retain(|name, value| all_before.get(name) != Some(value));
    (!after.is_empty()).then(|| json!({ "before": before, "after": after }))
}
