//! From a dotted name such as `company.owner.name` to what it means in the catalog.

use kith_kernel::Failure;

use super::refusal;
use crate::catalog::{Catalog, Field, FieldType, Object};

/// How many relations a path may follow.
pub const MAX_HOPS: usize = 2;

/// A kind of thing that has fields.
#[derive(Clone, Copy, Debug)]
pub enum Entity<'c> {
    /// A record of an object.
    Record(&'c Object),
    /// A user, as this service knows them.
    User,
}

/// What a path ends in.
#[derive(Clone, Copy, Debug)]
pub enum Leaf<'c> {
    /// The id of a record or user.
    Id,
    /// A field of the object.
    Field(&'c Field),
    /// The currency's code of a money field.
    Currency(&'c Field),
    /// The name of the object that a relation to any object points to.
    AnyObject(&'c Field),
    /// The id that a relation to any object points to.
    AnyId(&'c Field),
    /// A property of a user.
    User(UserColumn),
}

/// A property of a user, besides the id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UserColumn {
    /// The full name.
    Name,
    /// The e-mail address.
    Email,
    /// Whether the user may sign in.
    Active,
}

impl UserColumn {
    /// Every property.
    pub const ALL: [Self; 3] = [Self::Name, Self::Email, Self::Active];

    /// The API's name, which is the column's, too.
    pub fn name(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Email => "email",
            Self::Active => "active",
        }
    }

    /// The property of this name.
    pub fn by_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|column| column.name() == name)
    }
}

/// A way from a record, over relations to one, to a value.
#[derive(Clone, Debug)]
pub struct Path<'c> {
    /// The relations on the way.
    pub hops: Vec<&'c Field>,
    /// The value.
    pub leaf: Leaf<'c>,
}

impl<'c> Entity<'c> {
    /// The field of this name, unless it must not be named: retired or encrypted.
    pub fn field(self, name: &str) -> Option<&'c Field> {
        match self {
            Self::Record(object) => object.field(name).filter(|field| !field.encrypted),
            Self::User => None,
        }
    }

    /// What `name` means here; `None` where it means nothing.
    pub fn leaf(self, name: &str) -> Option<Leaf<'c>> {
        if name == "id" {
            return Some(Leaf::Id);
        }
        match self {
            Self::Record(_) => self.field(name).map(Leaf::Field),
            Self::User => UserColumn::by_name(name).map(Leaf::User),
        }
    }

    /// The names that [`Entity::leaf`] knows.
    pub fn names(self) -> Vec<&'c str> {
        let mut names = vec!["id"];
        match self {
            Self::Record(object) => names.extend(
                object
                    .live_fields()
                    .filter(|field| !field.encrypted)
                    .map(|field| field.name.as_str()),
            ),
            Self::User => names.extend(UserColumn::ALL.map(UserColumn::name)),
        }
        names
    }

    /// How sentences call such a thing.
    pub fn noun(self) -> &'c str {
        match self {
            Self::Record(object) => &object.name,
            Self::User => "user",
        }
    }
}

/// What a relation to one, or to users, leads to.
pub fn target<'c>(catalog: &'c Catalog, field: &Field) -> Option<Entity<'c>> {
    match &field.kind {
        FieldType::User {} => Some(Entity::User),
        FieldType::Relation { object } => catalog
            .by_key(object)
            .filter(|object| !object.retired)
            .map(Entity::Record),
        _ => None,
    }
}

/// Resolves `text` from `object`. `parameter` is named in refusals.
pub fn resolve<'c>(
    catalog: &'c Catalog,
    object: &'c Object,
    text: &str,
    parameter: &'static str,
) -> Result<Path<'c>, Failure> {
    let mut entity = Entity::Record(object);
    let mut hops = Vec::new();
    let mut names = text.split('.').peekable();
    while let Some(name) = names.next() {
        let leaf = entity.leaf(name).ok_or_else(|| {
            let what = format!("field of {} called", entity.noun());
            refusal::unknown(parameter, &what, name, entity.names())
        })?;
        if names.peek().is_none() {
            return Ok(Path { hops, leaf });
        }
        let Leaf::Field(field) = leaf else {
            return Err(no_members(parameter, name));
        };
        match (&field.kind, target(catalog, field)) {
            (_, Some(next)) if hops.len() < MAX_HOPS => {
                hops.push(field);
                entity = next;
            }
            (_, Some(_)) => {
                return Err(refusal::parameter(
                    parameter,
                    "too_deep",
                    format!(
                        "\"{}\" follows more than {MAX_HOPS} relations.",
                        shown(text)
                    ),
                ));
            }
            (FieldType::Currency {}, None) => {
                let member = names.next().unwrap_or_default();
                return match (member, names.next()) {
                    ("currency", None) => Ok(Path {
                        hops,
                        leaf: Leaf::Currency(field),
                    }),
                    ("amount", None) => Ok(Path { hops, leaf }),
                    _ => Err(refusal::unknown(
                        parameter,
                        "part of an amount of money called",
                        member,
                        ["amount", "currency"],
                    )),
                };
            }
            (FieldType::AnyRelation {}, None) => {
                let member = names.next().unwrap_or_default();
                let leaf = match (member, names.next()) {
                    ("object", None) => Leaf::AnyObject(field),
                    ("id", None) => Leaf::AnyId(field),
                    _ => {
                        return Err(refusal::unknown(
                            parameter,
                            "part of a relation to any object called",
                            member,
                            ["object", "id"],
                        ));
                    }
                };
                return Ok(Path { hops, leaf });
            }
            _ => return Err(no_members(parameter, name)),
        }
    }
    Err(no_members(parameter, text))
}

fn no_members(parameter: &'static str, name: &str) -> Failure {
    refusal::parameter(
        parameter,
        "no_members",
        format!(
            "\"{}\" is not a relation to one record, so nothing can follow it after a dot.",
            shown(name)
        ),
    )
}

/// As much of a client's text as is repeated to them.
pub(crate) fn shown(text: &str) -> &str {
    match text.char_indices().nth(100) {
        Some((end, _)) => &text[..end],
        None => text,
    }
}
