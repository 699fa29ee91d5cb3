//! What stands behind records' relations, for filters that follow them.

use std::collections::{HashMap, HashSet};

use kith_cel::{Resolve, Value as Seen};
use kith_kernel::{RecordId, WorkspaceId};
use kith_store::{StoreError, Tx};
use uuid::Uuid;

use super::filter::{Filter, length};
use super::past::{self, Past};
use crate::catalog::{Catalog, Object};
use crate::query::{Entity, Leaf, UserColumn, target};
use crate::record::Record;
use crate::validation::Values;

/// Users by id. By the primary key of `user_copy`.
const USERS: &str = "SELECT id, name, email, active FROM records.user_copy \
    WHERE workspace_id = $1 AND id = ANY($2)";

/// Records and users, as they are now.
#[derive(Default)]
pub(super) struct Around<'c> {
    records: HashMap<(&'c str, Uuid), Record>,
    users: HashMap<Uuid, User>,
}

struct User {
    name: String,
    email: Option<String>,
    active: bool,
}

/// One record with what is around it.
pub(super) struct Surroundings<'a, 'c> {
    pub(super) catalog: &'c Catalog,
    pub(super) object: &'c Object,
    pub(super) record: &'a Record,
    pub(super) around: &'a Around<'c>,
}

impl<'c> Around<'c> {
    /// Reads what `filters` ask of the records of `past`, one relation after the other.
    pub(super) async fn read_in(
        tx: &Tx,
        workspace: WorkspaceId,
        catalog: &'c Catalog,
        filters: &[&Filter<'c>],
        past: &HashMap<&str, Past>,
    ) -> Result<Self, StoreError> {
        let mut around = Self::default();
        let longest = (filters.iter().flat_map(|filter| &filter.hops))
            .map(|path| length(catalog, path))
            .max();
        for hop in 1..=longest.unwrap_or(0) {
            let mut users = HashSet::new();
            let mut records: HashMap<&'c str, (&'c Object, HashSet<RecordId>)> = HashMap::new();
            for filter in filters {
                let roots = past.get(filter.object.key.as_str());
                for (path, record) in (filter.hops.iter())
                    .filter(|path| length(catalog, path) >= hop)
                    .flat_map(|path| {
                        roots
                            .into_iter()
                            .flat_map(Past::values)
                            .map(move |root| (path, root))
                    })
                {
                    let from = Surroundings {
                        catalog,
                        object: filter.object,
                        record,
                        around: &around,
                    };
                    let Some((entity, id)) = from.end(&path[..hop]) else {
                        continue;
                    };
                    match entity {
                        Entity::User => {
                            users.insert(id);
                        }
                        Entity::Record(object) => {
                            let (_, ids) = (records.entry(&object.key))
                                .or_insert_with(|| (object, HashSet::new()));
                            ids.insert(RecordId(id));
                        }
                    }
                }
            }
            for (key, (object, ids)) in records {
                let ids: Vec<RecordId> = ids.into_iter().collect();
                let found = past::current_in(tx, workspace, object, &ids).await?;
                let live = found
                    .into_iter()
                    .filter(|record| record.deleted_at.is_none());
                around
                    .records
                    .extend(live.map(|record| ((key, record.id.0), record)));
            }
            if !users.is_empty() {
                let ids: Vec<Uuid> = users.into_iter().collect();
                for row in tx.query(USERS, &[&workspace, &ids]).await? {
                    let user = User {
                        name: row.try_get(1)?,
                        email: row.try_get(2)?,
                        active: row.try_get(3)?,
                    };
                    around.users.insert(row.try_get(0)?, user);
                }
            }
        }
        Ok(around)
    }
}

impl<'a, 'c> Surroundings<'a, 'c> {
    /// Where a path of relations leads to, whether that is there or not.
    fn end(&self, path: &[Leaf<'c>]) -> Option<(Entity<'c>, Uuid)> {
        let mut at: Option<(&'c Object, &'a Record)> = Some((self.object, self.record));
        let mut end = None;
        for leaf in path {
            let Leaf::Field(field) = leaf else {
                return None;
            };
            let (object, record) = at?;
            let values = Values {
                catalog: self.catalog,
                object,
                record,
            };
            let Seen::Id(id) = values.value(&[*leaf]) else {
                return None;
            };
            let entity = target(self.catalog, field)?;
            at = match entity {
                Entity::User => None,
                Entity::Record(object) => {
                    let found = self.around.records.get(&(object.key.as_str(), id));
                    found.map(|record| (object, record))
                }
            };
            end = Some((entity, id));
        }
        end
    }
}

impl<'c> Resolve<Leaf<'c>> for Surroundings<'_, 'c> {
    fn value(&self, path: &[Leaf<'c>]) -> Seen {
        let hops = length(self.catalog, path);
        let (way, rest) = path.split_at(hops);
        let values = |object, record| Values {
            catalog: self.catalog,
            object,
            record,
        };
        if hops == 0 {
            return values(self.object, self.record).value(rest);
        }
        let nothing = match rest.first() {
            Some(Leaf::Field(field)) if field.kind.is_list() => Seen::List(Vec::new()),
            _ => Seen::Null,
        };
        match (self.end(way), rest.first()) {
            (Some((Entity::User, id)), Some(leaf)) => match (self.around.users.get(&id), leaf) {
                (Some(_), Leaf::Id) => Seen::Id(id),
                (Some(user), Leaf::User(UserColumn::Name)) => Seen::Text(user.name.clone()),
                (Some(user), Leaf::User(UserColumn::Email)) => {
                    user.email.clone().map_or(Seen::Null, Seen::Text)
                }
                (Some(user), Leaf::User(UserColumn::Active)) => Seen::Bool(user.active),
                _ => Seen::Null,
            },
            (Some((Entity::Record(object), id)), Some(_)) => {
                match self.around.records.get(&(object.key.as_str(), id)) {
                    Some(record) => values(object, record).value(rest),
                    None => nothing,
                }
            }
            _ => nothing,
        }
    }
}
