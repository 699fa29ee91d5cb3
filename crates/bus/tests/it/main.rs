//! The bus against a real PostgreSQL.

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "what tests and their helpers rely on"
)]

mod faults;
mod jobs;
mod presence;
mod readers;
mod world;
