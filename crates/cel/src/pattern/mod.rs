//! Patterns for `matches`: what PostgreSQL's and Rust's regular expressions have in common.
//!
//! A pattern is read here and written anew, so that both engines see nothing that they read
//! differently: classes such as `\d` become ranges, groups don't capture, lazy quantifiers
//! become greedy ones (which makes no difference to *whether* something matches).

mod reader;

use regex::{Regex, RegexBuilder};

/// The longest pattern, in characters.
const MAX_LENGTH: usize = 500;

/// The greatest number of characters and classes once repetitions are written out.
const MAX_SIZE: u32 = 1_000;

/// A pattern that PostgreSQL's `~` and the evaluator read alike.
///
/// Characters, `.` (any character, line breaks too), `^` and `$` (of the whole text), classes
/// such as `[a-z_]` and `[^0-9]`, `\d`, `\w` and `\s` and their opposites (all ASCII), groups,
/// `|`, `*`, `+`, `?`, `{2}`, `{2,}`, `{2,5}`. It matches anywhere in the text unless anchored.
#[derive(Clone, Debug)]
pub struct Pattern {
    canonical: String,
    regex: Regex,
}

impl PartialEq for Pattern {
    fn eq(&self, other: &Self) -> bool {
        self.canonical == other.canonical
    }
}

impl Pattern {
    /// Reads a pattern; the error is a clause that says what is wrong.
    pub(crate) fn parse(source: &str) -> Result<Self, String> {
        if source.chars().count() > MAX_LENGTH {
            return Err(format!("a pattern has at most {MAX_LENGTH} characters"));
        }
        let (canonical, size) = reader::rewrite(source)?;
        if size > MAX_SIZE {
            return Err("the pattern's repetitions make it too large".to_owned());
        }
        let regex = RegexBuilder::new(&canonical)
            .dot_matches_new_line(true)
            .size_limit(4 << 20)
            .dfa_size_limit(1 << 20)
            .build()
            .map_err(|_| "the pattern's repetitions make it too large".to_owned())?;
        Ok(Self { canonical, regex })
    }

    /// The pattern as PostgreSQL's `~` takes it.
    pub fn as_str(&self) -> &str {
        &self.canonical
    }

    /// Whether it matches anywhere in `text`.
    pub fn matches(&self, text: &str) -> bool {
        self.regex.is_match(text)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn canonical(source: &str) -> String {
        match Pattern::parse(source) {
            Ok(pattern) => pattern.as_str().to_owned(),
            Err(error) => format!("error: {error}"),
        }
    }

    #[test]
    fn patterns_are_written_anew() {
        for (source, expected) in [
            ("", ""),
            (r"^[A-Z]{3}-\d+$", "^[A-Z]{3}-[0-9]+$"),
            ("(a|b)*?c??", "(?:a|b)*c?"),
            (r"\.\*\<@\ ", r"\.\*<@ "),
            (r"[\w\-.\]^a-]", r"[0-9A-Za-z_\-.\]\^a\-]"),
            (
                r"[^\s&~]\S",
                "[^ \t\n\u{b}\u{c}\r\\&\\~][^ \t\n\u{b}\u{c}\r]",
            ),
            ("ä{2,}x{0,5}y{3,3}", "ä{2,}x{0,5}y{3}"),
            ("(?:(x))}]", r"(?:(?:x))\}\]"),
            ("[+--]", r"[+-\-]"),
        ] {
            assert_eq!(canonical(source), expected, "{source}");
        }
    }

    #[test]
    fn what_engines_read_differently_is_refused() {
        for source in [
            r"\b",
            r"\p{L}",
            r"\1",
            r"\x41",
            r"\Z",
            "\\",
            "(?i)a",
            "(?=a)",
            "(?<n>a)",
            "[[:alpha:]]",
            "[]a]",
            "[]",
            "[^]",
            "[a",
            "[z-a]",
            "[a-[]",
            r"[\D]",
            r"[a-\d]",
            "(",
            ")",
            "(a",
            "a)",
            "a||b",
            "|a",
            "a|",
            "(|a)",
            "*",
            "a**",
            "a+*",
            "^*",
            "${2}",
            "a{",
            "a{x}",
            "a{2",
            "a{2,x}",
            "a{5,2}",
            "a{101}",
            "(?a)",
            "(?:",
            "(((a{100}){100}){100})",
            &"(".repeat(17),
        ] {
            assert!(Pattern::parse(source).is_err(), "{source}");
        }
        assert!(Pattern::parse(&"a".repeat(MAX_LENGTH)).is_ok());
        assert!(Pattern::parse(&"a".repeat(MAX_LENGTH + 1)).is_err());
        assert!(Pattern::parse("(a{10}b{10}){50}").is_ok());
        assert!(Pattern::parse("(a{10}b{10}){51}").is_err());
        assert_eq!(
            canonical("ab(?i)c"),
            "error: only groups `(…)` and `(?:…)` are supported at character 4 of the pattern"
        );
    }

    proptest! {
        #[test]
        fn what_is_read_is_written_for_both_engines(
            source in prop_oneof![any::<String>(), "[ab.|()*+?{}1,2\\[\\]^$\\\\dwS&~-]{0,12}"],
            text in "[ab1&~ -]{0,6}",
        ) {
            // A short pattern is too large only if the engine refuses what was written.
            let problem = "the pattern's repetitions make it too large";
            match Pattern::parse(&source) {
                Ok(pattern) => {
                    let again = Pattern::parse(pattern.as_str());
                    prop_assert_eq!(again.map(|again| again.matches(&text)), Ok(pattern.matches(&text)));
                }
                Err(error) => prop_assert_ne!(error, problem),
            }
        }
    }

    #[test]
    fn patterns_match_anywhere() {
        let is = |pattern: &str, text: &str| Pattern::parse(pattern).unwrap().matches(text);
        assert!(is(r"\d{2}", "ab12c"));
        assert!(!is(r"^\d{2}$", "12\n"));
        assert!(is("a.b", "a\nb"));
        assert!(!is(r"^\w$", "ä"));
        assert!(is("^.$", "😀"));
        assert!(!is("ABC", "abc"));
    }
}
