//! The database of a process: one of its own, or the one that the settings name.

use anyhow::Context;
use kith_kernel::Clock;
use kith_store::embedded::{Cluster, ClusterOptions};
use kith_store::{ConnectionConfig, Store};

use crate::config::Settings;

/// The database, and PostgreSQL itself where it is ours.
pub(crate) struct Database {
    /// The way to it.
    pub(crate) store: Store,
    cluster: Option<Cluster>,
}

impl Database {
    /// Starts or reaches the database.
    pub(crate) async fn open(settings: &Settings) -> anyhow::Result<Self> {
        let (connection, cluster) = if let Some(connection) = settings.database()? {
            (connection, None)
        } else {
            let (connection, cluster) = start(settings).await?;
            (connection, Some(cluster))
        };
        let store = Store::open(settings.store(connection), Clock::system())
            .await
            .context("the database can't be used")?;
        Ok(Self { store, cluster })
    }

    /// The process id of the embedded PostgreSQL.
    pub(crate) fn postgres(&self) -> Option<u32> {
        self.cluster.as_ref().and_then(Cluster::pid)
    }

    /// Closes connections and stops the embedded PostgreSQL.
    pub(crate) async fn close(self) {
        self.store.close();
        if let Some(cluster) = self.cluster {
            cluster.stop().await;
        }
    }
}

async fn start(settings: &Settings) -> anyhow::Result<(ConnectionConfig, Cluster)> {
    let mut options = ClusterOptions::new(settings.data());
    let binaries = settings.text("postgres_bin");
    options.binaries = (!binaries.is_empty()).then(|| binaries.into());
    let cluster = Cluster::start_with(options)
        .await
        .context("the embedded PostgreSQL can't be started")?;
    Ok((cluster.connection(), cluster))
}
