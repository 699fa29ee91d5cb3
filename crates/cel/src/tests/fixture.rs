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
        (None, "name" | "note")
        | (Some("company"), "name" | "industry")
        | (Some("person"), "city" | "email") => Type::Text,
        (None, "id") => Type::Id,
        (None, "amount" | "budget") => Type::Money,
        (None, "probability" | "rating")
        | (Some("company"), "employees")
        | (Some("person"), "age") => Type::Int,
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

/// A record with these values.
pub(super) fn record_of<const N: usize>(values: [(&str, Value); N]) -> Record {
    Record(
        values
            .into_iter()
            .map(|(path, value)| (path.to_owned(), value))
            .collect(),
    )
}

/// The value of `source` for `record`.
pub(super) fn value_in(source: &str, record: &Record) -> Value {
    evaluate(&checked(source), record, &context()).unwrap()
}

/// What is wrong with `source`, under the part at fault.
pub(super) fn problem(source: &str) -> String {
    let Err(error) = Expression::parse(source).and_then(|parsed| check(&parsed, &Crm)) else {
        panic!("nothing is wrong with {source}");
    };
    let Some(fault) = error.fault() else {
        return error.to_string();
    };
    let line = source.lines().nth(fault.line as usize - 1).unwrap_or("");
    let indent = " ".repeat(fault.column as usize - 1);
    let width = source[fault.span.clone()].chars().count().max(1);
    let marks = "^".repeat(width.min(60));
    let visible = |c: char| if c.is_control() { '\u{fffd}' } else { c };
    let shown: String = line.chars().take(90).map(visible).collect();
    format!(
        "{shown}\n{indent}{marks}\n{}: {}",
        error.reason(),
        fault.message
    )
}

/// The problems of several sources, with an empty line after each.
pub(super) fn problems(sources: &[&str]) -> String {
    let all: Vec<String> = sources.iter().map(|source| problem(source)).collect();
    all.join("\n\n")
}

/// A value as it is written in the tests.
pub(super) fn show(value: &Value) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Bool(value) => value.to_string(),
        Value::Int(value) => value.to_string(),
        Value::Decimal(value) if value.is_integer() => format!("{}.0", value.normalize()),
        Value::Decimal(value) => value.normalize().to_string(),
        Value::Text(text) => format!("{text:?}"),
        Value::Date(day) => day.to_string(),
        Value::Timestamp(moment) => moment.to_string(),
        Value::Duration(duration) => format!("{duration:#}"),
        Value::Id(id) => id.to_string(),
        Value::Money(money) => format!("{} {}", money.to_decimal().normalize(), money.currency),
        Value::Json(json) => json.to_string(),
        Value::List(items) => format!("{:?}", items.iter().map(show).collect::<Vec<_>>()),
    }
}

/// Checks that each source has the value beside it.
pub(super) fn expect(record: &Record, cases: &[(&str, &str)]) {
    for (source, expected) in cases {
        assert_eq!(show(&value_in(source, record)), *expected, "{source}");
    }
}
