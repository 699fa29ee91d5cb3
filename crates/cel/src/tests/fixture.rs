//! A schema of deals, a record of it, and shorthands.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::tz::TimeZone;
use kith_kernel::UserId;
use uuid::Uuid;

use crate::{Binding, Checked, Context, Expression, Resolve, Schema, Type, Value, check, evaluate};

pub(super) const ID: Uuid = Uuid::from_u128(0x019a_8d2e_7f00_7000_8000_0000_0000_0001);

/// Deals with a company, an owner and a few fields of every type.
pub(super) struct Crm;

fn record(object: &str) -> Type {
    Type::Record(Arc::from(object))
}

fn kinds() -> Type {
    Type::Select(["open", "won", "lost"].map(Arc::from).into())
}

const DEAL: [&str; 19] = [
    "id",
    "name",
    "amount",
    "budget",
    "probability",
    "score",
    "closed",
    "due",
    "created_at",
    "age",
    "kind",
    "tags",
    "kinds",
    "data",
    "company",
    "owner",
    "contacts",
    "note",
    "rating",
];

fn field(of: Option<&str>, name: &str) -> Option<Type> {
    Some(match (of, name) {
        (None | Some("company"), "name") | (None, "note") => Type::Text,
        (None, "id") => Type::Id,
        (None, "amount" | "budget") => Type::Money,
        (None, "probability" | "rating") | (Some("company"), "employees") => Type::Int,
        (None, "score") => Type::Decimal,
        (None, "closed") => Type::Bool,
        (None, "due") => Type::Date,
        (None, "created_at") => Type::Timestamp,
        (None, "age") => Type::Duration,
        (None, "kind") => kinds(),
        (None, "tags") => Type::Text.list(),
        (None, "kinds") => kinds().list(),
        (None, "data") => Type::Json,
        (None, "contacts") => record("person").list(),
        (None | Some("person"), "company") | (Some("company"), "parent") => record("company"),
        (None, "owner") => Type::user(),
        (Some("company"), "industry") | (Some("person"), "city" | "email") => Type::Text,
        (Some("person"), "age") => Type::Int,
        _ => return None,
    })
}

impl Schema for Crm {
    type Field = String;

    fn root(&self, name: &str) -> Option<Binding<String>> {
        field(None, name).map(|ty| Binding {
            field: name.to_owned(),
            ty,
        })
    }

    fn member(&self, of: &Type, name: &str) -> Option<Binding<String>> {
        let Type::Record(object) = of else {
            return None;
        };
        field(Some(object), name).map(|ty| Binding {
            field: name.to_owned(),
            ty,
        })
    }

    fn names(&self, of: Option<&Type>) -> Vec<String> {
        let names: &[&str] = match of {
            None => &DEAL,
            Some(Type::Record(object)) if &**object == "company" => {
                &["name", "industry", "parent", "employees"]
            }
            Some(Type::Record(object)) if &**object == "person" => {
                &["city", "email", "age", "company"]
            }
            Some(_) => &[],
        };
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    fn time_zone(&self) -> TimeZone {
        TimeZone::get("Europe/Berlin").unwrap()
    }
}

/// A record, by dotted path. What is not there is null.
#[derive(Clone, Debug, Default)]
pub(super) struct Record(pub(super) BTreeMap<String, Value>);

impl Resolve<String> for Record {
    fn value(&self, path: &[String]) -> Value {
        self.0.get(&path.join(".")).cloned().unwrap_or(Value::Null)
    }

    fn member(&self, item: &Value, path: &[String]) -> Value {
        let Value::Id(id) = item else {
            return Value::Null;
        };
        let key = format!("{}:{}", id.as_u128(), path.join("."));
        self.0.get(&key).cloned().unwrap_or(Value::Null)
    }
}

pub(super) fn context() -> Context {
    Context {
        now: "2026-11-21T22:30:00.5Z".parse().unwrap(),
        time_zone: Crm.time_zone(),
        user: Some(UserId(ID)),
    }
}

pub(super) fn checked(source: &str) -> Checked<String> {
    check(&Expression::parse(source).unwrap(), &Crm).unwrap_or_else(|e| panic!("{source}: {e}"))
}

/// The value of `source` for `record`.
pub(super) fn value(source: &str, record: &Record) -> Value {
    evaluate(&checked(source), record, &context()).unwrap()
}
