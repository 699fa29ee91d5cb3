//! What services besides records tell browsers as it happens.

use std::sync::Arc;

use async_trait::async_trait;
use kith_kernel::{Actor, Failure, WorkspaceId};

use crate::LoggedEvent;

/// An event that somebody may see.
#[derive(Clone, Debug)]
pub struct LiveEvent {
    /// It as a JSON object, on one line.
    pub payload: Arc<str>,
    /// The places of the viewers who may see it, ascending.
    pub seen_by: Vec<usize>,
}

/// Shows the events of one service's log to those whom they concern.
#[async_trait]
pub trait LiveEvents: Send + Sync {
    /// What its events are called in the stream, such as `notification`; also how a client asks
    /// for them.
    fn name(&self) -> &'static str;

    /// Decides for each event of one workspace who sees it. One answer for each event, in their
    /// order; `None` where nobody does.
    ///
    /// # Errors
    /// Where the database can't be read.
    async fn show(
        &self,
        workspace: WorkspaceId,
        viewers: &[Actor],
        events: &[LoggedEvent<'_>],
    ) -> Result<Vec<Option<LiveEvent>>, Failure>;
}
