//! The one place where a code becomes a status.

use http::StatusCode;
use kith_kernel::ErrorCode;

/// The HTTP status of a code.
pub fn status_of(code: ErrorCode) -> StatusCode {
    match code {
        ErrorCode::InvalidRequest | ErrorCode::InvalidExpression | ErrorCode::InvalidCursor => {
            StatusCode::BAD_REQUEST
        }
        ErrorCode::Unauthenticated => StatusCode::UNAUTHORIZED,
        ErrorCode::CsrfRejected | ErrorCode::Forbidden => StatusCode::FORBIDDEN,
        ErrorCode::NotFound => StatusCode::NOT_FOUND,
        ErrorCode::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
        ErrorCode::NotAcceptable => StatusCode::NOT_ACCEPTABLE,
        ErrorCode::Duplicate | ErrorCode::Conflict => StatusCode::CONFLICT,
        ErrorCode::VersionMismatch => StatusCode::PRECONDITION_FAILED,
        ErrorCode::PayloadTooLarge => StatusCode::PAYLOAD_TOO_LARGE,
        ErrorCode::UnsupportedMediaType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
        ErrorCode::ValidationFailed
        | ErrorCode::CurrencyMismatch
        | ErrorCode::LimitExceeded
        | ErrorCode::IdempotencyKeyReused => StatusCode::UNPROCESSABLE_ENTITY,
        ErrorCode::RateLimited => StatusCode::TOO_MANY_REQUESTS,
        ErrorCode::QueryTimeout | ErrorCode::Unavailable | ErrorCode::StorageFull => {
            StatusCode::SERVICE_UNAVAILABLE
        }
        ErrorCode::Internal => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

/// The short, unchanging name of a kind of problem.
pub fn title_of(code: ErrorCode) -> &'static str {
    match code {
        ErrorCode::InvalidRequest => "The request is malformed",
        ErrorCode::InvalidExpression => "The expression is not valid",
        ErrorCode::InvalidCursor => "The cursor is not valid",
        ErrorCode::Unauthenticated => "Not signed in",
        ErrorCode::CsrfRejected => "The CSRF token is missing or wrong",
        ErrorCode::Forbidden => "Not allowed",
        ErrorCode::NotFound => "Not found",
        ErrorCode::MethodNotAllowed => "The method is not allowed here",
        ErrorCode::NotAcceptable => "No acceptable representation",
        ErrorCode::UnsupportedMediaType => "The media type is not supported",
        ErrorCode::PayloadTooLarge => "The body is too large",
        ErrorCode::ValidationFailed => "A value is not acceptable",
        ErrorCode::Duplicate => "The value is taken",
        ErrorCode::Conflict => "The current state does not allow this",
        ErrorCode::VersionMismatch => "Changed in the meantime",
        ErrorCode::IdempotencyKeyReused => "The idempotency key belongs to another request",
        ErrorCode::CurrencyMismatch => "Several currencies can't be added up",
        ErrorCode::LimitExceeded => "A limit is exceeded",
        ErrorCode::RateLimited => "Too many requests",
        ErrorCode::QueryTimeout => "The query takes too long",
        ErrorCode::Unavailable => "Not available now",
        ErrorCode::StorageFull => "No room to store data",
        ErrorCode::Internal => "A defect of the server",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_defect_of_ours_is_a_500_and_every_code_is_an_error() {
        for code in ErrorCode::ALL {
            let status = status_of(*code);
            assert!(
                status.is_client_error() || status.is_server_error(),
                "{code:?}"
            );
            assert_eq!(
                status.as_u16() == 500,
                *code == ErrorCode::Internal,
                "{code:?}"
            );
        }
    }
}
