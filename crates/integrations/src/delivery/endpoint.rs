//! How much is sent to one receiver at once: much to one that answers, little to one that fails,
//! so that a dead receiver takes nothing from the others.

use std::collections::HashMap;
use std::time::Duration;

use kith_kernel::{WebhookId, WorkspaceId};
use tokio::time::Instant;

/// The most that one receiver is sent at once.
const MOST: u32 = 64;
/// After how many failures in a row there are pauses.
const PATIENCE: u32 = 5;
/// The first and the longest of those pauses.
const PAUSES: (Duration, Duration) = (Duration::from_millis(200), Duration::from_secs(30));
/// How many receivers are remembered that nothing is sent to at this moment.
const REMEMBERED: usize = 10_000;

/// A webhook of a workspace.
pub(super) type Key = (WorkspaceId, WebhookId);

/// The receivers of this process.
#[derive(Default)]
pub(super) struct Endpoints {
    known: HashMap<Key, Endpoint>,
}

struct Endpoint {
    running: u32,
    most: u32,
    failures: u32,
    resumes: Option<Instant>,
}

impl Default for Endpoint {
    fn default() -> Self {
        Self {
            running: 0,
            most: MOST,
            failures: 0,
            resumes: None,
        }
    }
}

impl Endpoints {
    /// How much more may be sent to a receiver.
    pub(super) fn room(&self, key: Key, now: Instant) -> u32 {
        self.known
            .get(&key)
            .map_or(MOST, |endpoint| match endpoint.resumes {
                Some(resumes) if resumes > now => 0,
                _ => endpoint.most.saturating_sub(endpoint.running),
            })
    }

    /// Notes that something is being sent.
    pub(super) fn begun(&mut self, key: Key) {
        if self.known.len() >= REMEMBERED {
            self.known.retain(|_, endpoint| endpoint.running > 0);
        }
        self.known.entry(key).or_default().running += 1;
    }

    /// Notes how it ended.
    pub(super) fn ended(&mut self, key: Key, succeeded: bool, now: Instant) {
        let endpoint = self.known.entry(key).or_default();
        endpoint.running = endpoint.running.saturating_sub(1);
        if succeeded {
            endpoint.most = (endpoint.most * 2).min(MOST);
            endpoint.failures = 0;
            endpoint.resumes = None;
            return;
        }
        endpoint.most = (endpoint.most / 2).max(1);
        endpoint.failures = endpoint.failures.saturating_add(1);
        if let Some(beyond) = endpoint.failures.checked_sub(PATIENCE) {
            let (first, longest) = PAUSES;
            let pause = first.saturating_mul(1 << beyond.min(16)).min(longest);
            endpoint.resumes = Some(now + pause);
        }
    }
}

#[cfg(test)]
mod tests {
    use kith_kernel::Clock;

    use super::*;

    #[test]
    fn a_failing_receiver_is_sent_one_at_a_time_with_pauses() {
        let clock = Clock::fixed(jiff::Timestamp::UNIX_EPOCH);
        let key = (WorkspaceId::new(&clock), WebhookId::new(&clock));
        let now = Instant::now();
        let mut endpoints = Endpoints::default();
        assert_eq!(endpoints.room(key, now), MOST);
        endpoints.begun(key);
        assert_eq!(endpoints.room(key, now), MOST - 1);
        for _ in 0..20 {
            endpoints.begun(key);
            endpoints.ended(key, false, now);
        }
        assert_eq!(endpoints.room(key, now), 0);
        endpoints.ended(key, false, now);
        assert_eq!(endpoints.room(key, now), 0);
        let later = now + PAUSES.1;
        assert_eq!(endpoints.room(key, later), 1);
        for doubled in [2, 4, 8, 16, 32, 64, 64] {
            endpoints.begun(key);
            endpoints.ended(key, true, later);
            assert_eq!(endpoints.room(key, later), doubled);
        }
    }
}
