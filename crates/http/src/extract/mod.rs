//! What handlers take from a request; each refuses with a problem document.

mod auth;
mod context;
mod json;
mod once;
mod preconditions;
mod uri;

pub use auth::{Authenticated, CSRF_HEADER, SESSION_COOKIE, cookie, credentials};
pub use context::{ClientIp, RequestContext};
pub(crate) use json::{DEFAULT_LIMIT, JsonLimit};
pub use json::{Json, parse_json};
pub use once::{IDEMPOTENCY_KEY, IdempotencyKey, Once, OnceJson};
pub use preconditions::{IfMatch, etag};
pub use uri::{Path, Query};
