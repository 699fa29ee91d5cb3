//! Random tokens that secret scanners recognise, and the hashes that are stored of them.
//!
//! A token is `kith_<kind>_`, 43 random letters and digits (256 bits) and a checksum of 6.
//! The checksum keeps mistyped and made-up tokens from costing a query; the regular
//! expression for scanners is `kith_(pat|ses|set|act)_[0-9A-Za-z]{49}`.

use std::fmt;

use sha2::{Digest as _, Sha256};

use crate::Secret;

const ALPHABET: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
/// 43 · log2(62) = 256.03 bits.
const BODY: usize = 43;
/// 62^6 > 2^32.
const CHECKSUM: usize = 6;

/// What a token is good for; a token of one kind is never taken for another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TokenKind {
    /// A personal API token.
    Api,
    /// The value of a session cookie.
    Session,
    /// The first-run set-up.
    Setup,
    /// A link by which a user sets their password.
    Activation,
}

impl TokenKind {
    /// What tokens of this kind begin with.
    pub const fn prefix(self) -> &'static str {
        match self {
            Self::Api => "kith_pat_",
            Self::Session => "kith_ses_",
            Self::Setup => "kith_set_",
            Self::Activation => "kith_act_",
        }
    }
}

/// A token in clear: it exists when it is made and when a client presents it, never in storage.
#[derive(Clone)]
pub struct Token {
    kind: TokenKind,
    text: Secret<String>,
}

impl Token {
    /// A new random token.
    pub fn generate(kind: TokenKind) -> Self {
        let mut text = String::with_capacity(kind.prefix().len() + BODY + CHECKSUM);
        text.push_str(kind.prefix());
        let mut left = BODY;
        while left > 0 {
            for byte in crate::random_bytes::<64>() {
                // 248 is the greatest multiple of 62 in a byte: beyond it letters would be biased.
                if left > 0 && byte < 248 {
                    text.push(char::from(ALPHABET[usize::from(byte % 62)]));
                    left -= 1;
                }
            }
        }
        let checksum = checksum(&text);
        text.push_str(&checksum);
        Self {
            kind,
            text: Secret::new(text),
        }
    }

    /// Reads a token of `kind`; `None` when the text has not that shape or checksum.
    pub fn parse(kind: TokenKind, text: &str) -> Option<Self> {
        let rest = text.strip_prefix(kind.prefix())?;
        if rest.len() != BODY + CHECKSUM || !rest.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
            return None;
        }
        let (body, found) = text.split_at(text.len() - CHECKSUM);
        (checksum(body) == found).then(|| Self {
            kind,
            text: Secret::new(text.to_owned()),
        })
    }

    /// What the token is good for.
    pub fn kind(&self) -> TokenKind {
        self.kind
    }

    /// The token in clear, to be shown once.
    pub fn expose(&self) -> &str {
        self.text.expose()
    }

    /// The last four characters, by which a user tells their tokens apart.
    pub fn last_four(&self) -> &str {
        let text = self.text.expose();
        &text[text.len() - 4..]
    }

    /// What is stored of the token.
    pub fn hash(&self) -> TokenHash {
        TokenHash(sha256(&[self.text.expose().as_bytes()]))
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Token({}…)", self.kind.prefix())
    }
}

/// The SHA-256 of a token. Tokens have 256 random bits, so neither salt nor cost is needed.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct TokenHash([u8; 32]);

impl TokenHash {
    /// The hash's bytes, as they are stored.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for TokenHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TokenHash(…)")
    }
}

/// SHA-256 over the parts, one after the other.
pub(crate) fn sha256(parts: &[&[u8]]) -> [u8; 32] {
    let mut digest = Sha256::new();
    for part in parts {
        digest.update(part);
    }
    digest.finalize().into()
}

/// The first 32 bits of the text's SHA-256, in base 62.
fn checksum(text: &str) -> String {
    let [a, b, c, d, ..] = sha256(&[text.as_bytes()]);
    let mut value = u32::from_be_bytes([a, b, c, d]) as usize;
    let mut digits = [b'0'; CHECKSUM];
    for digit in digits.iter_mut().rev() {
        *digit = ALPHABET[value % 62];
        value /= 62;
    }
    digits.iter().map(|&digit| char::from(digit)).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_token_reads_back_as_its_own_kind_only() {
        let token = Token::generate(TokenKind::Api);
        assert_eq!(token.expose().len(), 58);
        let read = Token::parse(TokenKind::Api, token.expose()).unwrap();
        assert_eq!(read.hash(), token.hash());
        assert!(Token::parse(TokenKind::Session, token.expose()).is_none());
        assert!(token.expose().ends_with(token.last_four()));
    }

    #[test]
    fn tokens_do_not_repeat_or_print() {
        let (one, two) = (
            Token::generate(TokenKind::Session),
            Token::generate(TokenKind::Session),
        );
        assert_ne!(one.expose(), two.expose());
        assert_ne!(one.hash(), two.hash());
        assert_eq!(format!("{one:?}"), "Token(kith_ses_…)");
        assert_eq!(format!("{:?}", one.hash()), "TokenHash(…)");
    }

    proptest! {
        #[test]
        fn any_changed_character_is_noticed(at in 9usize..58, to in "[0-9A-Za-z]") {
            let token = Token::generate(TokenKind::Api);
            let mut text = token.expose().to_owned();
            text.replace_range(at..=at, &to);
            let same = text == token.expose();
            // A checksum of 32 bits misses one change in four thousand million.
            prop_assert_eq!(Token::parse(TokenKind::Api, &text).is_some(), same);
        }

        #[test]
        fn no_text_panics(text in "\\PC*") {
            prop_assert!(Token::parse(TokenKind::Api, &text).is_none());
            let with_prefix = format!("kith_pat_{text}");
            prop_assert!(Token::parse(TokenKind::Api, &with_prefix).is_none());
        }
    }
}
