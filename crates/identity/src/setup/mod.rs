//! The first set-up: a one-time link by which the first administrator makes the workspace.

mod http;
mod page;
mod service;
mod store;

pub(crate) use http::routes;
pub(crate) use page::{pages, token_of};
pub use service::{NewWorkspace, SetUp};
