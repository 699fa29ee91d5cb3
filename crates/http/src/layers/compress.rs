//! Which answers are worth compressing.

use http::{Extensions, HeaderMap, StatusCode, Version, header};
use tower_http::CompressionLevel;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{And, Predicate, SizeAbove};

type Kinds = fn(StatusCode, Version, &HeaderMap, &Extensions) -> bool;

/// Compresses texts of more than 1 KiB, quickly: on two cores, time is dearer than bytes.
pub(super) fn layer() -> CompressionLayer<And<SizeAbove, Kinds>> {
    CompressionLayer::new()
        .quality(CompressionLevel::Fastest)
        .compress_when(SizeAbove::new(1024).and(is_text as Kinds))
}

fn is_text(_: StatusCode, _: Version, headers: &HeaderMap, _: &Extensions) -> bool {
    let kind = headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let essence = kind.split(';').next().unwrap_or_default().trim();
    match essence {
        // An event has to leave at once, not when a compressor's buffer is full.
        "text/event-stream" => false,
        "application/json"
        | "application/problem+json"
        | "application/x-ndjson"
        | "image/svg+xml" => true,
        other => other.starts_with("text/"),
    }
}
