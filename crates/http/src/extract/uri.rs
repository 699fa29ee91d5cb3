//! Path segments and query parameters, taken strictly.

use std::borrow::Cow;

use axum::extract::FromRequestParts;
use axum::extract::path::ErrorKind;
use axum::extract::rejection::PathRejection;
use http::request::Parts;
use kith_kernel::{ErrorCode, Failure};
use serde::de::DeserializeOwned;

use crate::Problem;

/// The path's parameters. What doesn't parse, such as an id that is none, names nothing: 404.
#[derive(Clone, Copy, Debug)]
pub struct Path<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned + Send> FromRequestParts<S> for Path<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        match axum::extract::Path::<T>::from_request_parts(parts, state).await {
            Ok(axum::extract::Path(path)) => Ok(Self(path)),
            Err(rejection) => Err(path_refusal(rejection)),
        }
    }
}

fn path_refusal(rejection: PathRejection) -> Problem {
    match rejection {
        PathRejection::FailedToDeserializePathParams(error) => match error.kind() {
            ErrorKind::InvalidUtf8InPathParam { .. } => Problem::new(
                ErrorCode::InvalidRequest,
                "The path's percent-encoding does not give valid UTF-8.",
            ),
            ErrorKind::WrongNumberOfParameters { .. } | ErrorKind::UnsupportedType { .. } => {
                Problem(Failure::internal(error.body_text()))
            }
            _ => Problem(Failure::not_found()),
        },
        rejection => Problem(Failure::internal(rejection)),
    }
}

/// The query's parameters. Broken percent-encoding, broken UTF-8 and U+0000 are refused; so are
/// unknown parameters where `T` denies unknown fields, as it should.
#[derive(Clone, Copy, Debug)]
pub struct Query<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for Query<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Problem> {
        parse(parts.uri.query().unwrap_or_default()).map(Self)
    }
}

fn parse<T: DeserializeOwned>(query: &str) -> Result<T, Problem> {
    for pair in query.split('&') {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let decoded = decode(name).and_then(|name| decode(value).map(|_| name));
        if let Err(reason) = decoded {
            let message = format!("The query is malformed: {reason}.");
            let failure = Failure::new(ErrorCode::InvalidRequest, message);
            let name = decode(name).map(Cow::into_owned).unwrap_or_default();
            return Err(Problem(failure.field(name, "invalid_encoding")));
        }
    }
    let pairs = form(query);
    let deserializer = serde_urlencoded::Deserializer::new(pairs);
    serde_path_to_error::deserialize(deserializer).map_err(|error| {
        let said = error.inner().to_string();
        let code = if said.starts_with("unknown field") {
            "unknown_parameter"
        } else if said.starts_with("missing field") {
            "missing_parameter"
        } else {
            "invalid_value"
        };
        let said = said.replace("field", "parameter");
        let message = format!("The query is malformed: {said}.");
        let path = match error.path().to_string() {
            // serde names an unknown or missing parameter in its sentence only.
            path if path == "." => said.split('`').nth(1).unwrap_or_default().to_owned(),
            path => path,
        };
        Problem(Failure::new(ErrorCode::InvalidRequest, message).field(path, code))
    })
}

fn form(query: &str) -> form_urlencoded::Parse<'_> {
    form_urlencoded::parse(query.as_bytes())
}

/// Undoes form encoding; says what is wrong with it.
fn decode(text: &str) -> Result<Cow<'_, str>, &'static str> {
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte == b'%' {
            let digits = (rest.next(), rest.next());
            let hex = |digit: Option<u8>| digit.is_some_and(|digit| digit.is_ascii_hexdigit());
            if !hex(digits.0) || !hex(digits.1) {
                return Err("a % is not followed by two hexadecimal digits; write it as %25");
            }
        }
    }
    let text = percent_encoding::percent_decode_str(text)
        .decode_utf8()
        .map_err(|_| "the percent-encoding does not give valid UTF-8")?;
    if text.contains('\0') {
        return Err("the character U+0000 is not allowed");
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Deserialize;

    #[derive(Debug, Default, Deserialize, PartialEq)]
    #[serde(deny_unknown_fields, default)]
    struct List {
        limit: Option<u16>,
        filter: Option<String>,
    }

    fn refused(query: &str) -> String {
        let problem = parse::<List>(query).unwrap_err().0;
        assert_eq!(problem.code, ErrorCode::InvalidRequest);
        format!(
            "{} {:?} {}",
            problem.fields[0].code, problem.fields[0].field, problem.message
        )
    }

    #[test]
    fn a_form_encoded_query_is_taken() {
        assert_eq!(
            parse::<List>("limit=5&filter=a%20%3D%3D+%22%C3%A9%22").unwrap(),
            List {
                limit: Some(5),
                filter: Some("a == \"é\"".into())
            }
        );
        assert_eq!(parse::<List>("").unwrap(), List::default());
        assert_eq!(parse::<List>("&").unwrap(), List::default());
    }

    #[test]
    fn a_broken_query_is_refused_with_the_parameter() {
        insta::assert_snapshot!(refused("limit=five"), @r#"invalid_value "limit" The query is malformed: invalid digit found in string."#);
        insta::assert_snapshot!(refused("limt=5"), @r#"unknown_parameter "limt" The query is malformed: unknown parameter `limt`, expected `limit` or `filter`."#);
        insta::assert_snapshot!(refused("limit=1&limit=2"), @r#"invalid_value "limit" The query is malformed: duplicate parameter `limit`."#);
        insta::assert_snapshot!(refused("filter=%zz"), @r#"invalid_encoding "filter" The query is malformed: a % is not followed by two hexadecimal digits; write it as %25."#);
        insta::assert_snapshot!(refused("filter=%ff"), @r#"invalid_encoding "filter" The query is malformed: the percent-encoding does not give valid UTF-8."#);
        insta::assert_snapshot!(refused("filter=%00"), @r#"invalid_encoding "filter" The query is malformed: the character U+0000 is not allowed."#);
        insta::assert_snapshot!(refused("filter=%"), @r#"invalid_encoding "filter" The query is malformed: a % is not followed by two hexadecimal digits; write it as %25."#);
    }
}
