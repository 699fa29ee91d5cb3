//! The browser application: its files, and its one page at every address that is nobody else's.

mod file;
mod page;

use axum::Router;
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use http::{HeaderMap, StatusCode, header};

pub(crate) use file::Files;

/// First segments of paths that are never the application's.
const OTHERS: [&str; 7] = [
    "api",
    "graphql",
    "healthz",
    "readyz",
    "metrics",
    "problems",
    ".well-known",
];

/// Answers whatever no other route does.
pub(crate) fn router(files: Files) -> Router {
    let rest = get(answer)
        .fallback(async || StatusCode::NOT_FOUND)
        .with_state(files);
    Router::new()
        .route("/unbuilt.css", get(async || page::style()))
        .route("/favicon.svg", get(async || page::icon()))
        .fallback_service(rest)
}

async fn answer(State(files): State<Files>, request: Request) -> Response {
    let path = request.uri().path().trim_start_matches('/');
    if OTHERS.contains(&path.split('/').next().unwrap_or_default()) {
        return StatusCode::NOT_FOUND.into_response();
    }
    let last = path.rsplit('/').next().unwrap_or_default();
    let is_file = path.starts_with("assets/") || last.contains('.');
    if path == "index.html" || !is_file {
        return page::index(files, request.headers());
    }
    match file::answer(files, path, request.headers()) {
        Some(found) => found,
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

/// Whether the client has this version already.
fn is_known(headers: &HeaderMap, tag: &str) -> bool {
    let tags = headers.get_all(header::IF_NONE_MATCH).iter();
    tags.filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(|known| known.trim().trim_start_matches("W/"))
        .any(|known| known == "*" || known == tag.trim_start_matches("W/"))
}

#[cfg(test)]
mod tests;
