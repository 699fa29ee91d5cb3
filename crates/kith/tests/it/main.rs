//! The real binary, on ports and in folders of its own.

#![expect(
    clippy::unwrap_used,
    reason = "a helper that fails can only fail its test, and should say where"
)]

mod cli;
mod demo;
mod faults;
mod interactions;
mod interrupted;
mod roles;
mod running;
mod serve;
mod transfer;
mod tutorial;
mod webhooks;
mod workbooks;
