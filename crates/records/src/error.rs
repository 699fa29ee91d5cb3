//! What can go wrong in the record platform.

use kith_kernel::{ErrorCode, Failure};
use kith_store::StoreError;

/// An error of the record platform.
#[derive(Debug, thiserror::Error)]
pub enum RecordsError {
    /// The database refused or could not be asked.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The request is refused; says what to do.
    #[error(transparent)]
    Refused(Box<Failure>),
}

impl From<Failure> for RecordsError {
    fn from(failure: Failure) -> Self {
        Self::Refused(Box::new(failure))
    }
}

impl From<RecordsError> for Failure {
    fn from(error: RecordsError) -> Self {
        match error {
            RecordsError::Store(error) => match error.constraint() {
                Some("pipeline_one_default") => Failure::new(
                    ErrorCode::Conflict,
                    "Another pipeline is the default one. Set its `is_default` to false first, or in the same batch.",
                )
                .field("is_default", "taken")
                .caused_by(error),
                Some(name) if name.ends_with("_fkey") => Failure::new(
                    ErrorCode::Conflict,
                    "A record that this one points to is gone. Read it again, then repeat your change.",
                )
                .caused_by(error),
                _ => error.into(),
            },
            RecordsError::Refused(failure) => *failure,
        }
    }
}

impl RecordsError {
    /// Whether running the whole transaction again can succeed at once.
    pub fn is_retryable(&self) -> bool {
        matches!(self, Self::Store(error) if error.is_retryable())
    }
}
