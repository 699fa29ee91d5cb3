//! From a request's headers to an actor.

use std::sync::Arc;

use axum::extract::{FromRef, FromRequestParts, OptionalFromRequestParts};
use http::request::Parts;
use http::{HeaderMap, Method, header};
use kith_contracts::{Authenticator, Credentials};
use kith_kernel::{Actor, ErrorCode};

use super::RequestContext;
use crate::Problem;

/// The name of the cookie that holds a browser's session.
pub const SESSION_COOKIE: &str = "__Host-kith_session";

/// The header that carries the CSRF token of a session's requests that change something.
pub const CSRF_HEADER: &str = "x-csrf-token";

/// Who sends the request. Taking it counts against the actor's rate limit.
///
/// `Option<Authenticated>` is `None` where the request brings no credentials at all; bad ones
/// are still refused.
#[derive(Clone, Debug)]
pub struct Authenticated(pub Actor);

impl<S> FromRequestParts<S> for Authenticated
where
    S: Send + Sync,
    Arc<dyn Authenticator>: FromRef<S>,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let found = <Self as OptionalFromRequestParts<S>>::from_request_parts(parts, state).await?;
        found.ok_or_else(|| {
            Problem::new(
                ErrorCode::Unauthenticated,
                "Sign in, or send an API token as Authorization: Bearer ….",
            )
        })
    }
}

impl<S> OptionalFromRequestParts<S> for Authenticated
where
    S: Send + Sync,
    Arc<dyn Authenticator>: FromRef<S>,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Option<Self>, Problem> {
        if let Some(known) = parts.extensions.get::<Self>() {
            return Ok(Some(known.clone()));
        }
        let Some(credentials) = credentials(&parts.method, &parts.headers)? else {
            return Ok(None);
        };
        let authenticator = Arc::<dyn Authenticator>::from_ref(state);
        let actor = authenticator.authenticate(credentials).await?;
        if let Some(context) = parts.extensions.get::<RequestContext>() {
            context.admit(&actor)?;
        }
        let found = Self(actor);
        parts.extensions.insert(found.clone());
        Ok(Some(found))
    }
}

/// What the headers bring to prove who sends them. A token comes before a cookie.
///
/// # Errors
/// `Unauthenticated` where the header is no token.
pub fn credentials(method: &Method, headers: &HeaderMap) -> Result<Option<Credentials>, Problem> {
    if let Some(value) = headers.get(header::AUTHORIZATION) {
        let token = value.to_str().ok().and_then(|value| {
            let (scheme, token) = value.trim().split_once(' ')?;
            let token = token.trim();
            (scheme.eq_ignore_ascii_case("bearer") && !token.is_empty()).then_some(token)
        });
        return match token {
            Some(token) => Ok(Some(Credentials::Bearer(token.to_owned()))),
            None => Err(Problem::new(
                ErrorCode::Unauthenticated,
                "Write the header as Authorization: Bearer, a space, and an API token.",
            )),
        };
    }
    let Some(cookie) = cookie(headers, SESSION_COOKIE) else {
        return Ok(None);
    };
    Ok(Some(Credentials::Session {
        cookie: cookie.to_owned(),
        csrf: headers
            .get(CSRF_HEADER)
            .and_then(|value| value.to_str().ok())
            .map(str::to_owned),
        unsafe_method: !method.is_safe(),
    }))
}

/// The value of the cookie `name`.
pub fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find_map(|(found, value)| (found == name).then_some(value))
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        pairs
            .iter()
            .map(|(name, value)| {
                (
                    http::HeaderName::from_static(name),
                    HeaderValue::from_static(value),
                )
            })
            .collect()
    }

    #[test]
    fn a_token_comes_before_a_cookie_and_a_bad_header_is_refused() {
        let both = headers(&[
            ("authorization", "bearer abc"),
            ("cookie", "__Host-kith_session=s"),
        ]);
        let found = credentials(&Method::GET, &both).unwrap();
        assert!(matches!(found, Some(Credentials::Bearer(token)) if token == "abc"));
        for bad in ["Basic abc", "Bearer", "Bearer  ", "abc"] {
            let found = credentials(&Method::GET, &headers(&[("authorization", bad)]));
            assert!(found.is_err(), "{bad}");
        }
        assert!(matches!(
            credentials(&Method::GET, &HeaderMap::new()),
            Ok(None)
        ));
    }

    #[test]
    fn a_session_brings_its_csrf_token_and_whether_it_changes_something() {
        let session = headers(&[
            ("cookie", "theme=dark; __Host-kith_session=s1"),
            ("x-csrf-token", "t"),
        ]);
        let Some(Credentials::Session {
            cookie,
            csrf,
            unsafe_method,
        }) = credentials(&Method::POST, &session).unwrap()
        else {
            panic!("no session");
        };
        assert_eq!((cookie.as_str(), csrf.as_deref()), ("s1", Some("t")));
        assert!(unsafe_method);
    }
}
