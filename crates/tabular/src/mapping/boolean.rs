//! Truth values in words.

use super::ValueError;

const TRUE: [&str; 16] = [
    "true", "yes", "y", "1", "t", "on", "x", "✓", "checked", "wahr", "ja", "vrai", "oui", "sí",
    "si", "sim",
];
const FALSE: [&str; 13] = [
    "false",
    "no",
    "n",
    "0",
    "f",
    "off",
    "unchecked",
    "falsch",
    "nein",
    "faux",
    "non",
    "nee",
    "não",
];

/// Reads a truth value; see the error for what is accepted.
pub fn parse_bool(text: &str) -> Result<bool, ValueError> {
    let folded = text.trim().to_lowercase();
    if TRUE.contains(&folded.as_str()) {
        Ok(true)
    } else if FALSE.contains(&folded.as_str()) {
        Ok(false)
    } else {
        Err(ValueError::new(
            text,
            "yes or no",
            "true/false, yes/no, 1/0 or on/off",
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_true_or_false_or_refused() {
        for (text, expected) in [
            ("TRUE", Some(true)),
            (" Yes ", Some(true)),
            ("1", Some(true)),
            ("Ja", Some(true)),
            ("No", Some(false)),
            ("0", Some(false)),
            ("falsch", Some(false)),
            ("", None),
            ("2", None),
            ("maybe", None),
        ] {
            assert_eq!(parse_bool(text).ok(), expected, "{text}");
        }
        assert_eq!(
            parse_bool("maybe").map_err(|error| error.to_string()),
            Err("“maybe” is no yes or no. Write it like true/false, yes/no, 1/0 or on/off.".into())
        );
    }
}
