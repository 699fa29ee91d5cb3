//! What happens after a change: readers of the services' event logs, jobs and schedules.
//!
//! Each service has a log of its own ([`Log`]), written in the transaction of the change. A
//! [`Reader`] follows it and stores its place beside its effect, so that it takes each event once
//! whatever happens in between. [`Jobs`] are for work that is asked for rather than derived.

pub mod admin;
mod follow;
pub mod job;
mod log;
mod meter;
mod presence;
mod reader;
pub mod schedule;

use std::collections::BTreeMap;
use std::sync::Arc;

use kith_kernel::{Clock, Failure};
use kith_store::Store;
use parking_lot::Mutex;
use tokio_util::sync::CancellationToken;

pub use job::{Job, JobFailure, JobHandler, Jobs, NewJob};
pub use log::{Log, LogEvent, NoPosition, Position, Tail};
pub use presence::Presence;
pub use reader::{Begin, Parked, Reader};
pub use schedule::{Schedule, Scheduled};

use reader::{Cursors, Following, ParkedStore};

/// All that follows logs in one process. Clones share everything.
#[derive(Clone)]
pub struct Bus {
    inner: Arc<Inner>,
}

struct Inner {
    store: Store,
    clock: Clock,
    presence: Presence,
    tails: Mutex<BTreeMap<&'static str, Tail>>,
    readers: Mutex<Vec<Arc<Following>>>,
    jobs: Mutex<Vec<Jobs>>,
    schedules: Mutex<Vec<Arc<Schedule>>>,
}

impl Bus {
    /// A bus without readers on a database.
    pub fn new(store: Store, clock: Clock) -> Self {
        let presence = Presence::new(clock.next_uuid());
        Self {
            inner: Arc::new(Inner {
                store,
                clock,
                presence,
                tails: Mutex::default(),
                readers: Mutex::default(),
                jobs: Mutex::default(),
                schedules: Mutex::default(),
            }),
        }
    }

    /// The end of a service's log, which [`Bus::work`] keeps up to date if it was asked for before.
    pub fn tail(&self, service: &'static str) -> Tail {
        let mut tails = self.inner.tails.lock();
        let tail = tails
            .entry(service)
            .or_insert_with(|| Tail::new(Log::new(self.inner.store.clone(), service)));
        tail.clone()
    }

    /// Lets `reader` follow the log of `source`. Its cursors stand in the schema of `owner`, whose
    /// migrations have called `kith.create_readers`. Its subjects are shared among `lanes` that work
    /// side by side.
    pub fn follow(
        &self,
        owner: &'static str,
        source: &'static str,
        reader: Arc<dyn Reader>,
        lanes: u8,
    ) {
        let store = self.inner.store.clone();
        let following = Following {
            owner,
            cursors: Cursors::new(store.clone(), owner, reader.name()),
            parked: ParkedStore::new(store.clone(), owner),
            reader,
            tail: self.tail(source),
            store,
            wanted_lanes: lanes.max(1),
        };
        self.inner.readers.lock().push(Arc::new(following));
    }

    /// The jobs of a service, whose migrations have called `kith.create_jobs`.
    pub fn jobs(&self, owner: &'static str) -> Jobs {
        let mut all = self.inner.jobs.lock();
        if let Some(jobs) = all.iter().find(|jobs| jobs.owner() == owner) {
            return jobs.clone();
        }
        let process = self.inner.presence.process();
        let store = self.inner.store.clone();
        let jobs = Jobs::new(store, owner, self.inner.clock.clone(), process);
        all.push(jobs.clone());
        jobs
    }

    /// Runs something at the times that a pattern of cron names, in UTC, in one process at a time.
    /// Its place is kept in the schema of `owner`, whose migrations have called `kith.create_jobs`.
    ///
    /// # Errors
    /// When the pattern is none.
    pub fn schedule(
        &self,
        owner: &'static str,
        pattern: &str,
        task: Arc<dyn Scheduled>,
    ) -> Result<(), Failure> {
        let store = self.inner.store.clone();
        let schedule = Schedule::new(store, owner, self.inner.clock.clone(), pattern, task)?;
        self.inner.schedules.lock().push(Arc::new(schedule));
        Ok(())
    }

    /// This process among those that share the database.
    pub fn presence(&self) -> &Presence {
        &self.inner.presence
    }

    /// The database.
    pub fn store(&self) -> &Store {
        &self.inner.store
    }

    /// The source of time and ids.
    pub fn clock(&self) -> &Clock {
        &self.inner.clock
    }

    /// Follows the ends of logs and what other processes tell, until `stop` is cancelled. Every
    /// process needs it; [`Bus::work`] is for those that have background work.
    pub async fn listen(&self, stop: CancellationToken) {
        follow::listen(self, &stop).await;
    }

    /// Runs all readers, jobs and schedules, until `stop` is cancelled.
    pub async fn work(&self, stop: CancellationToken) {
        follow::work(self, |_| true, &stop).await;
    }

    /// Runs those of some services.
    pub async fn work_of(&self, owners: &[&str], stop: CancellationToken) {
        follow::work(self, |owner| owners.contains(&owner), &stop).await;
    }

    /// Lets all readers read until there is nothing left of what is committed now. For tests, and
    /// for who waits for projections.
    ///
    /// # Errors
    /// What a reader fails on that may pass by itself.
    pub async fn drain(&self) -> Result<(), Failure> {
        follow::drain(self).await
    }

    /// Drops the months of a service's log that ended more than `keep` months ago, as far as all
    /// readers that this process knows are past them; returns how many.
    ///
    /// # Errors
    /// When the database can't be reached, or others have the log locked.
    pub async fn retire(&self, service: &'static str, keep: u16) -> Result<i32, Failure> {
        follow::retire(self, service, keep).await
    }

    pub(crate) fn readers(&self) -> Vec<Arc<Following>> {
        self.inner.readers.lock().clone()
    }

    pub(crate) fn tails(&self) -> Vec<Tail> {
        self.inner.tails.lock().values().cloned().collect()
    }

    pub(crate) fn all_jobs(&self) -> Vec<Jobs> {
        self.inner.jobs.lock().clone()
    }

    /// What is done at certain times.
    pub fn schedules(&self) -> Vec<Arc<Schedule>> {
        self.inner.schedules.lock().clone()
    }
}
