//! When to try again.

use std::time::Duration;

use super::Refused;

/// How often a busy server is asked before the person is told.
const BUSY: u32 = 10;

/// How often one that can't be reached is tried; a restart takes seconds.
const UNREACHABLE: u32 = 6;

/// The longest wait that a server can ask for.
const LONGEST: Duration = Duration::from_secs(120);

/// The attempts at one request.
#[derive(Debug, Default)]
pub(super) struct Attempts(u32);

impl Attempts {
    /// How long to wait after a refusal; `None` where trying again makes no sense.
    pub(super) fn after_refusal(&mut self, refused: &Refused) -> Option<Duration> {
        if !refused.is_temporary() {
            return None;
        }
        let own = self.wait(BUSY)?;
        let asked = refused.retry_after.map(Duration::from_secs);
        Some(asked.map_or(own, |asked| asked.max(own)).min(LONGEST))
    }

    /// How long to wait after a connection that failed: twice as long each time, from 250 ms on.
    pub(super) fn after_failure(&mut self) -> Option<Duration> {
        self.wait(UNREACHABLE)
    }

    /// Whether one attempt was made so far.
    pub(super) fn is_first(&self) -> bool {
        self.0 == 1
    }

    fn wait(&mut self, most: u32) -> Option<Duration> {
        self.0 += 1;
        (self.0 < most).then(|| Duration::from_millis(250) * 2_u32.pow(self.0 - 1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(status: u16, retry_after: Option<u64>) -> Refused {
        Refused {
            status,
            retry_after,
            ..Refused::default()
        }
    }

    #[test]
    fn waits_grow_and_end() {
        let mut attempts = Attempts::default();
        let waits: Vec<u128> = std::iter::from_fn(|| attempts.after_failure())
            .map(|wait| wait.as_millis())
            .collect();
        assert_eq!(waits, [250, 500, 1000, 2000, 4000]);
    }

    #[test]
    fn the_server_says_when_to_return_but_not_never() {
        let wait = |status, after| Attempts::default().after_refusal(&refused(status, after));
        assert_eq!(wait(429, Some(3)), Some(Duration::from_secs(3)));
        assert_eq!(wait(503, Some(86_400)), Some(LONGEST));
        assert_eq!(wait(503, None), Some(Duration::from_millis(250)));
        assert_eq!(wait(500, Some(1)), None);
        assert_eq!(wait(422, None), None);
    }
}
