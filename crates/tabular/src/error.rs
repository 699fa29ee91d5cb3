//! What can go wrong with a whole file; what is wrong with one row is a [`crate::RowIssue`].

use std::io;

use kith_kernel::{ErrorCode, Failure};

/// Why a file can't be read or written any further.
#[derive(Debug, thiserror::Error)]
pub enum TabularError {
    /// The disk or the receiver failed.
    #[error("reading or writing the file failed")]
    Io(#[source] io::Error),
    /// The file has no content at all.
    #[error("The file is empty.")]
    Empty,
    /// The file is of a kind that is not read here.
    #[error("{0}")]
    Unsupported(String),
    /// The file is of a known kind, but broken.
    #[error("The file is damaged: {0}.")]
    Damaged(String),
    /// A bound is exceeded.
    #[error("{0}")]
    Limit(String),
    /// The dialect asked for can't be used.
    #[error("{message}")]
    Dialect {
        /// The field of [`crate::Dialect`] at fault.
        field: &'static str,
        /// What would be accepted.
        message: String,
    },
}

impl TabularError {
    pub(crate) fn dialect(field: &'static str, message: impl Into<String>) -> Self {
        Self::Dialect {
            field,
            message: message.into(),
        }
    }

    pub(crate) fn damaged(what: impl Into<String>) -> Self {
        Self::Damaged(what.into())
    }

    pub(crate) fn limit(what: impl Into<String>) -> Self {
        Self::Limit(what.into())
    }
}

impl From<io::Error> for TabularError {
    /// An error of ours that had to travel through `std::io` comes back as itself.
    fn from(error: io::Error) -> Self {
        match error.downcast::<Self>() {
            Ok(own) => own,
            Err(error) => Self::Io(error),
        }
    }
}

impl From<TabularError> for io::Error {
    fn from(error: TabularError) -> Self {
        match error {
            TabularError::Io(error) => error,
            other => io::Error::other(other),
        }
    }
}

impl From<TabularError> for Failure {
    fn from(error: TabularError) -> Self {
        let message = error.to_string();
        match error {
            TabularError::Io(source) if source.kind() == io::ErrorKind::StorageFull => {
                Failure::new(
                    ErrorCode::StorageFull,
                    "There is no room left to store the file.",
                )
                .caused_by(source)
            }
            TabularError::Io(source) => Failure::internal(source),
            TabularError::Empty | TabularError::Damaged(_) => {
                Failure::new(ErrorCode::ValidationFailed, message)
            }
            TabularError::Unsupported(_) => Failure::new(ErrorCode::UnsupportedMediaType, message),
            TabularError::Limit(_) => Failure::new(ErrorCode::LimitExceeded, message),
            TabularError::Dialect { field, .. } => {
                Failure::new(ErrorCode::ValidationFailed, message)
                    .field(format!("dialect.{field}"), "invalid")
            }
        }
    }
}
