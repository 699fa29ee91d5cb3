//! What services may know of records.

use async_trait::async_trait;
use kith_kernel::{Actor, Failure, RecordId};

/// A record as a request names it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct RecordRef {
    /// The object: its key, or its singular or plural API name.
    pub object: String,
    /// The record.
    pub id: RecordId,
}

/// What others may know of a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordFacts {
    /// The object's stable key, such as `person`.
    pub object: String,
    /// The record.
    pub id: RecordId,
    /// What people call it.
    pub name: String,
    /// The company that a person works at or a deal is with.
    pub company: Option<RecordId>,
}

/// The records of a workspace, as far as an actor may see them.
#[async_trait]
pub trait RecordAccess: Send + Sync {
    /// What the actor may see of each of the records, in their order: `None` for what is unknown,
    /// hidden, or in the recycle bin.
    async fn visible(
        &self,
        actor: &Actor,
        records: &[RecordRef],
    ) -> Result<Vec<Option<RecordFacts>>, Failure>;

    /// An e-mail address in the form in which records have it; otherwise what would be accepted.
    fn email(&self, text: &str) -> Result<String, String>;

    /// A phone number in the form in which records have it (E.164); otherwise what would be accepted. Numbers
    /// without a country code are read as dialled in `region`.
    fn phone(&self, text: &str, region: &str) -> Result<String, String>;
}
