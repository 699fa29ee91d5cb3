//! Events as JSON.

use std::fmt::Write as _;

use kith_contracts::LoggedEvent;

use crate::catalog::{Catalog, Object};
use crate::record::log::Data;
use crate::record::{Record, render_record};
use crate::value::canonical_time;

/// What happened, such as `updated`.
pub(super) fn verb<'a>(event: &LoggedEvent<'a>) -> &'a str {
    event.kind.rsplit('.').next().unwrap_or(event.kind)
}

/// An event of a record, which was `record` after it.
pub(super) fn of_record(
    catalog: &Catalog,
    object: &Object,
    event: &LoggedEvent<'_>,
    record: Option<&Record>,
) -> String {
    let mut json = String::with_capacity(1_024);
    begin(
        &format!("{}.{}", object.name, verb(event)),
        event,
        &mut json,
    );
    // Writing to a String can't fail.
    let _ = write!(
        json,
        r#","object":"{}","record_id":"{}","version":{},"changes":["#,
        object.plural, event.subject, event.subject_version
    );
    if let Ok(data) = serde_json::from_str::<Data<'_>>(event.data.get()) {
        data.write_changes(catalog, object, &mut json);
    }
    json.push_str("],\"data\":");
    match record {
        Some(record) => json.push_str(&render_record(catalog, object, record)),
        None => json.push_str("null"),
    }
    json.push('}');
    json
}

/// An event of anything else.
pub(super) fn of_other(event: &LoggedEvent<'_>) -> String {
    let mut json = String::new();
    begin(event.kind, event, &mut json);
    let _ = write!(json, r#","subject_id":"{}"}}"#, event.subject);
    json
}

fn begin(kind: &str, event: &LoggedEvent<'_>, json: &mut String) {
    let _ = write!(
        json,
        r#"{{"type":"{kind}","id":"{}","occurred_at":"{}","actor":{}"#,
        event.id,
        canonical_time(event.occurred_at),
        event.actor.get(),
    );
}
