//! The interactions service over HTTP, against a real database.

#![expect(
    clippy::expect_used,
    clippy::unwrap_used,
    reason = "a test that can not go on should say where"
)]

mod access;
mod app;
mod append;
mod erasure;
mod hostile;
mod immutable;
mod keys;
mod lines;
mod matching;
mod oracle;
mod people;
mod rebuild;
mod timeline;
mod types;
mod world;
