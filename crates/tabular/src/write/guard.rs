//! Formula injection: text that a spreadsheet would run when it opens a CSV file.
//!
//! **Which text is dangerous.** Text that begins with a tab, carriage return or line feed, or whose
//! first character after white space, control and zero-width characters is one of `= @ + -` or a
//! full-width `＝ ＠ ＋ －`. Of those, `+` and `-` are harmless before a plain number: a digit (or a
//! decimal mark and a digit), then only digits, spaces, full stops and commas, or an exponent
//! (`-12.5`, `+49 30 123456`, `-1.5e-7`).
//!
//! **What is written.** In CSV an apostrophe is put before a dangerous text, and before a text that
//! is dangerous after one or more leading apostrophes, so that the reader can tell the two apart.
//! In XLSX such a text becomes a string cell with the *quote prefix* style, which is how Excel
//! itself marks text that looks like a formula: the value is unchanged and stays text when edited.
//!
//! **What is read.** An apostrophe at the start of a CSV cell is removed if what follows is
//! dangerous, or would be but for further apostrophes. So whatever was written is read back exactly.

use std::borrow::Cow;

/// Whether a spreadsheet might run the text, leading apostrophes aside.
pub fn needs_guard(text: &str) -> bool {
    is_dangerous(text.trim_start_matches('\''))
}

/// The text as it is written to CSV.
pub fn guard(text: &str) -> Cow<'_, str> {
    if needs_guard(text) {
        Cow::Owned(format!("'{text}"))
    } else {
        Cow::Borrowed(text)
    }
}

/// The text that [`guard`] was given.
pub fn unguard(text: &str) -> &str {
    if is_guarded(text) { &text[1..] } else { text }
}

/// Whether the text starts with an apostrophe of ours.
pub(crate) fn is_guarded(text: &str) -> bool {
    text.strip_prefix('\'').is_some_and(needs_guard)
}

fn is_dangerous(text: &str) -> bool {
    if text.starts_with(['\t', '\r', '\n']) {
        return true;
    }
    let visible = text.trim_start_matches(|c: char| {
        c.is_whitespace()
            || c.is_control()
            || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}')
    });
    let mut rest = visible.chars();
    match rest.next() {
        Some('=' | '@' | '＝' | '＠' | '＋' | '－') => true,
        Some('+' | '-') => !is_number(rest.as_str()),
        _ => false,
    }
}

/// Whether what follows a sign makes it a number or a phone number.
fn is_number(text: &str) -> bool {
    let unmarked = text.strip_prefix(['.', ',']).unwrap_or(text);
    if !unmarked.starts_with(|c: char| c.is_ascii_digit()) {
        return false;
    }
    let plain = |c: char| c.is_ascii_digit() || matches!(c, ' ' | '.' | ',');
    let Some((mantissa, exponent)) = text.split_once(['e', 'E']) else {
        return text.chars().all(plain);
    };
    let digits = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
    mantissa.chars().all(plain) && !digits.is_empty() && digits.chars().all(|c| c.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formulas_are_guarded_and_numbers_are_not() {
        for text in [
            "=1+1",
            "@SUM(A1)",
            "+cmd|' /C calc'!A0",
            "-2+3+cmd|' /C calc'!A0",
            "\t=1",
            "\r=1",
            "  =1",
            "\u{a0}=1",
            "\u{feff}=1",
            "＝1",
            "＋1",
            "－1",
            "＠x",
            "-",
            "+",
            "-1e",
            "-1-1",
            "+1-809-508-4728x46062",
            "\ttext",
            "'=1",
            "''@x",
            "-x",
            "+(49)",
        ] {
            assert!(needs_guard(text), "{text:?}");
            assert_eq!(guard(text), format!("'{text}"));
        }
        for text in [
            "",
            "a",
            "1",
            "-12.5",
            "-1,234.56",
            "+4930123456",
            "+49 30 123456",
            "-.5",
            "-1.5e-7",
            "'",
            "'quoted'",
            "a=b",
            "x@example.com",
            "'tis",
        ] {
            assert!(!needs_guard(text), "{text:?}");
            assert_eq!(unguard(text), text);
        }
    }

    #[test]
    fn guarding_can_be_undone() {
        for text in ["=1", "'=1", "''=1", "'a", "a", "-1", "'-1", "'-x"] {
            assert_eq!(unguard(&guard(text)), text);
        }
    }
}
