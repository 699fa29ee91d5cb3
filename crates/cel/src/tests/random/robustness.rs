//! No input makes anything panic, and what is written reads back.

use proptest::collection::vec;
use proptest::prelude::*;

use super::super::fixture::{Crm, Record, context};
use super::sources::any_source;
use super::trees::any_tree;
use crate::{Expression, check, evaluate};

/// Runs everything on a source that may be wrong in any way.
fn swallow(source: &str) {
    if let Ok(expression) = Expression::parse(source) {
        let again = Expression::parse(&expression.to_string());
        if expression.to_string().len() <= crate::MAX_SOURCE {
            assert_eq!(again.as_ref().map(Expression::root), Ok(expression.root()));
        }
        if let Ok(checked) = check(&expression, &Crm) {
            let _ = evaluate(&checked, &Record::default(), &context());
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn what_is_written_reads_back(tree in any_tree()) {
        let text = tree.to_string();
        let parsed = Expression::parse(&text);
        prop_assert_eq!(parsed.as_ref().map(Expression::root), Ok(&tree), "{}", text);
    }

    #[test]
    fn no_text_makes_the_parser_panic(text in any::<String>(), bytes in vec(any::<u8>(), 0..200)) {
        swallow(&text);
        swallow(&String::from_utf8_lossy(&bytes));
    }

    #[test]
    fn no_words_make_anything_panic(words in vec(prop::sample::select(vec![
        "a", "name", "tags", "data", "amount", "5", "-", "1.5", "\"x\"", "'", "\"\"\"", "\\", "r\"", "(", ")", "[", "]",
        "{", "}", ".", ",", "?", ":", "&&", "||", "!", "==", "<", "in", "+", "*", "%", "null", "exists", "t", "0x", "1e",
        "size", "date", "ä", "//", "\n", " ",
    ]), 0..40)) {
        swallow(&words.concat());
        swallow(&words.join(" "));
    }

    #[test]
    fn no_slip_makes_anything_panic(source in any_source(), at in any::<prop::sample::Index>(), other in any::<prop::sample::Index>(), c in any::<char>()) {
        let mut chars: Vec<char> = source.chars().collect();
        chars[at.index(source.chars().count())] = c;
        swallow(&chars.iter().collect::<String>());
        chars.remove(at.index(chars.len()));
        swallow(&chars.iter().collect::<String>());
        let (a, b) = (at.index(chars.len() + 1), other.index(chars.len() + 1));
        swallow(&chars[a.min(b)..a.max(b)].iter().collect::<String>());
        swallow(&chars.iter().chain(&chars[a.min(b)..]).collect::<String>());
    }
}
