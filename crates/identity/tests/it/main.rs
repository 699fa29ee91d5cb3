//! Identity over HTTP, against a real database.
#![expect(
    clippy::unwrap_used,
    reason = "a helper of tests that can't go on can only fail"
)]

mod access;
mod app;
mod audit;
mod contracts;
mod login;
mod nasty;
mod operator;
mod password;
mod sessions;
mod setup;
mod tokens;
mod users;
mod workspace;
