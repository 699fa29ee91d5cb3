//! Live updates over HTTP, against a real log.

#![expect(clippy::unwrap_used, reason = "what tests and their helpers rely on")]

mod presence;
mod streams;
mod world;
