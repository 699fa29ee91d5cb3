//! Relations to many records: rows of `records.link`.

use std::collections::HashMap;

use kith_kernel::{RecordId, WorkspaceId};
use kith_store::{BoundStatement, OwnedParam};
use tokio_postgres::Row;

use super::Record;
use crate::catalog::{Object, Storage};
use crate::value::{Link, Value};

type Params = Vec<OwnedParam>;

/// The links of some records, in their order. By the primary key of `link`.
const READ: &str = "SELECT field_id, from_id, to_id, role FROM records.link \
    WHERE workspace_id = $1 AND field_id = ANY($2) AND from_id = ANY($3) ORDER BY position";

/// Removes all links of some records by some fields.
const CLEAR: &str = "DELETE FROM records.link l \
    USING unnest($2::uuid[], $3::uuid[]) AS v(field, source) \
    WHERE l.workspace_id = $1 AND l.field_id = v.field AND l.from_id = v.source";

const INSERT: &str = "INSERT INTO records.link (workspace_id, field_id, from_id, to_id, position, role) \
    SELECT $1, v.field, v.source, v.target, v.position, v.role \
    FROM unnest($2::uuid[], $3::uuid[], $4::uuid[], $5::int4[], $6::text[]) \
    AS v(field, source, target, position, role)";

/// The object's relations to many: their ids, and their places among its fields.
fn fields(object: &Object) -> HashMap<uuid::Uuid, usize> {
    (object.fields().iter().enumerate())
        .filter(|(_, field)| field.storage == Storage::Links)
        .map(|(at, field)| (field.id.0, at))
        .collect()
}

/// Reads the links of the records with these ids; `None` where the object has no such relations.
pub(crate) fn read(
    workspace: WorkspaceId,
    object: &Object,
    ids: &[RecordId],
) -> Option<BoundStatement> {
    let fields: Vec<uuid::Uuid> = fields(object).into_keys().collect();
    if fields.is_empty() || ids.is_empty() {
        return None;
    }
    let params: Params = vec![
        Box::new(workspace),
        Box::new(fields),
        Box::new(ids.to_vec()),
    ];
    Some(BoundStatement::new(READ, params))
}

/// Fills the links that were [`read`] into `records`, which were read without them.
pub(crate) fn fill(object: &Object, records: &mut [Record], rows: &[Row]) {
    let fields = fields(object);
    let by_id: HashMap<RecordId, usize> = (records.iter().enumerate())
        .map(|(at, record)| (record.id, at))
        .collect();
    for row in rows {
        let (Some(field), Some(record)) = (
            fields.get(&row.get::<_, uuid::Uuid>(0)),
            by_id.get(&row.get::<_, RecordId>(1)),
        ) else {
            continue;
        };
        let link = Link {
            id: row.get(2),
            role: row.get(3),
        };
        match &mut records[*record].values[*field] {
            Value::Links(links) => links.push(link),
            value => *value = Value::Links(vec![link]),
        }
    }
}

/// Writes the links that differ between what each record was and is.
pub(super) fn write(
    workspace: WorkspaceId,
    object: &Object,
    changes: &[(Option<&Record>, &Record)],
) -> Vec<BoundStatement> {
    let (mut cleared_fields, mut cleared) = (Vec::new(), Vec::new());
    let (mut fields, mut sources, mut targets) = (Vec::new(), Vec::new(), Vec::new());
    let (mut positions, mut roles) = (Vec::new(), Vec::new());
    for (at, field) in object.fields().iter().enumerate() {
        if field.storage != Storage::Links {
            continue;
        }
        for (before, after) in changes {
            let was = before.map_or(&Value::Null, |before| &before.values[at]);
            let is = &after.values[at];
            if was == is {
                continue;
            }
            if !was.is_null() {
                cleared_fields.push(field.id.0);
                cleared.push(after.id.0);
            }
            let Value::Links(links) = is else { continue };
            for (position, link) in (0_i32..).zip(links) {
                fields.push(field.id.0);
                sources.push(after.id.0);
                targets.push(link.id.0);
                positions.push(position);
                roles.push(link.role.clone());
            }
        }
    }
    let mut writes = Vec::new();
    if !cleared.is_empty() {
        let params: Params = vec![
            Box::new(workspace),
            Box::new(cleared_fields),
            Box::new(cleared),
        ];
        writes.push(BoundStatement::new(CLEAR, params));
    }
    if !targets.is_empty() {
        let params: Params = vec![
            Box::new(workspace),
            Box::new(fields),
            Box::new(sources),
            Box::new(targets),
            Box::new(positions),
            Box::new(roles),
        ];
        writes.push(BoundStatement::new(INSERT, params));
    }
    writes
}
