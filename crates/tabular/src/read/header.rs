//! The names of columns.

use std::collections::HashSet;

/// Makes unique, readable names of what a header row holds: trimmed, without byte order marks and
/// control characters, empty ones as `column_3`, repeated ones as `Name (2)`.
pub fn header_names<T: AsRef<str>>(raw: &[T]) -> Vec<String> {
    let mut taken = HashSet::new();
    let mut names = Vec::with_capacity(raw.len());
    for (index, text) in raw.iter().enumerate() {
        let mut name = clean(text.as_ref());
        if name.is_empty() {
            name = format!("column_{}", index + 1);
        }
        if !taken.insert(name.clone()) {
            let base = name;
            let mut count = 2;
            loop {
                name = format!("{base} ({count})");
                if taken.insert(name.clone()) {
                    break;
                }
                count += 1;
            }
        }
        names.push(name);
    }
    names
}

/// Names for columns of a file without a header.
pub(super) fn numbered(width: usize) -> Vec<String> {
    (1..=width).map(|index| format!("column_{index}")).collect()
}

/// One line of text without invisible characters at its ends.
fn clean(text: &str) -> String {
    let invisible = |c: char| {
        c.is_whitespace() || c.is_control() || matches!(c, '\u{feff}' | '\u{200b}'..='\u{200d}')
    };
    let text = text.trim_matches(invisible);
    if !text.chars().any(char::is_control) {
        return text.to_owned();
    }
    let words: Vec<&str> = text
        .split(|c: char| c.is_control() || c == ' ')
        .filter(|word| !word.is_empty())
        .collect();
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_trimmed_filled_and_unique() {
        let raw = [
            "\u{feff} id ",
            "",
            "Name",
            "Name",
            "Name (2)",
            "Name",
            "a\r\nb",
            "\u{a0}",
        ];
        assert_eq!(
            header_names(&raw),
            [
                "id",
                "column_2",
                "Name",
                "Name (2)",
                "Name (2) (2)",
                "Name (3)",
                "a b",
                "column_8"
            ]
        );
    }

    #[test]
    fn an_empty_name_yields_to_a_column_of_that_name() {
        assert_eq!(
            header_names(&["column_2", ""]),
            ["column_2", "column_2 (2)"]
        );
    }
}
