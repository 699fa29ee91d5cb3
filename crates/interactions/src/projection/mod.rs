//! Projections: what is read of interactions, derived from the logs and nothing else.
//!
//! Each follows one log or two. Its rows carry a generation, so that it can be built anew beside
//! the rows that are in use ([`rebuild`]) and be put in their place in one moment.

mod counts;
mod engagement;
mod meetings;
mod rebuild;
mod relationship;
mod score;
mod store;
mod summary;
mod task;
mod timeline;
mod touch;

pub(crate) use meetings::Meetings;
pub use rebuild::Rebuilding;
pub(crate) use score::{HALF_LIFE_DAYS, at as score_at};
pub use store::Status;

use std::sync::Arc;

use async_trait::async_trait;
use kith_bus::{Bus, LogEvent, Reader};
use kith_kernel::Failure;
use kith_store::Tx;

use crate::error::InteractionsError;

/// Something that is derived from logs. What it makes of them must not depend on how events of
/// different logs come to stand beside each other.
#[async_trait]
pub(crate) trait Projection: Send + Sync + 'static {
    /// Its name.
    fn name(&self) -> &'static str;

    /// The logs that it follows, each with the name of the reader that does so.
    fn sources(&self) -> &'static [Source];

    /// Its tables.
    fn tables(&self) -> &'static [&'static str];

    /// Whether an event concerns it at all.
    fn wants(&self, event: &LogEvent) -> bool;

    /// Takes events of one log, in their order.
    async fn apply_in(
        &self,
        tx: &Tx,
        generation: i16,
        events: &[Arc<LogEvent>],
    ) -> Result<(), InteractionsError>;
}

/// A log that a projection follows.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Source {
    /// Whose log.
    pub(crate) log: &'static str,
    /// The reader's name.
    pub(crate) reader: &'static str,
}

/// Every projection.
pub(crate) fn all() -> [Arc<dyn Projection>; 5] {
    [
        Arc::new(timeline::Timeline),
        Arc::new(summary::Summary),
        Arc::new(engagement::Engagement),
        Arc::new(relationship::Relationship),
        Arc::new(counts::Counts),
    ]
}

/// Lets every projection follow its logs, event after event.
pub(crate) fn follow(bus: &Bus) {
    for projection in all() {
        for source in projection.sources() {
            let live = Live {
                projection: Arc::clone(&projection),
                reader: source.reader,
            };
            bus.follow("interactions", source.log, Arc::new(live), 1);
        }
    }
}

/// The generation that is in use follows the log.
struct Live {
    projection: Arc<dyn Projection>,
    reader: &'static str,
}

#[async_trait]
impl Reader for Live {
    fn name(&self) -> &'static str {
        self.reader
    }

    fn wants(&self, event: &LogEvent) -> bool {
        self.projection.wants(event)
    }

    async fn apply_in(&self, tx: &Tx, events: &[Arc<LogEvent>]) -> Result<(), Failure> {
        let generation = store::generation_in(tx, self.projection.name()).await?;
        Ok(self.projection.apply_in(tx, generation, events).await?)
    }
}

/// Every projection, and what is being done with it.
pub(crate) async fn list(store: &kith_store::Store) -> Result<Vec<Status>, Failure> {
    Ok(store::list(store).await?)
}
