//! Secrets and what is done with them: password hashes, random tokens,
//! message authentication, and a wrapper that never prints what it holds.

mod error;
mod mac;
mod password;
mod random;
mod secret;
mod token;

pub use error::CryptoError;
pub use mac::{MacKey, constant_time_eq, csrf_token};
pub use password::{PasswordCost, Passwords, PoolLimits, Verdict};
pub use random::random_bytes;
pub use secret::Secret;
pub use token::{Token, TokenHash, TokenKind};
