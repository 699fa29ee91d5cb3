use std::time::Duration;

use crate::ConnectionConfig;

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
    /// On two cores, 2 to 4 connections per pool do best for reading; writes wait for the disk, and
    /// several that commit at the same time share one flush.
    fn default() -> Self {
        Self {
            interactive_app: 8,
            interactive_reader: 4,
            background: 2,
            reports: 2,
            system: 3,
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
