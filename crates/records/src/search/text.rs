//! Text as search and sorting see it: without case, accents and apostrophes.
//!
//! [`fold`] works character by character, so that a part of a text folds to a part of the folded
//! text (white space at the ends aside). Filters rely on that: what `name.contains("…")` finds is
//! always among what the folded part finds.

use std::collections::HashSet;

use unicode_normalization::char::decompose_compatible;

/// The greatest length of a sort key, in characters: btree refuses entries above 2,704 bytes.
pub const SORT_KEY_CHARS: usize = 256;

/// The greatest length of what [`search_text`] gives, in bytes.
const SEARCH_TEXT_BYTES: usize = 8_000;

/// `text` without case, accents, apostrophes and invisible characters, compatibility forms
/// resolved, and every run of white space or control characters as one space.
pub fn fold(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut space = false;
    for character in text.chars() {
        if let Ok(byte) = u8::try_from(character)
            && byte.is_ascii()
        {
            push_ascii(&mut out, &mut space, byte);
        } else if is_apostrophe(character) {
            // U+00B4 would decompose to a space and a mark.
        } else {
            decompose_compatible(character, |part| push(&mut out, &mut space, part));
        }
    }
    out
}

/// What [`push`] does, for what most texts consist of.
fn push_ascii(out: &mut String, space: &mut bool, byte: u8) {
    match byte {
        b'\0'..=b' ' | b'\x7f' => *space = true,
        b'\'' | b'`' => {}
        byte => {
            if *space && !out.is_empty() {
                out.push(' ');
            }
            *space = false;
            out.push(char::from(byte.to_ascii_lowercase()));
        }
    }
}

fn push(out: &mut String, space: &mut bool, character: char) {
    if character.is_whitespace() || character.is_control() {
        *space = true;
        return;
    }
    if is_apostrophe(character) || is_invisible(character) || is_accent(character) {
        return;
    }
    if *space && !out.is_empty() {
        out.push(' ');
    }
    *space = false;
    for lower in character.to_lowercase() {
        match special(lower) {
            Some(plain) => out.push_str(plain),
            None if is_accent(lower) => {}
            None => out.push(lower),
        }
    }
}

/// Letters that Unicode does not take for a plain letter with a mark, though people do.
fn special(character: char) -> Option<&'static str> {
    Some(match character {
        'ß' => "ss",
        'æ' => "ae",
        'œ' => "oe",
        'þ' => "th",
        'ø' => "o",
        'ł' => "l",
        'đ' | 'ð' => "d",
        'ħ' => "h",
        'ŧ' => "t",
        'ı' => "i",
        'ŋ' => "n",
        'ĸ' => "k",
        'ƒ' => "f",
        'ς' => "σ",
        _ => return None,
    })
}

/// Marks of scripts in which a word is the same word without them: Latin, Greek, Cyrillic,
/// Hebrew and Arabic. The vowels of Indic scripts are marks, too, and stay.
fn is_accent(character: char) -> bool {
    matches!(character,
        '\u{300}'..='\u{36f}' | '\u{483}'..='\u{489}' | '\u{591}'..='\u{5bd}' | '\u{5bf}'
        | '\u{5c1}'..='\u{5c2}' | '\u{5c4}'..='\u{5c5}' | '\u{5c7}' | '\u{610}'..='\u{61a}'
        | '\u{640}' | '\u{64b}'..='\u{65f}' | '\u{670}' | '\u{1ab0}'..='\u{1aff}'
        | '\u{1dc0}'..='\u{1dff}' | '\u{20d0}'..='\u{20ff}' | '\u{fe00}'..='\u{fe0f}'
        | '\u{fe20}'..='\u{fe2f}')
}

fn is_apostrophe(character: char) -> bool {
    matches!(
        character,
        '\'' | '`'
            | '\u{b4}'
            | '\u{2b9}'
            | '\u{2bb}'
            | '\u{2bc}'
            | '\u{2018}'
            | '\u{2019}'
            | '\u{201b}'
            | '\u{2032}'
            | '\u{ff07}'
    )
}

fn is_invisible(character: char) -> bool {
    matches!(character,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}'
        | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

/// What a record of this name is sorted by, and what the text slots hold of a value: its first
/// [`SORT_KEY_CHARS`] folded characters.
pub fn sort_key(text: &str) -> String {
    let mut folded = fold(text);
    truncate(&mut folded, SORT_KEY_CHARS);
    folded
}

/// Cuts `folded` to [`SORT_KEY_CHARS`] characters, as [`sort_key`] does.
pub(crate) fn truncate(folded: &mut String, characters: usize) {
    if let Some((end, _)) = folded.char_indices().nth(characters) {
        folded.truncate(end);
    }
}

/// What search looks into, for a record with this folded name: the name, then those words of
/// e-mail addresses and domains that it doesn't have yet (without top-level domains and the
/// domains of mail providers), then the digits of telephone numbers in E.164.
pub fn search_text<E, D, P>(folded_name: &str, emails: &[E], domains: &[D], phones: &[P]) -> String
where
    E: AsRef<str>,
    D: AsRef<str>,
    P: AsRef<str>,
{
    let mut text = folded_name.to_owned();
    let mut seen: HashSet<String> = split(folded_name).map(str::to_owned).collect();
    let mut add = |words: &str| {
        for word in split(words) {
            let fits = text.len() + word.len() < SEARCH_TEXT_BYTES;
            if fits && word.len() > 1 && seen.insert(word.to_owned()) {
                if !text.is_empty() {
                    text.push(' ');
                }
                text.push_str(word);
            }
        }
    };
    for email in emails {
        let email = fold(email.as_ref());
        let (local, domain) = email.rsplit_once('@').unwrap_or((&email, ""));
        add(local);
        if !is_mail_provider(domain) {
            add(domain_words(domain));
        }
    }
    for domain in domains {
        add(domain_words(&fold(domain.as_ref())));
    }
    for phone in phones {
        add(&digits(phone.as_ref()));
    }
    text
}

/// A web address or domain, folded, without scheme, `www.`, path and top-level domain.
pub(crate) fn domain_words(domain: &str) -> &str {
    let host = bare_domain(domain);
    let Some((rest, last)) = host.rsplit_once('.') else {
        return host;
    };
    match rest.rsplit_once('.') {
        // Such as co.uk or com.au.
        Some((rest, second))
            if last.len() == 2
                && matches!(second, "co" | "com" | "org" | "net" | "ac" | "gov" | "edu") =>
        {
            rest
        }
        _ => rest,
    }
}

/// The host of a web address, folded, without `www.`.
pub(crate) fn bare_domain(address: &str) -> &str {
    let rest = address.split_once("://").map_or(address, |(_, rest)| rest);
    let host = rest.split(['/', '?', '#', ':']).next().unwrap_or(rest);
    host.strip_prefix("www.").unwrap_or(host)
}

/// Whether people of different companies have e-mail addresses at this folded domain.
pub fn is_mail_provider(domain: &str) -> bool {
    const FIRST_LABELS: [&str; 18] = [
        "aol",
        "gmail",
        "gmx",
        "googlemail",
        "hotmail",
        "icloud",
        "live",
        "mail",
        "msn",
        "outlook",
        "posteo",
        "proton",
        "protonmail",
        "rediffmail",
        "rocketmail",
        "yahoo",
        "yandex",
        "ymail",
    ];
    const DOMAINS: [&str; 44] = [
        "126.com",
        "163.com",
        "alice.it",
        "att.net",
        "bk.ru",
        "bluewin.ch",
        "bol.com.br",
        "btinternet.com",
        "centrum.cz",
        "comcast.net",
        "cox.net",
        "daum.net",
        "fastmail.com",
        "foxmail.com",
        "free.fr",
        "freenet.de",
        "hanmail.net",
        "hey.com",
        "hushmail.com",
        "inbox.ru",
        "laposte.net",
        "libero.it",
        "list.ru",
        "mac.com",
        "mailbox.org",
        "me.com",
        "naver.com",
        "neuf.fr",
        "o2.pl",
        "orange.fr",
        "pm.me",
        "qq.com",
        "sbcglobal.net",
        "seznam.cz",
        "sfr.fr",
        "sina.com",
        "t-online.de",
        "tutanota.com",
        "uol.com.br",
        "verizon.net",
        "wanadoo.fr",
        "web.de",
        "wp.pl",
        "zoho.com",
    ];
    let first = domain.split('.').next().unwrap_or(domain);
    FIRST_LABELS.binary_search(&first).is_ok() || DOMAINS.binary_search(&domain).is_ok()
}

/// The ASCII digits of `text`.
pub(crate) fn digits(text: &str) -> String {
    text.chars().filter(char::is_ascii_digit).collect()
}

/// The parts of a folded text between anything that is neither letter, digit nor mark.
pub(crate) fn split(folded: &str) -> impl Iterator<Item = &str> {
    folded
        .split(|c: char| {
            !(c.is_alphanumeric() || unicode_normalization::char::is_combining_mark(c))
        })
        .filter(|word| !word.is_empty())
}

/// The words of a folded name that the dictionary knows: 3 to 40 characters, digits alone aside,
/// each once.
pub fn words(folded_name: &str) -> Vec<&str> {
    let mut seen = HashSet::new();
    split(folded_name)
        .filter(|word| {
            (3..=40).contains(&word.chars().count()) && !word.bytes().all(|b| b.is_ascii_digit())
        })
        .filter(|word| seen.insert(*word))
        .collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn people_find_what_they_write_without_accents() {
        for (text, folded) in [
            ("  Łukasz \t Øster-Ærø ", "lukasz oster-aero"),
            ("STRAẞE Straße", "strasse strasse"),
            ("O’Brien & L'Oréal", "obrien & loreal"),
            ("İstanbul ISPARTA ılık", "istanbul isparta ilik"),
            ("ﬁne ①", "fine 1"),
            ("Σίσυφος", "σισυφοσ"),
            ("नमस्ते", "नमस्ते"),
            ("a\u{200b}b\u{0}c", "ab c"),
            ("\u{301}\u{b4}", ""),
        ] {
            assert_eq!(fold(text), folded, "{text:?}");
        }
    }

    #[test]
    fn ascii_folds_as_every_other_character() {
        for byte in 0..=127_u8 {
            let fold_one = |push: &dyn Fn(&mut String, &mut bool)| {
                let (mut out, mut space) = ("x".to_owned(), false);
                push(&mut out, &mut space);
                (out, space)
            };
            assert_eq!(
                fold_one(&|out, space| push_ascii(out, space, byte)),
                fold_one(&|out, space| push(out, space, char::from(byte))),
                "{byte}"
            );
        }
    }

    #[test]
    fn what_search_looks_into_has_no_word_twice() {
        assert_eq!(
            search_text(
                "jane doe",
                &["jane.doe+crm@acme-corp.co.uk", "jane1985@gmail.com"],
                &["https://www.acme.com/about"],
                &["+44 20 7946 0018"],
            ),
            "jane doe crm acme corp jane1985 442079460018"
        );
    }

    #[test]
    fn a_sort_key_fits_into_an_index() {
        let key = sort_key(&"\u{fdfa}\u{10ffff}".repeat(1000));
        assert_eq!(key.chars().count(), SORT_KEY_CHARS);
    }

    #[test]
    fn the_dictionary_has_neither_numbers_nor_single_letters() {
        assert_eq!(
            words("j r acme-corp 2024 acme gmbh x2000"),
            ["acme", "corp", "gmbh", "x2000"]
        );
    }

    #[test]
    fn every_character_folds_for_good() {
        for character in '\0'..=char::MAX {
            let once = fold(&character.to_string());
            assert_eq!(
                fold(&once),
                once,
                "{:?} U+{:x}",
                character,
                u32::from(character)
            );
        }
    }

    #[test]
    fn mail_providers_are_sorted() {
        for domain in ["gmail.com", "yahoo.co.jp", "web.de", "zoho.com", "126.com"] {
            assert!(is_mail_provider(domain), "{domain}");
        }
        assert!(!is_mail_provider("acme.com"));
    }

    proptest! {
        #[test]
        fn a_part_folds_to_a_part(before in ".{0,8}", part in ".{0,8}", after in ".{0,8}") {
            let whole = fold(&format!("{before}{part}{after}"));
            prop_assert!(whole.contains(&fold(&part)));
            let tail = format!("{part}{after}");
            prop_assert!(fold(&tail).starts_with(&fold(&part)));
        }
    }
}
