//! How many records a list has: counted when it is asked for, and kept where counting is dear.
//!
//! Counting to ten thousand can cost more than finding the page itself. What took long is kept for
//! a while that grows with its price, so that counting one list never takes more than a hundredth
//! of the time. A complete number is forgotten as soon as this process writes to the workspace; a
//! lower bound, or that counting took too long, is no less true then. What nobody waits for is
//! counted when it is quiet, and under constant load in a small part of the time.

use std::collections::HashMap;
use std::time::Duration;

use kith_kernel::Failure;
use parking_lot::Mutex;
use tokio::sync::Semaphore;
use tokio::time::Instant;

use super::flight::Flights;
use super::list::COUNT_CAP;
use super::traffic::Traffic;

/// What takes less is counted again each time.
const CHEAP: Duration = Duration::from_millis(5);
/// How much longer than counting took its result is kept.
const WORTH: u32 = 100;
/// The bounds of how long a result is kept.
const SHORTEST: Duration = Duration::from_secs(1);
const LONGEST: Duration = Duration::from_mins(1);
/// How long it is kept that counting takes too long, unless it is finished before.
const HOPELESS: Duration = Duration::from_mins(5);
/// How much longer than it took nothing else is counted when nobody waits for it, unless it is quiet.
const REST: u32 = 20;
/// How many lists may wait for being counted when nobody waits for it; one at a time is.
const WAITING: usize = 100;
/// How many results are kept.
const CAPACITY: usize = 10_000;

/// What counting came to: a number, at most one more than [`COUNT_CAP`]; `None` where it takes
/// too long.
pub(crate) type Counted = Option<u64>;

/// The counts of all lists.
#[derive(Debug)]
pub(crate) struct Counts {
    flights: Flights<Counted>,
    kept: Mutex<HashMap<String, Kept>>,
    later: Semaphore,
    waiting: Semaphore,
}

impl Default for Counts {
    fn default() -> Self {
        Self {
            flights: Flights::default(),
            kept: Mutex::default(),
            later: Semaphore::new(1),
            waiting: Semaphore::new(WAITING),
        }
    }
}

#[derive(Clone, Copy, Debug)]
struct Kept {
    counted: Counted,
    until: Instant,
    /// The workspace's writes before counting.
    writes: u64,
}

impl Counts {
    /// What is kept of the list `key`, or what `counting` comes to, alone or for several. `writes`
    /// tells how often the workspace was written to.
    pub(crate) async fn of(
        &self,
        writes: impl Fn() -> u64,
        key: &str,
        counting: impl Future<Output = Result<Counted, Failure>>,
    ) -> Result<Counted, Failure> {
        if let Some(counted) = self.kept(&writes, key) {
            return Ok(counted);
        }
        let measured = async {
            let (began, before) = (Instant::now(), writes());
            let counted = counting.await?;
            self.keep(key, counted, began.elapsed(), before);
            Ok(counted)
        };
        self.flights.join(key.to_owned(), measured).await
    }

    /// Counts when it is this list's turn, and keeps what it comes to for whoever asks next.
    pub(super) async fn later(
        &self,
        writes: impl Fn() -> u64,
        key: &str,
        traffic: &Traffic,
        counting: impl Future<Output = Result<Counted, Failure>>,
    ) {
        let Ok(_place) = self.waiting.try_acquire() else {
            return;
        };
        let Ok(_turn) = self.later.acquire().await else {
            return;
        };
        let quiet = traffic.quiet().await;
        let (began, before) = (Instant::now(), writes());
        let counted = counting.await;
        let took = began.elapsed();
        if let Ok(counted) = counted {
            self.keep(key, counted, took, before);
        }
        if !quiet {
            tokio::time::sleep(took * REST).await;
        }
    }

    fn kept(&self, writes: &impl Fn() -> u64, key: &str) -> Option<Counted> {
        let kept = *self.kept.lock().get(key)?;
        let complete = kept.counted.is_some_and(|count| count <= COUNT_CAP);
        let changed = complete && kept.writes != writes();
        (!changed && Instant::now() < kept.until).then_some(kept.counted)
    }

    fn keep(&self, key: &str, counted: Counted, took: Duration, writes: u64) {
        if took < CHEAP {
            return;
        }
        let now = Instant::now();
        // What takes too long is counted later; until then trying again would be in vain.
        let good_for = match counted {
            Some(_) => (took * WORTH).clamp(SHORTEST, LONGEST),
            None => HOPELESS,
        };
        let until = now + good_for;
        let mut all = self.kept.lock();
        if all.len() >= CAPACITY {
            all.retain(|_, kept| now < kept.until);
            if all.len() >= CAPACITY {
                all.clear();
            }
        }
        let kept = Kept {
            counted,
            until,
            writes,
        };
        all.insert(key.to_owned(), kept);
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    /// A list and how often its workspace was written to.
    #[derive(Default)]
    struct List {
        counts: Counts,
        writes: Cell<u64>,
    }

    impl List {
        fn write(&self) {
            self.writes.set(self.writes.get() + 1);
        }

        /// Counts `result` in `took` where nothing is kept; tells whether it had to count.
        async fn ask(&self, took: u64, result: Counted) -> (Counted, bool) {
            let ran = Cell::new(false);
            let counting = async {
                ran.set(true);
                tokio::time::sleep(Duration::from_millis(took)).await;
                Ok(result)
            };
            let counted = self.counts.of(|| self.writes.get(), "list", counting).await;
            (counted.unwrap(), ran.get())
        }
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_cheap_is_counted_each_time() {
        let list = List::default();
        assert_eq!(list.ask(1, Some(3)).await, (Some(3), true));
        assert_eq!(list.ask(1, Some(4)).await, (Some(4), true));
    }

    #[tokio::test(start_paused = true)]
    async fn a_dear_number_is_kept_until_something_is_written_or_time_has_passed() {
        let list = List::default();
        assert_eq!(list.ask(20, Some(3)).await, (Some(3), true));
        assert_eq!(list.ask(20, Some(4)).await, (Some(3), false));
        list.write();
        assert_eq!(list.ask(20, Some(4)).await, (Some(4), true));
        tokio::time::advance(Duration::from_secs(3)).await;
        assert_eq!(list.ask(20, Some(5)).await, (Some(5), true));
    }

    #[tokio::test(start_paused = true)]
    async fn lower_bounds_outlive_writes_and_are_finished_later() {
        let list = List::default();
        let beyond = Some(COUNT_CAP + 1);
        assert_eq!(list.ask(20, beyond).await, (beyond, true));
        list.write();
        assert_eq!(list.ask(20, Some(3)).await, (beyond, false));
        tokio::time::advance(Duration::from_secs(3)).await;
        assert_eq!(list.ask(30, None).await, (None, true));
        list.write();
        assert_eq!(list.ask(30, Some(3)).await, (None, false));
        let counting = async {
            tokio::time::sleep(Duration::from_millis(200)).await;
            Ok(beyond)
        };
        let traffic = Traffic::default();
        (list
            .counts
            .later(|| list.writes.get(), "list", &traffic, counting))
        .await;
        assert_eq!(list.ask(30, None).await, (beyond, false));
    }

    #[tokio::test(start_paused = true)]
    async fn who_waits_for_an_answer_is_left_alone_for_most_of_the_time() {
        let (list, traffic) = (List::default(), Traffic::default());
        let _answering = traffic.answering();
        let began = Instant::now();
        for _ in 0..2 {
            let counting = async {
                tokio::time::sleep(Duration::from_secs(1)).await;
                Ok(Some(3))
            };
            (list.counts.later(|| 0, "list", &traffic, counting)).await;
        }
        assert!(began.elapsed() >= Duration::from_secs(1) * 2 * REST);
    }
}
