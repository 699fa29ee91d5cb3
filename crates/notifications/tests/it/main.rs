//! Notifications over HTTP, on logs that the tests write.

#![expect(clippy::unwrap_used, reason = "what tests and their helpers rely on")]

mod access;
mod inbox;
mod told;
mod world;
