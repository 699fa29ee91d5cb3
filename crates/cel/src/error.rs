//! What can be wrong with an expression, and where.

use std::fmt;
use std::ops::Range;

use kith_kernel::{ErrorCode, Failure};

/// A part of the source, in bytes.
pub type Span = Range<usize>;

/// Why an expression can't be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CelError {
    /// The source is not a CEL expression.
    #[error("{0}")]
    Syntax(Fault),
    /// The expression exceeds a bound.
    #[error("{0}")]
    Limit(Fault),
    /// There is no such field, function or variable.
    #[error("{0}")]
    UnknownName(Fault),
    /// The parts of the expression don't fit each other.
    #[error("{0}")]
    Type(Fault),
    /// An evaluation visited more than [`crate::MAX_STEPS`] nodes.
    #[error("The expression takes too many steps to evaluate.")]
    TooCostly,
}

/// What is wrong, and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// A clause that says what is wrong, without a full stop.
    pub message: String,
    /// The part of the source at fault, in bytes.
    pub span: Span,
    /// The line in which it begins, from 1.
    pub line: u32,
    /// The character in that line at which it begins, from 1.
    pub column: u32,
}

impl Fault {
    pub(crate) fn new(source: &str, span: Span, message: impl Into<String>) -> Self {
        let before = source.get(..span.start).unwrap_or(source);
        let line = before.matches('\n').count() + 1;
        let start = before.rfind('\n').map_or(0, |newline| newline + 1);
        let column = before.get(start..).unwrap_or("").chars().count() + 1;
        Self {
            message: message.into(),
            span,
            line: u32::try_from(line).unwrap_or(u32::MAX),
            column: u32::try_from(column).unwrap_or(u32::MAX),
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            message,
            line,
            column,
            ..
        } = self;
        write!(f, "{message} (line {line}, column {column})")
    }
}

impl CelError {
    /// What is wrong and where; `None` if it is not about a place in the source.
    pub fn fault(&self) -> Option<&Fault> {
        match self {
            Self::Syntax(fault)
            | Self::Limit(fault)
            | Self::UnknownName(fault)
            | Self::Type(fault) => Some(fault),
            Self::TooCostly => None,
        }
    }

    /// The kind of error as it stands in a problem document.
    pub fn reason(&self) -> &'static str {
        match self {
            Self::Syntax(_) => "syntax",
            Self::Limit(_) => "limit",
            Self::UnknownName(_) => "unknown_name",
            Self::Type(_) => "type",
            Self::TooCostly => "too_costly",
        }
    }
}

impl From<CelError> for Failure {
    fn from(error: CelError) -> Self {
        let failure = match error.fault() {
            Some(fault) => Self::new(
                ErrorCode::InvalidExpression,
                format!("The expression is not valid: {fault}."),
            )
            .detail(
                "position",
                serde_json::json!({
                    "offset": fault.span.start,
                    "end": fault.span.end,
                    "line": fault.line,
                    "column": fault.column,
                }),
            ),
            None => Self::new(ErrorCode::LimitExceeded, error.to_string()),
        };
        failure.detail("reason", error.reason())
    }
}

/// A text as it is shown in a message: short, whatever it is.
pub(crate) fn brief(text: &str) -> String {
    match text.char_indices().nth(40) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}
