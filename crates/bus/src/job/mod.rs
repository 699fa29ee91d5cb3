//! Work that was asked for, in queues: at least once each, by one process at a time.

mod model;
mod store;
mod worker;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use jiff::SignedDuration;
use kith_kernel::{Clock, WorkspaceId};
use kith_store::{Store, StoreError, Tx};
use parking_lot::Mutex;
use uuid::Uuid;

pub use model::{Job, JobFailure, NewJob};
use store::JobStore;

/// How long jobs that were given up are kept.
const KEPT: SignedDuration = SignedDuration::from_hours(30 * 24);

/// Who does one kind of job.
#[async_trait]
pub trait JobHandler: Send + Sync + 'static {
    /// The kind, as [`NewJob::kind`] names it.
    fn kind(&self) -> &'static str;

    /// How long an attempt may take before it is broken off and tried again.
    fn limit(&self) -> Duration {
        Duration::from_mins(5)
    }

    /// Does the job. It may be done again, when the process dies before that is noted; what has to
    /// happen once within the database calls [`Jobs::finish_in`] in the same transaction.
    async fn run(&self, job: &Job) -> Result<(), JobFailure>;
}

/// The jobs of one service. Clones share everything.
#[derive(Clone)]
pub struct Jobs {
    inner: Arc<Inner>,
}

struct Inner {
    owner: &'static str,
    clock: Clock,
    store: Store,
    jobs: JobStore,
    process: Uuid,
    queues: Mutex<BTreeMap<&'static str, Queue>>,
}

/// What a process does of a queue.
#[derive(Clone, Default)]
struct Queue {
    at_once: usize,
    handlers: BTreeMap<&'static str, Arc<dyn JobHandler>>,
}

impl Jobs {
    pub(crate) fn new(store: Store, owner: &'static str, clock: Clock, process: Uuid) -> Self {
        Self {
            inner: Arc::new(Inner {
                owner,
                clock,
                jobs: JobStore::new(store.clone(), owner),
                store,
                process,
                queues: Mutex::default(),
            }),
        }
    }

    /// Whose jobs they are.
    pub fn owner(&self) -> &'static str {
        self.inner.owner
    }

    /// Lets `handler` do its kind of job of a queue, of which this process runs `at_once` at most.
    pub fn register(&self, queue: &'static str, at_once: usize, handler: Arc<dyn JobHandler>) {
        let mut queues = self.inner.queues.lock();
        let queue = queues.entry(queue).or_default();
        queue.at_once = at_once.max(1);
        queue.handlers.insert(handler.kind(), handler);
    }

    /// Asks for a job, if the transaction is committed. Whether it was added: `false` where the
    /// same is waiting already.
    pub async fn enqueue_in(&self, tx: &Tx, job: &NewJob<'_>) -> Result<bool, StoreError> {
        let id = self.inner.clock.next_uuid();
        self.inner.jobs.enqueue_in(tx, id, job).await
    }

    /// Notes in `tx` that the job is done, so that its effect and the note are one. `false` where
    /// the job is not this process's any more: then the transaction must not be committed.
    pub async fn finish_in(&self, tx: &Tx, job: &Job) -> Result<bool, StoreError> {
        self.inner.jobs.finish_in(tx, self.held(job)).await
    }

    /// Jobs of a workspace that were given up, by their ids, after one of them.
    pub async fn dead(
        &self,
        workspace: WorkspaceId,
        after: Option<Uuid>,
        limit: i64,
    ) -> Result<Vec<Job>, StoreError> {
        self.inner.jobs.dead(workspace, after, limit).await
    }

    /// Lets a job that was given up be tried again from the beginning; `false` where there is none.
    pub async fn revive(&self, workspace: WorkspaceId, id: Uuid) -> Result<bool, StoreError> {
        (self.inner.jobs)
            .revive(workspace, id, self.inner.clock.now())
            .await
    }

    fn held(&self, job: &Job) -> store::Held {
        (job.id, self.inner.process, job.attempts)
    }
}
