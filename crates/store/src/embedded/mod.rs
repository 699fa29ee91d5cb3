//! A private PostgreSQL cluster in Kith's data directory, for installations
//! that name no database server.
//!
//! ```text
//! <data>/kith.lock                the lock that keeps a second server away
//! <data>/postgres/                the cluster
//! <data>/postgres.conf            its settings, written anew at each start
//! <data>/postgres.local.conf      the operator's own settings, where there are any
//! <data>/postgres.log             what PostgreSQL says, at most 16 MiB
//! <data>/run/                     its socket; under /tmp where the path would be too long
//! ```

mod account;
mod binaries;
mod directory;
mod lock;
mod process;
mod room;
mod settings;
mod setup;
mod supervise;

use std::path::{Path, PathBuf};

use crate::{ConnectionConfig, StoreError};

pub use lock::DataLock;

use account::Account;
use binaries::Binaries;
use process::Postgres;
pub(crate) use room::Room;
use supervise::{Disk, Supervisor};

/// The superuser that only set-up and tests use.
const ADMIN: &str = "kith_admin";
/// The login and the database of the server's everyday work.
const LOGIN: &str = "kith";

/// How a cluster is started.
#[derive(Clone, Debug)]
pub struct ClusterOptions {
    /// Kith's data directory; made when it doesn't exist.
    pub data: PathBuf,
    /// Where `postgres` and `initdb` are; looked for where `None`.
    pub binaries: Option<PathBuf>,
    /// Whether commits survive a crash of the machine. Only tests say no.
    pub durable: bool,
    /// Bytes of the disk that have to stay free; with less, writes are refused.
    pub reserve: u64,
}

impl ClusterOptions {
    /// The cluster of a server, with binaries from `KITH_POSTGRES_BIN` where that is set.
    pub fn new(data: impl Into<PathBuf>) -> Self {
        Self {
            data: data.into(),
            binaries: std::env::var_os("KITH_POSTGRES_BIN").map(PathBuf::from),
            durable: true,
            reserve: 256 << 20,
        }
    }
}

/// A running private cluster, supervised: when PostgreSQL dies it is started again.
///
/// Dropping it asks PostgreSQL to stop without waiting; [`Cluster::stop`] waits.
pub struct Cluster {
    supervisor: Supervisor,
    sockets: PathBuf,
    room: Room,
}

impl Cluster {
    /// Starts the cluster in `data`, making it first when there is none, and waits until it answers.
    pub async fn start(data: &Path) -> Result<Self, StoreError> {
        Self::start_with(ClusterOptions::new(data)).await
    }

    /// Starts a cluster with options. An orphan that a killed server left behind is stopped first.
    pub async fn start_with(options: ClusterOptions) -> Result<Self, StoreError> {
        let prepared = prepare(&options).await?;
        let sockets = prepared.postgres.sockets.clone();
        let room = Room::default();
        let disk = Disk {
            room: room.clone(),
            reserve: options.reserve,
        };
        let supervisor = Supervisor::start(prepared.postgres, disk, prepared.lock).await?;
        setup::ensure(&admin(&sockets)).await?;
        Ok(Self {
            supervisor,
            sockets,
            room,
        })
    }

    /// The login for [`Store`](crate::Store): owns the database, is no superuser.
    pub fn connection(&self) -> ConnectionConfig {
        let mut login = login(&self.sockets);
        login.room = self.room.clone();
        login
    }

    /// The superuser's login, to the database `postgres`.
    pub fn admin(&self) -> ConnectionConfig {
        admin(&self.sockets)
    }

    /// The process id of PostgreSQL, while it runs.
    pub fn pid(&self) -> Option<u32> {
        self.supervisor.pid()
    }

    /// Stops PostgreSQL: open transactions are rolled back, connections closed, everything is
    /// written to disk. Returns when it has stopped.
    pub async fn stop(self) {
        self.supervisor.stop().await;
    }
}

struct Prepared {
    postgres: Postgres,
    lock: DataLock,
}

/// Everything up to the point where PostgreSQL can be started.
async fn prepare(options: &ClusterOptions) -> Result<Prepared, StoreError> {
    let account = Account::choose(&options.data).await?;
    let data = directory::prepare(&options.data, &account).await?;
    let lock = DataLock::acquire(&data)?;
    let binaries = Binaries::find(options.binaries.as_deref(), &data.join("postgres")).await?;
    let sockets = directory::sockets(&data, &account)?;
    let postgres = Postgres {
        settings: settings::write(&data, &sockets, options.durable)?,
        cluster: data.join("postgres"),
        log: data.join("postgres.log"),
        sockets,
        account,
        binaries,
    };
    postgres.stop_orphan().await?;
    postgres.initialise(options.durable).await?;
    Ok(Prepared { postgres, lock })
}

/// The login to the cluster that another process runs in `data`, for commands that work beside
/// a running server.
pub fn running(data: &Path) -> Result<ConnectionConfig, StoreError> {
    Ok(login(&directory::socket_path(data)?))
}

/// The major version and the folder of the PostgreSQL that a cluster with these options would use.
///
/// # Errors
/// Where none is usable; the message says what to install.
pub async fn installed(options: &ClusterOptions) -> Result<(u32, PathBuf), StoreError> {
    let cluster = options.data.join("postgres");
    let binaries = Binaries::find(options.binaries.as_deref(), &cluster).await?;
    Ok((binaries.major(), binaries.folder().to_owned()))
}

/// Bytes that are free for Kith on the disk of `path`.
pub fn free_bytes(path: &Path) -> Option<u64> {
    directory::free_bytes(path)
}

fn admin(sockets: &Path) -> ConnectionConfig {
    ConnectionConfig::socket(sockets, ADMIN, "postgres")
}

fn login(sockets: &Path) -> ConnectionConfig {
    ConnectionConfig::socket(sockets, LOGIN, LOGIN)
}

/// A cluster that outlives the process that starts it, for tests: no supervision and no lock.
pub mod detached {
    use std::path::Path;

    use super::{ClusterOptions, ConnectionConfig, StoreError, admin, prepare, setup};

    /// Where a detached cluster is reached, and its process id.
    #[derive(Debug)]
    pub struct Detached {
        /// The superuser's login.
        pub admin: ConnectionConfig,
        /// PostgreSQL's process id.
        pub pid: u32,
    }

    /// Starts the cluster of `options` and leaves it running.
    pub async fn start(options: &ClusterOptions) -> Result<Detached, StoreError> {
        let prepared = prepare(options).await?;
        let mut child = prepared.postgres.spawn()?;
        prepared.postgres.wait_ready(&mut child).await?;
        let admin = admin(&prepared.postgres.sockets);
        setup::ensure(&admin).await?;
        let pid = child
            .id()
            .ok_or_else(|| StoreError::Embedded("PostgreSQL ended at once".to_owned()))?;
        Ok(Detached { admin, pid })
    }

    /// The superuser's login of the cluster that runs in `data`.
    pub fn connect(data: &Path) -> Result<ConnectionConfig, StoreError> {
        Ok(admin(&super::directory::socket_path(data)?))
    }
}
