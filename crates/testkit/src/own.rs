use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use kith_kernel::Clock;
use kith_store::embedded::{Cluster, ClusterOptions};
use kith_store::{Migrations, Store, StoreConfig};
use rustix::process::{Pid, Signal, WaitOptions, kill_process, test_kill_process, waitpid};
use tempfile::TempDir;

use crate::shared::roomy;

/// A supervised cluster of one test, for what can't be done to the shared one.
pub struct OwnCluster {
    cluster: Option<Cluster>,
    data: TempDir,
}

impl OwnCluster {
    /// Starts a new, empty cluster.
    pub async fn start() -> Self {
        let data = tempfile::Builder::new()
            .prefix("kith-own-")
            .permissions(Permissions::from_mode(0o711))
            .tempdir_in(roomy())
            .expect("a folder for the cluster");
        let mut own = Self {
            cluster: None,
            data,
        };
        own.resume().await;
        own
    }

    /// Kith's data directory.
    pub fn data(&self) -> &Path {
        self.data.path()
    }

    /// The running cluster.
    pub fn cluster(&self) -> &Cluster {
        self.cluster.as_ref().expect("the cluster runs")
    }

    /// A store on the cluster's database with the migrations applied.
    pub async fn store(&self, services: &[Migrations]) -> Store {
        let config = StoreConfig::new(self.cluster().connection());
        let store = Store::open(config, Clock::system())
            .await
            .expect("opening the store");
        for service in services {
            if let Err(error) = store.migrate(service).await {
                panic!("{error}");
            }
        }
        store
    }

    /// Kills PostgreSQL as `kill -9` does; its supervisor starts it again.
    pub fn kill(&self) {
        self.signal(Signal::KILL);
    }

    /// Makes PostgreSQL drop everything and end; its supervisor starts it again.
    pub fn crash(&self) {
        self.signal(Signal::QUIT);
    }

    /// Stops PostgreSQL cleanly, until [`OwnCluster::resume`].
    pub async fn pause(&mut self) {
        if let Some(cluster) = self.cluster.take() {
            cluster.stop().await;
        }
    }

    /// Starts PostgreSQL again after [`OwnCluster::pause`].
    pub async fn resume(&mut self) {
        let mut options = ClusterOptions::new(self.data.path());
        // Recovery is what fault tests look at: only the disk's own caution is left out.
        options.durable = false;
        let started = Cluster::start_with(options).await;
        self.cluster = Some(started.expect("starting the cluster"));
    }

    fn signal(&self, signal: Signal) {
        let pid = self.cluster().pid().and_then(|pid| i32::try_from(pid).ok());
        let pid = pid.and_then(Pid::from_raw).expect("PostgreSQL runs");
        kill_process(pid, signal).expect("signalling PostgreSQL");
    }
}

impl Drop for OwnCluster {
    fn drop(&mut self) {
        let Some(pid) = self.cluster.as_ref().and_then(Cluster::pid) else {
            return;
        };
        self.cluster.take();
        // Its folder goes next, so it has to have ended, and nobody else may collect it by now.
        let Some(pid) = i32::try_from(pid).ok().and_then(Pid::from_raw) else {
            return;
        };
        for _ in 0..500 {
            let _ = kill_process(pid, Signal::QUIT);
            let running = matches!(waitpid(Some(pid), WaitOptions::NOHANG), Ok(None));
            if !running && test_kill_process(pid).is_err() {
                return;
            }
            std::thread::sleep(std::time::Duration::from_millis(10));
        }
    }
}
