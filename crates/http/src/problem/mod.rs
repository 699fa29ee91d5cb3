//! Problem documents (RFC 9457): the one shape of every refusal.

mod status;

use std::sync::Arc;

use axum::response::{IntoResponse, Response};
use http::{HeaderValue, header};
use kith_kernel::{ErrorCode, Failure};
use serde_json::{Map, Value};

pub use status::{status_of, title_of};

/// A handler's answer.
pub type Answer<T> = Result<T, Problem>;

/// A failure on its way to the client, as `application/problem+json` with the members `type`,
/// `title`, `status`, `detail`, `code`, `errors` (where fields are at fault), `request_id`, and
/// whatever [`Failure::details`] adds.
///
/// The cause goes to the log, beside the request's id, never to the client.
#[derive(Debug)]
pub struct Problem(pub Failure);

impl From<Failure> for Problem {
    fn from(failure: Failure) -> Self {
        Self(failure)
    }
}

impl Problem {
    /// A problem with a sentence for the client.
    pub fn new(code: ErrorCode, message: impl Into<String>) -> Self {
        Self(Failure::new(code, message))
    }
}

/// Rides in the response's extensions, so that the outermost layer can log the cause and
/// write the request's id into the document.
#[derive(Clone)]
pub(crate) struct Failed(pub(crate) Arc<Failure>);

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = render(&self.0, None);
        response.extensions_mut().insert(Failed(Arc::new(self.0)));
        response
    }
}

/// The response that tells a client of `failure`.
pub(crate) fn render(failure: &Failure, request_id: Option<&str>) -> Response {
    let status = status_of(failure.code);
    let body = document(failure, request_id).to_string();
    let mut response = (status, body).into_response();
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/problem+json"),
    );
    if failure.code == ErrorCode::Unauthenticated {
        headers.insert(
            header::WWW_AUTHENTICATE,
            HeaderValue::from_static("Bearer realm=\"kith\""),
        );
    }
    if let Some(seconds) = failure.retry_after.or_else(|| default_retry(failure.code)) {
        headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    response
}

/// The problem document of `failure`.
pub(crate) fn document(failure: &Failure, request_id: Option<&str>) -> Value {
    let code = failure.code.as_str();
    let mut document = Map::new();
    for (name, value) in &failure.details {
        document.insert(name.clone(), value.clone());
    }
    document.insert("type".into(), format!("/problems/{code}").into());
    document.insert("title".into(), title_of(failure.code).into());
    document.insert("status".into(), status_of(failure.code).as_u16().into());
    document.insert("detail".into(), failure.message.clone().into());
    document.insert("code".into(), code.into());
    if !failure.fields.is_empty() {
        let errors = failure.fields.iter().map(|error| {
            serde_json::json!({
                "field": error.field,
                "code": error.code,
                "message": error.message,
            })
        });
        document.insert("errors".into(), errors.collect());
    }
    if let Some(id) = request_id {
        document.insert("request_id".into(), id.into());
    }
    Value::Object(document)
}

/// Seconds after which a retry makes sense where the failure itself doesn't say.
fn default_retry(code: ErrorCode) -> Option<u32> {
    match code {
        ErrorCode::Unavailable | ErrorCode::RateLimited => Some(1),
        ErrorCode::QueryTimeout => Some(5),
        ErrorCode::StorageFull => Some(60),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_has_all_members_and_hides_the_cause() {
        let failure = Failure::new(ErrorCode::ValidationFailed, "Give a currency of ISO 4217.")
            .field("amount.currency", "unknown_currency")
            .detail("accepted", vec!["EUR", "USD"])
            .caused_by("connection to 10.0.0.1 lost");
        insta::assert_json_snapshot!(document(&failure, Some("r-1")), @r#"
        {
          "accepted": [
            "EUR",
            "USD"
          ],
          "code": "validation_failed",
          "detail": "Give a currency of ISO 4217.",
          "errors": [
            {
              "code": "unknown_currency",
              "field": "amount.currency",
              "message": "Give a currency of ISO 4217."
            }
          ],
          "request_id": "r-1",
          "status": 422,
          "title": "A value is not acceptable",
          "type": "/problems/validation_failed"
        }
        "#);
    }

    #[test]
    fn details_cannot_overwrite_the_standard_members() {
        let failure = Failure::new(ErrorCode::Conflict, "No.").detail("status", 200);
        assert_eq!(document(&failure, None)["status"], 409);
    }

    #[test]
    fn a_refused_stranger_learns_how_to_sign_in_and_a_busy_server_when_to_return() {
        let refused = render(&Failure::new(ErrorCode::Unauthenticated, "Sign in."), None);
        assert_eq!(
            refused.headers()["www-authenticate"],
            "Bearer realm=\"kith\""
        );
        let busy = Failure::new(ErrorCode::Unavailable, "Busy.").retry_after(7);
        assert_eq!(render(&busy, None).headers()["retry-after"], "7");
    }
}
