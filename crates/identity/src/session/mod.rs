//! Browser sessions: made by a login, carried by a cookie, ended by logout, age or idleness.

mod http;
pub(crate) mod model;
mod service;
pub(crate) mod store;

pub(crate) use http::{SessionAnswer, cookie_of, removed_cookie, routes};
pub use model::Session;
pub(crate) use service::{Origin, own_session};
