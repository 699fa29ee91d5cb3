//! The record platform over HTTP, on a database of its own for each test.

#![expect(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test that can not go on should say where"
)]

mod access;
mod app;
mod bulk;
mod catalog;
mod contact;
mod demo;
mod duplicates;
mod export;
mod filters;
mod hostile;
mod import;
mod live;
mod machine;
mod nasty;
mod oracle;
mod phones;
mod query;
mod races;
mod random;
mod search;
mod views;
mod write;
