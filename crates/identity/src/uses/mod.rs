//! When tokens and sessions were used last, and which logins failed: noted in memory and
//! written down in batches, so that no request waits for it.

mod store;

use std::collections::BTreeMap;

use jiff::Timestamp;
use kith_kernel::{ApiTokenId, SessionId, UserId, WorkspaceId};
use parking_lot::Mutex;

use crate::audit::{self, Event, Leave, Subject};
use crate::{Identity, IdentityError};

/// More than this many notes between two writings are dropped: they are a convenience, and
/// memory is not theirs to fill.
const CAPACITY: usize = 20_000;
const FAILURES: usize = 1_000;

/// What was used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Use {
    Session(SessionId),
    ApiToken(ApiTokenId),
}

/// A login that failed for somebody whom we know.
#[derive(Clone, Debug)]
pub(crate) struct FailedLogin {
    pub(crate) workspace: WorkspaceId,
    pub(crate) user: UserId,
    pub(crate) ip: String,
}

/// What is to be written down.
#[derive(Default)]
pub(crate) struct Uses {
    noted: Mutex<Noted>,
}

#[derive(Default)]
struct Noted {
    // Ordered, so that processes writing at once lock rows in one order.
    uses: BTreeMap<(WorkspaceId, Use), Timestamp>,
    failures: Vec<FailedLogin>,
}

impl Uses {
    pub(crate) fn note(&self, workspace: WorkspaceId, used: Use, at: Timestamp) {
        let mut noted = self.noted.lock();
        if noted.uses.len() < CAPACITY {
            let latest = noted.uses.entry((workspace, used)).or_insert(at);
            *latest = at.max(*latest);
        }
    }

    pub(crate) fn note_failure(&self, failure: FailedLogin) {
        let mut noted = self.noted.lock();
        if noted.failures.len() < FAILURES {
            noted.failures.push(failure);
        }
    }

    fn take(&self) -> Noted {
        std::mem::take(&mut *self.noted.lock())
    }
}

impl Identity {
    /// Writes down what was noted since the last time. Runs periodically in
    /// [`Identity::work`], and at its end.
    ///
    /// # Errors
    /// When the database can't be reached; what was noted is then kept for the next time.
    pub async fn write_down_uses(&self) -> Result<(), IdentityError> {
        let Noted { uses, failures } = self.uses().take();
        if !uses.is_empty() {
            let written = store::write(self.store(), &uses).await;
            if let Err(error) = written {
                for ((workspace, used), at) in uses {
                    self.uses().note(workspace, used, at);
                }
                for failure in failures {
                    self.uses().note_failure(failure);
                }
                return Err(error.into());
            }
        }
        let mut waiting = failures.into_iter();
        while let Some(failure) = waiting.next() {
            if let Err(error) = self.log_failure(&failure).await {
                for failure in std::iter::once(failure).chain(waiting) {
                    self.uses().note_failure(failure);
                }
                return Err(error);
            }
        }
        Ok(())
    }

    async fn log_failure(&self, failed: &FailedLogin) -> Result<(), IdentityError> {
        let tx = self.begin(failed.workspace).await?;
        let event = Event {
            kind: "login.failed",
            subject: Subject::User(failed.user),
            version: 0,
            data: serde_json::json!({"ip": failed.ip}),
        };
        audit::log_in(&tx, self.clock(), failed.workspace, &Leave::nobody(), event).await?;
        Ok(tx.commit().await?)
    }
}

#[cfg(test)]
mod tests {
    use kith_kernel::Clock;

    use super::*;

    #[test]
    fn the_latest_use_counts_and_memory_is_bounded() {
        let clock = Clock::fixed(Timestamp::UNIX_EPOCH);
        let (workspace, uses) = (WorkspaceId::new(&clock), Uses::default());
        let used = Use::ApiToken(ApiTokenId::new(&clock));
        let second = |n| Timestamp::from_second(n).unwrap();
        for n in [3, 5, 4] {
            uses.note(workspace, used, second(n));
        }
        for _ in 0..2 * CAPACITY {
            uses.note(workspace, Use::Session(SessionId::new(&clock)), second(1));
        }
        let noted = uses.take();
        assert_eq!(noted.uses[&(workspace, used)], second(5));
        assert_eq!(noted.uses.len(), CAPACITY);
        assert!(uses.take().uses.is_empty());
    }
}
