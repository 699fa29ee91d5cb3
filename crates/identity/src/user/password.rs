//! Which passwords are accepted.
//!
//! Length and novelty are what counts (NIST SP 800-63B, section 5.1.1.2); there are no rules
//! about digits and capitals, which only move people to predictable patterns.

use std::collections::HashSet;
use std::sync::LazyLock;

use crate::input::Fault;

const MIN: usize = 12;
const MAX: usize = 256;

/// The common passwords that are long enough to get past [`MIN`].
static COMMON: LazyLock<HashSet<&'static str>> =
    LazyLock::new(|| include_str!("common_passwords.txt").lines().collect());

/// Checks a new password of the user with this address and name.
pub(crate) fn check(password: &str, email: Option<&str>, name: &str) -> Result<(), Fault> {
    let length = password.chars().count();
    if length < MIN {
        return Err(Fault::new(
            "password_too_short",
            format!("Choose a password of at least {MIN} characters, for instance four words."),
        ));
    }
    if length > MAX {
        return Err(Fault::new(
            "password_too_long",
            format!("Choose a password of at most {MAX} characters."),
        ));
    }
    if password.contains('\0') {
        return Err(Fault::new(
            "invalid_characters",
            "Leave the character U+0000 out of the password; it can't be sent at a login.",
        ));
    }
    let folded = password.trim().to_lowercase();
    let personal = email.is_some_and(|email| folded == email.to_lowercase())
        || folded == name.trim().to_lowercase();
    if personal {
        return Err(Fault::new(
            "password_is_personal",
            "Choose a password that is not your name or your e-mail address.",
        ));
    }
    if COMMON.contains(folded.as_str()) || repeats(&folded) || ascends(&folded) {
        return Err(Fault::new(
            "password_too_common",
            "This password is among the first that are tried. Choose one that nobody else has.",
        ));
    }
    Ok(())
}

/// Whether the text is one group of up to four characters over and over.
fn repeats(text: &str) -> bool {
    let chars: Vec<char> = text.chars().collect();
    (1..=4).any(|period| {
        chars
            .iter()
            .zip(chars.iter().skip(period))
            .all(|(one, next)| one == next)
    })
}

/// Whether each character follows the one before it, such as in `abcdefghijkl`.
fn ascends(text: &str) -> bool {
    let chars: Vec<u32> = text.chars().map(u32::from).collect();
    let step = |by: i64| {
        chars
            .windows(2)
            .all(|pair| i64::from(pair[1]) - i64::from(pair[0]) == by)
    };
    step(1) || step(-1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(password: &str) -> &'static str {
        check(
            password,
            Some("ada.lovelace@example.com"),
            "Ada Lovelace King",
        )
        .map_or_else(|fault| fault.code, |()| "accepted")
    }

    #[test]
    fn length_is_counted_in_code_points() {
        assert_eq!(code("elevenchars"), "password_too_short");
        assert_eq!(code("🐴🔋📎🍏🐴🔋📎🍏🎹🌂🎺"), "password_too_short");
        assert_eq!(code("🐴🔋📎🍏🐴🔋📎🍏🎹🌂🎺🎻"), "accepted");
        assert_eq!(code(&"long words ".repeat(24)), "password_too_long");
        assert_eq!(code("correct horse battery staple"), "accepted");
    }

    #[test]
    fn what_is_tried_first_is_refused() {
        for password in [
            "password1234",
            "PassWord1234",
            "qwertyuiop123",
            "aaaaaaaaaaaaaa",
            "abcabcabcabcabc",
            "abcdefghijkl",
            "987654321098",
            "zyxwvutsrqpo",
        ] {
            assert_eq!(code(password), "password_too_common", "{password}");
        }
    }

    #[test]
    fn name_and_address_are_refused() {
        assert_eq!(code("Ada.Lovelace@Example.com"), "password_is_personal");
        assert_eq!(code("ada lovelace king"), "password_is_personal");
    }

    #[test]
    fn the_list_holds_only_what_it_decides() {
        for password in COMMON.iter() {
            assert!(
                password.chars().count() >= MIN,
                "{password} is too short anyway"
            );
            assert_eq!(*password, password.to_lowercase().trim());
        }
        assert!(COMMON.len() > 80);
    }
}
