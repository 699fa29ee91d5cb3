//! The application's page, and the one that stands in for it where it was not built.

use axum::response::{IntoResponse, Response};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use kith_http::cookie;

use super::file::{Files, tag};
use super::is_known;

const UNBUILT: &str = include_str!("unbuilt.html");
const STYLE: &str = include_str!("unbuilt.css");
const ICON: &str = include_str!("icon.svg");

/// The cookie in which a browser keeps the theme that its user chose.
const THEME_COOKIE: &str = "kith_theme";
/// Where the page says its theme.
const THEME: &str = "data-theme=\"system\"";

/// The page at every address of the application, in the theme that the browser asks for.
pub(super) fn index(files: Files, headers: &HeaderMap) -> Response {
    let Some(file) = files.get("index.html") else {
        return content("text/html; charset=utf-8", UNBUILT);
    };
    let theme = (cookie(headers, THEME_COOKIE)).filter(|theme| ["light", "dark"].contains(theme));
    let hash = tag(&file.hash, false);
    // The same file in another theme is another version of the page.
    let version = format!(
        "W/{}-{}\"",
        hash.trim_end_matches('"'),
        theme.unwrap_or("system")
    );
    let version = HeaderValue::from_str(&version).unwrap_or_else(|_| HeaderValue::from_static("*"));
    let fixed = [
        (header::CACHE_CONTROL, HeaderValue::from_static("no-cache")),
        (
            header::VARY,
            HeaderValue::from_static("cookie, accept-encoding"),
        ),
        (header::ETAG, version.clone()),
    ];
    // Browsers take the headers of "not modified" for those of the page that they have: without its
    // type the answer would bring the policy of data, under which no page runs.
    let kind = [(header::CONTENT_TYPE, "text/html; charset=utf-8")];
    if is_known(headers, version.to_str().unwrap_or_default()) {
        return (StatusCode::NOT_MODIFIED, fixed, kind).into_response();
    }
    let html = String::from_utf8_lossy(&file.content);
    let html = match theme {
        Some(theme) => html.replacen(THEME, &format!("data-theme=\"{theme}\""), 1),
        None => html.into_owned(),
    };
    (fixed, kind, html).into_response()
}

/// The style of the page that stands in.
pub(super) fn style() -> Response {
    content("text/css; charset=utf-8", STYLE)
}

pub(super) fn icon() -> Response {
    content("image/svg+xml", ICON)
}

fn content(kind: &'static str, content: &'static str) -> Response {
    let headers = [
        (header::CONTENT_TYPE, kind),
        (header::CACHE_CONTROL, "no-cache"),
    ];
    (headers, content).into_response()
}
