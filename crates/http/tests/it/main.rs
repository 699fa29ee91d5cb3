//! The HTTP edge as a client sees it.

mod app;
mod auth;
mod edge;
mod idempotency;
mod json;
mod limits;
mod openapi;
mod server;
