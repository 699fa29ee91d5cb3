use jiff::{Timestamp, Unit};
use kith_kernel::{Clock, Failure};
use serde::Serialize;

use crate::Job;
use crate::reader::Following;

/// How far a reader is.
#[derive(Serialize)]
pub(super) struct ReaderState {
    service: &'static str,
    reader: &'static str,
    /// Whose log it reads.
    source: &'static str,
    lanes: usize,
    /// When the oldest event was recorded that it has not taken; absent where it has taken all.
    behind_since: Option<Timestamp>,
    /// The same in seconds, 0 where it has taken all.
    lag_seconds: f64,
    /// Subjects of all workspaces that it left behind.
    parked: usize,
}

impl ReaderState {
    pub(super) async fn of(reader: &Following, clock: &Clock) -> Result<Self, Failure> {
        let places = reader.cursors.all().await?;
        let mut behind_since: Option<Timestamp> = None;
        for place in &places {
            let next = reader.tail.after(*place, 1).await?;
            if let Some(event) = next.first() {
                let oldest = behind_since.unwrap_or(event.occurred_at);
                behind_since = Some(oldest.min(event.occurred_at));
            }
        }
        let lag = behind_since.map(|since| (clock.now() - since).total(Unit::Second));
        let parked = reader
            .parked
            .of_reader(reader.reader.name(), i64::MAX)
            .await?;
        Ok(Self {
            service: reader.owner,
            reader: reader.reader.name(),
            source: reader.tail.log().service(),
            lanes: places.len(),
            behind_since,
            lag_seconds: lag.and_then(Result::ok).unwrap_or_default().max(0.0),
            parked: parked.len(),
        })
    }
}

/// A job that was given up, and whose it is.
#[derive(Serialize)]
pub(super) struct DeadJob {
    pub(super) service: &'static str,
    #[serde(flatten)]
    pub(super) job: Job,
}
