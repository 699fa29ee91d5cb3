//! Configuration: from flags, variables and a file to typed values.

mod flags;
mod keys;
mod outside;
mod show;
mod sources;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use kith_http::HttpConfig;
use kith_http::limit::Rate;
use kith_http::server::ServerConfig;
use kith_records::import::ImportConfig;
use kith_store::{ConnectionConfig, PoolSizes, StoreConfig, Timeouts};

use crate::services::Setup;

pub(crate) use flags::{AllFlags, ClientFlags, DataFlags, ServerFlags};
pub(crate) use show::{keys, show};
pub(crate) use sources::Settings;

impl Settings {
    /// The data directory.
    pub(crate) fn data(&self) -> PathBuf {
        PathBuf::from(self.text("data"))
    }

    /// The database server, where one is named.
    pub(crate) fn database(&self) -> anyhow::Result<Option<ConnectionConfig>> {
        let url = self.text("database_url");
        if url.is_empty() {
            return Ok(None);
        }
        let parsed = ConnectionConfig::parse(url);
        parsed.map(Some).context("database_url is not valid")
    }

    /// How the store works on a database.
    pub(crate) fn store(&self, connection: ConnectionConfig) -> StoreConfig {
        let size = |name| usize::try_from(self.number(name)).unwrap_or(1);
        let seconds = |name| Duration::from_secs(self.number(name));
        StoreConfig {
            pools: PoolSizes {
                interactive_app: size("pools.interactive_app"),
                interactive_reader: size("pools.interactive_reader"),
                background: size("pools.background"),
                reports: size("pools.reports"),
                system: size("pools.system"),
            },
            timeouts: Timeouts {
                interactive: seconds("timeouts.interactive_seconds"),
                background: seconds("timeouts.background_seconds"),
                reports: seconds("timeouts.reports_seconds"),
            },
            ..StoreConfig::new(connection)
        }
    }

    /// How the HTTP edge works.
    pub(crate) fn http(&self) -> anyhow::Result<HttpConfig> {
        let size = |name| usize::try_from(self.number(name)).unwrap_or(usize::MAX);
        let origins = self.list("http.cors_origins");
        Ok(HttpConfig {
            json_limit: size("http.json_limit"),
            rate: Rate {
                burst: u32::try_from(self.number("limits.burst")).unwrap_or(u32::MAX),
                per_second: f64::from(
                    u32::try_from(self.number("limits.per_second")).unwrap_or(u32::MAX),
                ),
            },
            max_concurrent: size("http.max_concurrent"),
            body_idle: Duration::from_secs(self.number("http.body_idle_seconds")),
            trusted_proxies: self.networks("http.trusted_proxies")?,
            cors_origins: origins
                .into_iter()
                .map(|origin| origin.trim_end_matches('/').to_owned())
                .collect(),
            hsts: self.is_on("http.hsts"),
        })
    }

    /// Where files that are imported are kept.
    fn imports(&self) -> ImportConfig {
        ImportConfig {
            max_bytes: self.number("imports.max_bytes"),
            ..ImportConfig::new(self.data().join("imports"))
        }
    }

    /// What the services are told.
    pub(crate) fn setup(&self, public_url: &str) -> anyhow::Result<Setup> {
        Ok(Setup {
            public_url: public_url.to_owned(),
            imports: self.imports(),
            keyring: Arc::new(self.keyring()?),
            integrations: self.integrations()?,
        })
    }

    /// How connections are taken.
    pub(crate) fn connections(&self) -> ServerConfig {
        ServerConfig {
            header_timeout: Duration::from_secs(self.number("http.header_timeout_seconds")),
            max_connections: usize::try_from(self.number("http.max_connections"))
                .unwrap_or(usize::MAX),
            drain: Duration::from_secs(self.number("drain_seconds")),
        }
    }
}
