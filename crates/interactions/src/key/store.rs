//! The table of data keys.

use kith_crypto::Wrapped;
use kith_kernel::WorkspaceId;
use kith_store::{Params, Row, StoreError, Tx};
use uuid::Uuid;

use super::Owner;

/// By `data_key_subject`.
pub(super) const OF_OWNERS: &str = "SELECT k.id, k.kek, k.wrapped, k.kind, k.subject \
    FROM unnest($2::text[], $3::bytea[]) AS v(kind, subject) \
    JOIN interactions.data_key k ON k.workspace_id = $1 AND k.kind = v.kind AND k.subject = v.subject";

/// By the primary key.
pub(super) const BY_IDS: &str = "SELECT id, kek, wrapped, kind, subject FROM interactions.data_key \
    WHERE workspace_id = $1 AND id = ANY($2) AND wrapped IS NOT NULL";

/// In one order for all, so that writers don't wait for each other in a circle.
const INSERT: &str = "INSERT INTO interactions.data_key \
    (workspace_id, id, kind, subject, person_id, kek, wrapped, created_at) \
    SELECT $1, v.id, v.kind, v.subject, v.person, v.kek, v.wrapped, now() \
    FROM unnest($2::uuid[], $3::text[], $4::bytea[], $5::uuid[], $6::text[], $7::bytea[]) \
    AS v(id, kind, subject, person, kek, wrapped) ORDER BY v.kind, v.subject \
    ON CONFLICT (workspace_id, kind, subject) WHERE subject IS NOT NULL DO NOTHING";

/// By `data_key_person`.
const DESTROY: &str = "UPDATE interactions.data_key \
    SET wrapped = NULL, kek = NULL, subject = NULL, destroyed_at = now() \
    WHERE workspace_id = $1 AND person_id = $2 AND wrapped IS NOT NULL";

/// Changes with every erasure of the workspace; by the primary key.
pub(super) const EPOCH: &str = "SELECT coalesce((SELECT id FROM interactions.erasure \
    WHERE workspace_id = $1 ORDER BY id DESC LIMIT 1), '00000000-0000-0000-0000-000000000000')";

/// A row of the table.
pub(super) struct Stored {
    pub(super) id: Uuid,
    pub(super) wrapped: Wrapped,
    pub(super) owner: Option<Owner>,
}

pub(super) fn read(row: &Row) -> Result<Stored, StoreError> {
    let (kind, subject): (&str, &[u8]) = (row.try_get(3)?, row.try_get(4)?);
    let owner = match kind {
        "workspace" => Some(Owner::Workspace),
        "person" => Uuid::from_slice(subject).ok().map(Owner::Person),
        _ => subject.try_into().ok().map(Owner::Address),
    };
    Ok(Stored {
        id: row.try_get(0)?,
        wrapped: Wrapped {
            key_id: row.try_get(1)?,
            bytes: row.try_get(2)?,
        },
        owner,
    })
}

/// Stores new keys, unless their owners have one by now.
pub(super) async fn insert_in(
    tx: &Tx,
    workspace: WorkspaceId,
    keys: &[(Uuid, Owner, Wrapped)],
) -> Result<(), StoreError> {
    let ids: Vec<Uuid> = keys.iter().map(|(id, ..)| *id).collect();
    let kinds: Vec<&str> = keys.iter().map(|(_, owner, _)| owner.kind()).collect();
    let subjects: Vec<&[u8]> = keys.iter().map(|(_, owner, _)| owner.subject()).collect();
    let people: Vec<Option<Uuid>> = keys.iter().map(|(_, owner, _)| owner.person()).collect();
    let keks: Vec<&str> = keys.iter().map(|(.., key)| key.key_id.as_str()).collect();
    let wrapped: Vec<&[u8]> = keys.iter().map(|(.., key)| key.bytes.as_slice()).collect();
    let params: Params<'_> = &[
        &workspace, &ids, &kinds, &subjects, &people, &keks, &wrapped,
    ];
    tx.execute(INSERT, params).await?;
    Ok(())
}

/// Destroys every key of a person, those of matched addresses included; how many there were.
pub(crate) async fn destroy_in(
    tx: &Tx,
    workspace: WorkspaceId,
    person: Uuid,
) -> Result<u64, StoreError> {
    tx.execute(DESTROY, &[&workspace, &person]).await
}
