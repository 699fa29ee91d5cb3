//! What a client types into the search box, and what has to be looked for.

use super::text::{bare_domain, digits, domain_words, fold, is_mail_provider, split};

/// The longest text that is searched for, in characters.
pub const MAX_QUERY: usize = 200;

/// The most words that are looked for; further ones are left out.
const MAX_WORDS: usize = 8;

/// The fewest characters that the index on texts finds something by.
pub(crate) const INDEXED: usize = 3;

/// What to look for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Sought {
    /// All that was typed, folded: names that start with it come first.
    pub(crate) whole: String,
    /// Records have one text of each group in what search looks into.
    pub(crate) groups: Vec<Vec<String>>,
    /// The digits of a telephone number, without country prefix or leading zero.
    pub(crate) phone: Option<String>,
    /// An e-mail address, or the beginning of one, lower case.
    pub(crate) email: Option<String>,
}

impl Sought {
    /// Reads what was typed. `None` where nothing is left of it.
    pub(crate) fn read(typed: &str) -> Option<Self> {
        let whole = fold(typed);
        if whole.is_empty() {
            return None;
        }
        let mut words: Vec<String> = Vec::new();
        let mut email = None;
        for token in whole.split(' ') {
            if let Some((local, domain)) = token.split_once('@') {
                email = Some(typed.trim().to_lowercase()).filter(|typed| !typed.contains(' '));
                words.extend(split(local).map(str::to_owned));
                if !is_mail_provider(domain) {
                    words.extend(split(domain_words(domain)).map(str::to_owned));
                }
            } else if is_domain(token) {
                words.extend(split(domain_words(token)).map(str::to_owned));
            } else {
                words.extend(split(token).map(str::to_owned));
            }
        }
        let mut seen = std::collections::HashSet::new();
        words.retain(|word| seen.insert(word.clone()));
        words.truncate(MAX_WORDS);
        // Nothing but punctuation: looked for as it is.
        if words.is_empty() {
            words.push(whole.clone());
        }
        Some(Self {
            phone: phone(typed),
            email,
            groups: words.into_iter().map(|word| vec![word]).collect(),
            whole,
        })
    }

    /// Whether the index on texts can help at all.
    pub(crate) fn is_indexed(&self) -> bool {
        let long = |text: &String| text.chars().count() >= INDEXED;
        self.groups.iter().any(|group| group.iter().all(long)) || self.phone.is_some()
    }

    /// The words that may be misspelt, by their group.
    pub(crate) fn mendable(&self) -> impl Iterator<Item = (usize, &str)> {
        (self.groups.iter().enumerate()).filter_map(|(place, group)| match group.as_slice() {
            [word]
                if (4..=40).contains(&word.chars().count())
                    && !word.bytes().any(|b| b.is_ascii_digit()) =>
            {
                Some((place, word.as_str()))
            }
            _ => None,
        })
    }
}

/// Whether a folded word is a web address or a domain.
fn is_domain(token: &str) -> bool {
    let host = bare_domain(token);
    host.rsplit_once('.').is_some_and(|(rest, last)| {
        !rest.is_empty()
            && (2..=24).contains(&last.chars().count())
            && last.chars().all(char::is_alphabetic)
            && !rest.ends_with('.')
    })
}

/// The digits by which a number is found, however it was written.
fn phone(typed: &str) -> Option<String> {
    let typed = typed.trim();
    let plausible = |c: char| {
        c.is_ascii_digit() || matches!(c, '+' | '(' | ')' | '-' | '/' | '.' | ' ' | '\u{a0}')
    };
    if !typed.chars().all(plausible) {
        return None;
    }
    let all = digits(typed);
    let bare = match all.strip_prefix("00") {
        Some(rest) => rest,
        None => all.strip_prefix('0').unwrap_or(&all),
    };
    (bare.len() >= INDEXED).then(|| bare.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn groups(typed: &str) -> Vec<String> {
        let sought = Sought::read(typed).unwrap();
        sought
            .groups
            .into_iter()
            .map(|group| group.join("|"))
            .collect()
    }

    #[test]
    fn words_are_taken_out_of_whatever_is_typed() {
        assert_eq!(groups("  Łukasz  O'Brien "), ["lukasz", "obrien"]);
        assert_eq!(groups("ada@acme.co.uk"), ["ada", "acme"]);
        assert_eq!(groups("ada.love@gmail.com"), ["ada", "love"]);
        assert_eq!(groups("https://www.Acme-Corp.com/x"), ["acme", "corp"]);
        assert_eq!(groups("a.b"), ["a", "b"]);
        assert_eq!(groups("%_\\"), ["%_\\"]);
        assert_eq!(Sought::read(" \u{200b} "), None);
        assert_eq!(
            Sought::read("Ada@Acme.C").unwrap().email.as_deref(),
            Some("ada@acme.c")
        );
    }

    #[test]
    fn numbers_are_found_however_they_are_written() {
        for typed in [
            "030 901820",
            "0049 30 901820",
            "+49 (30) 90-18-20",
            "30901820",
        ] {
            let phone = Sought::read(typed).unwrap().phone.unwrap();
            assert!("4930901820".contains(&phone), "{typed} {phone}");
        }
        assert_eq!(Sought::read("12").unwrap().phone, None);
        assert_eq!(Sought::read("room 12345").unwrap().phone, None);
    }
}
