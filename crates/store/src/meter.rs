//! What operators see of a pool.

use std::time::Duration;

use metrics::{Counter, Gauge, Histogram};

/// A pool's series. Looked up once, because looking up costs more than counting.
pub(crate) struct Meter {
    in_use: Gauge,
    wait: Histogram,
    statement: Histogram,
    timeouts: Counter,
    cancelled: Counter,
}

impl Meter {
    /// The series of one pool. Made when the pool is first used: the recorder runs by then.
    pub(crate) fn new(pool: &str) -> Self {
        let labels = [("pool", pool.to_owned())];
        Self {
            in_use: metrics::gauge!("kith_store_connections_in_use", &labels),
            wait: metrics::histogram!("kith_store_wait_seconds", &labels),
            statement: metrics::histogram!("kith_store_statement_seconds", &labels),
            timeouts: metrics::counter!("kith_store_pool_timeouts_total", &labels),
            cancelled: metrics::counter!("kith_store_cancelled_total", &labels),
        }
    }

    /// Somebody got a connection after waiting.
    pub(crate) fn taken(&self, waited: Duration) {
        self.in_use.increment(1);
        self.wait.record(waited);
    }

    /// A connection was given back or closed.
    pub(crate) fn given_back(&self) {
        self.in_use.decrement(1);
    }

    /// Somebody waited for a connection in vain.
    pub(crate) fn timed_out(&self) {
        self.timeouts.increment(1);
    }

    /// A statement that nobody waited for any more had to be cancelled.
    pub(crate) fn cancelled(&self) {
        self.cancelled.increment(1);
    }

    /// A statement took this long; one that took a fifth of what it may is worth a line.
    pub(crate) fn ran(&self, sql: &str, took: Duration, limit: Duration) {
        self.statement.record(took);
        if took > limit / 5 {
            let milliseconds = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
            tracing::warn!(milliseconds, sql, "slow statement");
        }
    }
}
