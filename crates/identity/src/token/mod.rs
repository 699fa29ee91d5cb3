//! Personal API tokens: shown once, stored as a hash, good for what they were made for.

mod http;
pub(crate) mod model;
mod service;
pub(crate) mod store;

pub(crate) use http::routes;
pub use model::ApiToken;
pub(crate) use service::{NewToken, TokenDraft};

/// As many tokens as a user may have in force.
pub(crate) const MAX_TOKENS: i64 = 100;
