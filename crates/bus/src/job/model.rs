use std::time::Duration;

use jiff::Timestamp;
use kith_kernel::WorkspaceId;
use serde::Serialize;
use serde_json::Value;
use uuid::Uuid;

/// The pause after a first failed attempt; each further one is twice as long,
const FIRST: Duration = Duration::from_secs(2);
/// up to this.
const LONGEST: Duration = Duration::from_hours(1);

/// A job to be enqueued.
#[derive(Clone, Debug)]
pub struct NewJob<'a> {
    /// The queue, which bounds how many run at once in a process.
    pub queue: &'static str,
    /// What is to be done: the name of a [`JobHandler`](super::JobHandler).
    pub kind: &'static str,
    /// Whose job it is, if it is a workspace's. Must be that of the transaction.
    pub workspace: Option<WorkspaceId>,
    /// What the handler needs to know.
    pub payload: &'a Value,
    /// While a job with the same key waits in the queue, this one is not added.
    pub dedupe_key: Option<&'a str>,
    /// Lower ones come first.
    pub priority: i16,
    /// When it may start.
    pub run_at: Timestamp,
    /// After how many attempts it is given up, at least 1.
    pub max_attempts: i32,
}

/// A job that runs, or one that was given up.
#[derive(Clone, Debug, Serialize)]
pub struct Job {
    /// Its id, the same at each attempt: what it does outside carries it as idempotency key.
    pub id: Uuid,
    /// Whose job it is, if it is a workspace's.
    #[serde(skip)]
    pub workspace: Option<WorkspaceId>,
    /// The queue.
    pub queue: String,
    /// What is to be done.
    pub kind: String,
    /// What the handler needs to know.
    pub payload: Value,
    /// How often it was tried, this time included.
    pub attempts: i32,
    /// After how many attempts it is given up.
    pub max_attempts: i32,
    /// Why it failed last.
    pub error: Option<String>,
    /// When it was enqueued.
    pub created_at: Timestamp,
    /// When it was tried last.
    pub updated_at: Timestamp,
}

/// Why a job is not done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum JobFailure {
    /// It may succeed later.
    Retry {
        /// After how long; by the attempts where it isn't said.
        after: Option<Duration>,
        /// Why it failed, for whoever looks at it.
        reason: String,
    },
    /// It will never succeed.
    Fail {
        /// Why.
        reason: String,
    },
}

impl JobFailure {
    /// It failed for a reason that may pass.
    pub fn retry(reason: impl Into<String>) -> Self {
        Self::Retry {
            after: None,
            reason: reason.into(),
        }
    }
}

impl From<kith_kernel::Failure> for JobFailure {
    /// What is temporary is tried again, and so is what looks like a defect of ours.
    fn from(failure: kith_kernel::Failure) -> Self {
        let reason = match &failure.cause {
            Some(cause) => format!("{}: {cause}", failure.message),
            None => failure.message.clone(),
        };
        Self::retry(reason)
    }
}

impl Job {
    /// The pause before the next attempt: doubled each time, and up to a quarter longer or shorter
    /// by the job's id, so that jobs that failed together are not tried together.
    pub(super) fn pause(&self) -> Duration {
        let doublings = u32::try_from(self.attempts - 1).unwrap_or(0).min(20);
        let pause = FIRST.saturating_mul(1 << doublings).min(LONGEST);
        let bytes = self.id.as_bytes();
        let chance = u16::from_be_bytes([bytes[14], bytes[15]]).rotate_left(doublings % 16);
        pause.mul_f64(0.75 + f64::from(chance) / f64::from(u16::MAX) / 2.0)
    }
}

#[cfg(test)]
mod tests {
    use kith_kernel::Clock;

    use super::*;

    #[test]
    fn pauses_double_up_to_an_hour_and_differ_from_job_to_job() {
        let clock = Clock::system();
        let job = |attempts| Job {
            id: clock.next_uuid(),
            workspace: None,
            queue: "q".to_owned(),
            kind: "k".to_owned(),
            payload: Value::Null,
            attempts,
            max_attempts: 100,
            error: None,
            created_at: clock.now(),
            updated_at: clock.now(),
        };
        for (attempts, middle) in [(1, 2.0), (2, 4.0), (5, 32.0), (12, 3600.0), (90, 3600.0)] {
            let pauses: Vec<f64> = (0..200)
                .map(|_| job(attempts).pause().as_secs_f64())
                .collect();
            let inside = |pause: &f64| (middle * 0.749..=middle * 1.251).contains(pause);
            assert!(pauses.iter().all(inside), "{attempts}: {pauses:?}");
            let first = pauses[0];
            assert!(
                pauses
                    .iter()
                    .any(|pause| (pause - first).abs() > middle / 10.0)
            );
        }
    }
}
