//! The signature of webhooks, as <https://www.standardwebhooks.com> has it.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

use crate::{CryptoError, Secret, random_bytes};

/// Stands before a secret that is shown.
const PREFIX: &str = "whsec_";
/// How many bytes a secret may have.
const LENGTHS: std::ops::RangeInclusive<usize> = 24..=64;

/// What a webhook's deliveries are signed with, and its receiver verifies them with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WebhookSecret(Secret<Vec<u8>>);

impl WebhookSecret {
    /// A new secret of 32 bytes.
    pub fn generate() -> Self {
        Self(Secret::new(random_bytes::<32>().to_vec()))
    }

    /// The secret of these bytes.
    ///
    /// # Errors
    /// [`CryptoError::Undecipherable`] unless they are 24 to 64.
    pub fn from_bytes(bytes: Vec<u8>) -> Result<Self, CryptoError> {
        if LENGTHS.contains(&bytes.len()) {
            Ok(Self(Secret::new(bytes)))
        } else {
            Err(CryptoError::Undecipherable)
        }
    }

    /// The bytes, to be encrypted and stored.
    pub fn bytes(&self) -> &[u8] {
        self.0.expose()
    }

    /// `whsec_` and the bytes in Base64, as receivers take it.
    pub fn reveal(&self) -> String {
        format!("{PREFIX}{}", STANDARD.encode(self.bytes()))
    }

    /// The signature of a delivery: `v1,` and the Base64 of the HMAC-SHA-256 of
    /// `{id}.{timestamp}.{body}`. `timestamp` is in seconds since 1970.
    ///
    /// # Errors
    /// [`CryptoError::Unencryptable`] if the key were refused, which HMAC never does.
    pub fn sign(&self, id: &str, timestamp: i64, body: &[u8]) -> Result<String, CryptoError> {
        let mac = Hmac::<Sha256>::new_from_slice(self.bytes());
        let mut mac = mac.map_err(|_| CryptoError::Unencryptable)?;
        mac.update(id.as_bytes());
        mac.update(b".");
        mac.update(timestamp.to_string().as_bytes());
        mac.update(b".");
        mac.update(body);
        Ok(format!(
            "v1,{}",
            STANDARD.encode(mac.finalize().into_bytes())
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of the specification.
    #[test]
    fn the_signature_is_the_one_of_the_specification() {
        let bytes = STANDARD.decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap();
        let secret = WebhookSecret::from_bytes(bytes).unwrap();
        assert_eq!(secret.reveal(), "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
        let signature = secret.sign(
            "msg_p5jXN8AQM9LWM0D4loKWxJek",
            1_614_265_330,
            br#"{"test": 2432232314}"#,
        );
        assert_eq!(
            signature.unwrap(),
            "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
        );
    }

    #[test]
    fn secrets_differ_and_do_not_print() {
        let secret = WebhookSecret::generate();
        assert_ne!(secret, WebhookSecret::generate());
        assert_eq!(format!("{secret:?}"), "WebhookSecret(Secret(…))");
        assert!(WebhookSecret::from_bytes(vec![0; 23]).is_err());
        assert!(WebhookSecret::from_bytes(vec![0; 65]).is_err());
    }
}
