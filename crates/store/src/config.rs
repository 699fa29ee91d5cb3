use std::fmt;
use std::path::Path;
use std::time::Duration;

use crate::StoreError;

/// Which kind of work a connection serves; each has its own pools, so that one can't starve another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Class {
    /// Somebody waits for the answer.
    Interactive,
    /// Jobs, projections, imports.
    Background,
    /// Long queries over much data.
    Reports,
}

impl Class {
    pub(crate) const ALL: [Self; 3] = [Self::Interactive, Self::Background, Self::Reports];

    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Interactive => "interactive",
            Self::Background => "background",
            Self::Reports => "reports",
        }
    }
}

/// Where the database is and who logs in.
#[derive(Clone)]
pub struct ConnectionConfig {
    pub(crate) driver: tokio_postgres::Config,
}

impl ConnectionConfig {
    /// Reads a connection string, `postgres://user:password@host:port/database` or `key=value` pairs.
    pub fn parse(text: &str) -> Result<Self, StoreError> {
        let driver = text.parse::<tokio_postgres::Config>().map_err(|error| {
            StoreError::Configuration(format!("the database's address: {error}"))
        })?;
        Ok(Self { driver })
    }

    /// A server on a unix socket in `directory`.
    pub fn socket(directory: &Path, user: &str, database: &str) -> Self {
        let mut driver = tokio_postgres::Config::new();
        driver.host_path(directory).user(user).dbname(database);
        Self { driver }
    }

    /// The driver's own configuration, for tools and tests that need a plain connection.
    pub fn driver(&self) -> &tokio_postgres::Config {
        &self.driver
    }

    /// The same server and user with another database.
    #[must_use]
    pub fn database(&self, name: &str) -> Self {
        let mut driver = self.driver.clone();
        driver.dbname(name);
        Self { driver }
    }

    /// The same server and database with another login.
    #[must_use]
    pub fn user(&self, name: &str) -> Self {
        let mut driver = self.driver.clone();
        driver.user(name);
        Self { driver }
    }
}

impl fmt::Debug for ConnectionConfig {
    /// Leaves the password out.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ConnectionConfig")
            .field("hosts", &self.driver.get_hosts())
            .field("user", &self.driver.get_user())
            .field("database", &self.driver.get_dbname())
            .finish_non_exhaustive()
    }
}

/// How many connections each pool may open. They are opened when first needed.
#[derive(Clone, Copy, Debug)]
pub struct PoolSizes {
    /// Writes and point reads that somebody waits for.
    pub interactive_app: usize,
    /// Lists, searches and aggregates that somebody waits for.
    pub interactive_reader: usize,
    /// Background work, for each of the two roles.
    pub background: usize,
    /// Reports, for each of the two roles.
    pub reports: usize,
    /// Work without a tenant, for each class.
    pub system: usize,
}

impl Default for PoolSizes {
    /// On two cores, 2 to 4 connections per pool do best.
    fn default() -> Self {
        Self {
            interactive_app: 4,
            interactive_reader: 4,
            background: 2,
            reports: 2,
            system: 2,
        }
    }
}

/// After which time PostgreSQL gives a statement up.
#[derive(Clone, Copy, Debug)]
pub struct Timeouts {
    /// For [`Class::Interactive`].
    pub interactive: Duration,
    /// For [`Class::Background`].
    pub background: Duration,
    /// For [`Class::Reports`].
    pub reports: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            interactive: Duration::from_secs(5),
            background: Duration::from_mins(1),
            reports: Duration::from_mins(2),
        }
    }
}

impl Timeouts {
    pub(crate) fn of(&self, class: Class) -> Duration {
        match class {
            Class::Interactive => self.interactive,
            Class::Background => self.background,
            Class::Reports => self.reports,
        }
    }
}

/// How [`Store`](crate::Store) reaches its database and how much it asks of it.
#[derive(Clone, Debug)]
pub struct StoreConfig {
    /// The server.
    pub connection: ConnectionConfig,
    /// Connections per pool.
    pub pools: PoolSizes,
    /// Statement timeouts per class.
    pub timeouts: Timeouts,
    /// How long a caller waits for a free connection before it is told to come back later.
    pub acquire_timeout: Duration,
    /// After which time an unused connection is closed.
    pub idle_timeout: Duration,
    /// Prepared statements kept per connection, at least 1.
    pub statements: usize,
}

impl StoreConfig {
    /// The defaults for a server.
    pub fn new(connection: ConnectionConfig) -> Self {
        Self {
            connection,
            pools: PoolSizes::default(),
            timeouts: Timeouts::default(),
            acquire_timeout: Duration::from_secs(2),
            idle_timeout: Duration::from_mins(10),
            statements: 256,
        }
    }
}
