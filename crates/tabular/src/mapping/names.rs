//! Matching the headers of a file to the fields of the caller.

use std::collections::HashSet;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// A field that a column may be meant for.
#[derive(Clone, Debug)]
pub struct Candidate<'a> {
    /// The field's name in the API.
    pub key: &'a str,
    /// Its name for people.
    pub label: &'a str,
    /// What other programs call it.
    pub synonyms: Vec<&'a str>,
}

/// The field that a header fits best.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Match {
    /// The candidate's place in the list.
    pub index: usize,
    /// From 0.65 (alike) to 1 (the same name).
    pub score: f64,
}

/// What a score must reach.
const ALIKE: f64 = 0.65;
/// The scores of a synonym and, at most, of a name that is only alike.
const SYNONYM: f64 = 0.97;
const FUZZY: f64 = 0.9;

/// The candidate whose key, label or synonyms a header is most like, if any is alike enough.
pub fn best_match(header: &str, candidates: &[Candidate<'_>]) -> Option<Match> {
    let mut best: Option<Match> = None;
    for (index, candidate) in candidates.iter().enumerate() {
        let score = score(header, candidate);
        if score >= ALIKE && best.is_none_or(|best| score > best.score) {
            best = Some(Match { index, score });
        }
    }
    best
}

/// For each header its candidate, each candidate used once, the best pairs first.
pub fn assign<S: AsRef<str>>(headers: &[S], candidates: &[Candidate<'_>]) -> Vec<Option<Match>> {
    let mut pairs = Vec::new();
    for (place, header) in headers.iter().enumerate() {
        for (index, candidate) in candidates.iter().enumerate() {
            let score = score(header.as_ref(), candidate);
            if score >= ALIKE {
                pairs.push((place, Match { index, score }));
            }
        }
    }
    // A stable sort: equal scores go in the order of the file.
    pairs.sort_by(|a, b| b.1.score.total_cmp(&a.1.score));
    let mut found: Vec<Option<Match>> = vec![None; headers.len()];
    let mut taken = HashSet::new();
    for (place, pair) in pairs {
        if found[place].is_none() && taken.insert(pair.index) {
            found[place] = Some(pair);
        }
    }
    found
}

fn score(header: &str, candidate: &Candidate<'_>) -> f64 {
    let wanted = words(header);
    if wanted.is_empty() {
        return 0.0;
    }
    let named = [candidate.key, candidate.label]
        .iter()
        .map(|name| likeness(&wanted, &words(name), 1.0))
        .fold(0.0, f64::max);
    let synonym = candidate
        .synonyms
        .iter()
        .map(|name| likeness(&wanted, &words(name), SYNONYM))
        .fold(0.0, f64::max);
    named.max(synonym)
}

/// How alike two names are, from 0 to 1, whatever their case, accents, punctuation and plurals.
pub fn similarity(a: &str, b: &str) -> f64 {
    likeness(&words(a), &words(b), 1.0)
}

fn likeness(a: &[String], b: &[String], same: f64) -> f64 {
    if a.is_empty() || b.is_empty() {
        return 0.0;
    }
    let (joined_a, joined_b) = (a.concat(), b.concat());
    if joined_a == joined_b {
        return same;
    }
    let shared: f64 = a
        .iter()
        .map(|word| {
            let best = b.iter().map(|other| word_likeness(word, other));
            best.fold(0.0, f64::max) * weight(word)
        })
        .sum();
    let all = |words: &[String]| words.iter().map(|word| weight(word)).sum::<f64>();
    let by_words = (2.0 * shared / (all(a) + all(b))).min(1.0);
    by_words.max(bigrams(&joined_a, &joined_b)) * FUZZY
}

/// A number at the end of a name (`Phone 1`) says little.
fn weight(word: &str) -> f64 {
    if word.bytes().all(|byte| byte.is_ascii_digit()) {
        0.3
    } else {
        1.0
    }
}

fn word_likeness(a: &str, b: &str) -> f64 {
    if a == b {
        return 1.0;
    }
    let (shorter, longer) = (a.len().min(b.len()), a.len().max(b.len()));
    if !(4..=40).contains(&shorter) || longer > 40 {
        return 0.0;
    }
    let slips = slips(a, b);
    if slips * 5 <= shorter {
        #[expect(clippy::cast_precision_loss, reason = "at most 40")]
        return 1.0 - slips as f64 / longer as f64;
    }
    let likeness = bigrams(a, b);
    if likeness > 0.7 { likeness } else { 0.0 }
}

/// How many slips of the keyboard lie between two words: a letter too many, too few, wrong, or two
/// swapped (the optimal string alignment distance).
fn slips(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, y) in b.iter().enumerate() {
            let mut cost = (last[j] + usize::from(x != y))
                .min(last[j + 1] + 1)
                .min(row[j] + 1);
            if i > 0 && j > 0 && *x == b[j - 1] && a[i - 1] == *y {
                cost = cost.min(before[j - 1] + 1);
            }
            row.push(cost);
        }
        before = std::mem::replace(&mut last, row);
    }
    last.last().copied().unwrap_or_default()
}

/// Dice's coefficient over pairs of neighbouring characters.
fn bigrams(a: &str, b: &str) -> f64 {
    let pairs = |text: &str| -> Vec<(char, char)> {
        text.chars().zip(text.chars().skip(1)).take(200).collect()
    };
    let (left, mut right) = (pairs(a), pairs(b));
    let total = left.len() + right.len();
    if total == 0 {
        return 0.0;
    }
    let mut shared = 0_u32;
    for pair in left {
        if let Some(at) = right.iter().position(|other| *other == pair) {
            right.swap_remove(at);
            shared += 1;
        }
    }
    #[expect(clippy::cast_precision_loss, reason = "at most some hundred pairs")]
    let total = total as f64;
    f64::from(2 * shared) / total
}

/// Lower case, without accents; German umlauts by their two letters.
pub(super) fn fold(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars().flat_map(char::to_lowercase).nfc() {
        match c {
            'ä' => out.push_str("ae"),
            'ö' => out.push_str("oe"),
            'ü' => out.push_str("ue"),
            'ß' => out.push_str("ss"),
            c if c.is_ascii() => out.push(c),
            c => out.extend(c.nfkd().filter(|part| !is_combining_mark(*part))),
        }
    }
    out
}

/// The words of a name: folded, in the singular, in one spelling.
fn words(name: &str) -> Vec<String> {
    let mut spaced = String::new();
    let mut before = ' ';
    for c in name.chars().take(200) {
        let hump = c.is_uppercase() && before.is_lowercase();
        let number = c.is_ascii_digit() && before.is_alphabetic();
        if hump || number {
            spaced.push(' ');
        }
        spaced.push(if c == '#' { '№' } else { c });
        before = c;
    }
    let folded = fold(&spaced).replace("e-mail", "email");
    let words: Vec<&str> = folded
        .split(|c: char| !c.is_alphanumeric() && c != '№')
        .filter(|word| !word.is_empty())
        .collect();
    words.iter().map(|word| spelling(word)).collect()
}

/// One spelling for words that have several.
fn spelling(word: &str) -> String {
    let one = match word {
        "mail" | "emails" => "email",
        "tel" | "telephone" | "telefon" | "phones" => "phone",
        "no" | "nr" | "num" | "№" => "number",
        "addr" | "addresses" => "address",
        "organisation" | "org" => "organization",
        "amt" => "amount",
        "qty" => "quantity",
        "desc" => "description",
        "postcode" | "plz" => "zip",
        "mobil" | "cell" | "cellphone" => "mobile",
        "www" | "homepage" | "url" => "website",
        "companies" => "company",
        _ => "",
    };
    if !one.is_empty() {
        return one.to_owned();
    }
    match word.strip_suffix('s') {
        Some(singular) if word.len() > 3 && !singular.ends_with(['s', 'u', 'i']) => {
            singular.to_owned()
        }
        _ => word.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn candidates() -> Vec<Candidate<'static>> {
        [
            ("first_name", "First name", vec!["given name", "Vorname"]),
            (
                "last_name",
                "Last name",
                vec!["surname", "family name", "Nachname"],
            ),
            ("emails", "E-mail addresses", vec!["email", "email 1"]),
            ("phones", "Phones", vec!["phone number", "mobile"]),
            (
                "company",
                "Company",
                vec!["account name", "organization", "employer"],
            ),
            ("website", "Website", vec![]),
            ("close_date", "Expected close", vec!["close date"]),
        ]
        .into_iter()
        .map(|(key, label, synonyms)| Candidate {
            key,
            label,
            synonyms,
        })
        .collect()
    }

    #[test]
    fn headers_find_their_field() {
        let candidates = candidates();
        for (header, expected) in [
            ("First Name", "first_name"),
            ("FIRSTNAME", "first_name"),
            ("firstName", "first_name"),
            ("first-name", "first_name"),
            ("VORNAME", "first_name"),
            ("Frist Name", "first_name"),
            ("Surname", "last_name"),
            ("E-Mail", "emails"),
            ("Email Address", "emails"),
            ("Phone 1", "phones"),
            ("Phone Number", "phones"),
            ("Tel.", "phones"),
            ("Mobile", "phones"),
            ("Organisation", "company"),
            ("Account Name", "company"),
            ("URL", "website"),
            ("Close Date", "close_date"),
            ("Name", ""),
            ("Notes", ""),
            ("", ""),
            ("###", ""),
            ("Created At", ""),
        ] {
            let found = best_match(header, &candidates);
            let key = found.map_or("", |found| candidates[found.index].key);
            assert_eq!(key, expected, "{header} {found:?}");
        }
    }

    #[test]
    fn each_field_is_given_once_to_the_best_header() {
        let candidates = candidates();
        let headers = ["Phone 1", "Phone", "Firstname", "Given name"];
        let found = assign(&headers, &candidates);
        let keys: Vec<_> = found
            .iter()
            .map(|found| found.map(|found| candidates[found.index].key))
            .collect();
        assert_eq!(keys, [None, Some("phones"), Some("first_name"), None]);
    }

    #[test]
    fn likeness_is_symmetric_and_bounded() {
        for (a, b) in [
            ("name", "First Name"),
            ("a", "b"),
            ("Straße", "strasse"),
            ("", "x"),
        ] {
            let (there, back) = (similarity(a, b), similarity(b, a));
            assert!((0.0..=1.0).contains(&there), "{a} {b}");
            assert!((there - back).abs() < 1e-9, "{a} {b}: {there} {back}");
        }
        assert!(similarity("Straße", "STRASSE") > 0.99);
    }
}
