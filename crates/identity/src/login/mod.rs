//! Signing in with e-mail address and password, and changing the password.

mod http;
mod service;
mod store;

pub(crate) use http::routes;
