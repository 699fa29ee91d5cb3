//! A record in memory as the API shows it.

use std::fmt::Write as _;

use super::Record;
use crate::catalog::{Catalog, Object, Storage};
use crate::value::{canonical_time, render};

/// The record as a JSON object: the system's members first, then the fields in their order.
/// Computed fields are left out: only the database computes them.
pub fn render_record(catalog: &Catalog, object: &Object, record: &Record) -> String {
    let mut json = String::with_capacity(512);
    // Writing to a String can't fail.
    let _ = write!(
        json,
        r#"{{"id":"{}","version":{},"created_at":"{}","created_by":{{"id":"{}"}},"updated_at":"{}","updated_by":{{"id":"{}"}},"deleted_at":"#,
        record.id,
        record.version,
        canonical_time(record.created_at),
        record.created_by,
        canonical_time(record.updated_at),
        record.updated_by,
    );
    let _ = match record.deleted_at {
        Some(at) => write!(json, "\"{}\"", canonical_time(at)),
        None => json.write_str("null"),
    };
    for (field, value) in object.fields().iter().zip(&record.values).skip(SYSTEM) {
        if !field.retired && field.storage != Storage::Computed {
            let _ = write!(json, ",\"{}\":", field.name);
            render(&field.kind, value, catalog, &mut json);
        }
    }
    json.push('}');
    json
}

/// How many of an object's first fields stand in [`Record`]'s own members.
const SYSTEM: usize = 6;
