//! What the service's log says of each change.

use std::fmt::Write as _;

use jiff::Timestamp;
use kith_contracts::access::Permit;
use kith_kernel::{ActorKind, BulkId, Clock, EventId, ImportId};
use kith_store::BoundStatement;
use serde_json::json;

use super::{Did, Record};
use crate::catalog::Object;
use crate::demo::DemoId;
use crate::value::{Value, write_storage};

/// What a change is part of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Origin {
    /// A request of its own.
    #[default]
    Request,
    /// An import of a file.
    Import(ImportId),
    /// The undoing of an import.
    Undo(ImportId),
    /// The making of demo data.
    Demo(DemoId),
    /// A change of many records at once.
    Bulk(BulkId),
    /// The undoing of such a change.
    UndoBulk(BulkId),
}

/// Events on their way to the log.
pub(super) struct Events<'a> {
    object: &'a Object,
    ids: Vec<EventId>,
    types: Vec<String>,
    subjects: Vec<uuid::Uuid>,
    versions: Vec<i64>,
    data: Vec<String>,
}

/// Appends events to the log.
const APPEND: &str = "INSERT INTO records.event \
    (workspace_id, id, type, subject_kind, subject_id, subject_version, actor, occurred_at, data) \
    SELECT $1, v.id, v.type, $2, v.subject, v.version, $3::text::jsonb, $4, v.data::jsonb \
    FROM unnest($5::uuid[], $6::text[], $7::uuid[], $8::int8[], $9::text[]) \
    AS v(id, type, subject, version, data)";

impl<'a> Events<'a> {
    pub(super) fn new(object: &'a Object) -> Self {
        Self {
            object,
            ids: Vec::new(),
            types: Vec::new(),
            subjects: Vec::new(),
            versions: Vec::new(),
            data: Vec::new(),
        }
    }

    /// Notes what became of a record; `before` is what it was.
    pub(super) fn add(&mut self, clock: &Clock, did: Did, before: Option<&Record>, after: &Record) {
        let (verb, data) = match did {
            Did::Nothing => return,
            Did::Created => ("created", values(self.object, after)),
            Did::Updated => ("updated", changes(self.object, before, after)),
            Did::Deleted => ("deleted", "{}".to_owned()),
            Did::Restored => ("restored", "{}".to_owned()),
        };
        self.ids.push(EventId::new(clock));
        self.types.push(format!("{}.{verb}", self.object.key));
        self.subjects.push(after.id.0);
        self.versions.push(after.version);
        self.data.push(data);
    }

    /// Appends the events to the log, in the order in which they were added.
    pub(super) fn append(
        self,
        permit: &Permit,
        origin: Origin,
        now: Timestamp,
    ) -> Option<BoundStatement> {
        if self.ids.is_empty() {
            return None;
        }
        Some(BoundStatement::new(
            APPEND,
            vec![
                Box::new(permit.workspace()),
                Box::new(self.object.key.clone()),
                Box::new(actor(permit, origin)),
                Box::new(now),
                Box::new(self.ids),
                Box::new(self.types),
                Box::new(self.subjects),
                Box::new(self.versions),
                Box::new(self.data),
            ],
        ))
    }
}

/// Who acted, by what, and as part of what.
fn actor(permit: &Permit, origin: Origin) -> String {
    let actor = permit.actor();
    let via = match actor.kind {
        ActorKind::Session(_) => "session",
        ActorKind::Token(_) => "token",
        ActorKind::System => "system",
    };
    let mut json = json!({ "user": actor.user, "via": via });
    match origin {
        Origin::Request => {}
        Origin::Import(id) => json["import"] = json!(id),
        Origin::Undo(id) => json["undo_of_import"] = json!(id),
        Origin::Demo(id) => json["demo"] = json!(id),
        Origin::Bulk(id) => json["bulk"] = json!(id),
        Origin::UndoBulk(id) => json["undo_of_bulk"] = json!(id),
    }
    json.to_string()
}

/// `{"values": {key: value}}`
fn values(object: &Object, record: &Record) -> String {
    let mut json = String::from("{\"values\":{");
    let given = (object.fields().iter().zip(&record.values)).filter(|(_, value)| !value.is_null());
    for (position, (field, value)) in given.enumerate() {
        if position > 0 {
            json.push(',');
        }
        let _ = write!(json, "\"{}\":", field.key);
        write_storage(value, &mut json);
    }
    json.push_str("}}");
    json
}

/// `{"changes": {key: {"from": value, "to": value}}}`
fn changes(object: &Object, before: Option<&Record>, after: &Record) -> String {
    let mut json = String::from("{\"changes\":{");
    let mut first = true;
    for (at, field) in object.fields().iter().enumerate() {
        let from = before.map_or(&Value::Null, |before| &before.values[at]);
        let to = &after.values[at];
        if from == to {
            continue;
        }
        if !first {
            json.push(',');
        }
        first = false;
        let _ = write!(json, "\"{}\":{{\"from\":", field.key);
        write_storage(from, &mut json);
        json.push_str(",\"to\":");
        write_storage(to, &mut json);
        json.push('}');
    }
    json.push_str("}}");
    json
}
