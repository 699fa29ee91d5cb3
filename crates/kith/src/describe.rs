//! The API's description: what `kith openapi` prints and `/api/v1/openapi.json` answers.

use axum::Router;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use http::{HeaderMap, HeaderValue, StatusCode, header};
use kith_http::openapi::{Info, OpenApiPart, document};
use serde_json::Value;

/// The OpenAPI document of these parts.
pub(crate) fn describe(parts: impl IntoIterator<Item = OpenApiPart>) -> Value {
    let info = Info {
        title: "Kith",
        version: env!("CARGO_PKG_VERSION"),
        description: include_str!("api.md"),
    };
    document(info, parts)
}

/// `/openapi.json`, to be mounted below `/api/v1`.
pub(crate) fn router(part: OpenApiPart) -> Router {
    let whole = describe([part]).to_string();
    let tag = format!("\"{:x}\"", checksum(whole.as_bytes()));
    let tag = HeaderValue::from_str(&tag).unwrap_or_else(|_| HeaderValue::from_static("\"0\""));
    let answer = move |headers: HeaderMap| {
        let (whole, tag) = (whole.clone(), tag.clone());
        async move { fresh(&headers, whole, tag) }
    };
    Router::new().route("/openapi.json", get(answer))
}

/// The document, unless the client has it already.
fn fresh(headers: &HeaderMap, whole: String, tag: HeaderValue) -> Response {
    let known = headers.get(header::IF_NONE_MATCH) == Some(&tag);
    let head = [
        (header::ETAG, tag),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-cache")),
        (
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/json"),
        ),
    ];
    if known {
        return (StatusCode::NOT_MODIFIED, head).into_response();
    }
    (head, whole).into_response()
}

/// FNV-1a, 64 bits: tells one version of the document from another.
fn checksum(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
    })
}
