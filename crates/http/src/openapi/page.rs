//! The page at `/api/docs`, which shows the document.

use axum::Router;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use http::{HeaderValue, header};

const PAGE: &str = include_str!("page/index.html");
const SCRIPT: &str = include_str!("page/docs.js");
const STYLE: &str = include_str!("page/docs.css");

/// `/api/docs` and the two files it loads. The page fetches `/api/v1/openapi.json`.
pub fn docs_router() -> Router {
    Router::new()
        .route("/api/docs", get(|| file("text/html; charset=utf-8", PAGE)))
        .route(
            "/api/docs/docs.js",
            get(|| file("text/javascript; charset=utf-8", SCRIPT)),
        )
        .route(
            "/api/docs/docs.css",
            get(|| file("text/css; charset=utf-8", STYLE)),
        )
}

async fn file(kind: &'static str, content: &'static str) -> Response {
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(kind)),
        (
            header::CACHE_CONTROL,
            HeaderValue::from_static("public, max-age=300"),
        ),
        (
            header::CONTENT_SECURITY_POLICY,
            HeaderValue::from_static(crate::layers::PAGE_CSP),
        ),
    ];
    (headers, content).into_response()
}
