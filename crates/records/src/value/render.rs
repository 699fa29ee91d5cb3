//! Values as the API shows them.

use std::fmt::Write as _;

use super::storage::{canonical_time, write_string};
use super::{Value, write_storage};
use crate::catalog::{Catalog, FieldType};

/// Appends `value` of a field of this type as JSON.
pub fn render(kind: &FieldType, value: &Value, catalog: &Catalog, out: &mut String) {
    // Writing to a String can't fail.
    let _ = match value {
        Value::Null if kind.is_list() => out.write_str("[]"),
        Value::Int(number) => match kind {
            FieldType::Autonumber { prefix, digits } => {
                let digits = usize::from(*digits);
                write_string(&format!("{prefix}{number:0digits$}"), out)
            }
            _ => write!(out, "{number}"),
        },
        Value::Decimal(number) => write!(out, "\"{}\"", number.normalize()),
        Value::Time(moment) => write!(out, "\"{}\"", canonical_time(*moment)),
        Value::Id(id) => write!(out, r#"{{"id":"{id}"}}"#),
        Value::AnyRecord { object, id } => {
            let name = catalog.by_key(object).map_or("", |object| &object.name);
            write!(out, r#"{{"object":"{name}","id":"{id}"}}"#)
        }
        Value::Money(money) => write!(
            out,
            r#"{{"amount":"{}","currency":"{}"}}"#,
            money.amount_string(),
            money.currency
        ),
        Value::Address(address) => address.render(out),
        Value::Links(links) => {
            out.push('[');
            for (position, link) in links.iter().enumerate() {
                if position > 0 {
                    out.push(',');
                }
                let _ = write!(out, r#"{{"id":"{}","role":"#, link.id);
                let _ = match &link.role {
                    Some(role) => write_string(role, out),
                    None => out.write_str("null"),
                };
                out.push('}');
            }
            out.write_char(']')
        }
        // The rest is shown as it is stored.
        value => {
            write_storage(value, out);
            Ok(())
        }
    };
}
