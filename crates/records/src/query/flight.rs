//! Requests for the same thing at the same time, answered by one run.
//!
//! A board that sixteen people look at is added up once for all of them. Nobody gets an answer
//! that was begun before they asked: who comes while a run is under way shares the next one.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use kith_kernel::Failure;
use parking_lot::Mutex;

/// Runs under way, by what they are about.
#[derive(Debug)]
pub(crate) struct Flights<T> {
    runs: Mutex<HashMap<String, Arc<Run<T>>>>,
}

impl<T> Default for Flights<T> {
    fn default() -> Self {
        Self {
            runs: Mutex::default(),
        }
    }
}

#[derive(Debug)]
struct Run<T> {
    /// How many runs have begun.
    begun: AtomicU64,
    /// The number of the last run that has ended, and its result.
    last: tokio::sync::Mutex<Option<(u64, Result<T, Refusal>)>>,
}

/// A failure that several get.
#[derive(Clone, Debug)]
struct Refusal(Arc<Failure>);

impl Refusal {
    /// What the client reads of a failure, without its cause.
    fn copy(of: &Failure) -> Failure {
        let mut failure = Failure::new(of.code, of.message.clone());
        failure.fields.clone_from(&of.fields);
        failure.details.clone_from(&of.details);
        failure.retry_after = of.retry_after;
        failure
    }
}

impl<T: Clone> Flights<T> {
    /// The result of `run`, or of a run for the same `key` that began after this call.
    pub(crate) async fn join(
        &self,
        key: String,
        run: impl Future<Output = Result<T, Failure>>,
    ) -> Result<T, Failure> {
        let flight = {
            let mut runs = self.runs.lock();
            // Whoever was dropped while waiting could not tidy up behind them.
            if runs.len() > 256 {
                runs.retain(|_, flight| Arc::strong_count(flight) > 1);
            }
            Arc::clone(runs.entry(key.clone()).or_insert_with(|| {
                Arc::new(Run {
                    begun: AtomicU64::new(0),
                    last: tokio::sync::Mutex::default(),
                })
            }))
        };
        let seen = flight.begun.load(Ordering::SeqCst);
        let result = {
            let mut last = flight.last.lock().await;
            match &*last {
                Some((number, result)) if *number > seen => {
                    result.clone().map_err(|refusal| Refusal::copy(&refusal.0))
                }
                _ => {
                    let number = flight.begun.fetch_add(1, Ordering::SeqCst) + 1;
                    match run.await {
                        Ok(value) => {
                            *last = Some((number, Ok(value.clone())));
                            Ok(value)
                        }
                        Err(failure) => {
                            // The cause goes to the log once, with the one who ran.
                            let shared = Refusal(Arc::new(Refusal::copy(&failure)));
                            *last = Some((number, Err(shared)));
                            Err(failure)
                        }
                    }
                }
            }
        };
        let mut runs = self.runs.lock();
        // This call's and the map's.
        if Arc::strong_count(&flight) <= 2 {
            runs.remove(&key);
        }
        result
    }
}

#[cfg(test)]
mod tests {
    use kith_kernel::ErrorCode;
    use tokio::sync::Semaphore;
    use tokio::task::JoinHandle;

    use super::*;

    /// Runs that each take one permit, and count themselves.
    struct Desk {
        flights: Arc<Flights<u64>>,
        gate: Arc<Semaphore>,
        runs: Arc<AtomicU64>,
    }

    impl Desk {
        fn new() -> Self {
            Self {
                flights: Arc::default(),
                gate: Arc::new(Semaphore::new(0)),
                runs: Arc::default(),
            }
        }

        /// Asks, and goes on once the asking is as far as it gets.
        async fn ask(&self, fails: bool) -> JoinHandle<Result<u64, ErrorCode>> {
            let (flights, gate, runs) = (
                Arc::clone(&self.flights),
                Arc::clone(&self.gate),
                Arc::clone(&self.runs),
            );
            let asked = tokio::spawn(async move {
                let run = async {
                    let number = runs.fetch_add(1, Ordering::SeqCst) + 1;
                    gate.acquire().await.unwrap().forget();
                    match fails {
                        false => Ok(number),
                        true => Err(Failure::new(ErrorCode::QueryTimeout, "Too long.")),
                    }
                };
                let result = flights.join("board".to_owned(), run).await;
                result.map_err(|failure| failure.code)
            });
            settle().await;
            asked
        }

        async fn finish_one(&self) {
            self.gate.add_permits(1);
            settle().await;
        }
    }

    async fn settle() {
        for _ in 0..20 {
            tokio::task::yield_now().await;
        }
    }

    #[tokio::test]
    async fn who_comes_during_a_run_shares_the_next_one() {
        let desk = Desk::new();
        let first = desk.ask(false).await;
        let shared = [desk.ask(false).await, desk.ask(false).await];
        desk.finish_one().await;
        let third = desk.ask(false).await;
        desk.finish_one().await;
        desk.finish_one().await;
        assert_eq!(first.await.unwrap(), Ok(1));
        for answer in shared {
            assert_eq!(answer.await.unwrap(), Ok(2));
        }
        assert_eq!(third.await.unwrap(), Ok(3));
        let fourth = desk.ask(false).await;
        desk.finish_one().await;
        assert_eq!(fourth.await.unwrap(), Ok(4));
        assert!(desk.flights.runs.lock().is_empty());
    }

    #[tokio::test]
    async fn a_failure_is_shared_and_an_abandoned_run_is_not_missed() {
        let desk = Desk::new();
        let first = desk.ask(true).await;
        let shared = [desk.ask(true).await, desk.ask(true).await];
        desk.finish_one().await;
        desk.finish_one().await;
        assert_eq!(first.await.unwrap(), Err(ErrorCode::QueryTimeout));
        for answer in shared {
            assert_eq!(answer.await.unwrap(), Err(ErrorCode::QueryTimeout));
        }
        assert_eq!(desk.runs.load(Ordering::SeqCst), 2);
        let abandoned = desk.ask(false).await;
        let waiting = desk.ask(false).await;
        abandoned.abort();
        settle().await;
        desk.finish_one().await;
        assert_eq!(waiting.await.unwrap(), Ok(4));
    }
}
