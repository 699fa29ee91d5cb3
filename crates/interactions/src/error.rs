//! What can go wrong with interactions.

use kith_crypto::CryptoError;
use kith_kernel::{ErrorCode, Failure};
use kith_store::StoreError;

/// An error of the interactions service.
#[derive(Debug, thiserror::Error)]
pub enum InteractionsError {
    /// The database refused or could not be asked.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A key or a content could not be encrypted or opened.
    #[error(transparent)]
    Crypto(#[from] CryptoError),
    /// What stands in the log or in a table has not the shape that was written.
    #[error("{what} can't be read: {source}")]
    Stored {
        /// What it is.
        what: &'static str,
        /// What the parser said.
        source: serde_json::Error,
    },
    /// The request is refused; says what to do.
    #[error(transparent)]
    Refused(Box<Failure>),
}

impl From<Failure> for InteractionsError {
    fn from(failure: Failure) -> Self {
        Self::Refused(Box::new(failure))
    }
}

impl From<tokio_postgres::Error> for InteractionsError {
    fn from(error: tokio_postgres::Error) -> Self {
        Self::Store(error.into())
    }
}

impl From<InteractionsError> for Failure {
    fn from(error: InteractionsError) -> Self {
        match error {
            InteractionsError::Store(error) => error.into(),
            InteractionsError::Crypto(error) => error.into(),
            InteractionsError::Stored { .. } => Self::internal(error),
            InteractionsError::Refused(failure) => *failure,
        }
    }
}

impl InteractionsError {
    /// Something that was stored and has not the shape in which it was.
    pub(crate) fn stored(what: &'static str) -> impl FnOnce(serde_json::Error) -> Self {
        move |source| Self::Stored { what, source }
    }
}

/// A value of the request that is not acceptable.
pub(crate) fn invalid(field: impl Into<String>, code: &'static str, message: &str) -> Failure {
    Failure::new(ErrorCode::ValidationFailed, message).field(field, code)
}
