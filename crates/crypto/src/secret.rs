//! A value that is not to be printed.

use std::fmt;

use serde::{Deserialize, Deserializer};

/// Holds a secret; its `Debug` prints only that there is one, and it has neither
/// `Display` nor `Serialize`, so it reaches no log and no answer by accident.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Secret<T>(T);

impl<T> Secret<T> {
    /// Wraps a secret.
    pub const fn new(value: T) -> Self {
        Self(value)
    }

    /// The secret itself. Each call is a place to look at in a review.
    pub const fn expose(&self) -> &T {
        &self.0
    }

    /// The secret itself, by value.
    pub fn into_exposed(self) -> T {
        self.0
    }
}

impl<T> From<T> for Secret<T> {
    fn from(value: T) -> Self {
        Self(value)
    }
}

impl<T> fmt::Debug for Secret<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Secret<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        T::deserialize(deserializer).map(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_does_not_print() {
        #[derive(Debug)]
        struct Holder {
            #[expect(dead_code, reason = "only its debug form matters here")]
            password: Secret<String>,
        }
        let printed = format!(
            "{:?}",
            Holder {
                password: Secret::new("correct horse".to_owned())
            }
        );
        assert_eq!(printed, "Holder { password: Secret(…) }");
    }
}
