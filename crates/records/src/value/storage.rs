//! The JSON in which values stand in the `custom` column and in events.
//!
//! It is written and read as text, so that decimals keep every digit:
//!
//! | value | JSON |
//! |---|---|
//! | text, option, JSON | itself |
//! | number, decimal | a number |
//! | money | `{"a": ten-thousandths, "c": "EUR"}` |
//! | date | `"2026-03-01"` |
//! | datetime | `"2026-03-01T09:30:00.000Z"` |
//! | relation, user | the id as a string |
//! | relation to any object | `{"o": object key, "i": id}` |
//! | list | a list of strings |
//! | address | an object of its parts |
//! | links | `[{"i": id, "r": role}]` |

use std::fmt::Write as _;

use jiff::Timestamp;
use kith_kernel::{Currency, Money, RecordId};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use uuid::Uuid;

use super::{Link, Value};
use crate::catalog::FieldType;

/// Appends the JSON of `value` to `out`.
pub fn write_storage(value: &Value, out: &mut String) {
    // Writing to a String can't fail.
    let _ = match value {
        Value::Null => out.write_str("null"),
        Value::Text(text) => write_string(text, out),
        Value::Int(number) => write!(out, "{number}"),
        Value::Decimal(number) => write!(out, "{number}"),
        Value::Bool(value) => write!(out, "{value}"),
        Value::Date(date) => write!(out, "\"{date}\""),
        Value::Time(moment) => write!(out, "\"{}\"", canonical_time(*moment)),
        Value::Id(id) => write!(out, "\"{id}\""),
        Value::AnyRecord { object, id } => write!(out, r#"{{"o":"{object}","i":"{id}"}}"#),
        Value::Money(money) => write!(out, r#"{{"a":{},"c":"{}"}}"#, money.units, money.currency),
        Value::List(items) => write_list(items, out, |item, out| write_string(item, out)),
        Value::Address(address) => match serde_json::to_string(address) {
            Ok(json) => out.write_str(&json),
            Err(_) => out.write_str("null"),
        },
        Value::Json(json) => out.write_str(json),
        Value::Links(links) => write_list(links, out, |link, out| {
            write!(out, r#"{{"i":"{}""#, link.id)?;
            if let Some(role) = &link.role {
                out.write_str(",\"r\":")?;
                write_string(role, out)?;
            }
            out.write_char('}')
        }),
    };
}

/// A moment as it is written everywhere: UTC, with milliseconds.
pub(crate) fn canonical_time(moment: Timestamp) -> impl std::fmt::Display {
    moment.strftime("%Y-%m-%dT%H:%M:%S.%3fZ")
}

/// Appends `text` as a JSON string.
pub(crate) fn write_string(text: &str, out: &mut String) -> std::fmt::Result {
    let json = serde_json::to_string(text).map_err(|_| std::fmt::Error)?;
    out.write_str(&json)
}

fn write_list<T>(
    items: &[T],
    out: &mut String,
    write_item: impl Fn(&T, &mut String) -> std::fmt::Result,
) -> std::fmt::Result {
    out.write_char('[')?;
    for (position, item) in items.iter().enumerate() {
        if position > 0 {
            out.write_char(',')?;
        }
        write_item(item, out)?;
    }
    out.write_char(']')
}

/// Reads back what [`write_storage`] wrote for a field of this type.
///
/// Null for anything else: a value whose field changed its type since is not shown.
pub fn read_storage(kind: &FieldType, json: &str) -> Value {
    if json == "null" {
        return Value::Null;
    }
    read(kind, json).unwrap_or_default()
}

fn read(kind: &FieldType, json: &str) -> Option<Value> {
    #[derive(Deserialize)]
    struct StoredMoney {
        a: i64,
        c: Currency,
    }
    #[derive(Deserialize)]
    struct StoredRecord {
        o: String,
        i: Uuid,
    }
    #[derive(Deserialize)]
    struct StoredLink {
        i: RecordId,
        r: Option<String>,
    }
    Some(match kind {
        FieldType::Text {} | FieldType::LongText {} | FieldType::Select { .. } => {
            Value::Text(parse(json)?)
        }
        FieldType::Number {} | FieldType::Rating { .. } | FieldType::Autonumber { .. } => {
            Value::Int(parse(json)?)
        }
        FieldType::Decimal {} => Value::Decimal(json.parse().ok()?),
        FieldType::Boolean {} => Value::Bool(parse(json)?),
        FieldType::Date {} => Value::Date(parse::<String>(json)?.parse().ok()?),
        FieldType::DateTime {} => Value::Time(parse::<String>(json)?.parse().ok()?),
        FieldType::User {} | FieldType::Relation { .. } => Value::Id(parse(json)?),
        FieldType::AnyRelation {} => {
            let StoredRecord { o: object, i: id } = parse(json)?;
            Value::AnyRecord { object, id }
        }
        FieldType::Currency {} => {
            let StoredMoney { a: units, c } = parse(json)?;
            Value::Money(Money { units, currency: c })
        }
        FieldType::MultiSelect { .. }
        | FieldType::Emails {}
        | FieldType::Phones {}
        | FieldType::Links {} => Value::List(parse(json)?),
        FieldType::Address {} => Value::Address(parse(json)?),
        FieldType::Json {} => Value::Json(json.to_owned()),
        FieldType::Relations { .. } => {
            let links: Vec<StoredLink> = parse(json)?;
            let link = |link: StoredLink| Link {
                id: link.i,
                role: link.r,
            };
            Value::Links(links.into_iter().map(link).collect())
        }
        FieldType::Formula { .. } | FieldType::RollUp { .. } => return None,
    })
}

fn parse<T: DeserializeOwned>(json: &str) -> Option<T> {
    serde_json::from_str(json).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_stored_reads_back() {
        let id = Uuid::from_u128(7);
        let relation = FieldType::Relation {
            object: "deal".into(),
        };
        for (kind, value) in [
            (FieldType::Text {}, Value::Text("a\"\\\n😀".into())),
            (
                FieldType::Decimal {},
                Value::Decimal("1234567890123456789012345.678".parse().unwrap()),
            ),
            (FieldType::Number {}, Value::Int(i64::MIN)),
            (
                FieldType::DateTime {},
                Value::Time("2026-03-01T09:30:00.120Z".parse().unwrap()),
            ),
            (
                FieldType::Date {},
                Value::Date("0001-01-01".parse().unwrap()),
            ),
            (relation, Value::Id(id)),
            (
                FieldType::AnyRelation {},
                Value::AnyRecord {
                    object: "o7".into(),
                    id,
                },
            ),
            (
                FieldType::Currency {},
                Value::Money(Money {
                    units: -15_000,
                    currency: Currency::EUR,
                }),
            ),
            (
                FieldType::Links {},
                Value::List(vec!["https://x.de/\"".into()]),
            ),
        ] {
            let mut json = String::new();
            write_storage(&value, &mut json);
            assert_eq!(read_storage(&kind, &json), value, "{json}");
        }
    }

    #[test]
    fn a_value_of_another_type_is_none() {
        assert_eq!(read_storage(&FieldType::Number {}, "\"x\""), Value::Null);
    }
}
