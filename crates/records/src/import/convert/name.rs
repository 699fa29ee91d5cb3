//! Full names into first and last names.

/// First and last name of a person. A comma says that the last name comes first; small words
/// such as "van" and "de la" belong to the last name.
pub(crate) fn split(full: &str) -> (Option<String>, Option<String>) {
    let words: Vec<&str> = full.split_whitespace().collect();
    let some = |words: &[&str]| (!words.is_empty()).then(|| words.join(" "));
    if let Some((last, first)) = full.split_once(',') {
        let last: Vec<&str> = last.split_whitespace().collect();
        let first: Vec<&str> = first.split_whitespace().collect();
        if !last.is_empty() && !first.is_empty() {
            return (some(&first), some(&last));
        }
    }
    if words.len() < 2 {
        return (None, some(&words));
    }
    let particle = |word: &str| {
        [
            "van", "von", "der", "den", "de", "la", "del", "di", "da", "dos", "du", "le", "bin",
            "ibn", "al", "ter", "zu", "zur",
        ]
        .contains(&word.to_lowercase().as_str())
    };
    let mut begin = words.len() - 1;
    while begin > 1 && particle(words[begin - 1]) {
        begin -= 1;
    }
    (some(&words[..begin]), some(&words[begin..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_word_and_its_particles_are_the_last_name() {
        let of = |full| {
            let (first, last) = split(full);
            format!("{}|{}", first.unwrap_or_default(), last.unwrap_or_default())
        };
        assert_eq!(of("Ada Lovelace"), "Ada|Lovelace");
        assert_eq!(of("Ludwig van Beethoven"), "Ludwig|van Beethoven");
        assert_eq!(of("Maria de la Cruz"), "Maria|de la Cruz");
        assert_eq!(of("Hopper, Grace Brewster"), "Grace Brewster|Hopper");
        assert_eq!(of("Plato"), "|Plato");
        assert_eq!(of("  "), "|");
        assert_eq!(of("De Niro"), "De|Niro");
    }
}
