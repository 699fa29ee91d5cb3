//! Help for tests that need a real PostgreSQL.
//!
//! [`TestDb::create`] gives each test a database of its own, cloned from a template that holds
//! the migrations. All tests of all processes share one throw-away cluster, which starts with
//! the first test and stops by itself some minutes after the last.
//!
//! [`OwnCluster`] is for tests that kill or restart PostgreSQL.

#![expect(
    clippy::expect_used,
    reason = "a test that can't get its database can only fail, and should say where"
)]

mod data;
mod database;
mod own;
mod shared;

pub use data::test_data;
pub use database::TestDb;
pub use own::OwnCluster;
