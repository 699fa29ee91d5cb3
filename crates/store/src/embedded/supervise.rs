//! Keeps PostgreSQL running.

use std::fs::OpenOptions;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use rustix::process::Signal;
use tokio::process::Child;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep};

use super::Room;
use super::lock::DataLock;
use super::process::{Postgres, send, stop, tail};
use crate::StoreError;

const FIRST_PAUSE: Duration = Duration::from_millis(250);
const LONGEST_PAUSE: Duration = Duration::from_secs(30);
/// After running this long, a next crash counts as the first.
const STEADY: Duration = Duration::from_mins(1);
/// How often the disk is looked at.
const DISK_CHECK: Duration = Duration::from_secs(2);
/// At every which look the log's size is looked at, and how large it may be.
const LOG_CHECK: u32 = 30;
const LOG_BYTES: u64 = 16 << 20;

/// How much of the disk has to stay free, and who is told.
pub(super) struct Disk {
    pub(super) room: Room,
    pub(super) reserve: u64,
}

pub(super) struct Supervisor {
    pid: Arc<AtomicU32>,
    stop: Option<oneshot::Sender<()>>,
    task: Option<JoinHandle<()>>,
}

impl Supervisor {
    /// Starts PostgreSQL, waits until it answers and looks after it from then on.
    pub(super) async fn start(
        postgres: Postgres,
        disk: Disk,
        lock: DataLock,
    ) -> Result<Self, StoreError> {
        disk.room.look(&postgres.cluster, disk.reserve);
        let child = first_start(&postgres).await?;
        let pid = Arc::new(AtomicU32::new(child.id().unwrap_or(0)));
        let (stop, stopped) = oneshot::channel();
        let checks = tokio::spawn(check(postgres.cluster.clone(), postgres.log.clone(), disk));
        let looking = look_after(postgres, child, Arc::clone(&pid), stopped);
        let task = tokio::spawn(async move {
            looking.await;
            checks.abort();
            // Only now may another server start on this directory.
            drop(lock);
        });
        Ok(Self {
            pid,
            stop: Some(stop),
            task: Some(task),
        })
    }

    pub(super) fn pid(&self) -> Option<u32> {
        Some(self.pid.load(Ordering::Relaxed)).filter(|pid| *pid != 0)
    }

    pub(super) async fn stop(mut self) {
        self.stop.take();
        if let Some(task) = self.task.take() {
            let _ = task.await;
        }
    }
}

impl Drop for Supervisor {
    fn drop(&mut self) {
        // The task sees the closed channel and stops PostgreSQL; when the runtime is going
        // down with us, the signal alone does.
        if self.stop.take().is_some() {
            send(self.pid(), Signal::INT);
        }
    }
}

/// After kill -9 of PostgreSQL, its last children need a moment to notice and let go of its memory.
async fn first_start(postgres: &Postgres) -> Result<Child, StoreError> {
    let mut attempt = 1;
    loop {
        let mut child = postgres.spawn()?;
        match postgres.wait_ready(&mut child).await {
            Ok(()) => return Ok(child),
            Err(error) if attempt < 20 && tail(&postgres.log).contains("shared memory block") => {
                tracing::info!(%error, "the last PostgreSQL's processes are still ending");
            }
            Err(error) => {
                stop(&mut child).await;
                return Err(error);
            }
        }
        attempt += 1;
        sleep(FIRST_PAUSE).await;
    }
}

async fn look_after(
    postgres: Postgres,
    child: Child,
    pid: Arc<AtomicU32>,
    mut stopped: oneshot::Receiver<()>,
) {
    let mut child = Some(child);
    let mut pause = FIRST_PAUSE;
    let mut since = Instant::now();
    loop {
        let Some(running) = &mut child else {
            tokio::select! {
                biased;
                _ = &mut stopped => break,
                () = sleep(pause) => {}
            }
            pause = (pause * 2).min(LONGEST_PAUSE);
            // Whether it answers is the pools' business; here it counts that it runs.
            match postgres.spawn() {
                Ok(started) => child = Some(started),
                Err(error) => tracing::error!(%error, "trying again later"),
            }
            since = Instant::now();
            continue;
        };
        pid.store(running.id().unwrap_or(0), Ordering::Relaxed);
        tokio::select! {
            biased;
            _ = &mut stopped => {
                stop(running).await;
                break;
            }
            status = running.wait() => {
                pid.store(0, Ordering::Relaxed);
                metrics::counter!("kith_postgres_exits_total").increment(1);
                let status = status.map_or_else(|error| error.to_string(), |it| it.to_string());
                let said = tail(&postgres.log);
                tracing::error!(status, said, "PostgreSQL ended; starting it again");
                child = None;
                if since.elapsed() > STEADY {
                    pause = FIRST_PAUSE;
                }
            }
        }
    }
    pid.store(0, Ordering::Relaxed);
    // Empty now; one under /tmp would stay behind.
    let _ = std::fs::remove_dir(&postgres.sockets);
}

/// Looks at the disk and at the log's size from time to time.
async fn check(cluster: PathBuf, log: PathBuf, disk: Disk) {
    for look in 1_u32.. {
        sleep(DISK_CHECK).await;
        disk.room.look(&cluster, disk.reserve);
        if look.is_multiple_of(LOG_CHECK) {
            bound_log(&log);
        }
    }
}

/// PostgreSQL appends, so cutting the file off under it is safe.
fn bound_log(path: &Path) {
    let long = std::fs::metadata(path).is_ok_and(|file| file.len() > LOG_BYTES);
    if long && let Ok(file) = OpenOptions::new().write(true).open(path) {
        let _ = file.set_len(0);
    }
}
