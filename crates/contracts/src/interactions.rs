//! What services may know of interactions.

use async_trait::async_trait;
use jiff::Timestamp;
use kith_kernel::{Failure, RecordId, WorkspaceId};

/// When a record was last and will next be in touch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContactSummary {
    /// The record.
    pub record: RecordId,
    /// The key of its object, such as `person`.
    pub object: String,
    /// The last contact with it.
    pub last_contacted_at: Option<Timestamp>,
    /// The next open task or meeting.
    pub next_activity_at: Option<Timestamp>,
    /// Ascends with every change within the workspace.
    pub revision: i64,
}

/// The contacts of a workspace's records, for services that keep a copy of them.
#[async_trait]
pub trait ContactSummaries: Send + Sync {
    /// The summaries changed after `revision`, oldest change first, at most `limit`. A record that
    /// is not in touch any more comes with neither time.
    async fn changed_since(
        &self,
        workspace: WorkspaceId,
        revision: i64,
        limit: i64,
    ) -> Result<Vec<ContactSummary>, Failure>;
}
