//! Who carries imports out: one at a time for a workspace, in one process at a time.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use jiff::SignedDuration;
use kith_kernel::{ErrorCode, Failure, ImportId, WorkspaceId};
use parking_lot::Mutex;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::model::{Import, State};
use super::run::{Control, Job, Stopped};
use super::store;
use super::upload::{self, ImportConfig};
use crate::Records;
use crate::working::Worker;

/// How many imports one process works on at a time.
const AT_ONCE: usize = 2;
/// How often a process shows that it is alive.
const HEARTBEAT: Duration = Duration::from_secs(2);
/// How long a process may show no sign of life.
const LEASE: SignedDuration = SignedDuration::from_secs(30);

/// The imports of one process.
pub(crate) struct Working {
    pub(crate) config: ImportConfig,
    worker: Worker,
    running: Mutex<HashMap<ImportId, Arc<Control>>>,
}

impl Working {
    pub(crate) fn new(config: ImportConfig, holder: Uuid) -> Self {
        Self {
            config,
            worker: Worker::new(holder),
            running: Mutex::new(HashMap::new()),
        }
    }

    /// Wakes the worker of this process.
    pub(crate) fn poke(&self) {
        self.worker.poke();
    }

    /// Stops an import at once, where this process works on it.
    pub(crate) fn cancel(&self, id: ImportId) {
        if let Some(control) = self.running.lock().get(&id) {
            control.cancelled.store(true, Ordering::Relaxed);
        }
        self.poke();
    }
}

impl Records {
    /// Carries imports out until `stop` is cancelled; what is under way then goes on with the
    /// next process, from where it stood.
    pub async fn work_imports(&self, stop: CancellationToken) {
        if let Err(error) = upload::sweep(&self.imports().config).await {
            tracing::warn!(%error, "the folder of imported files can't be swept");
        }
        let mut working: JoinSet<()> = JoinSet::new();
        loop {
            while working.len() < AT_ONCE && !stop.is_cancelled() {
                match self.claim_import().await {
                    Ok(Some((workspace, id))) => {
                        let (records, stop) = (self.clone(), stop.clone());
                        working.spawn(async move { records.carry_out(workspace, id, &stop).await });
                    }
                    Ok(None) => break,
                    Err(error) => {
                        tracing::warn!(%error, "can't look for imports; trying again");
                        break;
                    }
                }
            }
            tokio::select! {
                () = stop.cancelled() => break,
                () = self.imports().worker.poked() => {}
                Some(_) = working.join_next(), if !working.is_empty() => {}
            }
        }
        while working.join_next().await.is_some() {}
    }

    /// Carries out what waits, one import after another. For tests and tools.
    ///
    /// # Errors
    /// When the database can't be asked.
    pub async fn run_waiting_imports(&self) -> Result<usize, Failure> {
        let mut done = 0;
        while let Some((workspace, id)) = self.claim_import().await? {
            self.carry_out(workspace, id, &CancellationToken::new())
                .await;
            done += 1;
        }
        Ok(done)
    }

    async fn claim_import(&self) -> Result<Option<(WorkspaceId, ImportId)>, Failure> {
        let now = self.clock().now();
        let until = now.checked_add(LEASE).unwrap_or(now);
        Ok(store::claim(self.store(), self.imports().worker.holder, now, until).await?)
    }

    /// Does what an import's state asks for, and writes down how it ended.
    async fn carry_out(&self, workspace: WorkspaceId, id: ImportId, stop: &CancellationToken) {
        let control = Arc::new(Control::default());
        self.imports()
            .running
            .lock()
            .insert(id, Arc::clone(&control));
        let work = Box::pin(self.work_on(workspace, id, &control));
        let beats = self.keep_alive(workspace, id, &control, stop);
        let ended = tokio::select! {
            ended = work => ended,
            never = beats => never,
        };
        self.imports().running.lock().remove(&id);
        let mut attempt = 0;
        while let Err(error) = self.write_end(workspace, id, &ended).await {
            attempt += 1;
            tracing::warn!(import = %id, %error, "the end of an import can't be written down");
            if attempt >= 20 || stop.is_cancelled() {
                // Its lease runs out, and it is done over from where it stands: at its end.
                return;
            }
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
    }

    async fn work_on(
        &self,
        workspace: WorkspaceId,
        id: ImportId,
        control: &Arc<Control>,
    ) -> Result<State, (State, Stopped)> {
        let import = store::find(self.store(), workspace, id).await;
        let import = match import {
            Ok(Some(import)) => import,
            Ok(None) => return Err((State::Failed, Stopped::Leaving)),
            Err(error) => return Err((State::Failed, Stopped::Failed(error.into()))),
        };
        let state = import.state;
        if import.cancel_requested {
            control.cancelled.store(true, Ordering::Relaxed);
        }
        tracing::info!(import = %id, %workspace, state = state.as_str(), "working on an import");
        let job = self
            .job(&import, control)
            .await
            .map_err(|failure| (state, Stopped::Failed(failure)))?;
        let done = match state {
            State::Checking => match job.dry_run().await {
                Ok(report) => store::put_dry_run(self.store(), workspace, id, &report)
                    .await
                    .map_err(Stopped::from),
                Err(stopped) => Err(stopped),
            },
            State::Running => job.import().await,
            State::Undoing => job.undo().await,
            _ => Err(Stopped::Leaving),
        };
        match done {
            Ok(()) => Ok(match state {
                State::Checking => State::Ready,
                State::Undoing => State::Undone,
                _ => State::Completed,
            }),
            Err(stopped) => Err((state, stopped)),
        }
    }

    async fn job(&self, import: &Import, control: &Arc<Control>) -> Result<Job, Failure> {
        let user = import.started_by.unwrap_or(import.created_by);
        let actor = (self
            .deps()
            .authenticator
            .on_behalf_of(import.workspace, user)
            .await?)
            .ok_or_else(|| {
                Failure::new(
                    ErrorCode::Forbidden,
                    "Whoever started the import is no longer active here. Start it again.",
                )
            })?;
        self.users().follow(import.workspace).await?;
        Ok(Job {
            id: import.id,
            store: self.store().clone(),
            clock: self.clock().clone(),
            directory: Arc::clone(&self.deps().users),
            copy: self.users().clone(),
            actor,
            compiled: Arc::new(self.compiled(import.workspace, import).await?),
            path: self.imports().config.path(import.id),
            dialect: import.analysis.dialect.clone(),
            lanes: import.lanes,
            started_at: import.started_at.unwrap_or(import.created_at),
            control: Arc::clone(control),
        })
    }

    /// Shows that the work goes on, and hears when it is to stop. Never ends by itself.
    async fn keep_alive(
        &self,
        workspace: WorkspaceId,
        id: ImportId,
        control: &Control,
        stop: &CancellationToken,
    ) -> Result<State, (State, Stopped)> {
        let mut last: Option<(i64, tokio::time::Instant)> = None;
        loop {
            tokio::select! {
                () = stop.cancelled() => {
                    control.leaving.store(true, Ordering::Relaxed);
                    return std::future::pending().await;
                }
                () = tokio::time::sleep(HEARTBEAT) => {}
            }
            let rate = match store::find(self.store(), workspace, id).await {
                Ok(Some(import)) => {
                    let now = (import.counts.read, tokio::time::Instant::now());
                    let rate = last.map(|before| rate(before, now));
                    last = Some(now);
                    rate
                }
                _ => None,
            };
            let now = self.clock().now();
            let until = now.checked_add(LEASE).unwrap_or(now);
            match store::heartbeat(
                self.store(),
                workspace,
                id,
                self.imports().worker.holder,
                until,
                rate,
            )
            .await
            {
                Ok(Some(cancel)) => {
                    if cancel {
                        control.cancelled.store(true, Ordering::Relaxed);
                    }
                }
                Ok(None) => control.leaving.store(true, Ordering::Relaxed),
                Err(error) => {
                    tracing::warn!(import = %id, %error, "an import's sign of life is late");
                }
            }
        }
    }

    async fn write_end(
        &self,
        workspace: WorkspaceId,
        id: ImportId,
        ended: &Result<State, (State, Stopped)>,
    ) -> Result<(), Failure> {
        let holder = self.imports().worker.holder;
        let now = Some(self.clock().now());
        let (state, error) = match ended {
            Ok(state) => (*state, None),
            Err((_, Stopped::Leaving)) => {
                return Ok(store::release(self.store(), workspace, id, holder).await?);
            }
            Err((State::Checking, Stopped::Cancelled)) => (State::Ready, None),
            Err((_, Stopped::Cancelled)) => (State::Cancelled, None),
            Err((before, Stopped::Failed(failure))) => {
                tracing::warn!(import = %id, error = %failure, cause = ?failure.cause, "an import failed");
                let state = if *before == State::Checking {
                    State::Ready
                } else {
                    State::Failed
                };
                (state, Some(failure.message.as_str()))
            }
        };
        let at = if state == State::Ready { None } else { now };
        let rate = self.whole_rate(workspace, id, state).await?;
        store::finish(self.store(), workspace, id, holder, state, error, at, rate).await?;
        tracing::info!(import = %id, state = state.as_str(), "the work on an import ended");
        Ok(())
    }

    /// The mean rate of an import that is complete.
    async fn whole_rate(
        &self,
        workspace: WorkspaceId,
        id: ImportId,
        state: State,
    ) -> Result<Option<f64>, Failure> {
        let import = store::find(self.store(), workspace, id).await?;
        let Some(import) = import.filter(|_| state == State::Completed) else {
            return Ok(None);
        };
        let Some(started) = import.started_at else {
            return Ok(None);
        };
        let seconds = self.clock().now().duration_since(started).as_secs_f64();
        #[expect(
            clippy::cast_precision_loss,
            reason = "a rate needs no more than 52 bits"
        )]
        Ok((seconds > 0.0).then(|| import.counts.read as f64 / seconds))
    }
}

/// Rows per second between two moments.
#[expect(
    clippy::cast_precision_loss,
    reason = "a rate needs no more than 52 bits"
)]
fn rate(
    (rows, at): (i64, tokio::time::Instant),
    (rows_now, now): (i64, tokio::time::Instant),
) -> f64 {
    (rows_now - rows) as f64 / (now - at).as_secs_f64().max(0.001)
}
