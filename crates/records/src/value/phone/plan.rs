//! The numbering plans of the world: which numbers there are, and how they are dialled.
//!
//! The data is libphonenumber's, by way of the crate `phonenumber`. That crate's own reading of
//! numbers is content with patterns that fit the beginning of a number, so the rules stand here.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock};

use parking_lot::RwLock;
use phonenumber::Metadata;
use phonenumber::metadata::{DATABASE, Descriptor};
use regex::{Regex, RegexBuilder};

/// The plan of a region (ISO 3166-1 alpha-2).
pub(super) fn of_region(region: &str) -> Option<&'static Metadata> {
    DATABASE.by_id(region)
}

/// The main plan of a country code, where there is one.
pub(super) fn of_code(code: u16) -> Option<&'static Metadata> {
    let plans = DATABASE.by_code(&code)?;
    let main = |plan: &&&Metadata| plan.is_main_country_for_code();
    plans.iter().find(main).or(plans.first()).copied()
}

/// Whether the national number is one of any region that shares the country code.
pub(super) fn is_valid(code: u16, national: &str) -> bool {
    let plans = DATABASE.by_code(&code).unwrap_or_default();
    let fits_plan = |plan: &Metadata| {
        fits(plan.descriptors().general(), national) && kinds(plan).any(|kind| fits(kind, national))
    };
    plans.into_iter().any(fits_plan)
}

/// The digits after the country code and the code itself.
pub(super) fn split_code(digits: &str) -> Option<(u16, &str)> {
    (1..=3)
        .filter_map(|length| digits.split_at_checked(length))
        .filter(|(code, _)| !code.starts_with('0'))
        .find_map(|(code, rest)| {
            let code: u16 = code.parse().ok()?;
            DATABASE.by_code(&code).map(|_| (code, rest))
        })
}

/// What follows the digits by which one dials abroad from the plan's region.
pub(super) fn after_international_prefix<'a>(plan: &Metadata, digits: &'a str) -> Option<&'a str> {
    let prefix = beginning(plan.international_prefix()?.as_str())?;
    let found = prefix.find(digits)?;
    let rest = &digits[found.end()..];
    // No country code begins with 0.
    (!rest.starts_with('0')).then_some(rest)
}

/// The national number of digits as they are dialled within a region: without the digit for a
/// long-distance call, a carrier's digits, and what else is not part of the number.
pub(super) fn national(plan: &Metadata, digits: &str) -> String {
    let Some(stripped) = strip(plan, digits) else {
        return digits.to_owned();
    };
    // Digits that a shorter number can't do without belong to it.
    let lengths = Lengths::of(plan);
    match lengths.may_have(stripped.len()) {
        true => stripped,
        false => digits.to_owned(),
    }
}

/// The national number of digits that may begin with the country code although no + says so.
pub(super) fn without_code(plan: &Metadata, digits: &str) -> Option<String> {
    let rest = digits.strip_prefix(&plan.country_code().to_string())?;
    let rest = strip(plan, rest).unwrap_or_else(|| rest.to_owned());
    let general = plan.descriptors().general();
    let better = !matches_whole(general, digits) && matches_whole(general, &rest);
    (better || Lengths::of(plan).is_too_long(digits.len())).then_some(rest)
}

fn strip(plan: &Metadata, digits: &str) -> Option<String> {
    let pattern = match plan.national_prefix_for_parsing() {
        Some(pattern) => beginning(pattern.as_str())?,
        None => beginning(plan.national_prefix()?)?,
    };
    let found = pattern.captures(digits)?;
    let rest = &digits[found.get(0)?.end()..];
    let last_group = (found.len() > 1)
        .then(|| found.get(found.len() - 1))
        .flatten();
    let stripped = match (plan.national_prefix_transform_rule(), last_group) {
        (Some(rule), Some(_)) => {
            let mut begin = String::new();
            found.expand(&braced(rule), &mut begin);
            begin + rest
        }
        _ => rest.to_owned(),
    };
    let general = plan.descriptors().general();
    let breaks = matches_whole(general, digits) && !matches_whole(general, &stripped);
    (!breaks).then_some(stripped)
}

/// `$1` as `${1}`, which digits may follow.
fn braced(rule: &str) -> String {
    let mut out = String::new();
    let mut after_dollar = false;
    for c in rule.chars() {
        match after_dollar && c.is_ascii_digit() {
            true => out.extend(['{', c, '}']),
            false => out.push(c),
        }
        after_dollar = c == '$';
    }
    out
}

/// The lengths that numbers of a plan have.
struct Lengths {
    whole: Vec<usize>,
    local: Vec<usize>,
}

impl Lengths {
    fn of(plan: &Metadata) -> Self {
        let collect = |lengths: fn(&Descriptor) -> &[u16]| -> Vec<usize> {
            (kinds(plan).flat_map(lengths))
                .map(|length| usize::from(*length))
                .collect()
        };
        Self {
            whole: collect(Descriptor::possible_length),
            local: collect(Descriptor::possible_local_length),
        }
    }

    /// Whether a number may have this length, or may be too long.
    fn may_have(&self, length: usize) -> bool {
        self.whole.contains(&length) || (self.is_too_long(length) && !self.local.contains(&length))
    }

    fn is_too_long(&self, length: usize) -> bool {
        self.whole
            .iter()
            .max()
            .is_none_or(|longest| length > *longest)
    }
}

/// The kinds of numbers that a plan has.
fn kinds(plan: &Metadata) -> impl Iterator<Item = &Descriptor> {
    let kinds = plan.descriptors();
    let kinds = [
        kinds.fixed_line(),
        kinds.mobile(),
        kinds.toll_free(),
        kinds.premium_rate(),
        kinds.shared_cost(),
        kinds.personal_number(),
        kinds.voip(),
        kinds.pager(),
        kinds.uan(),
        kinds.voicemail(),
    ];
    kinds.into_iter().flatten()
}

fn fits(kind: &Descriptor, national: &str) -> bool {
    let lengths = kind.possible_length();
    let length = u16::try_from(national.len()).unwrap_or(u16::MAX);
    (lengths.is_empty() || lengths.contains(&length)) && matches_whole(kind, national)
}

fn matches_whole(kind: &Descriptor, national: &str) -> bool {
    let pattern = format!("^(?:{})$", kind.national_number().as_str());
    compiled(&pattern).is_some_and(|pattern| pattern.is_match(national))
}

fn beginning(pattern: &str) -> Option<Arc<Regex>> {
    compiled(&format!("^(?:{pattern})"))
}

/// A pattern of the plans, compiled once. The plans bound how many there are.
fn compiled(pattern: &str) -> Option<Arc<Regex>> {
    static KNOWN: LazyLock<RwLock<HashMap<String, Option<Arc<Regex>>>>> =
        LazyLock::new(RwLock::default);
    if let Some(known) = KNOWN.read().get(pattern) {
        return known.clone();
    }
    let mut builder = RegexBuilder::new(pattern);
    let new = builder.ignore_whitespace(true).unicode(false).build();
    let new = new.ok().map(Arc::new);
    KNOWN.write().insert(pattern.to_owned(), new.clone());
    new
}
