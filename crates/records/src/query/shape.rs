//! What a row of a statement is made into.

use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Date;
use rust_decimal::Decimal;
use serde::Deserialize;
use serde::de::{MapAccess, Visitor};
use serde_json::value::RawValue;
use tokio_postgres::types::Json;
use tokio_postgres::{Error, Row};
use uuid::Uuid;

use super::encode::{self, CustomForm};

/// The members of a JSON object and the columns that they come from.
#[derive(Clone, Debug, Default)]
pub struct Shape {
    members: Vec<Member>,
    /// The column of the `custom` object, where a member comes from it.
    custom: Option<usize>,
    /// The API names of objects by their keys.
    objects: Arc<[(String, String)]>,
}

#[derive(Clone, Debug)]
struct Member {
    /// The name as it stands before the value: `"name":`.
    name: Box<[u8]>,
    source: Source,
}

/// Where a member's value comes from: columns by their places.
#[derive(Clone, Debug)]
pub(crate) enum Source {
    Text(usize),
    Int(usize),
    Decimal(usize),
    Bool(usize),
    Date(usize),
    Time(usize),
    /// An id as a string.
    Id(usize),
    /// An id as `{"id":…}`.
    Reference(usize),
    Texts(usize),
    Json(usize),
    Address(usize),
    Money {
        units: usize,
        currency: usize,
    },
    Autonumber(usize, String, u8),
    /// Texts of an id and a role.
    Links(usize),
    AnyRecord {
        object: usize,
        id: usize,
        name: Option<usize>,
    },
    /// A member of the `custom` object by its key.
    Custom(String, CustomForm),
    /// A related record; null where the column of its id is.
    Related(usize, Box<Shape>),
    /// JSON that is made elsewhere, for each id; an empty list where there is none.
    Elsewhere(usize),
}

/// JSON for the [`Source::Elsewhere`] members of the rows of one page, by number and record.
pub(crate) type Elsewhere = std::collections::HashMap<(usize, Uuid), Vec<u8>>;

impl Shape {
    pub(crate) fn new(objects: Arc<[(String, String)]>) -> Self {
        Self {
            members: Vec::new(),
            custom: None,
            objects,
        }
    }

    pub(crate) fn push(&mut self, name: &str, source: Source) {
        let mut text = Vec::with_capacity(name.len() + 3);
        encode::string(&mut text, name);
        text.push(b':');
        self.members.push(Member {
            name: text.into(),
            source,
        });
    }

    pub(crate) fn custom_column(&mut self, column: impl FnOnce() -> usize) {
        if self.custom.is_none() {
            self.custom = Some(column());
        }
    }

    /// The names of the members, in their order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.members.iter().filter_map(|member| {
            let text = std::str::from_utf8(&member.name).ok()?;
            text.strip_prefix('"')?.strip_suffix("\":")
        })
    }

    /// Appends the JSON object of `row`.
    pub fn write(&self, row: &Row, out: &mut Vec<u8>) -> Result<(), Error> {
        self.write_with(row, out, &Elsewhere::new())
    }

    pub(crate) fn write_with(
        &self,
        row: &Row,
        out: &mut Vec<u8>,
        elsewhere: &Elsewhere,
    ) -> Result<(), Error> {
        let custom: Option<Json<Members<'_>>> = match self.custom {
            Some(column) => row.try_get(column)?,
            None => None,
        };
        let custom = custom.map(|Json(members)| members).unwrap_or_default();
        out.push(b'{');
        for (place, member) in self.members.iter().enumerate() {
            if place > 0 {
                out.push(b',');
            }
            out.extend_from_slice(&member.name);
            self.value(&member.source, row, out, &custom, elsewhere)?;
        }
        out.push(b'}');
        Ok(())
    }

    fn value(
        &self,
        source: &Source,
        row: &Row,
        out: &mut Vec<u8>,
        custom: &Members<'_>,
        elsewhere: &Elsewhere,
    ) -> Result<(), Error> {
        /// Writes the value of a column, if it isn't NULL.
        macro_rules! column {
            ($ty:ty, $at:expr, $write:expr) => {
                row.try_get::<_, Option<$ty>>($at)?
                    .map(|value| $write(out, value))
            };
        }
        let written = match source {
            Source::Text(at) => column!(&str, *at, encode::string),
            Source::Int(at) => column!(i64, *at, encode::integer),
            Source::Decimal(at) => column!(Decimal, *at, encode::decimal),
            Source::Bool(at) => column!(bool, *at, encode::boolean),
            Source::Date(at) => column!(Date, *at, encode::date),
            Source::Time(at) => column!(Timestamp, *at, encode::time),
            Source::Id(at) => column!(Uuid, *at, encode::id),
            Source::Reference(at) => column!(Uuid, *at, encode::reference),
            Source::Texts(at) => column!(Vec<&str>, *at, encode::texts),
            Source::Links(at) => column!(Vec<&str>, *at, encode::links),
            Source::Json(at) => row
                .try_get::<_, Option<Json<&RawValue>>>(*at)?
                .map(|Json(json)| out.extend_from_slice(json.get().as_bytes())),
            Source::Address(at) => row
                .try_get::<_, Option<Json<&RawValue>>>(*at)?
                .and_then(|Json(json)| encode::address(out, json.get())),
            Source::Autonumber(at, prefix, digits) => row
                .try_get::<_, Option<i64>>(*at)?
                .map(|value| encode::autonumber(out, value, prefix, *digits)),
            Source::Money { units, currency } => {
                let units: Option<i64> = row.try_get(*units)?;
                let currency: Option<&str> = row.try_get(*currency)?;
                units
                    .zip(currency)
                    .map(|(units, currency)| encode::money(out, units, currency))
            }
            Source::AnyRecord { object, id, name } => {
                let object: Option<&str> = row.try_get(*object)?;
                let id: Option<Uuid> = row.try_get(*id)?;
                let name: Option<Option<&str>> = match name {
                    Some(name) => Some(row.try_get(*name)?),
                    None => None,
                };
                let object = object.and_then(|key| self.object_name(key));
                object.zip(id).map(|(object, id)| {
                    let mut buffer = [0; uuid::fmt::Hyphenated::LENGTH];
                    let id = id.hyphenated().encode_lower(&mut buffer);
                    encode::any_record(out, object, id, name);
                })
            }
            Source::Custom(key, form) => custom.get(key).map(|stored| {
                encode::custom(out, form, stored, |key| self.object_name(key));
            }),
            Source::Related(id, shape) => {
                let id: Option<Uuid> = row.try_get(*id)?;
                match id {
                    Some(_) => Some(shape.write_with(row, out, elsewhere)?),
                    None => None,
                }
            }
            Source::Elsewhere(number) => {
                let id: Uuid = row.try_get(0)?;
                match elsewhere.get(&(*number, id)) {
                    Some(json) => out.extend_from_slice(json),
                    None => out.extend_from_slice(b"[]"),
                }
                Some(())
            }
        };
        if written.is_none() {
            match source {
                Source::Texts(_) | Source::Links(_) => out.extend_from_slice(b"[]"),
                Source::Custom(_, CustomForm::Same(encode::JsonKind::Array)) => {
                    out.extend_from_slice(b"[]");
                }
                _ => encode::null(out),
            }
        }
        Ok(())
    }

    fn object_name(&self, key: &str) -> Option<&str> {
        self.objects
            .iter()
            .find(|(known, _)| known == key)
            .map(|(_, name)| name.as_str())
    }
}

/// The members of a JSON object, not looked into.
#[derive(Default)]
struct Members<'a>(Vec<(&'a str, &'a RawValue)>);

impl<'a> Members<'a> {
    fn get(&self, key: &str) -> Option<&'a RawValue> {
        self.0
            .iter()
            .find(|(known, _)| *known == key)
            .map(|(_, value)| *value)
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Members<'a> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Collect;
        impl<'de> Visitor<'de> for Collect {
            type Value = Members<'de>;
            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("an object")
            }
            fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<Self::Value, M::Error> {
                let mut members = Vec::with_capacity(map.size_hint().unwrap_or(8));
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Members(members))
            }
        }
        deserializer.deserialize_map(Collect)
    }
}
