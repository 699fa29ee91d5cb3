//! What is accepted as text.

use super::Refusal;

/// The most characters of one line of text.
pub(super) const LINE_LIMIT: usize = 1_000;
/// The most characters of long text.
pub(super) const LONG_LIMIT: usize = 100_000;

/// One line of text without the spaces around it; `None` where nothing is left.
pub(super) fn line(text: &str, limit: usize) -> Result<Option<String>, Refusal> {
    let text = text.trim();
    if text.chars().any(|c| matches!(c, '\n' | '\r')) {
        return Err(Refusal::new(
            "one_line",
            "must be one line; line breaks are not accepted here",
        ));
    }
    checked(text, limit)
}

/// Text of any number of lines; `None` where it is blank.
pub(super) fn long(text: &str) -> Result<Option<String>, Refusal> {
    if text.trim().is_empty() {
        return Ok(None);
    }
    checked(text, LONG_LIMIT)
}

fn checked(text: &str, limit: usize) -> Result<Option<String>, Refusal> {
    let allowed = |c: char| !c.is_control() || matches!(c, '\n' | '\r' | '\t');
    if let Some(bad) = text.chars().find(|c| !allowed(*c)) {
        return Err(Refusal::new(
            "control_character",
            format!(
                "must not contain control characters; found U+{:04X}",
                u32::from(bad)
            ),
        ));
    }
    // The length in bytes bounds the number of characters from above.
    if text.len() > limit && text.chars().count() > limit {
        return Err(Refusal::new(
            "too_long",
            format!("must have at most {limit} characters"),
        ));
    }
    Ok((!text.is_empty()).then(|| text.to_owned()))
}
