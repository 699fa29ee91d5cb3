//! Events as `CloudEvents` 1.0, in the structured JSON format.

use bytes::Bytes;
use kith_bus::LogEvent;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::target::Message;

/// The members that the specification names, and two of its extensions.
#[derive(Serialize)]
struct CloudEvent<'a> {
    specversion: &'static str,
    id: String,
    source: String,
    #[serde(rename = "type")]
    kind: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    subject: Option<String>,
    time: jiff::Timestamp,
    datacontenttype: &'static str,
    /// Events of one record belong to one partition.
    partitionkey: String,
    /// The record's version after the event: they ascend within a partition.
    sequence: String,
    data: &'a RawValue,
}

/// What of a payload the envelope repeats.
#[derive(Deserialize)]
struct Head<'a> {
    #[serde(rename = "type", borrow)]
    kind: std::borrow::Cow<'a, str>,
    #[serde(borrow, default)]
    object: Option<std::borrow::Cow<'a, str>>,
}

/// The message for an event; `payload` is what the API shows of it, and `prefix` the first word of
/// its routing key.
///
/// # Errors
/// Where the payload is no JSON of an event.
pub(super) fn message(
    prefix: &str,
    event: &LogEvent,
    payload: &str,
) -> Result<Message, serde_json::Error> {
    let head: Head<'_> = serde_json::from_str(payload)?;
    let envelope = CloudEvent {
        specversion: "1.0",
        id: event.id.to_string(),
        source: format!("/workspaces/{}", event.workspace),
        kind: format!("kith.{}", head.kind),
        subject: (head.object.as_ref()).map(|object| format!("{object}/{}", event.subject)),
        time: event.occurred_at,
        datacontenttype: "application/json",
        partitionkey: event.subject.to_string(),
        sequence: event.subject_version.to_string(),
        data: serde_json::from_str(payload)?,
    };
    Ok(Message {
        id: event.id.to_string(),
        subject: format!("{prefix}.{}.{}", event.workspace, head.kind),
        body: Bytes::from(serde_json::to_vec(&envelope)?),
    })
}

#[cfg(test)]
mod tests {
    use kith_bus::Position;
    use kith_kernel::{EventId, WorkspaceId};
    use serde_json::{Value, json};
    use uuid::Uuid;

    use super::*;

    #[test]
    fn the_envelope_is_that_of_the_specification() {
        let raw = |text: &str| RawValue::from_string(text.to_owned()).unwrap();
        let event = LogEvent {
            workspace: WorkspaceId(Uuid::from_u128(1)),
            position: Position { xid: 1, seq: 1 },
            id: EventId(Uuid::from_u128(2)),
            kind: "deal.updated".to_owned(),
            subject_kind: "deal".to_owned(),
            subject: Uuid::from_u128(3),
            subject_version: 7,
            actor: raw("{}"),
            occurred_at: "2026-06-01T12:00:00Z".parse().unwrap(),
            data: raw("{}"),
        };
        let payload = r#"{"type":"deal.updated","object":"deals","data":{"amount":"1.50"}}"#;
        let message = message("kith", &event, payload).unwrap();
        assert_eq!(
            message.subject,
            "kith.00000000-0000-0000-0000-000000000001.deal.updated"
        );
        let body: Value = serde_json::from_slice(&message.body).unwrap();
        let expected = json!({
            "specversion": "1.0",
            "id": "00000000-0000-0000-0000-000000000002",
            "source": "/workspaces/00000000-0000-0000-0000-000000000001",
            "type": "kith.deal.updated",
            "subject": "deals/00000000-0000-0000-0000-000000000003",
            "time": "2026-06-01T12:00:00Z",
            "datacontenttype": "application/json",
            "partitionkey": "00000000-0000-0000-0000-000000000003",
            "sequence": "7",
            "data": {"type": "deal.updated", "object": "deals", "data": {"amount": "1.50"}},
        });
        assert_eq!(body, expected);
    }
}
