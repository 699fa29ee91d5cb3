//! The loops in which jobs run.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt as _;
use jiff::SignedDuration;
use kith_store::StoreError;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::{Job, JobFailure, Jobs, KEPT, Queue};

/// How often jobs are looked for without being told, at the longest.
const LOOK: Duration = Duration::from_secs(5);
/// How often jobs of dead processes are looked for.
const ADOPT: Duration = Duration::from_secs(5);
/// How long to wait while the database can't be reached.
const TROUBLE: Duration = Duration::from_secs(1);
/// How long jobs that run may go on after the process was told to stop.
const END: Duration = Duration::from_secs(8);

impl Jobs {
    /// Runs jobs of all queues that have handlers, until `stop` is cancelled.
    pub async fn work(&self, stop: CancellationToken) {
        let queues = self.inner.queues.lock().clone();
        let mut tasks = JoinSet::new();
        for (name, queue) in queues {
            let (jobs, stop) = (self.clone(), stop.clone());
            tasks.spawn(async move { jobs.run_queue(name, &queue, &stop).await });
        }
        let (jobs, until) = (self.clone(), stop.clone());
        tasks.spawn(async move { jobs.look_after(&until).await });
        while tasks.join_next().await.is_some() {}
    }

    /// Runs what is due now, one after the other, until nothing is; how many. For tests.
    pub async fn run_due(&self) -> Result<usize, StoreError> {
        let queues = self.inner.queues.lock().clone();
        let mut ran = 0;
        for (name, queue) in queues {
            loop {
                let claimed = self.claim(name, 1).await?;
                let Some(job) = claimed.into_iter().next() else {
                    break;
                };
                self.run(&queue, job).await;
                ran += 1;
            }
        }
        Ok(ran)
    }

    async fn claim(&self, queue: &str, most: usize) -> Result<Vec<Job>, StoreError> {
        let most = i64::try_from(most).unwrap_or(i64::MAX);
        let now = self.inner.clock.now();
        (self.inner.jobs)
            .claim(queue, most, self.inner.process, now)
            .await
    }

    async fn run_queue(&self, name: &'static str, queue: &Queue, stop: &CancellationToken) {
        let queue = Arc::new(queue.clone());
        let mut running: JoinSet<()> = JoinSet::new();
        let mut committed = self.inner.store.committed();
        while !stop.is_cancelled() {
            let room = queue.at_once.saturating_sub(running.len());
            committed.mark_unchanged();
            let mut pause = LOOK;
            if room > 0 {
                match self.claim(name, room).await {
                    Ok(claimed) if claimed.is_empty() => pause = self.until_next(name).await,
                    Ok(claimed) => {
                        for job in claimed {
                            let (jobs, queue) = (self.clone(), Arc::clone(&queue));
                            running.spawn(async move { jobs.run(&queue, job).await });
                        }
                        continue;
                    }
                    Err(error) => {
                        tracing::warn!(%error, queue = name, "jobs can't be claimed; trying again");
                        pause = TROUBLE;
                    }
                }
            }
            tokio::select! {
                () = stop.cancelled() => break,
                Some(_) = running.join_next(), if !running.is_empty() => {}
                _ = committed.changed(), if room > 0 => tokio::time::sleep(Duration::from_millis(20)).await,
                () = tokio::time::sleep(pause) => {}
            }
        }
        let ending = async { while running.join_next().await.is_some() {} };
        // What is cut off waits for the next process.
        let _ = tokio::time::timeout(END, ending).await;
    }

    async fn until_next(&self, queue: &str) -> Duration {
        match self.inner.jobs.next(queue).await {
            Ok(Some(next)) => {
                let wait = next.duration_since(self.inner.clock.now());
                let wait = Duration::try_from(wait).unwrap_or_default();
                wait.clamp(Duration::from_millis(20), LOOK)
            }
            _ => LOOK,
        }
    }

    /// Runs one job and notes what became of it.
    async fn run(&self, queue: &Queue, job: Job) {
        let (held, kind) = (self.held(&job), job.kind.clone());
        let result = match queue.handlers.get(kind.as_str()) {
            None => Err(JobFailure::retry(
                "This version does not know this kind of job.",
            )),
            Some(handler) => {
                let running = AssertUnwindSafe(handler.run(&job)).catch_unwind();
                match tokio::time::timeout(handler.limit(), running).await {
                    Err(_) => Err(JobFailure::retry("It took too long.")),
                    Ok(Err(_)) => Err(JobFailure::retry("The handler panicked.")),
                    Ok(Ok(result)) => result,
                }
            }
        };
        let outcome = if result.is_ok() { "done" } else { "failed" };
        metrics::counter!("kith_jobs_total", "kind" => kind.clone(), "outcome" => outcome)
            .increment(1);
        let now = self.inner.clock.now();
        let noted = match result {
            Ok(()) => self.inner.jobs.finish(held).await,
            Err(JobFailure::Retry { after, reason }) if job.attempts < job.max_attempts => {
                tracing::info!(kind, id = %job.id, attempts = job.attempts, reason, "a job is tried again later");
                let after = SignedDuration::try_from(after.unwrap_or_else(|| job.pause()));
                let at = now.checked_add(after.unwrap_or_default()).unwrap_or(now);
                self.inner.jobs.retry(held, at, &reason).await
            }
            Err(JobFailure::Retry { reason, .. } | JobFailure::Fail { reason }) => {
                tracing::error!(kind, id = %job.id, attempts = job.attempts, reason, "a job is given up");
                metrics::counter!("kith_jobs_dead_total", "kind" => kind.clone()).increment(1);
                self.inner.jobs.bury(held, &reason).await
            }
        };
        if let Err(error) = noted {
            // It counts as running until this process ends; then another takes it.
            tracing::warn!(%error, kind, id = %job.id, "what became of a job can't be noted");
        }
    }

    /// Takes over what dead processes left, and forgets old failures.
    async fn look_after(&self, stop: &CancellationToken) {
        loop {
            tokio::select! {
                () = stop.cancelled() => return,
                () = tokio::time::sleep(ADOPT) => {}
            }
            if let Err(error) = self.tidy().await {
                tracing::warn!(%error, "jobs of dead processes can't be looked for; trying again");
            }
        }
    }

    /// One such look. For tests, and for [`Jobs::work`].
    pub async fn tidy(&self) -> Result<(), StoreError> {
        let now = self.inner.clock.now();
        while self.inner.jobs.adopt(now).await? == 100 {}
        let before = now.checked_sub(KEPT).unwrap_or(now);
        while self.inner.jobs.sweep(before).await? == 1_000 {}
        Ok(())
    }
}
