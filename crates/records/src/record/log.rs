//! What the log says of values, and how it is taken back.

use std::collections::HashMap;
use std::fmt::Write as _;

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::value::RawValue;

use super::Record;
use crate::catalog::{Catalog, Object};
use crate::value::{read_storage, render};

/// What an event says of values.
#[derive(Deserialize)]
pub(crate) struct Data<'a> {
    #[serde(borrow, default)]
    values: HashMap<String, &'a RawValue>,
    #[serde(borrow, default)]
    changes: HashMap<String, Changed<'a>>,
}

#[derive(Deserialize)]
struct Changed<'a> {
    #[serde(borrow)]
    from: &'a RawValue,
    #[serde(borrow)]
    to: &'a RawValue,
}

impl Data<'_> {
    /// Appends what changed: `{field, from, to}`, separated by commas. Fields are named as they are
    /// now; values of fields that are gone or retired are left out.
    pub(crate) fn write_changes(&self, catalog: &Catalog, object: &Object, out: &mut String) {
        let mut first = true;
        for field in object.live_fields() {
            let (from, to) = match (self.changes.get(&field.key), self.values.get(&field.key)) {
                (Some(changed), _) => (changed.from.get(), changed.to.get()),
                (None, Some(value)) => ("null", value.get()),
                (None, None) => continue,
            };
            if !first {
                out.push(',');
            }
            first = false;
            // Writing to a String can't fail.
            let _ = write!(out, r#"{{"field":"{}","from":"#, field.name);
            render(&field.kind, &read_storage(&field.kind, from), catalog, out);
            out.push_str(",\"to\":");
            render(&field.kind, &read_storage(&field.kind, to), catalog, out);
            out.push('}');
        }
    }
}

/// Takes an event back that happened `at` a moment; false where the record did not exist before it.
pub(crate) fn undo(
    object: &Object,
    record: &mut Record,
    kind: &str,
    at: Timestamp,
    data: &Data<'_>,
) -> bool {
    match kind.rsplit('.').next() {
        Some("created") => return false,
        Some("deleted") => record.deleted_at = None,
        Some("restored") => record.deleted_at = Some(at),
        _ => {
            for (key, changed) in &data.changes {
                if let Some(at) = object.position_by_key(key) {
                    let kind = &object.fields()[at].kind;
                    record.values[at] = read_storage(kind, changed.from.get());
                }
            }
        }
    }
    true
}
