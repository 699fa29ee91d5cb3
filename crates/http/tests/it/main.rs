//! The HTTP edge as a client sees it.

#![expect(
    clippy::expect_used,
    clippy::unwrap_used,
    reason = "a helper that fails can only fail its test, and should say where"
)]

mod app;
mod auth;
mod edge;
mod idempotency;
mod json;
mod limits;
mod openapi;
mod server;
