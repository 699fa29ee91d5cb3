//! What single values look like.

use serde::{Deserialize, Serialize};

/// What the values of a column look like.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Shape {
    /// A UUID.
    Uuid,
    /// An e-mail address, or several with semicolons or commas between.
    Email,
    /// A web address.
    Url,
    /// A host name such as `example.com`.
    Domain,
    /// A date with a time of day.
    DateTime,
    /// A date.
    Date,
    /// A truth value.
    Boolean,
    /// A whole number without leading zeros.
    Integer,
    /// A number, with or without decimals, grouping and currency.
    Decimal,
    /// A phone number.
    Phone,
    /// Anything else.
    Text,
}

pub(super) fn is_uuid(text: &str) -> bool {
    let inner = text
        .strip_prefix('{')
        .and_then(|rest| rest.strip_suffix('}'));
    let text = inner.unwrap_or(text);
    text.len() == 36
        && text.bytes().enumerate().all(|(index, byte)| match index {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        })
}

pub(super) fn is_email(text: &str) -> bool {
    let mut parts = text
        .split([';', ','])
        .map(str::trim)
        .filter(|part| !part.is_empty());
    let one = |part: &str| {
        part.len() <= 320
            && part.split_once('@').is_some_and(|(local, host)| {
                !local.is_empty()
                    && !local.contains(|c: char| c.is_whitespace() || c == '@' || c == ':')
                    && is_domain(host)
            })
    };
    parts.next().is_some_and(one) && parts.all(one)
}

pub(super) fn is_domain(text: &str) -> bool {
    let text = text.trim_end_matches('.');
    let label = |label: &str| {
        (1..=63).contains(&label.len())
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label
                .chars()
                .all(|c| c.is_alphanumeric() || c == '-' || c == '_')
    };
    text.len() <= 253
        && text.rsplit_once('.').is_some_and(|(rest, last)| {
            last.chars().count() >= 2
                && rest.contains(char::is_alphabetic)
                && last.chars().all(char::is_alphabetic)
                && rest.split('.').all(label)
        })
}

pub(super) fn is_url(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    let scheme = ["http://", "https://", "ftp://"]
        .iter()
        .find_map(|scheme| lower.strip_prefix(scheme));
    let bare = lower.starts_with("www.") || lower.contains('/');
    let rest = match scheme {
        Some(rest) => rest,
        None if bare => lower.as_str(),
        None => return false,
    };
    if rest.contains(char::is_whitespace) {
        return false;
    }
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host = host.rsplit('@').next().unwrap_or_default();
    let name = host.split(':').next().unwrap_or_default();
    is_domain(name) || (scheme.is_some() && !name.is_empty())
}

/// Whole numbers; leading zeros belong to identifiers and postcodes.
pub(super) fn is_integer(text: &str) -> bool {
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    (1..=18).contains(&digits.len())
        && digits.bytes().all(|byte| byte.is_ascii_digit())
        && (digits.len() == 1 || !digits.starts_with('0'))
}

/// Phone numbers, also with an extension. Numbers with a single mark are decimals, not phones.
pub(super) fn is_phone(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    let main = ["ext.", "ext", "x", "#"]
        .iter()
        .find_map(|mark| lower.split_once(mark).map(|(main, _)| main))
        .unwrap_or(&lower)
        .trim();
    let digits = main.bytes().filter(u8::is_ascii_digit).count();
    let marks = main
        .chars()
        .filter(|c| matches!(c, ' ' | '-' | '.' | '/' | '(' | ')' | '\u{a0}'));
    let marks = marks.count();
    let plus = main.starts_with('+') || main.starts_with("(+");
    (7..=15).contains(&digits)
        && main.chars().all(|c| {
            c.is_ascii_digit() || matches!(c, '+' | ' ' | '-' | '.' | '/' | '(' | ')' | '\u{a0}')
        })
        && (plus || main.starts_with(['0', '(']) || marks != 1 || main.contains(['-', ' ', '/']))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_have_their_shapes() {
        for (text, check, expected) in [
            (
                "7927b2df-8bba-4d29-b9a2-b6e0beafe620",
                is_uuid as fn(&str) -> bool,
                true,
            ),
            ("7927b2df8bba4d29b9a2b6e0beafe620", is_uuid, false),
            ("a.b+c@sub.example.com", is_email, true),
            ("a@x.com; b@y.org", is_email, true),
            ("ä@bücher.de", is_email, true),
            ("a@b", is_email, false),
            ("a b@c.de", is_email, false),
            ("example.com", is_domain, true),
            ("3.14", is_domain, false),
            ("e.g.", is_domain, false),
            ("02.Medium", is_domain, false),
            ("https://openai.com/pricing", is_url, true),
            ("www.example.com", is_url, true),
            ("http://localhost:8080", is_url, true),
            ("and/or", is_url, false),
            ("123", is_integer, true),
            ("007", is_integer, false),
            ("1.5", is_integer, false),
            ("+49 30 123456", is_phone, true),
            ("001-809-508-4728x46062", is_phone, true),
            ("(450)921-3310", is_phone, true),
            ("918.994.8519", is_phone, true),
            ("2095257564", is_phone, true),
            ("1234.5678", is_phone, false),
            ("12345", is_phone, false),
        ] {
            assert_eq!(check(text), expected, "{text}");
        }
    }
}
