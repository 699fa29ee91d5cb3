//! Webhooks: where a workspace's events of records are sent, which of them, and signed by what.

mod draft;
pub(crate) mod http;
mod log;
mod model;
mod secrets;
mod service;
pub(crate) mod store;

pub(crate) use log::{Happened, log_in};
pub(crate) use model::{Webhook, WhyDisabled};
pub use secrets::rewrap_keys;
pub(crate) use secrets::{Sealed, Secrets};
