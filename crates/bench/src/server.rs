//! The server that is measured, with its embedded PostgreSQL.

use std::fs::{self, File};
use std::io::Write as _;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use anyhow::{Context, bail};
use rustix::process::{Pid, Signal, kill_process};
use tokio_postgres::{Client, NoTls};

use crate::cpu::{self, Used};
use crate::http;

/// How long a start may take, recovery after an interrupted run included.
const START: Duration = Duration::from_secs(120);

/// A running server; it is stopped with this value.
pub(crate) struct Server {
    kith: PathBuf,
    data: PathBuf,
    child: Child,
    /// Where the API is.
    pub(crate) address: SocketAddr,
    /// The folder of PostgreSQL's socket.
    pub(crate) sockets: String,
}

impl Server {
    /// Starts the program `kith` on the data directory `data`, and waits until it is ready.
    pub(crate) async fn start(kith: &Path, data: &Path) -> anyhow::Result<Self> {
        fs::create_dir_all(data).with_context(|| format!("making {}", data.display()))?;
        let log = File::create(data.join("kith.log"))?;
        let note = data.join("run/http.addr");
        let _ = fs::remove_file(&note);
        let child = Command::new(kith)
            .arg("serve")
            .env("KITH_DATA", data)
            .env("KITH_LISTEN", "127.0.0.1:0")
            .env("KITH_ADMIN_LISTEN", "off")
            .env("KITH_LIMITS_BURST", "0")
            .env("KITH_LIMITS_PER_SECOND", "0")
            .env("KITH_LOG_LEVEL", "warn")
            .env_remove("KITH_DATABASE_URL")
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log)
            .spawn()
            .with_context(|| format!("starting {}", kith.display()))?;
        let mut server = Self {
            kith: kith.to_owned(),
            data: data.to_owned(),
            child,
            address: SocketAddr::from(([127, 0, 0, 1], 0)),
            sockets: String::new(),
        };
        tokio::time::timeout(START, server.ready(&note))
            .await
            .context("the server does not start")??;
        Ok(server)
    }

    async fn ready(&mut self, note: &Path) -> anyhow::Result<()> {
        loop {
            if let Some(status) = self.child.try_wait()? {
                let log = fs::read_to_string(self.data.join("kith.log"))?;
                bail!("the server ended with {status}: {log}");
            }
            if let Ok(address) = fs::read_to_string(note) {
                self.address = address.trim().parse().context("the server's address")?;
                break;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        let settings = fs::read_to_string(self.data.join("postgres.conf"))?;
        let sockets = settings
            .lines()
            .find_map(|line| line.strip_prefix("unix_socket_directories = '"));
        sockets
            .and_then(|rest| rest.strip_suffix('\''))
            .context("postgres.conf names no socket")?
            .clone_into(&mut self.sockets);
        Ok(())
    }

    /// A superuser's connection to the database.
    pub(crate) async fn superuser(&self) -> anyhow::Result<Client> {
        let config = format!("host={} user=kith_admin dbname=kith", self.sockets);
        let (client, connection) = tokio_postgres::connect(&config, NoTls).await?;
        tokio::spawn(async move {
            let _ = connection.await;
        });
        Ok(client)
    }

    /// A connection to the API.
    pub(crate) async fn client(&self) -> anyhow::Result<http::Client> {
        http::Client::connect(self.address).await
    }

    /// Runs a command of the program and returns what it printed.
    pub(crate) fn command(
        &self,
        arguments: &[&str],
        input: &str,
        token: &str,
    ) -> anyhow::Result<String> {
        let mut child = Command::new(&self.kith)
            .args(arguments)
            .env("KITH_DATA", &self.data)
            .env("KITH_URL", format!("http://{}", self.address))
            .env("KITH_TOKEN", token)
            .env("KITH_LOG_LEVEL", "warn")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()?;
        if let Some(mut stdin) = child.stdin.take() {
            stdin.write_all(input.as_bytes())?;
        }
        let output = child.wait_with_output()?;
        if !output.status.success() {
            bail!(
                "kith {}: {}",
                arguments.join(" "),
                String::from_utf8_lossy(&output.stderr)
            );
        }
        Ok(String::from_utf8(output.stdout)?.trim().to_owned())
    }

    /// The file in which PostgreSQL says what it does.
    pub(crate) fn postgres_log(&self) -> PathBuf {
        self.data.join("postgres.log")
    }

    /// The process id of the server.
    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Resident memory of the server in bytes: now, and at its greatest.
    pub(crate) fn memory(&self) -> anyhow::Result<(u64, u64)> {
        memory(self.pid())
    }

    /// Memory of the server's PostgreSQL in bytes: what its processes share is counted once.
    pub(crate) fn postgres_memory(&self) -> anyhow::Result<u64> {
        let mut total = 0;
        let postmaster = self.postmaster()?;
        for pid in std::iter::once(postmaster).chain(children(postmaster)?) {
            if let Ok(rollup) = fs::read_to_string(format!("/proc/{pid}/smaps_rollup")) {
                total += kib(&rollup, "Pss:")? << 10;
            }
        }
        Ok(total)
    }

    /// The processor time that the server and its PostgreSQL have used so far.
    pub(crate) fn used(&self) -> anyhow::Result<Used> {
        let postmaster = self.postmaster()?;
        let mut postgres = cpu::with_ended_children(postmaster)?;
        for pid in children(postmaster)? {
            // One that has just ended is in the postmaster's time.
            postgres += cpu::own(pid).unwrap_or_default();
        }
        Ok(Used {
            server: cpu::own(self.pid())?,
            postgres,
            answers: 0,
        })
    }

    /// The process id of PostgreSQL's first process.
    fn postmaster(&self) -> anyhow::Result<u32> {
        let pid = fs::read_to_string(self.data.join("postgres/postmaster.pid"))?;
        let first = pid.lines().next().unwrap_or_default();
        first.trim().parse().context("postmaster.pid")
    }

    /// Stops the server and waits for its end.
    pub(crate) fn stop(mut self) -> anyhow::Result<()> {
        self.end()
    }

    fn end(&mut self) -> anyhow::Result<()> {
        if self.child.try_wait()?.is_none() {
            if let Some(pid) = i32::try_from(self.child.id()).ok().and_then(Pid::from_raw) {
                kill_process(pid, Signal::TERM)?;
            }
            self.child.wait()?;
        }
        Ok(())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // What can't be stopped is seen by the next start.
        let _ = self.end();
    }
}

/// The processes that a process has started.
fn children(parent: u32) -> anyhow::Result<Vec<u32>> {
    let mut children = Vec::new();
    for process in fs::read_dir("/proc")? {
        let folder = process?.path();
        let pid = folder
            .file_name()
            .and_then(|name| name.to_str()?.parse().ok());
        let (Some(pid), Ok(status)) = (pid, fs::read_to_string(folder.join("status"))) else {
            continue;
        };
        let of = status.lines().find_map(|line| line.strip_prefix("PPid:"));
        if of.is_some_and(|of| of.trim() == parent.to_string()) {
            children.push(pid);
        }
    }
    Ok(children)
}

/// Resident memory of a process in bytes: now, and at its greatest.
pub(crate) fn memory(pid: u32) -> anyhow::Result<(u64, u64)> {
    let status = fs::read_to_string(format!("/proc/{pid}/status"))?;
    Ok((kib(&status, "VmRSS:")? << 10, kib(&status, "VmHWM:")? << 10))
}

/// The number behind `name` in the text of `/proc/…/status`.
fn kib(status: &str, name: &str) -> anyhow::Result<u64> {
    let line = status.lines().find_map(|line| line.strip_prefix(name));
    let number = line.and_then(|line| line.trim().strip_suffix(" kB"));
    number
        .and_then(|number| number.trim().parse().ok())
        .with_context(|| format!("no {name} in status"))
}

#[cfg(test)]
mod tests {
    use super::kib;

    #[test]
    fn memory_is_read_from_the_status_file() {
        let status = "Name:\tkith\nVmHWM:\t  204800 kB\nVmRSS:\t  102400 kB\n";
        assert_eq!(kib(status, "VmRSS:").unwrap(), 102_400);
        assert!(kib(status, "VmSwap:").is_err());
    }
}
