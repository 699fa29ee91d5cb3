//! How an error is known outside the crate that raised it.

use std::fmt;

use serde::Serialize;

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $text:literal)+) => {
        /// A stable, transport-free name for what went wrong. `http` maps each to a status, once.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum ErrorCode { $($(#[$doc])* $name,)+ }

        impl ErrorCode {
            /// Every code, for documentation and for the test that maps them all.
            pub const ALL: &'static [Self] = &[$(Self::$name,)+];

            /// The code as it stands in a problem document, in `snake_case`.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$name => $text,)+ }
            }
        }
    };
}

codes! {
    /// The request's shape is wrong: JSON, a header, a parameter.
    InvalidRequest = "invalid_request"
    /// A CEL expression does not parse or type-check.
    InvalidExpression = "invalid_expression"
    /// A cursor is damaged or belongs to another query.
    InvalidCursor = "invalid_cursor"
    /// No credentials, or none that are valid.
    Unauthenticated = "unauthenticated"
    /// The CSRF token is missing or wrong.
    CsrfRejected = "csrf_rejected"
    /// The actor may not do this.
    Forbidden = "forbidden"
    /// There is no such thing, or the actor may not know of it.
    NotFound = "not_found"
    /// The path exists, the method does not.
    MethodNotAllowed = "method_not_allowed"
    /// The client accepts no type that we send.
    NotAcceptable = "not_acceptable"
    /// The client sends a type that we don't take.
    UnsupportedMediaType = "unsupported_media_type"
    /// The body is larger than allowed.
    PayloadTooLarge = "payload_too_large"
    /// A field's value is not acceptable.
    ValidationFailed = "validation_failed"
    /// A unique value is taken.
    Duplicate = "duplicate"
    /// The state of the thing does not allow the change.
    Conflict = "conflict"
    /// `If-Match` names another version than the current one.
    VersionMismatch = "version_mismatch"
    /// An idempotency key was used for another request.
    IdempotencyKeyReused = "idempotency_key_reused"
    /// Amounts of several currencies can't be added up.
    CurrencyMismatch = "currency_mismatch"
    /// A bound of the workspace or of the request is exceeded.
    LimitExceeded = "limit_exceeded"
    /// Too many requests.
    RateLimited = "rate_limited"
    /// The query would take longer than its class of work allows.
    QueryTimeout = "query_timeout"
    /// The service can't answer now; the same request may succeed later.
    Unavailable = "unavailable"
    /// There is no room left to store data.
    StorageFull = "storage_full"
    /// A defect of ours.
    Internal = "internal"
}

/// What is wrong with one field of a request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FieldError {
    /// The field's path in the request, such as `emails[1]` or `operations[3].data.amount`.
    pub field: String,
    /// The stable code of what is wrong.
    pub code: &'static str,
    /// A sentence that says what would be accepted.
    pub message: String,
}

/// An error on its way out: what the client may read, and what only the log may.
#[derive(Debug)]
pub struct Failure {
    /// The stable code.
    pub code: ErrorCode,
    /// A sentence for the client that says what to do.
    pub message: String,
    /// The fields at fault, where there are any.
    pub fields: Vec<FieldError>,
    /// Further members of the problem document, such as `position` or `current_version`.
    pub details: serde_json::Map<String, serde_json::Value>,
    /// After how many seconds a retry makes sense.
    pub retry_after: Option<u32>,
    /// What the log needs and the client must not see.
    pub cause: Option<Box<dyn std::error::Error + Send + Sync>>,
}

impl Failure {
    /// A failure with a sentence for the client.
    pub fn new(code: ErrorCode, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
            fields: Vec::new(),
            details: serde_json::Map::new(),
            retry_after: None,
            cause: None,
        }
    }

    /// The failure for whatever the actor can't see.
    pub fn not_found() -> Self {
        Self::new(ErrorCode::NotFound, "There is nothing at this address.")
    }

    /// A defect of ours: the client learns nothing but that it happened.
    pub fn internal(cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        let mut failure = Self::new(
            ErrorCode::Internal,
            "Something went wrong on our side. Try again; if it persists, report the request id.",
        );
        failure.cause = Some(cause.into());
        failure
    }

    /// Names the field at fault.
    #[must_use]
    pub fn field(mut self, field: impl Into<String>, code: &'static str) -> Self {
        let message = self.message.clone();
        self.fields.push(FieldError {
            field: field.into(),
            code,
            message,
        });
        self
    }

    /// Adds a member to the problem document.
    #[must_use]
    pub fn detail(mut self, name: &str, value: impl Into<serde_json::Value>) -> Self {
        self.details.insert(name.to_owned(), value.into());
        self
    }

    /// Says after how many seconds a retry makes sense.
    #[must_use]
    pub fn retry_after(mut self, seconds: u32) -> Self {
        self.retry_after = Some(seconds);
        self
    }

    /// Attaches what the log needs.
    #[must_use]
    pub fn caused_by(mut self, cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        self.cause = Some(cause.into());
        self
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code.as_str(), self.message)
    }
}

impl std::error::Error for Failure {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.cause.as_deref().map(|cause| cause as _)
    }
}
