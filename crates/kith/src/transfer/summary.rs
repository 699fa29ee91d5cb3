//! What became of an import, in sentences.

use std::fmt::Write as _;

use serde_json::Value;

/// A count with its noun.
fn counted(progress: &Value, key: &str) -> u64 {
    progress[key].as_u64().unwrap_or(0)
}

/// `1,234`.
pub(super) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// The counts of an import, those that are 0 left out: `85 created, 3 rejected of 88 rows`.
pub(super) fn counts(progress: &Value) -> String {
    let parts: Vec<String> = [
        ("created", "created"),
        ("updated", "updated"),
        ("unchanged", "unchanged"),
        ("rejected", "rejected"),
    ]
    .into_iter()
    .filter(|(key, _)| counted(progress, key) > 0)
    .map(|(key, word)| format!("{} {word}", grouped(counted(progress, key))))
    .collect();
    let mut text = match parts.len() {
        0 => "nothing".to_owned(),
        _ => parts.join(", "),
    };
    let _ = write!(text, " of {} rows", grouped(counted(progress, "read")));
    for (key, words) in [
        ("related_created", "records created that rows name"),
        // A dry run's name for the same.
        ("related", "records created that rows name"),
        ("users_created", "inactive users created"),
        ("adjusted", "rows of which something was left out"),
    ] {
        let number = counted(progress, key);
        if number > 0 {
            let _ = write!(text, "; {} {words}", grouped(number));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn counts_read_as_a_sentence() {
        let progress = json!({ "read": 8800, "created": 8799, "updated": 0, "rejected": 1, "users_created": 35 });
        assert_eq!(
            counts(&progress),
            "8,799 created, 1 rejected of 8,800 rows; 35 inactive users created"
        );
        assert_eq!(counts(&json!({})), "nothing of 0 rows");
        assert_eq!(grouped(1_000_000), "1,000,000");
        assert_eq!(grouped(12), "12");
    }
}
