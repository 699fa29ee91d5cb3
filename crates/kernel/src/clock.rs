//! Time as a parameter.

use std::sync::{Arc, Mutex, PoisonError};

use jiff::{SignedDuration, Timestamp};
use uuid::{ContextV7, Uuid};

/// The source of the current time and of time-ordered identifiers.
///
/// Clones share one state, so that identifiers of one process ascend.
#[derive(Clone, Debug)]
pub struct Clock {
    state: Arc<Mutex<State>>,
}

#[derive(Debug)]
struct State {
    fixed: Option<Timestamp>,
    sequence: ContextV7,
}

impl Clock {
    /// The machine's clock.
    pub fn system() -> Self {
        Self::from(None)
    }

    /// A clock that stands at `at` until [`Clock::set`] or [`Clock::advance`] moves it.
    pub fn fixed(at: Timestamp) -> Self {
        Self::from(Some(at))
    }

    fn from(fixed: Option<Timestamp>) -> Self {
        let sequence = ContextV7::new();
        Self {
            state: Arc::new(Mutex::new(State { fixed, sequence })),
        }
    }

    /// The current time.
    pub fn now(&self) -> Timestamp {
        self.with(|state| state.now())
    }

    /// Moves a fixed clock to `at`; makes a system clock a fixed one.
    pub fn set(&self, at: Timestamp) {
        self.with(|state| state.fixed = Some(at));
    }

    /// Moves a fixed clock by `by`; has no effect on a system clock.
    pub fn advance(&self, by: SignedDuration) {
        self.with(|state| {
            state.fixed = state
                .fixed
                .map(|at| at.checked_add(by).unwrap_or(Timestamp::MAX));
        });
    }

    /// A new UUID version 7. Later calls give greater values, within one millisecond too.
    pub fn next_uuid(&self) -> Uuid {
        self.with(|state| {
            let now = state.now();
            let seconds = u64::try_from(now.as_second()).unwrap_or(0);
            let nanos = u32::try_from(now.subsec_nanosecond()).unwrap_or(0);
            Uuid::new_v7(uuid::Timestamp::from_unix(&state.sequence, seconds, nanos))
        })
    }

    fn with<T>(&self, use_state: impl FnOnce(&mut State) -> T) -> T {
        use_state(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl State {
    fn now(&self) -> Timestamp {
        #[expect(
            clippy::disallowed_methods,
            reason = "the one place that reads the machine's clock"
        )]
        self.fixed.unwrap_or_else(Timestamp::now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identifiers_ascend_within_one_millisecond() {
        let clock = Clock::fixed(Timestamp::UNIX_EPOCH);
        let ids: Vec<Uuid> = (0..1000).map(|_| clock.next_uuid()).collect();
        assert!(ids.is_sorted());
    }

    #[test]
    fn a_fixed_clock_moves_only_when_told() {
        let clock = Clock::fixed(Timestamp::UNIX_EPOCH);
        assert_eq!(clock.now(), clock.now());
        clock.advance(SignedDuration::from_secs(5));
        assert_eq!(clock.now().as_second(), 5);
    }
}
