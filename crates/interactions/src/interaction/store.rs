//! Interactions in the log, and what is looked up before they are appended.

use std::collections::HashMap;

use jiff::Timestamp;
use kith_kernel::{Actor, ActorKind, Clock, EventId, WorkspaceId};
use kith_store::{BoundStatement, Params, Row, Store, StoreError, Tx};
use serde_json::json;
use uuid::Uuid;

use crate::key::AddressIndex;

/// Who is known by an address: of several, who was there first. By the primary keys.
const KNOWN: &str = "SELECT DISTINCT ON (a.address) a.address, a.person_id, p.company_id \
    FROM interactions.known_address a \
    JOIN interactions.known_person p ON p.workspace_id = $1 AND p.person_id = a.person_id AND NOT p.deleted \
    WHERE a.workspace_id = $1 AND a.address = ANY($2) ORDER BY a.address, a.person_id";

/// By `known_user_address`, or the primary key.
const USERS: &str = "SELECT id, address FROM interactions.known_user \
    WHERE workspace_id = $1 AND (address = ANY($2) OR id = ANY($3))";

/// By `erasure_person`.
const ERASED: &str =
    "SELECT person_id FROM interactions.erasure WHERE workspace_id = $1 AND person_id = ANY($2)";

/// Takes external ids and appends the interactions whose id was not taken. By the primary key.
const APPEND: &str = "WITH v AS (SELECT * FROM unnest($4::uuid[], $5::uuid[], $6::text[], $7::bytea[]) \
      WITH ORDINALITY AS v(event, id, data, index, n)), \
    claimed AS (INSERT INTO interactions.external (workspace_id, index, interaction_id) \
      SELECT $1, v.index, v.id FROM v WHERE v.index IS NOT NULL ORDER BY v.index, v.n \
      ON CONFLICT DO NOTHING RETURNING interaction_id) \
    INSERT INTO interactions.event \
      (workspace_id, id, type, subject_kind, subject_id, subject_version, actor, occurred_at, data) \
    SELECT $1, v.event, 'interaction.recorded', 'interaction', v.id, 1, $2::text::jsonb, $3, v.data::jsonb FROM v \
    WHERE v.index IS NULL OR v.id IN (SELECT interaction_id FROM claimed) ORDER BY v.n RETURNING subject_id";

/// By the primary key.
const TAKEN: &str = "SELECT index, interaction_id FROM interactions.external \
    WHERE workspace_id = $1 AND index = ANY($2)";

/// Appends events of any type.
const APPEND_EVENTS: &str = "INSERT INTO interactions.event \
    (workspace_id, id, type, subject_kind, subject_id, subject_version, actor, occurred_at, data) \
    SELECT v.workspace, v.id, v.type, v.kind, v.subject, v.version, v.actor::jsonb, $1, v.data::jsonb \
    FROM unnest($2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::uuid[], $7::int8[], $8::text[], $9::text[]) \
    WITH ORDINALITY AS v(workspace, id, type, kind, subject, version, actor, data, n) ORDER BY v.n";

/// By `event_subject`, in the partitions of the time in which the interaction was recorded.
const FIND: &str = "SELECT data::text, actor::text, occurred_at FROM interactions.event \
    WHERE workspace_id = $1 AND subject_id = $2 AND occurred_at >= $3 AND occurred_at < $4 \
    AND type = 'interaction.recorded' LIMIT 1";

/// What became of an interaction's participants since; by `event_subject`.
const LINKS: &str = "SELECT data::text FROM interactions.event \
    WHERE workspace_id = $1 AND subject_id = $2 AND type = 'interaction.linked'";

/// A person whom an address belongs to, and their company.
pub(super) type Known = (Uuid, Option<Uuid>);

/// What is looked up for a set of interactions.
#[derive(Default)]
pub(super) struct Lookup {
    /// Indexes of addresses.
    pub(super) addresses: Vec<Vec<u8>>,
    /// Users that are named.
    pub(super) users: Vec<Uuid>,
    /// People that are named.
    pub(super) people: Vec<Uuid>,
}

/// What was found.
#[derive(Default)]
pub(super) struct Found {
    pub(super) known: HashMap<AddressIndex, Known>,
    pub(super) user_addresses: HashMap<AddressIndex, Uuid>,
    pub(super) users: Vec<Uuid>,
    pub(super) erased: Vec<Uuid>,
}

/// Looks people, users and erasures up, in one round trip.
pub(super) async fn look_up_in(
    tx: &Tx,
    workspace: WorkspaceId,
    lookup: Lookup,
) -> Result<Found, StoreError> {
    let addresses = lookup.addresses;
    let statements = [
        BoundStatement::new(
            KNOWN,
            vec![Box::new(workspace), Box::new(addresses.clone())],
        ),
        BoundStatement::new(
            USERS,
            vec![
                Box::new(workspace),
                Box::new(addresses),
                Box::new(lookup.users),
            ],
        ),
        BoundStatement::new(ERASED, vec![Box::new(workspace), Box::new(lookup.people)]),
    ];
    let rows = tx.pipeline(&statements).await?;
    let mut found = Found::default();
    let of = |at: usize| rows.get(at).into_iter().flatten();
    for row in of(0) {
        if let Some(address) = index(row.try_get(0)?) {
            let known = (row.try_get(1)?, row.try_get(2)?);
            found.known.insert(address, known);
        }
    }
    for row in of(1) {
        let id = row.try_get(0)?;
        found.users.push(id);
        if let Some(address) = row.try_get::<_, Option<&[u8]>>(1)?.and_then(index) {
            found.user_addresses.insert(address, id);
        }
    }
    for row in of(2) {
        found.erased.push(row.try_get(0)?);
    }
    Ok(found)
}

fn index(bytes: &[u8]) -> Option<AddressIndex> {
    bytes.try_into().ok()
}

/// An interaction on its way to the log.
pub(super) struct New {
    pub(super) id: Uuid,
    pub(super) data: String,
    pub(super) external: Option<Vec<u8>>,
}

/// Appends interactions; the ids of those whose external id was not taken.
pub(super) async fn append_in(
    tx: &Tx,
    actor: &Actor,
    clock: &Clock,
    now: Timestamp,
    new: &[New],
) -> Result<Vec<Uuid>, StoreError> {
    let events: Vec<EventId> = new.iter().map(|_| EventId::new(clock)).collect();
    let ids: Vec<Uuid> = new.iter().map(|one| one.id).collect();
    let data: Vec<&str> = new.iter().map(|one| one.data.as_str()).collect();
    let indexes: Vec<Option<&[u8]>> = new.iter().map(|one| one.external.as_deref()).collect();
    let by = actor_json(actor);
    let workspace = actor.workspace;
    let params: Params<'_> = &[&workspace, &by, &now, &events, &ids, &data, &indexes];
    let rows = tx.query(APPEND, params).await?;
    rows.iter().map(|row| Ok(row.try_get(0)?)).collect()
}

/// The interactions that have these external ids.
pub(super) async fn taken_in(
    tx: &Tx,
    workspace: WorkspaceId,
    indexes: &[&[u8]],
) -> Result<HashMap<Vec<u8>, Uuid>, StoreError> {
    let rows = tx.query(TAKEN, &[&workspace, &indexes]).await?;
    let pair = |row: &Row| Ok((row.try_get(0)?, row.try_get(1)?));
    rows.iter().map(pair).collect()
}

/// Who did it, as the log says it.
pub(crate) fn actor_json(actor: &Actor) -> String {
    let via = match actor.kind {
        ActorKind::Session(_) => "session",
        ActorKind::Token(_) => "token",
        ActorKind::System => "system",
    };
    json!({ "user": actor.user, "via": via }).to_string()
}

/// An event of any type on its way to the log.
pub(crate) struct NewEvent {
    pub(crate) workspace: WorkspaceId,
    pub(crate) kind: &'static str,
    pub(crate) subject_kind: &'static str,
    pub(crate) subject: Uuid,
    pub(crate) version: i64,
    pub(crate) actor: String,
    pub(crate) data: String,
}

/// Appends events in their order.
pub(crate) async fn append_events_in(
    tx: &Tx,
    clock: &Clock,
    now: Timestamp,
    events: &[NewEvent],
) -> Result<(), StoreError> {
    let workspaces: Vec<WorkspaceId> = events.iter().map(|event| event.workspace).collect();
    let ids: Vec<EventId> = events.iter().map(|_| EventId::new(clock)).collect();
    let kinds: Vec<&str> = events.iter().map(|event| event.kind).collect();
    let subject_kinds: Vec<&str> = events.iter().map(|event| event.subject_kind).collect();
    let subjects: Vec<Uuid> = events.iter().map(|event| event.subject).collect();
    let versions: Vec<i64> = events.iter().map(|event| event.version).collect();
    let actors: Vec<&str> = events.iter().map(|event| event.actor.as_str()).collect();
    let data: Vec<&str> = events.iter().map(|event| event.data.as_str()).collect();
    let params: Params<'_> = &[
        &now,
        &workspaces,
        &ids,
        &kinds,
        &subject_kinds,
        &subjects,
        &versions,
        &actors,
        &data,
    ];
    tx.execute(APPEND_EVENTS, params).await?;
    Ok(())
}

/// An interaction's event.
pub(super) struct FoundEvent {
    pub(super) data: String,
    pub(super) actor: String,
    pub(super) recorded_at: Timestamp,
}

/// The interaction with this id.
pub(super) async fn find(
    store: &Store,
    workspace: WorkspaceId,
    id: Uuid,
) -> Result<Option<FoundEvent>, StoreError> {
    // The id says when it was made: within moments of being recorded.
    let (from, to) = around(id);
    let params: Params<'_> = &[&workspace, &id, &from, &to];
    let rows = store.point(workspace, FIND, params).await?;
    let found = |row: &Row| {
        Ok(FoundEvent {
            data: row.try_get(0)?,
            actor: row.try_get(1)?,
            recorded_at: row.try_get(2)?,
        })
    };
    rows.first().map(found).transpose()
}

/// What the log says of participants who were matched later.
pub(super) async fn links(
    store: &Store,
    workspace: WorkspaceId,
    id: Uuid,
) -> Result<Vec<String>, StoreError> {
    let rows = store.point(workspace, LINKS, &[&workspace, &id]).await?;
    rows.iter().map(|row| Ok(row.try_get(0)?)).collect()
}

/// The day before and the day after a UUID version 7 was made.
fn around(id: Uuid) -> (Timestamp, Timestamp) {
    const DAY: i64 = 86_400;
    let (seconds, _) = id.get_timestamp().map_or((0, 0), |time| time.to_unix());
    let made = i64::try_from(seconds).unwrap_or(0);
    let at = |second: i64| Timestamp::from_second(second).unwrap_or(Timestamp::UNIX_EPOCH);
    (at(made - DAY), at(made + DAY))
}
