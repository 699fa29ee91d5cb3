//! What a client asks of a list.

use kith_kernel::{CountMode, Failure};
use serde::{Deserialize, Serialize};

use super::refusal;

/// How many records a page has unless it is said.
pub const DEFAULT_LIMIT: u32 = 50;

/// How many records a page may have.
pub const MAX_LIMIT: u32 = 200;

/// A list as a client asks for it: the query parameters of `GET /{plural}`, and the body of
/// `POST /{plural}/query`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ListRequest {
    /// A CEL expression that records have to fulfil.
    pub filter: Option<String>,
    /// The order: paths separated by commas, each with `-` in front for descending.
    pub sort: Option<String>,
    /// What is shown of each record: names separated by commas, those of related records in
    /// parentheses; `*` for all of the record's own.
    pub fields: Option<String>,
    /// How many records a page has: 1 to [`MAX_LIMIT`], [`DEFAULT_LIMIT`] unless it is said.
    pub limit: Option<u32>,
    /// Where the page before ended.
    pub cursor: Option<String>,
    /// How the records are counted; on the first page `capped` unless it is said, else `none`.
    pub count: Option<CountMode>,
    /// Whether the recycle bin is listed instead of the live records.
    pub deleted: bool,
    /// How much is looked through at once; not for clients to choose.
    #[serde(skip)]
    pub bounds: Bounds,
}

/// How much is looked through at once where it can't be told beforehand how much a filter finds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// How many records in order are looked through at first for those of a page; by name, four
    /// times as many.
    pub walk: u32,
}

impl Default for Bounds {
    /// Measured on a million people: some five milliseconds.
    fn default() -> Self {
        Self { walk: 5_000 }
    }
}

/// The query parameters of a list.
pub const LIST_PARAMETERS: [&str; 7] = [
    "filter", "sort", "fields", "limit", "cursor", "count", "deleted",
];

impl ListRequest {
    /// Reads query parameters.
    ///
    /// # Errors
    /// `InvalidRequest` for a parameter that is unknown, given twice or malformed.
    pub fn from_pairs<'a>(
        pairs: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Result<Self, Failure> {
        let mut request = Self::default();
        let mut seen: Vec<&str> = Vec::new();
        for (name, value) in pairs {
            if seen.contains(&name) {
                let message = format!("The parameter {} is given twice.", super::path::shown(name));
                return Err(refusal::parameter(name, "given_twice", message));
            }
            seen.push(name);
            match name {
                "filter" => request.filter = text(value),
                "sort" => request.sort = text(value),
                "fields" => request.fields = text(value),
                "limit" => request.limit = Some(number(name, value)?),
                "cursor" => request.cursor = text(value),
                "count" => request.count = Some(count(value)?),
                "deleted" => request.deleted = boolean(name, value)?,
                _ => return Err(unknown_parameter(name, &LIST_PARAMETERS)),
            }
        }
        Ok(request)
    }

    /// The number of records of a page.
    pub(crate) fn page_size(&self) -> Result<u32, Failure> {
        page_size(self.limit, DEFAULT_LIMIT, MAX_LIMIT)
    }
}

/// `limit` if it is between 1 and `max`, or `default`.
pub(crate) fn page_size(limit: Option<u32>, default: u32, max: u32) -> Result<u32, Failure> {
    match limit.unwrap_or(default) {
        limit if (1..=max).contains(&limit) => Ok(limit),
        _ => Err(refusal::parameter(
            "limit",
            "out_of_range",
            format!("limit must be a whole number from 1 to {max}."),
        )),
    }
}

/// The refusal of a query parameter that isn't one of `known`.
pub(crate) fn unknown_parameter(name: &str, known: &'static [&'static str]) -> Failure {
    let shown = super::path::shown(name);
    let hint = match refusal::nearest(name, known.iter().copied()) {
        Some(near) => format!(" Did you mean {near}?"),
        None => format!(" There are: {}.", known.join(", ")),
    };
    refusal::parameter(
        shown,
        "unknown_parameter",
        format!("There is no parameter \"{shown}\".{hint}"),
    )
}

/// The value of a parameter that may be given without one.
pub(crate) fn text(value: &str) -> Option<String> {
    (!value.trim().is_empty()).then(|| value.to_owned())
}

/// The value of a parameter that is a whole number.
pub(crate) fn number(name: &str, value: &str) -> Result<u32, Failure> {
    // Whatever is too large for the type is refused as too large, not as malformed.
    let digits = !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit());
    match value.parse() {
        Ok(number) => Ok(number),
        Err(_) if digits => Ok(u32::MAX),
        Err(_) => Err(refusal::parameter(
            name,
            "invalid_value",
            format!("{name} must be a whole number such as 50."),
        )),
    }
}

/// The value of a parameter that is true or false.
pub(crate) fn boolean(name: &str, value: &str) -> Result<bool, Failure> {
    match value {
        "true" => Ok(true),
        "false" => Ok(false),
        _ => Err(refusal::parameter(
            name,
            "invalid_value",
            format!("{name} must be true or false."),
        )),
    }
}

fn count(value: &str) -> Result<CountMode, Failure> {
    match value {
        "capped" => Ok(CountMode::Capped),
        "exact" => Ok(CountMode::Exact),
        "none" => Ok(CountMode::None),
        _ => Err(refusal::parameter(
            "count",
            "invalid_value",
            "count must be capped, exact or none.",
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(pairs: &[(&str, &str)]) -> String {
        let failure = ListRequest::from_pairs(pairs.iter().copied()).unwrap_err();
        format!("{}: {}", failure.fields[0].field, failure.message)
    }

    #[test]
    fn parameters_are_taken_strictly() {
        let pairs = [
            ("filter", "amount > 5"),
            ("limit", "7"),
            ("deleted", "true"),
            ("sort", ""),
        ];
        let request = ListRequest::from_pairs(pairs).unwrap();
        assert_eq!(request.filter.as_deref(), Some("amount > 5"));
        assert_eq!(request.page_size().unwrap(), 7);
        assert!(request.deleted && request.sort.is_none());

        insta::assert_snapshot!(refused(&[("filtr", "x")]), @r#"filtr: There is no parameter "filtr". Did you mean filter?"#);
        insta::assert_snapshot!(refused(&[("limit", "x")]), @"limit: limit must be a whole number such as 50.");
        insta::assert_snapshot!(refused(&[("limit", "1"), ("limit", "2")]), @"limit: The parameter limit is given twice.");
        insta::assert_snapshot!(refused(&[("count", "maybe")]), @"count: count must be capped, exact or none.");
        let request = ListRequest::from_pairs([("limit", "99999999999999999999")]).unwrap();
        insta::assert_snapshot!(request.page_size().unwrap_err().message, @"limit must be a whole number from 1 to 200.");
    }
}
