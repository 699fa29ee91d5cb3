//! Those who follow a log and do something with every event in it.

mod cursor;
mod lane;
mod parked;

use std::sync::Arc;

use async_trait::async_trait;
use kith_kernel::{ErrorCode, Failure};
use kith_store::Tx;

use crate::log::LogEvent;

pub(crate) use cursor::Cursors;
pub(crate) use lane::{Following, Lane, Step};
pub use parked::Parked;
pub(crate) use parked::ParkedStore;

/// Where a new reader begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Begin {
    /// With the oldest event that is kept.
    First,
    /// With what happens from now on.
    Now,
}

/// What follows a log.
#[async_trait]
pub trait Reader: Send + Sync + 'static {
    /// Its name, unique among those of its service, such as `timeline`.
    fn name(&self) -> &'static str;

    /// Where it begins when it is new.
    fn begin(&self) -> Begin {
        Begin::First
    }

    /// Whether an event concerns it at all. The answer must never change for an event.
    fn wants(&self, _event: &LogEvent) -> bool {
        true
    }

    /// What has to happen outside the database before the cursor moves on, such as publishing to a
    /// broker. Happens again when the process dies before the cursor is stored, so what is sent
    /// has to carry the event's id.
    async fn deliver(&self, _events: &[Arc<LogEvent>]) -> Result<(), Failure> {
        Ok(())
    }

    /// The effect of some events within the database, in the transaction that also moves the
    /// cursor: exactly once. The events stand in the log's order and are of many workspaces and
    /// subjects. The transaction is that of `kith_system`, which row-level security does not bind:
    /// every statement has to say the workspace itself.
    async fn apply_in(&self, _tx: &Tx, _events: &[Arc<LogEvent>]) -> Result<(), Failure> {
        Ok(())
    }
}

/// Whether the same may succeed later, with nothing changed but the world around.
pub(crate) fn is_temporary(failure: &Failure) -> bool {
    matches!(
        failure.code,
        ErrorCode::Unavailable
            | ErrorCode::StorageFull
            | ErrorCode::RateLimited
            | ErrorCode::QueryTimeout
    )
}
