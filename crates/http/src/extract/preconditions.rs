//! Versions in headers: `ETag` and `If-Match`.

use axum::extract::FromRequestParts;
use http::request::Parts;
use http::{HeaderMap, HeaderValue, header};
use kith_kernel::ErrorCode;

use crate::Problem;

/// The `ETag` of a version: `"7"`.
pub fn etag(version: i64) -> HeaderValue {
    // Digits and quotes are always a valid value.
    HeaderValue::from_str(&format!("\"{version}\""))
        .unwrap_or_else(|_| HeaderValue::from_static("\"0\""))
}

/// The version that the client saw last, from `If-Match`; `None` without the header and for `*`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IfMatch(pub Option<i64>);

impl<S: Send + Sync> FromRequestParts<S> for IfMatch {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Problem> {
        parse(&parts.headers).map(Self)
    }
}

fn parse(headers: &HeaderMap) -> Result<Option<i64>, Problem> {
    let mut values = headers.get_all(header::IF_MATCH).iter();
    let Some(value) = values.next() else {
        return Ok(None);
    };
    let text = value.to_str().unwrap_or_default().trim();
    if text == "*" {
        return Ok(None);
    }
    // A proxy that compresses weakens the tag; the version in it is no less right.
    let version = text
        .strip_prefix("W/")
        .unwrap_or(text)
        .strip_prefix('"')
        .and_then(|rest| rest.strip_suffix('"'))
        .filter(|digits| !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()))
        .and_then(|digits| digits.parse().ok());
    match (version, values.next()) {
        (Some(version), None) => Ok(Some(version)),
        _ => Err(Problem::new(
            ErrorCode::InvalidRequest,
            "If-Match takes one version as the ETag gave it, such as \"7\" with the quotes.",
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(value: &str) -> Result<Option<i64>, ()> {
        let mut headers = HeaderMap::new();
        headers.insert(header::IF_MATCH, value.parse().unwrap());
        parse(&headers).map_err(|_| ())
    }

    #[test]
    fn a_version_goes_out_and_comes_back() {
        assert_eq!(parsed(etag(7).to_str().unwrap()), Ok(Some(7)));
        assert_eq!(parsed("W/\"7\""), Ok(Some(7)));
        assert_eq!(parsed("*"), Ok(None));
        for bad in [
            "7",
            "\"\"",
            "\"+7\"",
            "\"7\", \"8\"",
            "\"99999999999999999999\"",
        ] {
            assert_eq!(parsed(bad), Err(()), "{bad}");
        }
    }
}
