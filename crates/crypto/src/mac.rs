//! Message authentication (HMAC-SHA-256) and comparison in constant time.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;
use subtle::ConstantTimeEq as _;

use crate::Secret;

/// The block size of SHA-256 in bytes: an HMAC key of this length is used as it is.
const BLOCK: usize = 64;

/// A key for HMAC-SHA-256.
#[derive(Clone)]
pub struct MacKey(Secret<[u8; BLOCK]>);

impl MacKey {
    /// A key of 32 bytes; HMAC pads it with zeros to its block, as RFC 2104 has it.
    pub fn new(key: [u8; 32]) -> Self {
        let mut block = [0; BLOCK];
        block[..32].copy_from_slice(&key);
        Self(Secret::new(block))
    }

    /// The authentication code of `parts`. Each part is preceded by its length, so that
    /// shifting a byte from one part into the next gives another code.
    pub fn mac(&self, parts: &[&[u8]]) -> [u8; 32] {
        let mut mac = Hmac::<Sha256>::new(self.0.expose().into());
        for part in parts {
            mac.update(&(part.len() as u64).to_be_bytes());
            mac.update(part);
        }
        mac.finalize().into_bytes().into()
    }
}

impl fmt::Debug for MacKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MacKey(…)")
    }
}

/// The CSRF token that belongs to a session: a code keyed by the session's own secret, so
/// that it needs no storage, reveals nothing of the cookie, and dies with the session. The
/// stored hash of the cookie doesn't yield it, so a leaked table forges no requests.
pub fn csrf_token(session_cookie: &str) -> String {
    let key = crate::token::sha256(&[b"kith csrf key", session_cookie.as_bytes()]);
    URL_SAFE_NO_PAD.encode(MacKey::new(key).mac(&[b"kith csrf token"]))
}

/// Whether two texts are equal, in a time that depends on their lengths only.
pub fn constant_time_eq(left: &[u8], right: &[u8]) -> bool {
    left.ct_eq(right).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_code_is_the_one_of_rfc_4231() {
        // Test case 2 has a key shorter than 32 bytes, which zero padding makes the same.
        let mut key = [0; 32];
        key[..4].copy_from_slice(b"Jefe");
        let mut mac = Hmac::<Sha256>::new(MacKey::new(key).0.expose().into());
        mac.update(b"what do ya want for nothing?");
        let code: [u8; 32] = mac.finalize().into_bytes().into();
        assert_eq!(code[..8], [0x5b, 0xdc, 0xc1, 0x46, 0xbf, 0x60, 0x75, 0x4e],);
    }

    #[test]
    fn parts_do_not_run_together() {
        let key = MacKey::new([7; 32]);
        assert_ne!(key.mac(&[b"ab", b"c"]), key.mac(&[b"a", b"bc"]));
    }

    #[test]
    fn csrf_tokens_differ_between_sessions_and_hide_the_cookie() {
        let one = csrf_token("kith_ses_one");
        assert_eq!(one, csrf_token("kith_ses_one"));
        assert_ne!(one, csrf_token("kith_ses_two"));
        assert!(!one.contains("one"));
        assert_eq!(one.len(), 43);
    }

    #[test]
    fn comparison_sees_length_and_content() {
        assert!(constant_time_eq(b"same", b"same"));
        assert!(!constant_time_eq(b"same", b"sane"));
        assert!(!constant_time_eq(b"same", b"same "));
    }
}
