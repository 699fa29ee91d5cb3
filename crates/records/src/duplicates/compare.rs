//! What two records have in common that speaks for their being the same. No I/O.

use kith_kernel::distance;
use serde::Serialize;

use crate::search::rank::Hit;
use crate::search::text::{bare_domain, fold, is_mail_provider, split};

/// Words that companies of one name differ in, folded.
const LEGAL_FORMS: [&str; 30] = [
    "ab",
    "ag",
    "aps",
    "as",
    "asa",
    "bv",
    "co",
    "company",
    "corp",
    "corporation",
    "gmbh",
    "inc",
    "incorporated",
    "kg",
    "kk",
    "limited",
    "llc",
    "llp",
    "ltd",
    "nv",
    "ohg",
    "oy",
    "oyj",
    "plc",
    "pty",
    "sa",
    "sarl",
    "se",
    "spa",
    "srl",
];

/// What is known of a new record.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Known {
    pub(super) name: Option<String>,
    /// Lower case.
    pub(super) emails: Vec<String>,
    /// E.164.
    pub(super) phones: Vec<String>,
    /// Of a company, folded.
    pub(super) domains: Vec<String>,
    /// Whether names are compared without legal forms.
    pub(super) is_company: bool,
}

/// Why a record may be the same.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(super) struct Reason {
    pub(super) code: Code,
    /// The field that has the value.
    pub(super) field: String,
    /// The value that both have, or the other record's name.
    pub(super) value: String,
}

/// What two records have in common, the strongest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Code {
    SameEmail,
    /// A value that nobody else may have.
    SameValue,
    SamePhone,
    SameDomain,
    SameName,
    SimilarName,
}

impl Code {
    /// The names in the API.
    pub(super) const NAMES: [&'static str; 6] = [
        "same_email",
        "same_value",
        "same_phone",
        "same_domain",
        "same_name",
        "similar_name",
    ];
}

/// What `hit` has in common with the record to be.
pub(super) fn reasons(known: &Known, hit: &Hit) -> Vec<Reason> {
    let mut reasons = Vec::new();
    let mut add = |code, field: &str, value: &str| {
        reasons.push(Reason {
            code,
            field: field.to_owned(),
            value: value.to_owned(),
        });
    };
    let email = (hit.emails.iter()).find(|email| known.emails.contains(&email.to_lowercase()));
    if let Some(email) = email {
        add(Code::SameEmail, "emails", email);
    }
    let phone = (hit.phones.iter()).find(|phone| {
        let phone = without_extension(phone);
        known
            .phones
            .iter()
            .any(|one| without_extension(one) == phone)
    });
    if let Some(phone) = phone {
        add(Code::SamePhone, "phones", phone);
    }
    if known.is_company
        && let Some(domain) = &hit.domain
        && known.domains.contains(&fold(domain))
    {
        add(Code::SameDomain, "domain", domain);
    }
    if let Some(name) = &known.name {
        match alike(name, &hit.name, known.is_company) {
            Some(true) => add(Code::SameName, "name", &hit.name),
            Some(false) => add(Code::SimilarName, "name", &hit.name),
            None => {}
        }
    }
    reasons
}

fn without_extension(phone: &str) -> &str {
    phone.split(';').next().unwrap_or(phone)
}

/// Whether two names are the same but for case, accents, order and legal form (`true`) or a slip
/// (`false`).
fn alike(a: &str, b: &str, is_company: bool) -> Option<bool> {
    let (a, b) = (words(a, is_company), words(b, is_company));
    if a.is_empty() || b.is_empty() {
        return None;
    }
    let sorted = |words: &[String]| {
        let mut words = words.to_vec();
        words.sort_unstable();
        words
    };
    if sorted(&a) == sorted(&b) {
        return Some(true);
    }
    let (a, b) = (a.join(" "), b.join(" "));
    let slips = match a.chars().count().min(b.chars().count()) {
        0..5 => return None,
        5..12 => 1,
        12..18 => 2,
        _ => 3,
    };
    (distance(&a, &b) <= slips).then_some(false)
}

/// The words of a name, folded, without legal forms unless there is nothing else.
pub(super) fn words(name: &str, is_company: bool) -> Vec<String> {
    let folded = fold(name);
    let all: Vec<String> = split(&folded).map(str::to_owned).collect();
    let own: Vec<String> = (all.iter())
        .filter(|word| !is_company || !LEGAL_FORMS.contains(&word.as_str()))
        .cloned()
        .collect();
    if own.is_empty() { all } else { own }
}

/// The domain that a company's web or e-mail address says, unless it is a mail provider's.
pub(super) fn domain_of(address: &str) -> Option<String> {
    let folded = fold(address);
    let host = folded
        .rsplit_once('@')
        .map_or(folded.as_str(), |(_, host)| host);
    let host = bare_domain(host);
    (host.contains('.') && !is_mail_provider(host)).then(|| host.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_alike_whatever_their_form() {
        for (a, b, company, is) in [
            ("Ada Lovelace", "LOVELACE, Ada", false, Some(true)),
            ("Zoë Müller", "Zoe Muller", false, Some(true)),
            ("Jon Smith", "John Smith", false, Some(false)),
            ("Ada Lovelace", "Ada Byron", false, None),
            ("Ann", "Anna", false, None),
            ("Acme GmbH", "ACME, Inc.", true, Some(true)),
            ("Acme GmbH", "Acme Inc", false, None),
            ("Globex Corporation", "Glbex Corp", true, Some(false)),
            ("Acme", "Acme Rockets", true, None),
            ("AG", "AG", true, Some(true)),
            ("", "", true, None),
        ] {
            assert_eq!(alike(a, b, company), is, "{a} {b}");
        }
    }

    #[test]
    fn a_domain_is_a_companys_own() {
        assert_eq!(
            domain_of("https://www.Acme.com/x").as_deref(),
            Some("acme.com")
        );
        assert_eq!(domain_of("ada@acme.com").as_deref(), Some("acme.com"));
        assert_eq!(domain_of("ada@gmail.com"), None);
        assert_eq!(domain_of("acme"), None);
    }
}
