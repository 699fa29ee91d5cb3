//! What a client asks of an aggregate.

use kith_kernel::Failure;
use serde::{Deserialize, Serialize};

use crate::query::path::shown;
use crate::query::refusal;
use crate::query::request::{number, text, unknown_parameter};

/// By how many keys records may be grouped.
pub const MAX_KEYS: usize = 4;

/// How many metrics may be asked for at once.
const MAX_METRICS: usize = 20;

/// How many groups an answer may have.
pub const MAX_GROUPS: u32 = 1_000;

/// An aggregate as a client asks for it: the query parameters of `GET /{plural}/aggregate`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct AggregateRequest {
    /// Paths separated by commas, each of a day or moment with `:day`, `:week`, `:month`,
    /// `:quarter` or `:year` after it. Without any there is one group.
    pub group_by: Option<String>,
    /// `count`, `sum(field)`, `avg(field)`, `min(field)`, `max(field)`, `weighted_sum(field)`,
    /// separated by commas; `count` where nothing is said.
    pub metrics: Option<String>,
    /// A CEL expression that records have to fulfil.
    pub filter: Option<String>,
    /// Keys and metrics by which groups are sorted, each with `-` in front for descending.
    pub sort: Option<String>,
    /// How many groups there are at most: 1 to [`MAX_GROUPS`].
    pub limit: Option<u32>,
}

/// The query parameters of an aggregate.
pub const AGGREGATE_PARAMETERS: [&str; 5] = ["group_by", "metrics", "filter", "sort", "limit"];

impl AggregateRequest {
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
                let message = format!("The parameter {} is given twice.", shown(name));
                return Err(refusal::parameter(name, "given_twice", message));
            }
            seen.push(name);
            match name {
                "group_by" => request.group_by = text(value),
                "metrics" => request.metrics = text(value),
                "filter" => request.filter = text(value),
                "sort" => request.sort = text(value),
                "limit" => request.limit = Some(number(name, value)?),
                _ => return Err(unknown_parameter(name, &AGGREGATE_PARAMETERS)),
            }
        }
        Ok(request)
    }
}

/// A period by which days and moments are grouped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Period {
    Day,
    Week,
    Month,
    Quarter,
    Year,
}

impl Period {
    const ALL: [Self; 5] = [
        Self::Day,
        Self::Week,
        Self::Month,
        Self::Quarter,
        Self::Year,
    ];

    /// The name in requests, and what `date_trunc` calls it.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Day => "day",
            Self::Week => "week",
            Self::Month => "month",
            Self::Quarter => "quarter",
            Self::Year => "year",
        }
    }
}

/// One key of `group_by`.
#[derive(Clone, Copy, Debug)]
pub(super) struct KeyText<'r> {
    /// As it was written; the member's name in the answer.
    pub(super) text: &'r str,
    pub(super) path: &'r str,
    pub(super) period: Option<Period>,
}

/// Reads `group_by`.
pub(super) fn keys(text: Option<&str>) -> Result<Vec<KeyText<'_>>, Failure> {
    let mut keys: Vec<KeyText<'_>> = Vec::new();
    for item in text.iter().flat_map(|text| text.split(',')).map(str::trim) {
        let (path, period) = match item.split_once(':') {
            None => (item, None),
            Some((path, name)) => {
                let found = Period::ALL.into_iter().find(|period| period.name() == name);
                let Some(period) = found else {
                    let known = Period::ALL.map(Period::name);
                    return Err(refusal::unknown("group_by", "period", name, known));
                };
                (path, Some(period))
            }
        };
        if path.is_empty() {
            let message =
                "group_by must be fields separated by commas, such as stage.name,closed_on:month.";
            return Err(refusal::parameter("group_by", "malformed", message));
        }
        if keys.iter().all(|known| known.text != item) {
            keys.push(KeyText {
                text: item,
                path,
                period,
            });
        }
    }
    if keys.len() > MAX_KEYS {
        let message = format!("Records can be grouped by at most {MAX_KEYS} keys.");
        return Err(refusal::parameter("group_by", "too_many", message));
    }
    Ok(keys)
}

/// What is computed of a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Function {
    Sum,
    Avg,
    Min,
    Max,
    WeightedSum,
}

impl Function {
    pub(super) const ALL: [Self; 5] = [
        Self::Sum,
        Self::Avg,
        Self::Min,
        Self::Max,
        Self::WeightedSum,
    ];

    /// The name in requests and answers.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Sum => "sum",
            Self::Avg => "avg",
            Self::Min => "min",
            Self::Max => "max",
            Self::WeightedSum => "weighted_sum",
        }
    }
}

/// One of `metrics`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum MetricText<'r> {
    Count,
    Of(Function, &'r str),
}

impl MetricText<'_> {
    /// Whether `text` is how a client writes this metric.
    pub(super) fn is(self, text: &str) -> bool {
        match self {
            Self::Count => text == "count",
            Self::Of(function, path) => {
                let inner = text
                    .strip_prefix(function.name())
                    .and_then(|rest| rest.strip_prefix('('));
                inner
                    .and_then(|rest| rest.strip_suffix(')'))
                    .is_some_and(|inner| inner.trim() == path)
            }
        }
    }
}

/// Reads `metrics`.
pub(super) fn metrics(text: Option<&str>) -> Result<Vec<MetricText<'_>>, Failure> {
    let Some(text) = text else {
        return Ok(vec![MetricText::Count]);
    };
    let mut metrics = Vec::new();
    for item in text.split(',').map(str::trim) {
        let metric = match item.split_once('(') {
            None if item == "count" => MetricText::Count,
            Some((name, rest)) => {
                let function = Function::ALL
                    .into_iter()
                    .find(|known| known.name() == name.trim());
                let field = rest
                    .strip_suffix(')')
                    .map(str::trim)
                    .filter(|field| !field.is_empty());
                match (function, field) {
                    (Some(function), Some(field)) => MetricText::Of(function, field),
                    (None, _) => return Err(unknown_metric(name)),
                    (Some(_), None) => return Err(malformed()),
                }
            }
            None if Function::ALL.iter().any(|known| known.name() == item) => {
                return Err(malformed());
            }
            None => return Err(unknown_metric(item)),
        };
        if !metrics.contains(&metric) {
            metrics.push(metric);
        }
    }
    if metrics.len() > MAX_METRICS {
        let message = format!("At most {MAX_METRICS} metrics can be asked for at once.");
        return Err(refusal::parameter("metrics", "too_many", message));
    }
    Ok(metrics)
}

fn unknown_metric(name: &str) -> Failure {
    let known = Function::ALL
        .map(Function::name)
        .into_iter()
        .chain(["count"]);
    refusal::unknown("metrics", "metric", name, known)
}

fn malformed() -> Failure {
    let message = "metrics must be separated by commas, such as count,sum(amount).";
    refusal::parameter("metrics", "malformed", message)
}
