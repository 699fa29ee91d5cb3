//! Events between the log and the outside.

use kith_bus::LogEvent;
use kith_contracts::LoggedEvent;
use serde_json::{Value, json};

/// The largest payload, in bytes; the record is left out of a larger one.
const PAYLOAD: usize = 256 * 1024;

/// An event as the contract wants it.
pub(crate) fn logged(event: &LogEvent) -> LoggedEvent<'_> {
    LoggedEvent {
        id: event.id,
        kind: &event.kind,
        subject_kind: &event.subject_kind,
        subject: event.subject,
        subject_version: event.subject_version,
        actor: &event.actor,
        occurred_at: event.occurred_at,
        data: &event.data,
    }
}

/// The payload, without the record, and at last without what changed, where it is too large.
pub(crate) fn bounded(payload: &str) -> String {
    if payload.len() <= PAYLOAD {
        return payload.to_owned();
    }
    let Ok(mut json) = serde_json::from_str::<Value>(payload) else {
        return String::from("{\"truncated\":true}");
    };
    json["truncated"] = json!(true);
    json["data"] = Value::Null;
    if json.to_string().len() > PAYLOAD {
        json["changes"] = json!([]);
    }
    json.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_too_large_goes_without_the_record() {
        let long = "x".repeat(PAYLOAD);
        let small = json!({"id": 1, "changes": [], "data": {"a": 1}}).to_string();
        assert_eq!(bounded(&small), small);
        let read = |text: &str| serde_json::from_str::<Value>(&bounded(text)).unwrap();
        let large = json!({"id": 1, "changes": ["a"], "data": {"a": long}}).to_string();
        let without = json!({"id": 1, "changes": ["a"], "data": null, "truncated": true});
        assert_eq!(read(&large), without);
        let larger = json!({"id": 1, "changes": [long], "data": {"a": 1}}).to_string();
        let bare = json!({"id": 1, "changes": [], "data": null, "truncated": true});
        assert_eq!(read(&larger), bare);
    }
}
