//! Records by what files call them.

use std::collections::{HashMap, HashSet};

use kith_kernel::{RecordId, WorkspaceId};
use kith_store::{StoreError, Tx};
use uuid::Uuid;

use super::Found;
use crate::catalog::{FieldType, Object};
use crate::error::RecordsError;
use crate::import::convert::split_name;
use crate::import::dry::Seen;
use crate::import::plan::{Compiled, How, Reference};
use crate::record::{Change, Writer, find_by_unique_in};
use crate::search::text::sort_key;
use crate::value::{self, Value};

/// A record's name in a file, in the form in which it is compared.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Name {
    /// The place of the object in the catalog.
    object: usize,
    kind: Kind,
    text: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Kind {
    Id,
    /// By the folded name.
    Name,
    /// By the unique field at this place.
    Unique(usize),
}

impl Name {
    /// What `text` is compared by; `None` where it can mean nothing.
    pub(super) fn of(compiled: &Compiled, to: &Reference, text: &str) -> Option<Self> {
        let place =
            (compiled.catalog.objects().iter()).position(|object| object.key == to.object)?;
        let object = &compiled.catalog.objects()[place];
        let text = text.trim();
        let emails = || {
            object
                .position_by_key("emails")
                .filter(|at| object.fields()[*at].unique && text.contains('@'))
        };
        let (kind, text) = match to.how {
            How::Id => (Kind::Id, id(text)?),
            How::Name => (Kind::Name, sort_key(text)),
            How::Unique(at) => (Kind::Unique(at), unique(object, at, text)?),
            How::Auto => match (id(text), emails()) {
                (Some(id), _) => (Kind::Id, id),
                (None, Some(at)) => (Kind::Unique(at), unique(object, at, text)?),
                (None, None) => (Kind::Name, sort_key(text)),
            },
        };
        (!text.is_empty()).then_some(Self {
            object: place,
            kind,
            text,
        })
    }
}

impl Name {
    /// Whether the file would create a record of this name.
    pub(super) fn is_in(&self, compiled: &Compiled, file: &Seen) -> bool {
        match self.kind {
            Kind::Id => false,
            Kind::Name => file.has_name(&self.text),
            Kind::Unique(at) => {
                let object = &compiled.catalog.objects()[self.object];
                file.has_unique(&object.fields()[at].key, &self.text)
            }
        }
    }
}

fn id(text: &str) -> Option<String> {
    Uuid::try_parse(text).ok().map(|id| id.to_string())
}

/// The form in which a unique value is kept.
fn unique(object: &Object, at: usize, text: &str) -> Option<String> {
    let field = &object.fields()[at];
    let normal = match &field.kind {
        FieldType::Emails {} => value::email(text).ok()?,
        FieldType::Links {} => value::link(text).ok()?,
        _ if field.key == "domain" => value::domain(text).ok()?,
        _ => text.to_owned(),
    };
    Some(normal.to_lowercase())
}

/// Those of `names` that mean something.
pub(super) async fn find_in(
    tx: &Tx,
    workspace: WorkspaceId,
    compiled: &Compiled,
    names: &HashSet<Name>,
) -> Result<HashMap<Name, Found>, StoreError> {
    let mut groups: HashMap<(usize, Kind), Vec<&Name>> = HashMap::new();
    for name in names {
        groups
            .entry((name.object, name.kind))
            .or_default()
            .push(name);
    }
    let mut found: HashMap<Name, Found> = HashMap::new();
    for ((place, kind), names) in groups {
        let object = &compiled.catalog.objects()[place];
        let mut texts: Vec<String> = names.iter().map(|name| name.text.clone()).collect();
        texts.sort_unstable();
        let pairs: Vec<(String, Uuid)> = match kind {
            Kind::Unique(at) => {
                let field = &object.fields()[at];
                let records = find_by_unique_in(tx, workspace, object, field, &texts).await?;
                records.into_iter().map(|(text, id)| (text, id.0)).collect()
            }
            Kind::Id => {
                let ids: Vec<Uuid> = texts.iter().filter_map(|text| text.parse().ok()).collect();
                let rows = tx.query(&by_id(object), &[&workspace, &ids]).await?;
                rows.iter()
                    .map(|row| row.get::<_, Uuid>(0))
                    .map(|id| (id.to_string(), id))
                    .collect()
            }
            Kind::Name => find_by_name_in(tx, workspace, object, &texts).await?,
        };
        for (text, id) in pairs {
            let name = Name {
                object: place,
                kind,
                text,
            };
            found
                .entry(name)
                .and_modify(|known| {
                    if let Found::One(first) = *known
                        && first != id
                    {
                        *known = Found::Many(first);
                    }
                })
                .or_insert(Found::One(id));
        }
    }
    Ok(found)
}

/// Up to two live records for each of these folded names, in the order of their creation.
pub(crate) async fn find_by_name_in(
    tx: &Tx,
    workspace: WorkspaceId,
    object: &Object,
    names: &[String],
) -> Result<Vec<(String, Uuid)>, StoreError> {
    let rows = tx.query(&by_name(object), &[&workspace, &names]).await?;
    Ok(rows.iter().map(|row| (row.get(0), row.get(1))).collect())
}

/// By the index on `(workspace_id, sort_key, id)`: two are enough to know that a name is
/// ambiguous.
fn by_name(object: &Object) -> String {
    format!(
        "SELECT n.name, r.id FROM unnest($2::text[]) AS n(name), LATERAL ( \
         SELECT t.id FROM {} t WHERE t.workspace_id = $1 AND t.sort_key = n.name \
         AND t.deleted_at IS NULL{} ORDER BY t.id LIMIT 2) AS r",
        object.table.name,
        own(object),
    )
}

/// By the primary key.
fn by_id(object: &Object) -> String {
    format!(
        "SELECT t.id FROM {} t WHERE t.workspace_id = $1 AND t.id = ANY($2) AND t.deleted_at IS NULL{}",
        object.table.name,
        own(object),
    )
}

fn own(object: &Object) -> String {
    match object.table.object {
        // The catalog's own id, never a client's text.
        Some(id) => format!(" AND t.object_id = '{id}'"),
        None => String::new(),
    }
}

/// Creates records of these names; those that can't be are left out.
pub(super) async fn create_in(
    tx: &Tx,
    writer: &Writer<'_>,
    compiled: &Compiled,
    missing: &[(Name, usize, String)],
) -> Result<Vec<(Name, String, RecordId)>, RecordsError> {
    let mut created = Vec::new();
    let places: HashSet<usize> = missing.iter().map(|(name, ..)| name.object).collect();
    for place in places {
        let object = &compiled.catalog.objects()[place];
        let mut names = Vec::new();
        let mut changes = Vec::new();
        for (name, _, text) in missing.iter().filter(|(name, ..)| name.object == place) {
            // What can't be a name can't be created.
            let Some(values) = values(writer, object, name, text) else {
                continue;
            };
            let id = RecordId::new(writer.clock);
            names.push(name);
            changes.push(Change::Create { id, values });
        }
        let outcomes = writer.apply_in(tx, object, changes).await?;
        for (name, outcome) in names.into_iter().zip(outcomes) {
            if let Ok(outcome) = outcome {
                created.push((name.clone(), object.key.clone(), outcome.record.id));
            }
        }
    }
    Ok(created)
}

/// What a record of this name has; `None` where that isn't acceptable.
fn values(
    writer: &Writer<'_>,
    object: &Object,
    name: &Name,
    text: &str,
) -> Option<Vec<(usize, Value)>> {
    let mut values = Vec::new();
    let mut set = |key: &str, text: &str| {
        let at = object.position_by_key(key)?;
        let value = writer.accept().text(&object.fields()[at].kind, text).ok()?;
        values.push((at, value));
        Some(())
    };
    let by_email = matches!(name.kind, Kind::Unique(at) if object.fields()[at].key == "emails");
    match object.key.as_str() {
        _ if by_email => set("emails", &name.text)?,
        "person" | "lead" => {
            let (first, last) = split_name(text);
            for (key, part) in [("first_name", first), ("last_name", last)] {
                if let Some(part) = part {
                    set(key, &part)?;
                }
            }
        }
        _ => {
            if let Kind::Unique(at) = name.kind {
                let field = &object.fields()[at].key;
                set(field, &name.text)?;
            }
            set(
                "name",
                &text.split_whitespace().collect::<Vec<_>>().join(" "),
            )?;
        }
    }
    Some(values)
}
