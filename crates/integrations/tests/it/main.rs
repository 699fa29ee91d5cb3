//! Webhooks over HTTP, with receivers of the tests' own, on a database of its own for each test.

#![expect(
    clippy::expect_used,
    clippy::unwrap_used,
    reason = "a test that can not go on should say where"
)]

mod access;
mod broker;
mod deliver;
mod faults;
mod keep;
mod packages;
mod receiver;
mod world;
