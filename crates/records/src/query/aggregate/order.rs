//! In which order groups come.

use kith_cel::Type;
use kith_kernel::Failure;

use super::key::{behind, no_key};
use super::plan::{Dimension, Form, Inner, Key, Metric};
use super::request::{KeyText, MetricText};
use crate::query::expr::{Compiler, Term};
use crate::query::list::Subject;
use crate::query::order::direction;
use crate::query::path::{resolve, shown};
use crate::query::refusal;
use crate::query::sql::{Fragment, sql};

/// What groups can be sorted by.
pub(super) struct Sortable<'p, 'r> {
    pub(super) key_texts: &'p [KeyText<'r>],
    pub(super) keys: &'p [Key],
    pub(super) metric_texts: &'p [MetricText<'r>],
    pub(super) metrics: &'p [Metric],
    pub(super) columns: &'p [Fragment],
}

pub(super) fn order<'c>(
    compiler: &mut Compiler<'_, 'c>,
    subject: &Subject<'c>,
    text: Option<&str>,
    sortable: &Sortable<'_, '_>,
    inner: &mut Inner<'c>,
    dimensions: &mut Vec<Dimension<'c>>,
) -> Result<Fragment, Failure> {
    let mut parts = Vec::new();
    for item in text.iter().flat_map(|text| split(text)) {
        let (name, descending) = match item.strip_prefix('-') {
            Some(name) => (name, true),
            None => (item, false),
        };
        let key = sortable.key_texts.iter().position(|key| key.text == name);
        let metric = sortable
            .metric_texts
            .iter()
            .position(|metric| metric.is(name));
        let sql = match (key, metric) {
            (Some(place), _) => sortable.keys[place].sql.clone(),
            (None, Some(place)) => measured(sortable, place),
            (None, None) => {
                // Something else of what a key leads to, such as the stage's position.
                let path = resolve(subject.catalog, subject.object, name, "sort").ok();
                let known = path.filter(|path| {
                    let first = path.hops.first().map(|field| field.id);
                    first.is_some() && dimensions.iter().any(|known| Some(known.by.id) == first)
                });
                let Some(path) = known else {
                    let keys = sortable.key_texts.iter().map(|key| key.text);
                    let message = format!(
                        "Groups can be sorted by their keys and metrics only, not by \"{}\". There are: {}.",
                        shown(name),
                        keys.chain(["count", "sum(…)"])
                            .collect::<Vec<_>>()
                            .join(", ")
                    );
                    return Err(refusal::parameter("sort", "unknown_name", message));
                };
                let (term, ty) = behind(compiler, inner, dimensions, &path, "sort", name)?;
                let value = match term {
                    Term::One(sql) => sql,
                    Term::Money { units, .. } => units,
                };
                if matches!(ty, Type::Bool | Type::Id | Type::Record(_)) {
                    return Err(no_key("sort", name));
                }
                sql!("min({})", value)
            }
        };
        parts.push(direction(&sql, descending, true));
    }
    if parts.is_empty() && !sortable.keys.first().is_some_and(|key| key.ordered) {
        let count = sortable
            .metrics
            .iter()
            .position(|metric| metric.function.is_none());
        let count = match count {
            Some(place) => measured(sortable, place),
            None => {
                let count = inner.aggregate(Fragment::fixed("count(*)"));
                sql!("sum({})", count)
            }
        };
        parts.push(direction(&count, true, true));
    }
    parts.extend(sortable.keys.iter().map(|key| key.sql.clone()));
    Ok(Fragment::join(parts, ", "))
}

/// A metric's number, as which it is sorted.
pub(super) fn measured(sortable: &Sortable<'_, '_>, place: usize) -> Fragment {
    let metric = &sortable.metrics[place];
    let sql = &sortable.columns[metric.column];
    match metric.form {
        Form::Date | Form::Time => sql.clone(),
        _ => sql!("({})::numeric", sql),
    }
}

/// The items of `sort`, separated by commas outside of parentheses.
pub(super) fn split(text: &str) -> Vec<&str> {
    let mut items = Vec::new();
    let (mut start, mut depth) = (0, 0_u32);
    for (at, character) in text.char_indices() {
        match character {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            ',' if depth == 0 => {
                items.push(text[start..at].trim());
                start = at + 1;
            }
            _ => {}
        }
    }
    items.push(text[start..].trim());
    items
}
