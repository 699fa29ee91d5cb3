//! The page at `/api/docs`, which shows the document.

use axum::Router;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use http::{HeaderValue, header};
use kith_kernel::{ErrorCode, Failure};

use crate::{Answer, Path, status_of, title_of};

const SCRIPT: &str = "text/javascript; charset=utf-8";

/// Path below `/api/docs`, media type, content.
const FILES: [(&str, &str, &str); 6] = [
    (
        "",
        "text/html; charset=utf-8",
        include_str!("page/index.html"),
    ),
    (
        "/docs.css",
        "text/css; charset=utf-8",
        include_str!("page/docs.css"),
    ),
    ("/docs.js", SCRIPT, include_str!("page/docs.js")),
    ("/dom.js", SCRIPT, include_str!("page/dom.js")),
    ("/request.js", SCRIPT, include_str!("page/request.js")),
    ("/schema.js", SCRIPT, include_str!("page/schema.js")),
];

/// `/api/docs` and the files it loads, and `/problems/{code}`, to which problem documents point. The page fetches `/api/v1/openapi.json`, with the token
/// that is pasted into it where there is one; the token stays in the page's memory.
pub fn docs_router() -> Router {
    let problems = Router::new().route("/problems/{code}", get(problem));
    FILES
        .iter()
        .fold(problems, |router, (path, kind, content)| {
            let answer = move || async move { file(kind, content) };
            router.route(&format!("/api/docs{path}"), get(answer))
        })
}

/// What a code means, in one sentence.
async fn problem(Path(code): Path<String>) -> Answer<String> {
    let found = ErrorCode::ALL.iter().find(|known| known.as_str() == code);
    let found = found.ok_or_else(Failure::not_found)?;
    let (status, title) = (status_of(*found), title_of(*found));
    Ok(format!("{code} ({status}): {title}.\n"))
}

fn file(kind: &'static str, content: &'static str) -> Response {
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(kind)),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-cache")),
    ];
    (headers, content).into_response()
}
