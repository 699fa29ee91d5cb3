//! Encryption of single field values (AES-256-GCM), and blind indexes to find them again.
//!
//! A value is bound to its place: moved to another record, field or workspace it can't be read.
//! Nonces are random, 96 bits; NIST SP 800-38D allows 2^32 encryptions under one key so, which a
//! workspace does not reach. The length of a value is not hidden.

use std::fmt;

use kith_kernel::{RecordId, WorkspaceId};
use ring::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};

use crate::{CryptoError, MacKey, random_bytes};

/// Stands before what was encrypted; another number is another format.
const FORMAT: u8 = 1;
const VALUE: &[u8] = b"kith field value 1";
const INDEX: &[u8] = b"kith blind index 1";

/// Where an encrypted value stands. The names must be stable ones: what is renamed can't be read.
#[derive(Clone, Copy, Debug)]
pub struct Place<'a> {
    /// The object's permanent key.
    pub object: &'a str,
    /// The field's permanent key.
    pub field: &'a str,
    /// The record.
    pub record: RecordId,
}

/// Encrypts the values of one workspace.
pub struct FieldCipher {
    workspace: WorkspaceId,
    aead: Aead,
    index: MacKey,
}

impl FieldCipher {
    /// The cipher of a data key; one subkey is for values, one for indexes.
    pub(crate) fn new(workspace: WorkspaceId, data_key: &[u8; 32]) -> Result<Self, CryptoError> {
        let root = MacKey::new(*data_key);
        Ok(Self {
            workspace,
            aead: Aead::new(&root.mac(&[VALUE]))?,
            index: MacKey::new(root.mac(&[INDEX])),
        })
    }

    /// Encrypts a value for its place: a byte for the format, nonce, ciphertext and tag.
    ///
    /// # Errors
    /// [`CryptoError::Unencryptable`] for values beyond what AES-GCM takes, 64 GiB.
    pub fn encrypt(&self, place: Place<'_>, value: &[u8]) -> Result<Vec<u8>, CryptoError> {
        self.aead.seal(&self.context(&place), value)
    }

    /// The value that was encrypted for this place.
    ///
    /// # Errors
    /// [`CryptoError::Undecipherable`] when it was encrypted for another place or with another
    /// key, or is damaged.
    pub fn decrypt(&self, place: Place<'_>, sealed: &[u8]) -> Result<Vec<u8>, CryptoError> {
        self.aead.open(&self.context(&place), sealed)
    }

    /// What equal values of one field have in common: to find or keep unique what can't be read.
    /// Normalise the value first. It tells who reads the database which records are equal, so
    /// keep one only for fields that need it.
    pub fn blind_index(&self, object: &str, field: &str, value: &[u8]) -> [u8; 32] {
        self.index.mac(&[
            self.workspace.0.as_bytes(),
            object.as_bytes(),
            field.as_bytes(),
            value,
        ])
    }

    fn context<'a>(&'a self, place: &'a Place<'a>) -> [&'a [u8]; 4] {
        [
            self.workspace.0.as_bytes(),
            place.object.as_bytes(),
            place.field.as_bytes(),
            place.record.0.as_bytes(),
        ]
    }
}

impl fmt::Debug for FieldCipher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "FieldCipher({})", self.workspace)
    }
}

/// AES-256-GCM with random nonces.
pub(crate) struct Aead(LessSafeKey);

impl Aead {
    pub(crate) fn new(key: &[u8; 32]) -> Result<Self, CryptoError> {
        let key = UnboundKey::new(&AES_256_GCM, key).map_err(|_| CryptoError::Unencryptable)?;
        Ok(Self(LessSafeKey::new(key)))
    }

    pub(crate) fn seal(&self, context: &[&[u8]], value: &[u8]) -> Result<Vec<u8>, CryptoError> {
        let nonce = random_bytes::<NONCE_LEN>();
        let mut sealed = Vec::with_capacity(1 + NONCE_LEN + value.len() + AES_256_GCM.tag_len());
        sealed.push(FORMAT);
        sealed.extend_from_slice(&nonce);
        sealed.extend_from_slice(value);
        let tag = self
            .0
            .seal_in_place_separate_tag(
                Nonce::assume_unique_for_key(nonce),
                Aad::from(joined(context)),
                &mut sealed[1 + NONCE_LEN..],
            )
            .map_err(|_| CryptoError::Unencryptable)?;
        sealed.extend_from_slice(tag.as_ref());
        Ok(sealed)
    }

    pub(crate) fn open(&self, context: &[&[u8]], sealed: &[u8]) -> Result<Vec<u8>, CryptoError> {
        let undecipherable = || CryptoError::Undecipherable;
        let (&format, rest) = sealed.split_first().ok_or_else(undecipherable)?;
        let (nonce, rest) = rest
            .split_first_chunk::<NONCE_LEN>()
            .ok_or_else(undecipherable)?;
        if format != FORMAT {
            return Err(undecipherable());
        }
        let mut value = rest.to_vec();
        let nonce = Nonce::assume_unique_for_key(*nonce);
        let length = self
            .0
            .open_in_place(nonce, Aad::from(joined(context)), &mut value)
            .map_err(|_| undecipherable())?
            .len();
        value.truncate(length);
        Ok(value)
    }
}

/// The parts, each behind its length, so that none runs into the next.
fn joined(parts: &[&[u8]]) -> Vec<u8> {
    let mut joined = Vec::new();
    for part in parts {
        joined.extend_from_slice(&(part.len() as u64).to_be_bytes());
        joined.extend_from_slice(part);
    }
    joined
}

#[cfg(test)]
mod tests {
    use kith_kernel::Clock;
    use proptest::prelude::*;

    use super::*;

    const PLACE: Place<'static> = Place {
        object: "person",
        field: "iban",
        record: RecordId(uuid::Uuid::from_u128(7)),
    };

    fn cipher() -> FieldCipher {
        let clock = Clock::fixed(jiff::Timestamp::UNIX_EPOCH);
        FieldCipher::new(WorkspaceId::new(&clock), &random_bytes()).unwrap()
    }

    proptest! {
        #[test]
        fn a_value_comes_back_at_its_place_only(value: Vec<u8>, flip in any::<prop::sample::Index>()) {
            let cipher = cipher();
            let sealed = cipher.encrypt(PLACE, &value).unwrap();
            prop_assert_eq!(cipher.decrypt(PLACE, &sealed).unwrap(), value);
            let elsewhere = [
                Place { object: "lead", ..PLACE },
                Place { field: "name", ..PLACE },
                Place { object: "personi", field: "ban", ..PLACE },
                Place { record: RecordId(uuid::Uuid::from_u128(8)), ..PLACE },
            ];
            for place in elsewhere {
                prop_assert!(cipher.decrypt(place, &sealed).is_err());
            }
            prop_assert!(self::cipher().decrypt(PLACE, &sealed).is_err());
            let mut damaged = sealed.clone();
            let at = flip.index(damaged.len());
            damaged[at] ^= 1;
            prop_assert!(cipher.decrypt(PLACE, &damaged).is_err());
            prop_assert!(cipher.decrypt(PLACE, &sealed[..at]).is_err());
        }
    }

    #[test]
    fn equal_values_look_different_but_share_their_index() {
        let cipher = cipher();
        let seal = || cipher.encrypt(PLACE, b"secret").unwrap();
        assert_ne!(seal(), seal());
        let index = |field: &str, value: &[u8]| cipher.blind_index("person", field, value);
        assert_eq!(index("iban", b"secret"), index("iban", b"secret"));
        assert_ne!(index("iban", b"secret"), index("iban", b"Secret"));
        assert_ne!(index("iban", b"secret"), index("name", b"secret"));
        assert_ne!(
            index("iban", b"secret"),
            self::cipher().blind_index("person", "iban", b"secret")
        );
        assert!(!format!("{cipher:?}").contains("secret"));
    }
}
