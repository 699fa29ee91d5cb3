//! The table of erasures.

use std::collections::HashSet;

use jiff::Timestamp;
use kith_kernel::WorkspaceId;
use kith_store::{Class, Params, Row, Store, StoreError, Tx};
use serde_json::{Value, json};
use uuid::Uuid;

/// By `erasure_person`, as is the next.
const OF: &str = "SELECT DISTINCT person_id FROM interactions.erasure \
    WHERE workspace_id = $1 AND person_id = ANY($2)";
const AMONG: &str = "SELECT DISTINCT e.workspace_id, e.person_id \
    FROM unnest($1::uuid[], $2::uuid[]) AS v(workspace, person) \
    JOIN interactions.erasure e ON e.workspace_id = v.workspace AND e.person_id = v.person";

const INSERT: &str = "INSERT INTO interactions.erasure \
    (workspace_id, id, person_id, erased_by, erased_at, keys) VALUES ($1, $2, $3, $4, $5, $6)";

/// By the primary key, newest first.
const LIST: &str = "SELECT id, person_id, erased_by, erased_at, keys FROM interactions.erasure \
    WHERE workspace_id = $1 AND ($2::uuid IS NULL OR id < $2) ORDER BY id DESC LIMIT $3";

/// Keys of addresses that only this person has become known by: those of interactions that are not
/// matched yet.
const ADOPT: &str = "UPDATE interactions.data_key k SET person_id = $2 \
    FROM interactions.known_address a WHERE a.workspace_id = $1 AND a.person_id = $2 \
    AND k.workspace_id = $1 AND k.kind = 'address' AND k.subject = a.address AND k.person_id IS NULL \
    AND NOT EXISTS (SELECT FROM interactions.known_address o WHERE o.workspace_id = $1 \
      AND o.address = a.address AND o.person_id <> $2)";

/// By `known_address_person`, and the primary keys.
const FORGET: [&str; 3] = [
    "DELETE FROM interactions.unmatched u USING interactions.known_address a \
     WHERE a.workspace_id = $1 AND a.person_id = $2 AND u.workspace_id = $1 AND u.address = a.address \
     AND NOT EXISTS (SELECT FROM interactions.known_address o WHERE o.workspace_id = $1 \
       AND o.address = a.address AND o.person_id <> $2)",
    "DELETE FROM interactions.known_address WHERE workspace_id = $1 AND person_id = $2",
    "DELETE FROM interactions.known_person WHERE workspace_id = $1 AND person_id = $2",
];

/// An erasure that was carried out.
pub(super) struct Erasure {
    pub(super) id: Uuid,
    pub(super) person: Uuid,
    pub(super) by: Uuid,
    pub(super) at: Timestamp,
    pub(super) keys: i32,
}

impl Erasure {
    pub(super) fn show(&self) -> Value {
        json!({
            "id": self.id,
            "person": self.person,
            "erased_by": self.by,
            "erased_at": self.at,
            "keys_destroyed": self.keys,
        })
    }
}

/// Which of these people were erased.
pub(crate) async fn of(
    store: &Store,
    workspace: WorkspaceId,
    people: &[Uuid],
) -> Result<HashSet<Uuid>, StoreError> {
    if people.is_empty() {
        return Ok(HashSet::new());
    }
    let rows = store.point(workspace, OF, &[&workspace, &people]).await?;
    rows.iter().map(|row| Ok(row.try_get(0)?)).collect()
}

/// Which of these people of any workspaces were erased.
pub(crate) async fn among_in(
    tx: &Tx,
    people: &[(WorkspaceId, Uuid)],
) -> Result<HashSet<(WorkspaceId, Uuid)>, StoreError> {
    let workspaces: Vec<WorkspaceId> = people.iter().map(|(workspace, _)| *workspace).collect();
    let ids: Vec<Uuid> = people.iter().map(|(_, person)| *person).collect();
    let rows = tx.query(AMONG, &[&workspaces, &ids]).await?;
    (rows.iter())
        .map(|row| Ok((row.try_get(0)?, row.try_get(1)?)))
        .collect()
}

/// Takes the keys of the person's addresses for the person's.
pub(super) async fn adopt_in(
    tx: &Tx,
    workspace: WorkspaceId,
    person: Uuid,
) -> Result<(), StoreError> {
    tx.execute(ADOPT, &[&workspace, &person]).await?;
    Ok(())
}

/// Forgets what is known of a person.
pub(super) async fn forget_in(
    tx: &Tx,
    workspace: WorkspaceId,
    person: Uuid,
) -> Result<(), StoreError> {
    for sql in FORGET {
        tx.execute(sql, &[&workspace, &person]).await?;
    }
    Ok(())
}

pub(super) async fn insert_in(
    tx: &Tx,
    workspace: WorkspaceId,
    erasure: &Erasure,
) -> Result<(), StoreError> {
    let params: Params<'_> = &[
        &workspace,
        &erasure.id,
        &erasure.person,
        &erasure.by,
        &erasure.at,
        &erasure.keys,
    ];
    tx.execute(INSERT, params).await?;
    Ok(())
}

pub(super) async fn list(
    store: &Store,
    workspace: WorkspaceId,
    before: Option<Uuid>,
    limit: i64,
) -> Result<Vec<Erasure>, StoreError> {
    let params: Params<'_> = &[&workspace, &before, &limit];
    let rows = (store.read(workspace, Class::Interactive, LIST, params)).await?;
    let read = |row: &Row| {
        Ok(Erasure {
            id: row.try_get(0)?,
            person: row.try_get(1)?,
            by: row.try_get(2)?,
            at: row.try_get(3)?,
            keys: row.try_get(4)?,
        })
    };
    rows.iter().map(read).collect()
}
