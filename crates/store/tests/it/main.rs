//! The store against a real PostgreSQL.

#![expect(clippy::unwrap_used, reason = "what tests and their helpers rely on")]

mod cancellation;
mod embedded;
mod errors;
mod event_log;
mod migrations;
mod pipelining;
mod plans;
mod points;
mod recovery;
mod statements;
mod streams;
mod tenancy;
mod tls;
mod transactions;
mod world;
