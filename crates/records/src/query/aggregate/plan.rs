//! The plan of an aggregate.
//!
//! Records are first grouped by what stands in their own row, such as the id of the stage; the
//! few groups are then joined with what the ids stand for and put together. So half a million
//! deals are added up from a covering index.

use kith_cel::Type;
use kith_kernel::Failure;

use super::key::{joined, key, key_source};
use super::metric::metric;
use super::order::{Sortable, order};
use super::request::{AggregateRequest, Function, MAX_GROUPS, keys, metrics};
use crate::catalog::Field;
use crate::query::expr::Compiler;
use crate::query::list::{Subject, filtered, schema};
use crate::query::request::page_size;
use crate::query::select::object_names;
use crate::query::shape::Shape;
use crate::query::sql::{Fragment, Statement, sql};
use crate::query::tables::{Alias, Builder, Tables};

/// How an aggregate is read.
#[derive(Debug)]
pub struct AggregatePlan {
    /// Gives one row per group, and one more than the limit if there is one.
    pub groups: Statement,
    /// What the key's columns are made into.
    pub(super) key: Shape,
    pub(super) metrics: Vec<Metric>,
    pub(super) limit: usize,
}

/// A metric and its columns.
#[derive(Debug)]
pub(super) struct Metric {
    /// The group of the metric in the answer, such as `sum`; `None` for the count.
    pub(super) function: Option<Function>,
    /// The field as it was written.
    pub(super) field: String,
    pub(super) form: Form,
    pub(super) column: usize,
    /// The columns of the least and the greatest currency.
    pub(super) currencies: Option<(usize, usize)>,
}

/// How a metric's value is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// A whole number, read as text.
    Whole,
    /// A decimal, read as text.
    Decimal,
    /// An amount in units of the currency, read as text.
    Amount,
    Date,
    Time,
}

/// The inner statement in the making.
pub(super) struct Inner<'c> {
    pub(super) tables: Tables<'c>,
    /// What is grouped by: `g1`, `g2`, ….
    pub(super) keys: Vec<Fragment>,
    /// Aggregates: `a1`, `a2`, ….
    pub(super) aggregates: Vec<Fragment>,
}

impl Inner<'_> {
    pub(super) fn key(&mut self, sql: Fragment) -> Fragment {
        let place = place(&mut self.keys, sql);
        sql!("g.g{}", place)
    }

    pub(super) fn aggregate(&mut self, sql: Fragment) -> Fragment {
        let place = place(&mut self.aggregates, sql);
        sql!("g.a{}", place)
    }
}

/// The number, from 1, of `sql` in `list`, where it is added if it isn't there.
fn place(list: &mut Vec<Fragment>, sql: Fragment) -> usize {
    match list.iter().position(|known| *known == sql) {
        Some(place) => place + 1,
        None => {
            list.push(sql);
            list.len()
        }
    }
}

/// What inner groups are joined with.
pub(super) struct Dimension<'c> {
    /// The relation of the record.
    pub(super) by: &'c Field,
    pub(super) tables: Tables<'c>,
    /// The id in the inner statement.
    pub(super) id: Fragment,
}

/// A key of the outer statement.
pub(super) struct Key {
    pub(super) sql: Fragment,
    /// Whether groups come in its order, unless it is said otherwise.
    pub(super) ordered: bool,
}

/// Plans an aggregate.
///
/// # Errors
/// `InvalidRequest` or `InvalidExpression`.
pub fn plan(subject: &Subject<'_>, request: &AggregateRequest) -> Result<AggregatePlan, Failure> {
    let limit = page_size(request.limit, MAX_GROUPS, MAX_GROUPS)?;
    let key_texts = keys(request.group_by.as_deref())?;
    let metric_texts = metrics(request.metrics.as_deref())?;
    let schema = schema(subject);
    let mut builder = Builder::new(subject.catalog, subject.permit.workspace());
    let mut compiler = Compiler::new(&mut builder, &schema, subject.moment);
    let filtered = filtered(&mut compiler, subject, request.filter.as_deref(), false)?;
    let conditions = filtered.conditions();
    let mut inner = Inner {
        tables: filtered.tables,
        keys: Vec::new(),
        aggregates: Vec::new(),
    };
    let mut dimensions: Vec<Dimension<'_>> = Vec::new();
    let mut columns: Vec<Fragment> = Vec::new();
    let mut shape = Shape::new(object_names(subject.catalog));
    let mut outer_keys = Vec::new();
    for text in &key_texts {
        let (term, ty) = key(&mut compiler, subject, &mut inner, &mut dimensions, text)?;
        let ordered = matches!(ty, Type::Date | Type::Timestamp);
        let (sql, source) = key_source(term, &ty, columns.len(), text)?;
        shape.push(text.text, source);
        columns.push(sql.clone());
        outer_keys.push(Key { sql, ordered });
    }
    let key_count = columns.len();
    let mut planned = Vec::new();
    for text in &metric_texts {
        planned.push(metric(
            &mut compiler,
            subject,
            &mut inner,
            &mut dimensions,
            &mut columns,
            *text,
        )?);
    }
    let order = order(
        &mut compiler,
        subject,
        request.sort.as_deref(),
        &Sortable {
            key_texts: &key_texts,
            keys: &outer_keys,
            metric_texts: &metric_texts,
            metrics: &planned,
            columns: &columns,
        },
        &mut inner,
        &mut dimensions,
    )?;
    let named = |list: &[Fragment], letter: &'static str| -> Vec<Fragment> {
        (list.iter().enumerate())
            .map(|(place, sql)| sql!("{} AS {}{}", sql, letter, place + 1))
            .collect()
    };
    let mut inner_columns = named(&inner.keys, "g");
    inner_columns.extend(named(&inner.aggregates, "a"));
    if inner_columns.is_empty() {
        inner_columns.push(Fragment::fixed("count(*) AS n"));
    }
    let grouped = (1..=inner.keys.len()).map(|number| sql!("{}", number));
    let inner_group = match inner.keys.is_empty() {
        true => Fragment::default(),
        false => sql!(" GROUP BY {}", Fragment::join(grouped, ", ")),
    };
    let mut joins = Vec::new();
    for dimension in &dimensions {
        joins.push(joined(compiler.builder, dimension));
    }
    let outer = (1..=key_count).map(|number| sql!("{}", number));
    let outer_group = match key_count {
        0 => Fragment::default(),
        _ => sql!(" GROUP BY {}", Fragment::join(outer, ", ")),
    };
    let text = sql!(
        "SELECT {} FROM (SELECT {} FROM {} {}{} WHERE {}{}) g{}{} ORDER BY {} LIMIT {}",
        Fragment::join(columns, ", "),
        Fragment::join(inner_columns, ", "),
        subject.object.table.name,
        Alias::ROOT,
        inner.tables.joins(),
        conditions,
        inner_group,
        Fragment::join(joins, ""),
        outer_group,
        order,
        limit + 1
    );
    Ok(AggregatePlan {
        groups: builder.params.statement(&text),
        key: shape,
        metrics: planned,
        limit: limit as usize,
    })
}
