//! The page at `/`, until the browser application takes its place.

use axum::Router;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use http::header;

const PAGE: &str = include_str!("home/index.html");
const STYLE: &str = include_str!("home/home.css");
const ICON: &str = include_str!("home/icon.svg");

/// `/` and the files it loads.
pub(crate) fn router() -> Router {
    Router::new()
        .route("/", get(async || file("text/html; charset=utf-8", PAGE)))
        .route(
            "/home.css",
            get(async || file("text/css; charset=utf-8", STYLE)),
        )
        .route("/favicon.svg", get(async || file("image/svg+xml", ICON)))
}

fn file(kind: &'static str, content: &'static str) -> Response {
    let headers = [
        (header::CONTENT_TYPE, kind),
        (header::CACHE_CONTROL, "no-cache"),
    ];
    (headers, content).into_response()
}
