//! Whether somebody is being answered, so that work which nobody waits for keeps out of the way.

use std::time::Duration;

use parking_lot::Mutex;
use tokio::time::Instant;

/// For how long nobody may have been answered until it counts as quiet.
const QUIET: Duration = Duration::from_millis(250);
/// How long background work waits for quiet; under constant load it has to be done all the same.
const PATIENCE: Duration = Duration::from_secs(30);

/// The answers that are under way.
#[derive(Debug)]
pub(crate) struct Traffic {
    now: Mutex<State>,
}

#[derive(Debug)]
struct State {
    under_way: usize,
    /// When the last one ended.
    ended: Instant,
}

impl Default for Traffic {
    fn default() -> Self {
        let now = Mutex::new(State {
            under_way: 0,
            ended: Instant::now(),
        });
        Self { now }
    }
}

/// An answer that is under way until this is dropped.
#[derive(Debug)]
pub(crate) struct Answering<'t>(&'t Traffic);

impl Traffic {
    /// Notes that somebody waits for an answer.
    pub(crate) fn answering(&self) -> Answering<'_> {
        self.now.lock().under_way += 1;
        Answering(self)
    }

    /// Waits until it is quiet, but not for ever; tells whether it is.
    pub(crate) async fn quiet(&self) -> bool {
        let began = Instant::now();
        loop {
            let rest = {
                let now = self.now.lock();
                match now.under_way {
                    0 => QUIET.saturating_sub(now.ended.elapsed()),
                    _ => QUIET,
                }
            };
            if rest.is_zero() {
                return true;
            }
            if began.elapsed() >= PATIENCE {
                return false;
            }
            tokio::time::sleep(rest).await;
        }
    }
}

impl Drop for Answering<'_> {
    fn drop(&mut self) {
        let mut now = self.0.now.lock();
        now.under_way -= 1;
        now.ended = Instant::now();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn it_is_quiet_a_moment_after_the_last_answer() {
        let traffic = Traffic::default();
        drop(traffic.answering());
        let began = Instant::now();
        assert!(traffic.quiet().await);
        assert!(began.elapsed() >= QUIET);
    }

    #[tokio::test(start_paused = true)]
    async fn under_constant_load_waiting_ends() {
        let traffic = Traffic::default();
        let answering = traffic.answering();
        let began = Instant::now();
        assert!(!traffic.quiet().await);
        assert!(began.elapsed() >= PATIENCE);
        drop(answering);
        assert!(traffic.quiet().await);
    }
}
