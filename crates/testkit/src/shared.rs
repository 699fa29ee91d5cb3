//! The cluster that all tests share.

use std::fs::{self, File, OpenOptions};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use kith_store::ConnectionConfig;
use kith_store::embedded::{ClusterOptions, detached};
use sha2::{Digest as _, Sha256};
use tokio_postgres::{Client, NoTls};

/// Ends the cluster when no test has asked for it for minutes; the lock keeps it from doing so
/// in the moment in which a new test finds the cluster running.
const WATCHDOG: &str = r#"
while sleep 10; do
  [ "$(head -n 1 "$DATA/postgres/postmaster.pid" 2>/dev/null)" = "$PID" ] || exit 0
  kill -0 "$PID" 2>/dev/null || exit 0
  exec 9>>"$LOCK"
  if command -v flock >/dev/null 2>&1; then flock -n 9 || continue; fi
  if [ -z "$(find "$LEASE" -mmin -3 2>/dev/null)" ]; then
    kill -QUIT "$PID"
    while kill -0 "$PID" 2>/dev/null; do sleep 1; done
    rm -rf "$DATA" "$LEASE"
    exit 0
  fi
  exec 9>&-
done
"#;

/// Where the shared cluster is. Memory is preferred to disk.
pub(crate) struct Shared {
    data: PathBuf,
}

impl Shared {
    pub(crate) fn locate() -> Self {
        let uid = rustix::process::geteuid().as_raw();
        // A cluster that was set up in another way is not this one: raise the number.
        let version = digest(&[WATCHDOG, "4"]);
        let name = format!("kith-test-{uid}-{}", &version[..8]);
        Self {
            data: roomy().join(name),
        }
    }

    /// Holds other processes off until the file is dropped.
    pub(crate) async fn lock(&self) -> File {
        let path = self.data.with_extension("lock");
        tokio::task::spawn_blocking(move || {
            let file = open(&path);
            file.lock().expect("locking the test cluster");
            file
        })
        .await
        .expect("waiting for the test cluster's lock")
    }

    /// Says that the cluster is in use.
    pub(crate) fn touch(&self) {
        let _ = fs::write(self.data.with_extension("lease"), []);
    }

    /// The superuser's login to the running cluster, started where it isn't. Call with the lock held.
    pub(crate) async fn ensure(&self) -> ConnectionConfig {
        self.touch();
        if let Ok(admin) = detached::connect(&self.data)
            && admin.client().await.is_ok()
        {
            return admin;
        }
        // What an earlier run left may be damaged: nothing in it was written with care.
        let started = if let Ok(started) = self.start().await {
            started
        } else {
            let _ = fs::remove_dir_all(&self.data);
            self.start().await.expect("starting the test cluster")
        };
        self.watch(started.pid);
        started.admin
    }

    async fn start(&self) -> Result<detached::Detached, kith_store::StoreError> {
        let mut options = ClusterOptions::new(&self.data);
        options.durable = false;
        detached::start(&options).await
    }

    fn watch(&self, pid: u32) {
        Command::new("/bin/sh")
            .args(["-c", &format!("({WATCHDOG}) &")])
            .env("PID", pid.to_string())
            .env("DATA", &self.data)
            .env("LOCK", self.data.with_extension("lock"))
            .env("LEASE", self.data.with_extension("lease"))
            .current_dir("/")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .process_group(0)
            .status()
            .expect("starting the test cluster's watchdog");
    }
}

/// A folder in memory, or the one for temporary files where memory is short.
pub(crate) fn roomy() -> PathBuf {
    let memory = Path::new("/dev/shm");
    let room =
        rustix::fs::statvfs(memory).is_ok_and(|disk| disk.f_bavail * disk.f_frsize > 2 << 30);
    if room {
        memory.to_owned()
    } else {
        std::env::temp_dir()
    }
}

pub(crate) fn digest(parts: &[&str]) -> String {
    let mut digest = Sha256::new();
    for part in parts {
        digest.update(part.len().to_le_bytes());
        digest.update(part);
    }
    hex::encode(digest.finalize())
}

fn open(path: &Path) -> File {
    OpenOptions::new()
        .append(true)
        .create(true)
        .open(path)
        .expect("opening the test cluster's lock")
}

/// A plain connection, for what tests do behind the store's back.
pub(crate) trait Plain {
    async fn client(&self) -> Result<Client, tokio_postgres::Error>;
}

impl Plain for ConnectionConfig {
    async fn client(&self) -> Result<Client, tokio_postgres::Error> {
        let (client, connection) = self.driver().connect(NoTls).await?;
        tokio::spawn(connection);
        Ok(client)
    }
}
