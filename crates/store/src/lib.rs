//! Kith's way to PostgreSQL: pools, tenant transactions, migrations, and a
//! private cluster where the operator names no server.
//!
//! Nothing else in Kith opens a connection. Tenant work takes a
//! [`WorkspaceId`](kith_kernel::WorkspaceId), and the roles it runs as are
//! chosen here:
//!
//! | method | role | row-level security |
//! |---|---|---|
//! | [`Store::read`], [`Store::begin`] | `kith_app` | bound to the workspace |
//! | [`Store::plan_read`], [`Store::stream`] | `kith_reader` | not bound, read only |
//! | [`Store::system_read`], [`Store::begin_system`] | `kith_system` | not bound |
//!
//! Don't check out a second connection while a [`Tx`] is open: with small
//! pools, callers that do so can wait for each other.

mod address;
mod config;
mod connection;
pub mod embedded;
mod error;
mod inspect;
mod meter;
mod migrate;
mod point;
mod pool;
mod read;
mod session;
mod statement;
mod store;
mod stream;
mod tls;
mod tx;
mod writes;

pub use address::ConnectionConfig;
pub use config::{Class, PoolSizes, StoreConfig, Timeouts};
pub use error::StoreError;
pub use inspect::Inspection;
pub use migrate::{BOOTSTRAP, MigrationReport, Migrations, bootstrap_sql};
pub use read::{Planning, ReadLimits};
pub use session::{LOCK_CLASS, Notification, Session};
pub use statement::{BoundStatement, OwnedParam};
pub use store::Store;
pub use stream::RowStream;
pub use tokio_postgres::{Row, types::ToSql};
pub use tx::{Savepoint, Tx};

/// Parameters of a statement, in the order of `$1`, `$2`, ….
pub type Params<'a> = &'a [&'a (dyn ToSql + Sync)];
