//! What is measured of readers, jobs and schedules.

use jiff::{Timestamp, Unit};
use kith_kernel::Clock;
use metrics::{Counter, Gauge};

/// What is measured of one lane of a reader.
#[derive(Clone)]
pub(crate) struct Meter {
    lag: Gauge,
    success: Gauge,
    parked: Gauge,
    events: Counter,
    failures: Counter,
    clock: Clock,
}

impl Meter {
    pub(crate) fn new(reader: &str, lane: u8, clock: Clock) -> Self {
        let labels = [("reader", reader.to_owned()), ("lane", lane.to_string())];
        let of = [("reader", reader.to_owned())];
        Self {
            lag: metrics::gauge!("kith_log_reader_lag_seconds", &labels),
            success: metrics::gauge!("kith_log_reader_last_success_timestamp_seconds", &labels),
            parked: metrics::gauge!("kith_log_reader_parked", &of),
            events: metrics::counter!("kith_log_reader_events_total", &labels),
            failures: metrics::counter!("kith_log_reader_failures_total", &labels),
            clock,
        }
    }

    pub(crate) fn caught_up(&self) {
        self.lag.set(0.0);
        self.success.set(seconds(self.clock.now()));
    }

    pub(crate) fn behind_since(&self, at: Timestamp, clock: &Clock) {
        let lag = (clock.now() - at).total(Unit::Second).unwrap_or_default();
        self.lag.set(lag.max(0.0));
    }

    pub(crate) fn took(&self, events: usize) {
        self.events
            .increment(u64::try_from(events).unwrap_or(u64::MAX));
        self.success.set(seconds(self.clock.now()));
    }

    pub(crate) fn failed(&self) {
        self.failures.increment(1);
    }

    #[expect(clippy::cast_precision_loss, reason = "there are never so many")]
    pub(crate) fn parked(&self, subjects: usize) {
        self.parked.set(subjects as f64);
    }
}

/// A moment as Prometheus takes it.
#[expect(clippy::cast_precision_loss, reason = "a second is enough")]
pub(crate) fn seconds(at: Timestamp) -> f64 {
    at.as_second() as f64
}
