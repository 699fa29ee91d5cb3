//! Data keys: what contents are encrypted with. Who destroys one, wherever its wrapping is stored,
//! makes its contents unreadable.

use std::fmt;

use crate::field::Aead;
use crate::{CryptoError, MacKey, Secret, random_bytes};

const CONTENT: &[u8] = b"kith content 1";
const SHARE: &[u8] = b"kith share of a joint key 1";
const JOINT: &[u8] = b"kith joint key 1";
const INDEX: &[u8] = b"kith data key index 1";

/// A key for AES-256-GCM, of a person for instance.
pub struct DataKey {
    secret: Secret<[u8; 32]>,
    aead: Aead,
    share: Secret<[u8; 32]>,
}

impl DataKey {
    /// A new, random key.
    ///
    /// # Errors
    /// [`CryptoError::Unencryptable`] when the cipher refuses.
    pub fn generate() -> Result<Self, CryptoError> {
        Self::new(random_bytes())
    }

    pub(crate) fn new(secret: [u8; 32]) -> Result<Self, CryptoError> {
        let root = MacKey::new(secret);
        Ok(Self {
            secret: Secret::new(secret),
            aead: Aead::new(&root.mac(&[CONTENT]))?,
            share: Secret::new(root.mac(&[SHARE])),
        })
    }

    pub(crate) fn secret(&self) -> &[u8; 32] {
        self.secret.expose()
    }

    /// The key that only all of `keys` together give, for one `context`. Without any one of them it
    /// can't be had, and the others learn nothing of it. The order of the keys counts.
    ///
    /// # Errors
    /// [`CryptoError::Unencryptable`] when there are no keys.
    pub fn joint(keys: &[&Self], context: &[u8]) -> Result<Self, CryptoError> {
        let (first, others) = keys.split_first().ok_or(CryptoError::Unencryptable)?;
        let mut parts: Vec<&[u8]> = vec![JOINT, context];
        parts.extend(others.iter().map(|key| key.share.expose().as_slice()));
        Self::new(MacKey::new(*first.share.expose()).mac(&parts))
    }

    /// What equal values have in common, for who has the key: to find what can't be read.
    pub fn index(&self, value: &[&[u8]]) -> [u8; 32] {
        let key = MacKey::new(MacKey::new(*self.secret.expose()).mac(&[INDEX]));
        key.mac(value)
    }

    /// Encrypts `value`, bound to `context`: a byte for the format, nonce, ciphertext and tag.
    ///
    /// # Errors
    /// [`CryptoError::Unencryptable`] for values beyond what AES-GCM takes, 64 GiB.
    pub fn seal(&self, context: &[&[u8]], value: &[u8]) -> Result<Vec<u8>, CryptoError> {
        self.aead.seal(context, value)
    }

    /// The value that was encrypted in this context.
    ///
    /// # Errors
    /// [`CryptoError::Undecipherable`] when it was encrypted elsewhere or by another key, or is
    /// damaged.
    pub fn open(&self, context: &[&[u8]], sealed: &[u8]) -> Result<Vec<u8>, CryptoError> {
        self.aead.open(context, sealed)
    }
}

impl fmt::Debug for DataKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DataKey(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key() -> DataKey {
        DataKey::generate().unwrap()
    }

    #[test]
    fn a_value_comes_back_with_its_key_and_context_only() {
        let (one, other) = (key(), key());
        let sealed = one.seal(&[b"a", b"b"], b"hello").unwrap();
        assert_eq!(one.open(&[b"a", b"b"], &sealed).unwrap(), b"hello");
        assert!(one.open(&[b"ab"], &sealed).is_err());
        assert!(other.open(&[b"a", b"b"], &sealed).is_err());
    }

    #[test]
    fn a_joint_key_needs_all_of_its_keys_in_their_order_and_its_context() {
        let keys = [key(), key(), key()];
        let of = |keys: &[&DataKey], context: &[u8]| DataKey::joint(keys, context).unwrap();
        let [a, b, c] = &keys;
        let sealed = of(&[a, b, c], b"1").seal(&[], b"hello").unwrap();
        assert_eq!(of(&[a, b, c], b"1").open(&[], &sealed).unwrap(), b"hello");
        let others: [(&[&DataKey], &[u8]); 6] = [
            (&[a, b], b"1"),
            (&[b, c], b"1"),
            (&[a, c], b"1"),
            (&[a, c, b], b"1"),
            (&[a, b, &key()], b"1"),
            (&[a, b, c], b"2"),
        ];
        for (keys, context) in others {
            assert!(of(keys, context).open(&[], &sealed).is_err());
        }
        assert!(DataKey::joint(&[], b"1").is_err());
        assert!(a.open(&[], &sealed).is_err());
    }

    #[test]
    fn an_index_is_the_same_for_the_same_value_and_key() {
        let (one, other) = (key(), key());
        assert_eq!(one.index(&[b"x"]), one.index(&[b"x"]));
        assert_ne!(one.index(&[b"x"]), one.index(&[b"y"]));
        assert_ne!(one.index(&[b"x"]), other.index(&[b"x"]));
        assert!(!format!("{one:?}").contains(char::is_numeric));
    }
}
