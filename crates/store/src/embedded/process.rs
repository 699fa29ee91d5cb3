//! PostgreSQL's process: made, started, waited for, stopped.

use std::fs::{self, File, OpenOptions};
use std::io::{Read as _, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process, test_kill_process};
use tokio::process::Child;
use tokio::time::{Instant, sleep};

use super::account::Account;
use super::binaries::Binaries;
use super::directory::{own, refused};
use super::{ADMIN, admin};
use crate::StoreError;
use crate::connection::Connection;

const POLL: Duration = Duration::from_millis(20);
/// How long recovery after a crash may take.
const START: Duration = Duration::from_mins(30);
/// How long a clean stop may take before it is cut short; nothing is lost by that.
const STOP: Duration = Duration::from_mins(1);

/// A cluster that can be started.
pub(super) struct Postgres {
    pub(super) cluster: PathBuf,
    pub(super) settings: PathBuf,
    pub(super) log: PathBuf,
    pub(super) sockets: PathBuf,
    pub(super) account: Account,
    pub(super) binaries: Binaries,
}

impl Postgres {
    /// Makes the cluster where there is none. Cut short, it leaves nothing that looks like one.
    pub(super) async fn initialise(&self, durable: bool) -> Result<(), StoreError> {
        if self.cluster.join("PG_VERSION").exists() {
            return Ok(());
        }
        let fresh = self.cluster.with_extension("new");
        if fresh.exists() {
            fs::remove_dir_all(&fresh).map_err(|error| refused(&fresh, &error))?;
        }
        tracing::info!(folder = %self.cluster.display(), "making a new PostgreSQL cluster");
        let mut said = String::new();
        // Not every system knows C.UTF-8.
        for ctype in ["C.UTF-8", "C.utf8", "en_US.UTF-8"] {
            own(&fresh, &self.account)?;
            let mut command = self.account.command(&self.binaries.program("initdb"));
            command
                .arg("--pgdata")
                .arg(&fresh)
                .args([
                    "--username",
                    ADMIN,
                    "--auth-local",
                    "trust",
                    "--auth-host",
                    "reject",
                    "--encoding",
                    "UTF8",
                ])
                .args(["--locale", "C", "--lc-ctype", ctype, "--no-instructions"]);
            if durable {
                command.arg("--data-checksums");
            } else {
                command.arg("--no-sync");
            }
            let output = command
                .output()
                .await
                .map_err(|error| StoreError::Embedded(format!("initdb can't be run: {error}")))?;
            if output.status.success() {
                return fs::rename(&fresh, &self.cluster)
                    .map_err(|error| refused(&self.cluster, &error));
            }
            said = String::from_utf8_lossy(&output.stderr).into_owned();
            let _ = fs::remove_dir_all(&fresh);
            if !said.contains("locale") {
                break;
            }
        }
        Err(StoreError::Embedded(format!(
            "initdb could not make a database in {}: {}",
            self.cluster.display(),
            said.trim()
        )))
    }

    /// Starts PostgreSQL in a process group of its own, so that Ctrl-C reaches Kith only.
    pub(super) fn spawn(&self) -> Result<Child, StoreError> {
        let log = open_log(&self.log).map_err(|error| refused(&self.log, &error))?;
        let errors = log
            .try_clone()
            .map_err(|error| refused(&self.log, &error))?;
        self.account
            .command(&self.binaries.program("postgres"))
            .arg("-D")
            .arg(&self.cluster)
            .arg(format!("--config-file={}", self.settings.display()))
            .stdout(Stdio::from(log))
            .stderr(Stdio::from(errors))
            .process_group(0)
            .kill_on_drop(false)
            .spawn()
            .map_err(|error| StoreError::Embedded(format!("PostgreSQL can't be started: {error}")))
    }

    /// Waits until PostgreSQL answers, or says why it ended.
    pub(super) async fn wait_ready(&self, child: &mut Child) -> Result<(), StoreError> {
        let started = Instant::now();
        let mut told = started;
        loop {
            let ended = child.try_wait().map_err(|error| {
                StoreError::Embedded(format!("waiting for PostgreSQL: {error}"))
            })?;
            if let Some(status) = ended {
                return Err(StoreError::Embedded(format!(
                    "PostgreSQL did not start ({status}). It said:\n{}",
                    tail(&self.log)
                )));
            }
            if Connection::open(&admin(&self.sockets), 1, "").await.is_ok() {
                return Ok(());
            }
            if started.elapsed() > START {
                return Err(StoreError::Embedded(
                    "PostgreSQL does not answer although it runs".to_owned(),
                ));
            }
            if told.elapsed() > Duration::from_secs(5) {
                told = Instant::now();
                tracing::info!("PostgreSQL is not ready yet; it may be recovering after a crash");
            }
            sleep(POLL).await;
        }
    }

    /// Stops a PostgreSQL that an earlier server, killed, left running on this cluster.
    pub(super) async fn stop_orphan(&self) -> Result<(), StoreError> {
        let file = self.cluster.join("postmaster.pid");
        let Some(pid) = read_pid(&file) else {
            return Ok(());
        };
        if !serves(pid, &self.cluster) {
            // Another process has the number now. PostgreSQL can't know that and would refuse to start.
            if test_kill_process(pid).is_ok() {
                fs::remove_file(&file).map_err(|error| refused(&file, &error))?;
            }
            return Ok(());
        }
        tracing::warn!(
            pid = pid.as_raw_nonzero().get(),
            "stopping the PostgreSQL that a killed server left behind"
        );
        for (signal, patience) in [
            (Signal::INT, STOP),
            (Signal::QUIT, STOP),
            (Signal::KILL, STOP),
        ] {
            let _ = kill_process(pid, signal);
            let asked = Instant::now();
            while asked.elapsed() < patience {
                if !serves(pid, &self.cluster) {
                    return Ok(());
                }
                sleep(POLL).await;
            }
        }
        Err(StoreError::Embedded(format!(
            "PostgreSQL (process {}) still runs on {} and can't be stopped",
            pid.as_raw_nonzero(),
            self.cluster.display()
        )))
    }
}

/// Stops our own PostgreSQL and waits: a fast shutdown first, an immediate one when that takes too long.
pub(super) async fn stop(child: &mut Child) {
    for (signal, patience) in [(Signal::INT, STOP), (Signal::QUIT, STOP)] {
        send(child.id(), signal);
        if tokio::time::timeout(patience, child.wait()).await.is_ok() {
            return;
        }
        tracing::warn!("PostgreSQL does not stop; insisting");
    }
    let _ = child.kill().await;
}

/// Sends a signal to a process that may be gone already.
pub(super) fn send(pid: Option<u32>, signal: Signal) {
    let pid = pid
        .and_then(|pid| i32::try_from(pid).ok())
        .and_then(Pid::from_raw);
    if let Some(pid) = pid {
        let _ = kill_process(pid, signal);
    }
}

fn read_pid(file: &Path) -> Option<Pid> {
    let text = fs::read_to_string(file).ok()?;
    text.lines()
        .next()?
        .trim()
        .parse()
        .ok()
        .and_then(Pid::from_raw)
}

/// Whether the process is a PostgreSQL that works on `cluster`, which is its working directory.
fn serves(pid: Pid, cluster: &Path) -> bool {
    let number = pid.as_raw_nonzero();
    if test_kill_process(pid).is_err() {
        return false;
    }
    if Path::new("/proc/self").exists() {
        return fs::read_link(format!("/proc/{number}/cwd")).is_ok_and(|folder| folder == cluster);
    }
    std::process::Command::new("ps")
        .args(["-o", "command=", "-p", &number.to_string()])
        .output()
        .is_ok_and(|output| {
            String::from_utf8_lossy(&output.stdout).contains(&*cluster.to_string_lossy())
        })
}

fn open_log(path: &Path) -> std::io::Result<File> {
    OpenOptions::new().create(true).append(true).open(path)
}

/// The last lines of the log.
pub(super) fn tail(path: &Path) -> String {
    let read = || -> std::io::Result<String> {
        let mut file = File::open(path)?;
        let start = file.metadata()?.len().saturating_sub(2048);
        file.seek(SeekFrom::Start(start))?;
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes)?;
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    };
    let text = read().unwrap_or_default();
    let lines: Vec<&str> = text.lines().collect();
    lines[lines.len().saturating_sub(8)..].join("\n")
}
