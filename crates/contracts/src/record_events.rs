//! What the records' log says, as others may see it: webhooks, brokers, browsers.

use std::sync::Arc;

use async_trait::async_trait;
use jiff::Timestamp;
use kith_kernel::{Actor, EventId, Failure, WorkspaceId};
use serde_json::value::RawValue;
use uuid::Uuid;

/// An entry of the records' log, as it stands there.
#[derive(Clone, Copy, Debug)]
pub struct LoggedEvent<'a> {
    /// The event's id: the same each time that the event is read.
    pub id: EventId,
    /// The subject's kind and what happened, such as `person.updated`.
    pub kind: &'a str,
    /// The stable key of the record's object; `catalog` for what changed the catalog.
    pub subject_kind: &'a str,
    /// The record.
    pub subject: Uuid,
    /// The record's version after it.
    pub subject_version: i64,
    /// Who did it, by what, and as part of what.
    pub actor: &'a RawValue,
    /// When it was recorded.
    pub occurred_at: Timestamp,
    /// The values that changed, as they are stored.
    pub data: &'a RawValue,
}

/// Which events somebody wants to see, and by whose permissions.
#[derive(Clone, Debug)]
pub struct Interest {
    /// Who is to see them.
    pub actor: Actor,
    /// The stable key of the only object; all objects, and the catalog, unless given.
    pub object: Option<String>,
    /// What may have happened: `created`, `updated`, `deleted`, `restored`; all where it is empty.
    pub verbs: Arc<[String]>,
    /// A CEL expression over the record as it was after the event. Needs an object.
    pub filter: Option<Arc<str>>,
}

/// The names of an object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ObjectNames {
    /// The stable key, which events carry and which is what to store.
    pub key: String,
    /// The singular API name.
    pub name: String,
    /// The plural API name.
    pub plural: String,
}

/// An event that somebody wants to see.
#[derive(Clone, Debug)]
pub struct ShownEvent {
    /// The event as a JSON object: `type` (`person.updated`), `id`, `occurred_at`, `actor`,
    /// `object` (plural name), `record_id`, `version`, `changes` (`[{field, from, to}]`, as a
    /// history shows them) and `data`: the record after the event as the API shows it, without
    /// formulas and roll-ups; null where there is none. Of the catalog's events only the first
    /// four, and `subject_id`.
    pub payload: Arc<str>,
    /// The places of the interests that want it, ascending.
    pub wanted_by: Vec<usize>,
}

/// What became of a batch of events.
#[derive(Debug, Default)]
pub struct Sifted {
    /// One for each event, in their order; `None` where nobody wants it or may see it.
    pub events: Vec<Option<ShownEvent>>,
    /// Interests whose filter can't be evaluated any more, because the catalog has changed. They
    /// were shown nothing.
    pub broken: Vec<(usize, Failure)>,
}

/// Shows events of the records' log to those who want and may see them.
#[async_trait]
pub trait RecordEvents: Send + Sync {
    /// Checks what somebody asks for: the plural name of an object, and a filter over its records.
    ///
    /// # Errors
    /// `ValidationFailed` for an unknown object or a filter without one, `InvalidExpression` for
    /// the filter, `Forbidden` where the actor may not read such records. Each names the field
    /// `object` or `filter`.
    async fn check(
        &self,
        actor: &Actor,
        object: Option<&str>,
        filter: Option<&str>,
    ) -> Result<Option<ObjectNames>, Failure>;

    /// The names of the workspace's objects that are in use.
    async fn objects(&self, workspace: WorkspaceId) -> Result<Vec<ObjectNames>, Failure>;

    /// Decides for each event of one workspace which of the interests want it. Records are read
    /// once for all interests, so ask for many events and interests at once.
    ///
    /// A record is seen as it was after the event, whatever has become of it since; what stands
    /// behind its relations is seen as it is now.
    ///
    /// # Errors
    /// Where the database can't be read.
    async fn sift(
        &self,
        workspace: WorkspaceId,
        interests: &[Interest],
        events: &[LoggedEvent<'_>],
    ) -> Result<Sifted, Failure>;
}
