//! Answers that aren't ours, such as the router's bare 404, become problem documents.

use axum::body::Body;
use axum::response::Response;
use http::{HeaderMap, Method, StatusCode, header};
use kith_kernel::{ErrorCode, Failure};

use crate::problem::{Failed, render};

/// Gives a refusal its final form, with the request's id, and logs what the client must not see.
pub(super) fn repair(
    method: &Method,
    path: &str,
    response: Response,
    request_id: &str,
) -> Response {
    if let Some(Failed(failure)) = response.extensions().get().cloned() {
        log(&failure);
        return rewrite(response, render(&failure, Some(request_id)));
    }
    let status = response.status();
    if status == StatusCode::METHOD_NOT_ALLOWED && method == Method::OPTIONS {
        return options(response);
    }
    let is_error = status.is_client_error() || status.is_server_error();
    if !is_error || !is_bare(response.headers()) {
        return response;
    }
    let failure = foreign(status, path);
    log(&failure);
    rewrite(response, render(&failure, Some(request_id)))
}

fn log(failure: &Failure) {
    let code = failure.code.as_str();
    let cause = failure.cause.as_ref().map(ToString::to_string);
    if failure.code == ErrorCode::Internal {
        tracing::error!(code, cause, chain = chain(failure), "a request failed");
    } else if let Some(cause) = cause {
        tracing::debug!(code, cause, "a request was refused");
    }
}

/// What lies behind the cause.
fn chain(failure: &Failure) -> Option<String> {
    let cause = failure.cause.as_deref()?;
    let sources = std::iter::successors(cause.source(), |error| error.source());
    let sources: Vec<String> = sources.map(ToString::to_string).collect();
    (!sources.is_empty()).then(|| sources.join(": "))
}

/// Whether a body is none or a library's plain sentence.
fn is_bare(headers: &HeaderMap) -> bool {
    headers
        .get(header::CONTENT_TYPE)
        .is_none_or(|kind| kind.as_bytes().starts_with(b"text/plain"))
}

/// The answer to `OPTIONS`: what `Allow` says.
fn options(mut response: Response) -> Response {
    *response.status_mut() = StatusCode::NO_CONTENT;
    *response.body_mut() = Body::empty();
    response.headers_mut().remove(header::CONTENT_LENGTH);
    response
}

fn foreign(status: StatusCode, path: &str) -> Failure {
    match status {
        StatusCode::NOT_FOUND if path.starts_with("/api/") => Failure::new(
            ErrorCode::NotFound,
            "There is nothing at this address. The API is described at /api/docs.",
        ),
        StatusCode::NOT_FOUND => Failure::not_found(),
        // The router adds Allow further out.
        StatusCode::METHOD_NOT_ALLOWED => Failure::new(
            ErrorCode::MethodNotAllowed,
            "This address does not take this method. The header Allow says which it takes.",
        ),
        StatusCode::PAYLOAD_TOO_LARGE => {
            Failure::new(ErrorCode::PayloadTooLarge, "The body is too large.")
        }
        StatusCode::UNSUPPORTED_MEDIA_TYPE => Failure::new(
            ErrorCode::UnsupportedMediaType,
            "The body's media type is not supported here.",
        ),
        StatusCode::SERVICE_UNAVAILABLE => Failure::new(
            ErrorCode::Unavailable,
            "The server can't answer now. Try again in a moment.",
        ),
        status if status.is_client_error() => {
            Failure::new(ErrorCode::InvalidRequest, "The request is malformed.")
        }
        status => Failure::internal(format!("a handler answered a bare {status}")),
    }
}

/// Puts `problem`'s status, body and headers in place, and keeps the other headers.
fn rewrite(response: Response, problem: Response) -> Response {
    let (mut parts, _) = response.into_parts();
    let (new, body) = problem.into_parts();
    parts.status = new.status;
    parts.headers.remove(header::CONTENT_LENGTH);
    for (name, value) in &new.headers {
        parts.headers.insert(name, value.clone());
    }
    Response::from_parts(parts, body)
}
