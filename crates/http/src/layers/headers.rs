//! Headers that every answer has.

use http::{HeaderMap, HeaderName, HeaderValue, header};

/// What a page may load: nothing from elsewhere, nothing inline.
const PAGE_CSP: &str = "default-src 'none'; script-src 'self'; style-src 'self'; \
    img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; worker-src 'self'; \
    manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// What an answer that is no page may load: nothing.
const DATA_CSP: &str = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; \
    form-action 'none'";

const HSTS: &str = "max-age=63072000; includeSubDomains";

/// Adds what the handler did not choose itself.
pub(super) fn secure(headers: &mut HeaderMap, hsts: bool) {
    let is_page = headers
        .get(header::CONTENT_TYPE)
        .is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"));
    let policy = if is_page { PAGE_CSP } else { DATA_CSP };
    add(headers, header::CONTENT_SECURITY_POLICY, policy);
    add(headers, header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    add(headers, header::REFERRER_POLICY, "no-referrer");
    add(headers, header::X_FRAME_OPTIONS, "DENY");
    // Answers hold customers' data: no cache keeps them, unless the handler says so.
    add(headers, header::CACHE_CONTROL, "no-store");
    let same = "same-origin";
    add(
        headers,
        HeaderName::from_static("cross-origin-opener-policy"),
        same,
    );
    add(
        headers,
        HeaderName::from_static("cross-origin-resource-policy"),
        same,
    );
    if hsts {
        add(headers, header::STRICT_TRANSPORT_SECURITY, HSTS);
    }
}

fn add(headers: &mut HeaderMap, name: HeaderName, value: &'static str) {
    headers
        .entry(name)
        .or_insert(HeaderValue::from_static(value));
}
