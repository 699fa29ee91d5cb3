//! Values that no two live records of an object share.

use std::collections::{HashMap, HashSet};

use kith_kernel::{FieldId, RecordId, WorkspaceId};
use kith_store::{StoreError, Tx};
use uuid::Uuid;

use super::{Record, Shape};
use crate::catalog::{Field, Object};

/// Takes values unless somebody has them. By the primary key of `unique_value`; in one order,
/// so that two writers never wait for each other.
const CLAIM: &str = "INSERT INTO records.unique_value (workspace_id, object_id, field_id, value, record_id) \
    SELECT $1, $2, c.field, c.value, c.record \
    FROM unnest($3::uuid[], $4::text[], $5::uuid[]) AS c(field, value, record) \
    ORDER BY c.field, c.value, c.record \
    ON CONFLICT DO NOTHING RETURNING field_id, value, record_id";

/// Gives values back.
const RELEASE: &str = "DELETE FROM records.unique_value u \
    USING unnest($3::uuid[], $4::text[], $5::uuid[]) AS c(field, value, record) \
    WHERE u.workspace_id = $1 AND u.object_id = $2 AND u.field_id = c.field \
    AND u.value = c.value AND u.record_id = c.record";

/// Who has these values. By the primary key of `unique_value`.
const FIND: &str = "SELECT value, record_id FROM records.unique_value \
    WHERE workspace_id = $1 AND object_id = $2 AND field_id = $3 AND value = ANY($4)";

/// One value that a record has or wants.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Claim {
    pub(super) field: FieldId,
    pub(super) value: String,
    pub(super) record: RecordId,
}

/// The values of `record` that have to be unique.
pub(super) fn claims(object: &Object, record: &Record) -> HashSet<Claim> {
    let mut claims = HashSet::new();
    if record.deleted_at.is_some() {
        return claims;
    }
    for (field, value) in object.fields().iter().zip(&record.values) {
        if field.unique && !field.retired && !value.is_null() {
            claims.extend(value.unique_keys().into_iter().map(|value| Claim {
                field: field.id,
                value,
                record: record.id,
            }));
        }
    }
    claims
}

/// Takes the values; gives back those that somebody else has.
pub(super) async fn claim_in(
    tx: &Tx,
    workspace: WorkspaceId,
    object: &Object,
    mut wanted: HashSet<Claim>,
) -> Result<HashSet<Claim>, StoreError> {
    if wanted.is_empty() {
        return Ok(wanted);
    }
    let (fields, values, records) = split(&wanted);
    let params: [&(dyn tokio_postgres::types::ToSql + Sync); 5] =
        [&workspace, &object.id, &fields, &values, &records];
    for row in tx.query(CLAIM, &params).await? {
        wanted.remove(&Claim {
            field: row.get(0),
            value: row.get(1),
            record: row.get(2),
        });
    }
    Ok(wanted)
}

/// Gives values back.
pub(super) async fn release_in(
    tx: &Tx,
    workspace: WorkspaceId,
    object: &Object,
    released: &HashSet<Claim>,
) -> Result<(), StoreError> {
    if released.is_empty() {
        return Ok(());
    }
    let (fields, values, records) = split(released);
    let params: [&(dyn tokio_postgres::types::ToSql + Sync); 5] =
        [&workspace, &object.id, &fields, &values, &records];
    tx.execute(RELEASE, &params).await?;
    Ok(())
}

/// Gives back all values of the records with these ids, which are on their way out.
pub(crate) async fn release_all_in(
    tx: &Tx,
    workspace: WorkspaceId,
    object: &Object,
    ids: &[Uuid],
) -> Result<(), StoreError> {
    let shape = Shape::new(object);
    let mut released = HashSet::new();
    for row in tx.query(&shape.read_sql(), &[&workspace, &ids]).await? {
        released.extend(claims(object, &shape.read(&row)?));
    }
    release_in(tx, workspace, object, &released).await
}

fn split(claims: &HashSet<Claim>) -> (Vec<Uuid>, Vec<&str>, Vec<Uuid>) {
    let mut fields = Vec::with_capacity(claims.len());
    let mut values = Vec::with_capacity(claims.len());
    let mut records = Vec::with_capacity(claims.len());
    for claim in claims {
        fields.push(claim.field.0);
        values.push(claim.value.as_str());
        records.push(claim.record.0);
    }
    (fields, values, records)
}

/// The live records of `object` that have these values in the unique field `field`, by value.
/// `values` are as [`crate::value::Value::unique_keys`] gives them.
pub async fn find_by_unique_in(
    tx: &Tx,
    workspace: WorkspaceId,
    object: &Object,
    field: &Field,
    values: &[String],
) -> Result<HashMap<String, RecordId>, StoreError> {
    if values.is_empty() {
        return Ok(HashMap::new());
    }
    let rows = tx
        .query(FIND, &[&workspace, &object.id, &field.id, &values])
        .await?;
    Ok(rows.iter().map(|row| (row.get(0), row.get(1))).collect())
}
