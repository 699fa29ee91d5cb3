//! Secrets and what is done with them: password hashes, random tokens,
//! message authentication, encryption of fields, and a wrapper that never
//! prints what it holds.

mod error;
mod field;
mod mac;
mod master;
mod password;
mod random;
mod secret;
mod token;
mod webhook;

pub use error::CryptoError;
pub use field::{FieldCipher, Place};
pub use mac::{MacKey, constant_time_eq, csrf_token};
pub use master::{MASTER_KEY_FILE, MASTER_KEY_VARIABLE, MasterKey};
pub use password::{PasswordCost, Passwords, PoolLimits, Verdict};
pub use random::random_bytes;
pub use secret::Secret;
pub use token::{Token, TokenHash, TokenKind};
pub use webhook::WebhookSecret;
