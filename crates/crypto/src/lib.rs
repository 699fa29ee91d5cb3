//! Secrets and what is done with them: password hashes, random tokens,
//! message authentication, encryption of fields and contents under wrapped keys,
//! and a wrapper that never prints what it holds.

mod data_key;
mod error;
mod field;
mod key_file;
mod keyring;
mod mac;
mod password;
mod random;
mod secret;
mod token;
mod webhook;

pub use data_key::DataKey;
pub use error::CryptoError;
pub use field::{FieldCipher, Place};
pub use keyring::{Keyring, MASTER_KEY_FILE, MASTER_KEY_VARIABLE, Wrapped};
pub use mac::{MacKey, constant_time_eq, csrf_token};
pub use password::{PasswordCost, Passwords, PoolLimits, Verdict};
pub use random::random_bytes;
pub use secret::Secret;
pub use token::{Token, TokenHash, TokenKind};
pub use webhook::WebhookSecret;
