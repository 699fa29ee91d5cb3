//! The application's files, as the build made them.

use std::borrow::Cow;

use axum::response::{IntoResponse, Response};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use rust_embed::RustEmbed;

use super::is_known;

/// What stands in `web/dist`: within the program where it is optimised, else read from there.
/// Each file stands there twice, as it is and as `….br`.
#[derive(RustEmbed)]
#[folder = "../../web/dist"]
#[allow_missing = true]
struct Built;

/// Where files come from.
#[derive(Clone, Copy)]
pub(crate) struct Files(pub(super) fn(&str) -> Option<File>);

/// A file's content and the SHA-256 of it.
pub(super) struct File {
    pub(super) content: Cow<'static, [u8]>,
    pub(super) hash: [u8; 32],
}

impl Files {
    /// Those that were built.
    pub(crate) fn built() -> Self {
        Self(|path| {
            let file = Built::get(path)?;
            Some(File {
                hash: file.metadata.sha256_hash(),
                content: file.data,
            })
        })
    }

    /// Whether the application was built.
    pub(crate) fn are_there(self) -> bool {
        self.get("index.html").is_some()
    }

    pub(super) fn get(self, path: &str) -> Option<File> {
        // Where files are read from disk, a path must not lead elsewhere.
        let plain = (path.split('/')).all(|part| !part.is_empty() && part != "." && part != "..");
        let known = plain && !path.contains(['\\', '\0']);
        known.then(|| (self.0)(path)).flatten()
    }
}

/// The file at `path`, as small as the client takes it.
pub(super) fn answer(files: Files, path: &str, headers: &HeaderMap) -> Option<Response> {
    let has_other_form = path.rsplit_once('.').is_some_and(|(_, ext)| ext == "br");
    if has_other_form {
        return None;
    }
    let file = files.get(path)?;
    let packed = takes_brotli(headers)
        .then(|| files.get(&format!("{path}.br")))
        .flatten();
    let tag = tag(&file.hash, packed.is_some());
    // The names of assets change with their content.
    let cache = match path.starts_with("assets/") {
        true => "public, max-age=31536000, immutable",
        false => "no-cache",
    };
    let fixed = [
        (header::CACHE_CONTROL, HeaderValue::from_static(cache)),
        (header::VARY, HeaderValue::from_static("accept-encoding")),
        (header::ETAG, HeaderValue::from_str(&tag).ok()?),
    ];
    if is_known(headers, &tag) {
        return Some((StatusCode::NOT_MODIFIED, fixed).into_response());
    }
    let kind = [(header::CONTENT_TYPE, kind(path))];
    Some(match packed {
        Some(packed) => {
            let brotli = [(header::CONTENT_ENCODING, "br")];
            (fixed, kind, brotli, packed.content).into_response()
        }
        None => (fixed, kind, file.content).into_response(),
    })
}

/// The tag of a version of a file: sixteen digits of its hash.
pub(super) fn tag(hash: &[u8; 32], packed: bool) -> String {
    let digits = (hash.iter().take(8)).fold(0, |sum, byte| sum << 8 | u64::from(*byte));
    let form = if packed { "-br" } else { "" };
    format!("\"{digits:016x}{form}\"")
}

/// Whether the client takes brotli, and would not rather have something else.
fn takes_brotli(headers: &HeaderMap) -> bool {
    let lines = headers.get_all(header::ACCEPT_ENCODING).iter();
    lines
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .any(|coding| {
            let mut parts = coding.split(';').map(str::trim);
            let is_brotli = parts
                .next()
                .is_some_and(|name| name.eq_ignore_ascii_case("br"));
            let weight = parts.find_map(|part| part.strip_prefix("q="));
            is_brotli && weight.is_none_or(|weight| weight.parse::<f32>().is_ok_and(|q| q > 0.0))
        })
}

fn kind(path: &str) -> &'static str {
    match path.rsplit('.').next().unwrap_or_default() {
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "html" => "text/html; charset=utf-8",
        "svg" => "image/svg+xml",
        "json" => "application/json",
        "webmanifest" => "application/manifest+json",
        "txt" => "text/plain; charset=utf-8",
        "woff2" => "font/woff2",
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "webp" => "image/webp",
        "ico" => "image/x-icon",
        "wasm" => "application/wasm",
        _ => "application/octet-stream",
    }
}
