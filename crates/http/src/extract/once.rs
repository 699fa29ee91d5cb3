//! `Idempotency-Key`: the same request sent twice has its effect once.

use axum::extract::{FromRequest, FromRequestParts, Request};
use bytes::Bytes;
use http::request::Parts;
use http::{HeaderMap, Method, Uri};
use kith_kernel::{ErrorCode, Failure};
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};

use super::json;
use crate::Problem;
use crate::idempotency::Idempotency;

/// The name of the header.
pub const IDEMPOTENCY_KEY: &str = "idempotency-key";

const MAX_KEY: usize = 255;

/// The `Idempotency-Key` header alone: 1 to 255 visible ASCII characters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdempotencyKey(pub Option<String>);

impl<S: Send + Sync> FromRequestParts<S> for IdempotencyKey {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Problem> {
        key(&parts.headers).map(Self)
    }
}

/// The idempotency of a request without a body that matters.
#[derive(Clone, Debug)]
pub struct Once(pub Option<Idempotency>);

impl<S: Send + Sync> FromRequestParts<S> for Once {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Problem> {
        let key = key(&parts.headers)?;
        Ok(Self(key.map(|key| Idempotency {
            fingerprint: fingerprint(&parts.method, &parts.uri, &[]),
            key,
        })))
    }
}

/// A JSON body, as [`Json`](crate::Json) takes it, with the request's idempotency.
#[derive(Clone, Debug)]
pub struct OnceJson<T>(pub T, pub Option<Idempotency>);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for OnceJson<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, _state: &S) -> Result<Self, Problem> {
        let key = key(request.headers())?;
        let (method, uri) = (request.method().clone(), request.uri().clone());
        let body: Bytes = json::read(request).await?;
        let idempotency = key.map(|key| Idempotency {
            fingerprint: fingerprint(&method, &uri, &body),
            key,
        });
        Ok(Self(json::parse(&body)?, idempotency))
    }
}

fn key(headers: &HeaderMap) -> Result<Option<String>, Problem> {
    let mut values = headers.get_all(IDEMPOTENCY_KEY).iter();
    let Some(value) = values.next() else {
        return Ok(None);
    };
    let bytes = value.as_bytes();
    let visible = bytes.iter().all(u8::is_ascii_graphic);
    if bytes.is_empty() || bytes.len() > MAX_KEY || !visible || values.next().is_some() {
        let message =
            "Idempotency-Key takes 1 to 255 visible ASCII characters, such as a UUID, once.";
        let failure = Failure::new(ErrorCode::InvalidRequest, message);
        return Err(Problem(failure.detail("header", "Idempotency-Key")));
    }
    Ok(Some(String::from_utf8_lossy(bytes).into_owned()))
}

/// SHA-256 over method, path, query and body, each with its length, so that none runs into the
/// next.
fn fingerprint(method: &Method, uri: &Uri, body: &[u8]) -> [u8; 32] {
    let mut hash = Sha256::new();
    let parts = [
        method.as_str().as_bytes(),
        uri.path().as_bytes(),
        uri.query().unwrap_or_default().as_bytes(),
        body,
    ];
    for part in parts {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    hash.finalize().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_visible_ascii_and_stands_once() {
        let headers = |values: &[&str]| -> HeaderMap {
            let name = http::HeaderName::from_static(IDEMPOTENCY_KEY);
            let pair = |value: &&str| (name.clone(), value.parse().unwrap());
            values.iter().map(pair).collect()
        };
        assert_eq!(key(&headers(&["a-1"])).unwrap(), Some("a-1".into()));
        assert_eq!(key(&headers(&[])).unwrap(), None);
        let long = "x".repeat(256);
        for bad in [&[""][..], &["a b"], &["é"], &[long.as_str()], &["a", "b"]] {
            assert!(key(&headers(bad)).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn every_part_of_a_request_counts() {
        let of = |method: Method, uri: &'static str, body: &[u8]| {
            fingerprint(&method, &Uri::from_static(uri), body)
        };
        let one = of(Method::POST, "/people?x=1", b"{}");
        assert_eq!(one, of(Method::POST, "/people?x=1", b"{}"));
        for other in [
            of(Method::PUT, "/people?x=1", b"{}"),
            of(Method::POST, "/people?x=2", b"{}"),
            of(Method::POST, "/people?x=1", b"{} "),
            of(Method::POST, "/peoplex=1", b"{}"),
        ] {
            assert_ne!(one, other);
        }
    }
}
