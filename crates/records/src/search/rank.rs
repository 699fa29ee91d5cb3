//! Which match comes first.

use std::cmp::Reverse;

use uuid::Uuid;

use super::text::{digits, split};
use super::words::Sought;

/// One match.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Hit {
    /// The object's API name.
    pub(crate) object: String,
    pub(crate) id: Uuid,
    pub(crate) name: String,
    pub(crate) sort_key: String,
    pub(crate) emails: Vec<String>,
    pub(crate) phones: Vec<String>,
    pub(crate) domain: Option<String>,
    pub(crate) company: Option<String>,
    pub(crate) corrected: bool,
}

/// By what a record was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum By {
    Name,
    Email,
    Phone,
    Domain,
}

impl By {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Email => "email",
            Self::Phone => "phone",
            Self::Domain => "domain",
        }
    }
}

/// How well a record matches: 100 for the very name, down to 20 for a mended word.
pub(crate) fn rank(hit: &Hit, sought: &Sought) -> (u32, By) {
    let by = found_by(hit, sought);
    if hit.corrected {
        return (20, by);
    }
    let score = match by {
        By::Name if hit.sort_key == sought.whole => 100,
        By::Name if hit.sort_key.starts_with(&sought.whole) => 80,
        By::Email
            if sought
                .email
                .as_ref()
                .is_some_and(|email| hit.emails.contains(email)) =>
        {
            90
        }
        By::Phone
            if sought
                .phone
                .as_ref()
                .is_some_and(|sought| sought.len() >= 7) =>
        {
            70
        }
        By::Name if every_word(sought, |word| starts_a_word(&hit.sort_key, word)) => 60,
        _ => 40,
    };
    (score, by)
}

/// Sorts the matches, best first, and keeps `limit` of them.
pub(crate) fn best(hits: Vec<Hit>, sought: &Sought, limit: usize) -> Vec<(u32, By, Hit)> {
    let mut seen = std::collections::HashSet::new();
    let mut ranked: Vec<(u32, By, Hit)> = (hits.into_iter())
        .filter(|hit| seen.insert(hit.id))
        .map(|hit| {
            let (score, by) = rank(&hit, sought);
            (score, by, hit)
        })
        .collect();
    // The shorter name is the nearer one; the newer record the likelier one.
    ranked.sort_by_cached_key(|(score, _, hit)| {
        (
            Reverse(*score),
            hit.sort_key.chars().count(),
            hit.sort_key.clone(),
            Reverse(hit.id),
        )
    });
    ranked.truncate(limit);
    ranked
}

fn every_word(sought: &Sought, test: impl Fn(&str) -> bool) -> bool {
    sought
        .groups
        .iter()
        .all(|group| group.iter().any(|word| test(word)))
}

fn starts_a_word(text: &str, word: &str) -> bool {
    split(text).any(|known| known.starts_with(word))
}

fn found_by(hit: &Hit, sought: &Sought) -> By {
    if let Some(email) = &sought.email
        && hit.emails.iter().any(|known| known.contains(email))
    {
        return By::Email;
    }
    if every_word(sought, |word| hit.sort_key.contains(word)) {
        return By::Name;
    }
    if let Some(phone) = &sought.phone
        && hit.phones.iter().any(|known| digits(known).contains(phone))
    {
        return By::Phone;
    }
    let in_domain = |word: &str| {
        hit.domain
            .as_ref()
            .is_some_and(|domain| domain.contains(word))
    };
    if hit.emails.is_empty()
        || every_word(sought, |word| {
            hit.sort_key.contains(word) || in_domain(word)
        })
    {
        return if hit.phones.is_empty() || hit.domain.is_some() {
            By::Domain
        } else {
            By::Phone
        };
    }
    let in_emails = |word: &str| hit.emails.iter().any(|email| email.contains(word));
    if every_word(sought, |word| {
        hit.sort_key.contains(word) || in_emails(word)
    }) {
        return By::Email;
    }
    By::Name
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hit(number: u128, name: &str, email: &str) -> Hit {
        Hit {
            object: "person".into(),
            id: Uuid::from_u128(number),
            name: name.into(),
            sort_key: super::super::text::fold(name),
            emails: vec![email.into()],
            phones: vec!["+4930901820".into()],
            domain: None,
            company: None,
            corrected: false,
        }
    }

    #[test]
    fn the_nearest_comes_first() {
        let hits = vec![
            hit(1, "Joanna", "x@example.com"),
            hit(2, "Bob Annan", "x@example.com"),
            hit(3, "Anna", "x@example.com"),
            hit(4, "Annabel Lee", "x@example.com"),
            hit(5, "Ann", "x@example.com"),
            hit(6, "Zoe", "ann@example.com"),
            hit(7, "Ann", "x@example.com"),
        ];
        let sought = Sought::read("ann").unwrap();
        let best = best(hits, &sought, 10);
        let order: Vec<u128> = best.iter().map(|(_, _, hit)| hit.id.as_u128()).collect();
        assert_eq!(order, [7, 5, 3, 4, 2, 6, 1]);
        assert_eq!(
            best.iter().map(|(score, ..)| *score).collect::<Vec<_>>(),
            [100, 100, 80, 80, 60, 40, 40]
        );
        assert_eq!(best[5].1, By::Email);
    }

    #[test]
    fn a_number_is_found_as_a_number() {
        let sought = Sought::read("030 901820").unwrap();
        assert_eq!(rank(&hit(1, "Ada", "a@b.de"), &sought), (70, By::Phone));
    }
}
