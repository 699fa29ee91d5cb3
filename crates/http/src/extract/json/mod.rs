//! JSON bodies, taken strictly: what is stored is exactly what the client meant.

mod scan;
mod strict;

use std::time::Duration;

use axum::extract::{FromRequest, Request};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http::{HeaderMap, HeaderValue, header};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use kith_kernel::{ErrorCode, Failure};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::Problem;

/// How large a JSON body may be, in bytes, where the layers say nothing else.
pub(crate) const DEFAULT_LIMIT: usize = 2 * 1024 * 1024;

/// How long all of a JSON body may take to arrive.
const READ_TIMEOUT: Duration = Duration::from_secs(30);

/// The largest JSON body that is read, in bytes. Rides in the request's extensions.
#[derive(Clone, Copy, Debug)]
pub(crate) struct JsonLimit(pub(crate) usize);

/// A JSON body, in and out.
///
/// Coming in, it has to be `application/json` (or `…+json`), UTF-8 without a byte order mark,
/// within the size limit, nested at most 64 levels deep, without U+0000, without a key that
/// stands twice, with an object wherever one is expected, and nothing may follow it. Every
/// refusal says where, by path and by place.
#[derive(Clone, Copy, Debug)]
pub struct Json<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Json<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, _state: &S) -> Result<Self, Problem> {
        let body = read(request).await?;
        Ok(Self(parse(&body)?))
    }
}

impl<T: Serialize> IntoResponse for Json<T> {
    fn into_response(self) -> Response {
        match serde_json::to_vec(&self.0) {
            Ok(body) => {
                const JSON: HeaderValue = HeaderValue::from_static("application/json");
                ([(header::CONTENT_TYPE, JSON)], body).into_response()
            }
            Err(error) => Problem(Failure::internal(error)).into_response(),
        }
    }
}

/// Reads all of a request's body, which has to be JSON by its headers.
pub(crate) async fn read(request: Request) -> Result<Bytes, Problem> {
    let limit = request
        .extensions()
        .get::<JsonLimit>()
        .map_or(DEFAULT_LIMIT, |limit| limit.0);
    check_headers(request.headers(), limit)?;
    let body = Limited::new(request.into_body(), limit);
    match tokio::time::timeout(READ_TIMEOUT, body.collect()).await {
        Ok(Ok(body)) => Ok(body.to_bytes()),
        Ok(Err(error)) if error.is::<LengthLimitError>() => Err(too_large(limit)),
        Ok(Err(error)) => Err(Problem(
            Failure::new(
                ErrorCode::InvalidRequest,
                "The body broke off before its end. Send the request again.",
            )
            .caused_by(error),
        )),
        Err(_) => Err(Problem::new(
            ErrorCode::InvalidRequest,
            "The body took too long to arrive. Send the request again.",
        )),
    }
}

fn check_headers(headers: &HeaderMap, limit: usize) -> Result<(), Problem> {
    let kind = headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    if !is_json(kind) {
        return Err(Problem(
            Failure::new(
                ErrorCode::UnsupportedMediaType,
                "Send JSON, with the header Content-Type: application/json.",
            )
            .detail("accepted", vec!["application/json"]),
        ));
    }
    let encoding = headers.get(header::CONTENT_ENCODING);
    if encoding.is_some_and(|encoding| encoding != "identity") {
        return Err(Problem::new(
            ErrorCode::UnsupportedMediaType,
            "Send the body without a Content-Encoding.",
        ));
    }
    let length = headers
        .get(header::CONTENT_LENGTH)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.parse::<usize>().ok());
    if length.is_some_and(|length| length > limit) {
        return Err(too_large(limit));
    }
    Ok(())
}

/// Whether a media type is JSON in UTF-8.
fn is_json(kind: &str) -> bool {
    let mut parts = kind.split(';').map(str::trim);
    let essence = parts.next().unwrap_or_default().to_ascii_lowercase();
    let suits = essence == "application/json"
        || (essence.starts_with("application/") && essence.ends_with("+json"));
    suits
        && parts.all(|parameter| match parameter.split_once('=') {
            Some((name, value)) if name.trim().eq_ignore_ascii_case("charset") => {
                let value = value.trim().trim_matches('"');
                value.eq_ignore_ascii_case("utf-8") || value.eq_ignore_ascii_case("utf8")
            }
            _ => true,
        })
}

fn too_large(limit: usize) -> Problem {
    Problem(
        Failure::new(
            ErrorCode::PayloadTooLarge,
            format!("The body may have at most {limit} bytes. Send it in several parts."),
        )
        .detail("limit", limit),
    )
}

/// Parses a text as strictly as [`Json`] takes a body: a line of NDJSON, for instance.
///
/// # Errors
/// `InvalidRequest`, with the place of what is wrong.
pub fn parse_json<T: DeserializeOwned>(text: &[u8]) -> Result<T, Failure> {
    parse(text).map_err(|problem| problem.0)
}

/// Parses a body.
pub(crate) fn parse<T: DeserializeOwned>(body: &[u8]) -> Result<T, Problem> {
    let text = utf8(body)?;
    scan::scan(text).map_err(|defect| {
        let (line, column) = scan::place(text, defect.offset);
        refusal(&defect.message, defect.path, defect.code, line, column)
    })?;
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let strict = strict::Strict(&mut deserializer);
    let value = serde_path_to_error::deserialize(strict).map_err(|error| {
        let path = match error.path().to_string() {
            path if path == "." || path == "?" => String::new(),
            path => path,
        };
        shape(path, error.inner())
    })?;
    deserializer
        .end()
        .map_err(|error| shape(String::new(), &error))?;
    Ok(value)
}

fn utf8(body: &[u8]) -> Result<&str, Problem> {
    if body.starts_with(b"\xef\xbb\xbf") {
        let message = "The body starts with a byte order mark. Send UTF-8 without one.";
        return Err(refusal(message, String::new(), "byte_order_mark", 1, 1));
    }
    std::str::from_utf8(body).map_err(|error| {
        let valid = body.get(..error.valid_up_to()).unwrap_or_default();
        let valid = String::from_utf8_lossy(valid);
        let (line, column) = scan::place(&valid, valid.len());
        let message = "The body is not valid UTF-8.";
        refusal(message, String::new(), "invalid_utf8", line, column)
    })
}

/// What the parser has against a body.
fn shape(path: String, error: &serde_json::Error) -> Problem {
    let whole = error.to_string();
    // The place stands in members of its own.
    let said = whole.split(" at line ").next().unwrap_or(&whole);
    let code = match error.classify() {
        serde_json::error::Category::Data if said.starts_with("unknown field") => "unknown_field",
        serde_json::error::Category::Data if said.starts_with("missing field") => "missing_field",
        serde_json::error::Category::Data if said.starts_with("invalid type") => "invalid_type",
        serde_json::error::Category::Data => "invalid_value",
        _ => "invalid_json",
    };
    let message = if code == "invalid_json" {
        format!("The body is not valid JSON: {said}.")
    } else {
        format!("The body does not have the expected shape: {said}.")
    };
    refusal(&message, path, code, error.line(), error.column())
}

fn refusal(message: &str, path: String, code: &'static str, line: usize, column: usize) -> Problem {
    let failure = Failure::new(ErrorCode::InvalidRequest, message)
        .detail("line", line)
        .detail("column", column);
    Problem(failure.field(path, code))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Deserialize;

    #[derive(Debug, Deserialize, PartialEq)]
    #[serde(deny_unknown_fields)]
    struct Person {
        name: String,
        #[serde(default)]
        emails: Vec<Email>,
    }

    #[derive(Debug, Deserialize, PartialEq)]
    #[serde(deny_unknown_fields)]
    struct Email {
        address: String,
    }

    fn refused(body: &[u8]) -> String {
        let problem = parse::<Person>(body).unwrap_err().0;
        assert_eq!(problem.code, ErrorCode::InvalidRequest);
        let field = &problem.fields[0];
        format!(
            "{} {:?} {}:{} {}",
            field.code,
            field.field,
            problem.details["line"],
            problem.details["column"],
            problem.message
        )
    }

    #[test]
    fn a_refusal_names_the_path_the_place_and_what_is_expected() {
        insta::assert_snapshot!(refused(br#"{"name":"A","emails":[{"address":1}]}"#), @r#"invalid_type "emails[0].address" 1:34 The body does not have the expected shape: invalid type: integer `1`, expected a string."#);
        insta::assert_snapshot!(refused(br#"{"name":"A","nick":"B"}"#), @r#"unknown_field "nick" 1:18 The body does not have the expected shape: unknown field `nick`, expected `name` or `emails`."#);
        insta::assert_snapshot!(refused(br#"["A"]"#), @r#"invalid_type "" 1:1 The body does not have the expected shape: invalid type: sequence, expected an object."#);
        insta::assert_snapshot!(refused(br#"{"name":"A","emails":[["a@x.de"]]}"#), @r#"invalid_type "emails[0]" 1:23 The body does not have the expected shape: invalid type: sequence, expected an object."#);
        insta::assert_snapshot!(refused(b"{\n\"emails\":[]}"), @r#"missing_field "" 2:12 The body does not have the expected shape: missing field `name`."#);
        insta::assert_snapshot!(refused(br#"{"name":"A"} {}"#), @r#"invalid_json "" 1:14 The body is not valid JSON: trailing characters."#);
        insta::assert_snapshot!(refused(br#"{"name":"#), @r#"invalid_json "name" 1:8 The body is not valid JSON: EOF while parsing a value."#);
        insta::assert_snapshot!(refused(b""), @r#"invalid_json "" 1:0 The body is not valid JSON: EOF while parsing a value."#);
        insta::assert_snapshot!(refused(b"\xef\xbb\xbf{}"), @r#"byte_order_mark "" 1:1 The body starts with a byte order mark. Send UTF-8 without one."#);
        insta::assert_snapshot!(refused(b"{\"name\":\"\xff\"}"), @r#"invalid_utf8 "" 1:10 The body is not valid UTF-8."#);
        insta::assert_snapshot!(refused(br#"{"name":"a\u0000"}"#), @r#"nul_character "name" 1:11 A text must not contain the character U+0000."#);
        insta::assert_snapshot!(refused(br#"{"name":"a","name":"b"}"#), @r#"duplicate_key "name" 1:13 A key may stand only once in an object."#);
    }

    #[test]
    fn only_json_in_utf8_is_json() {
        for kind in [
            "application/json",
            "application/json; charset=utf-8",
            "Application/JSON;charset=\"UTF-8\"",
            "application/merge-patch+json",
        ] {
            assert!(is_json(kind), "{kind}");
        }
        for kind in [
            "",
            "text/plain",
            "text/json",
            "application/json; charset=latin1",
            "application/x-www-form-urlencoded",
        ] {
            assert!(!is_json(kind), "{kind}");
        }
    }
}
