//! E-mail addresses as user names.

use std::fmt;

use crate::input::Fault;

/// RFC 5321 section 4.5.3.1.3, without the angle brackets.
const MAX_BYTES: usize = 254;

/// An e-mail address, lower case.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct EmailAddress(String);

impl EmailAddress {
    /// Reads an address as people type it. Only what no mail server would take is refused;
    /// whether somebody reads it is found out by writing to it.
    pub(crate) fn parse(text: &str) -> Result<Self, Fault> {
        let fault = || {
            Fault::new(
                "invalid_email",
                "Give an e-mail address such as ada@example.com.",
            )
        };
        let text = text.trim();
        if text.len() > MAX_BYTES {
            return Err(Fault::new(
                "too_long",
                format!("Give an e-mail address of at most {MAX_BYTES} bytes."),
            ));
        }
        let (local, domain) = text.rsplit_once('@').ok_or_else(fault)?;
        let local_is_fine = (1..=64).contains(&local.len())
            && !local.contains('@')
            && !local.chars().any(|c| c.is_whitespace() || c.is_control());
        let domain_is_fine = domain.split('.').all(|label| {
            !label.is_empty()
                && label.len() <= 63
                && !label.starts_with('-')
                && !label.ends_with('-')
                && label.chars().all(|c| c.is_alphanumeric() || c == '-')
        });
        if local_is_fine && domain_is_fine {
            let lower = text.to_lowercase();
            if lower.len() <= MAX_BYTES {
                return Ok(Self(lower));
            }
        }
        Err(fault())
    }

    /// The address.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The part before the `@`.
    pub(crate) fn local_part(&self) -> &str {
        self.0.rsplit_once('@').map_or("", |(local, _)| local)
    }
}

impl fmt::Display for EmailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn addresses_are_lower_cased_and_trimmed() {
        let email = EmailAddress::parse(" Ada.Lovelace+crm@Example.COM ").unwrap();
        assert_eq!(email.as_str(), "ada.lovelace+crm@example.com");
        assert_eq!(email.local_part(), "ada.lovelace+crm");
    }

    #[test]
    fn what_is_no_address_is_refused() {
        for text in [
            "",
            "@",
            "ada",
            "ada@",
            "@example.com",
            "a b@example.com",
            "a@b@c.d",
            "a@-b.c",
            "a@b..c",
            "a\0@b.c",
            "a@b.c\u{200b}",
            "a@b c.d",
        ] {
            assert!(EmailAddress::parse(text).is_err(), "{text:?}");
        }
        let long = format!("{}@{}.example", "a".repeat(64), "b.".repeat(95));
        assert!(EmailAddress::parse(&long).is_err());
    }

    proptest! {
        #[test]
        fn reading_twice_changes_nothing(text in "\\PC{0,20}@\\PC{0,20}") {
            if let Ok(email) = EmailAddress::parse(&text) {
                prop_assert_eq!(EmailAddress::parse(email.as_str()), Ok(email));
            }
        }
    }
}
