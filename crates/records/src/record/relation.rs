//! Whether the records and users that values point to are there.

use std::collections::{HashMap, HashSet};

use kith_kernel::WorkspaceId;
use kith_store::{StoreError, Tx};
use uuid::Uuid;

use crate::catalog::{Catalog, FieldType, Object};
use crate::value::Value;

/// Users by id. By the primary key of `user_copy`.
const USERS: &str = "SELECT id FROM records.user_copy WHERE workspace_id = $1 AND id = ANY($2)";

/// What a value points to.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Target {
    /// A user.
    User(Uuid),
    /// A record of the object with this key.
    Record(String, Uuid),
}

/// What a value of a field of this type points to.
pub(super) fn targets(kind: &FieldType, value: &Value) -> Vec<Target> {
    match (kind, value) {
        (FieldType::User {}, Value::Id(id)) => vec![Target::User(*id)],
        (FieldType::Relation { object }, Value::Id(id)) => {
            vec![Target::Record(object.clone(), *id)]
        }
        (FieldType::Relations { object }, Value::Links(links)) => (links.iter())
            .map(|link| Target::Record(object.clone(), link.id.0))
            .collect(),
        (_, Value::AnyRecord { object, id }) => vec![Target::Record(object.clone(), *id)],
        _ => Vec::new(),
    }
}

/// Those of `targets` that don't exist or are in the recycle bin. Records found are locked
/// against being purged until the transaction ends.
pub(super) async fn missing_in(
    tx: &Tx,
    workspace: WorkspaceId,
    catalog: &Catalog,
    targets: HashSet<Target>,
) -> Result<HashSet<Target>, StoreError> {
    let mut users = Vec::new();
    let mut records: HashMap<&str, Vec<Uuid>> = HashMap::new();
    for target in &targets {
        match target {
            Target::User(id) => users.push(*id),
            Target::Record(object, id) => records.entry(object).or_default().push(*id),
        }
    }
    let mut found: HashSet<Target> = HashSet::new();
    if !users.is_empty() {
        let rows = tx.query(USERS, &[&workspace, &users]).await?;
        found.extend(rows.iter().map(|row| Target::User(row.get(0))));
    }
    for (key, mut ids) in records {
        let Some(object) = catalog.by_key(key).filter(|object| !object.retired) else {
            continue;
        };
        ids.sort_unstable();
        let rows = tx.query(&exists(object), &[&workspace, &ids]).await?;
        found.extend((rows.iter()).map(|row| Target::Record(key.to_owned(), row.get(0))));
    }
    Ok(&targets - &found)
}

/// The live records with the ids `$2`. By the primary key.
fn exists(object: &Object) -> String {
    let own = match object.table.object {
        Some(id) => format!(" AND object_id = '{id}'"),
        None => String::new(),
    };
    format!(
        "SELECT id FROM {} WHERE workspace_id = $1 AND id = ANY($2) AND deleted_at IS NULL{own} \
         ORDER BY id FOR KEY SHARE",
        object.table.name
    )
}
