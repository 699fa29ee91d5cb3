//! What can go wrong.

use kith_kernel::{ErrorCode, Failure};

/// Why a secret could not be made or checked.
#[derive(Debug, thiserror::Error)]
pub enum CryptoError {
    /// More passwords wait to be hashed than the pool takes.
    #[error("too many passwords wait to be checked")]
    Overloaded,
    /// The cost parameters are outside what Argon2 allows.
    #[error("the cost of password hashing is out of range: {0}")]
    Cost(String),
    /// Argon2 refused to compute.
    #[error("password hashing failed: {0}")]
    Hash(String),
    /// A stored hash is not a PHC string of Argon2.
    #[error("a stored password hash can't be read: {0}")]
    StoredHash(String),
    /// The master key is missing, damaged or readable by others: the message says what to do.
    #[error("{0}")]
    MasterKey(String),
    /// What was encrypted does not belong to this place or key, or is damaged.
    #[error("an encrypted value can't be read")]
    Undecipherable,
    /// The cipher refused to encrypt.
    #[error("a value can't be encrypted")]
    Unencryptable,
    /// The thread that computed ended before it was done.
    #[error("the hashing thread stopped")]
    Stopped(#[from] tokio::task::JoinError),
}

impl From<CryptoError> for Failure {
    fn from(error: CryptoError) -> Self {
        match error {
            CryptoError::Overloaded => Self::new(
                ErrorCode::Unavailable,
                "Too many people are signing in at this moment. Try again in a few seconds.",
            )
            .retry_after(3)
            .caused_by(error),
            CryptoError::Cost(_)
            | CryptoError::Hash(_)
            | CryptoError::StoredHash(_)
            | CryptoError::MasterKey(_)
            | CryptoError::Undecipherable
            | CryptoError::Unencryptable
            | CryptoError::Stopped(_) => Self::internal(error),
        }
    }
}
