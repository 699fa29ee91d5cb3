//! What every service's HTTP edge has in common: problem documents, strict
//! extractors, idempotency keys, rate limits, the layers around the router, the
//! server loop, and the assembly of the OpenAPI document.
//!
//! A service declares its routes once, in [`Routes`], with what each of them is
//! and who may call it; router, documentation and the table that tests walk
//! through all come from there.

mod extract;
pub mod idempotency;
mod layers;
pub mod limit;
pub mod openapi;
mod problem;
mod routes;
pub mod server;
mod window;

pub use extract::{
    Authenticated, CSRF_HEADER, ClientIp, IDEMPOTENCY_KEY, IdempotencyKey, IfMatch, Json, Once,
    OnceJson, Path, Query, RequestContext, SESSION_COOKIE, cookie, credentials, etag, parse_json,
};
pub use layers::{Edge, HttpConfig, REQUEST_ID_HEADER, layers};
pub use problem::{Answer, Problem, status_of, title_of};
pub use routes::{Access, RouteInfo, Routed, Routes};
pub use window::Window;
