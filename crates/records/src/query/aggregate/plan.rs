//! The plan of an aggregate.
//!
//! Records are first grouped by what stands in their own row, such as the id of the stage; the
//! few groups are then joined with what the ids stand for and put together. So half a million
//! deals are added up from a covering index.

use kith_cel::Type;
use kith_kernel::Failure;

use super::request::{
    AggregateRequest, Function, KeyText, MAX_GROUPS, MetricText, Period, keys, metrics,
};
use crate::catalog::{Field, FieldType, Storage};
use crate::query::expr::{Compiler, Term};
use crate::query::list::{Subject, filtered, schema};
use crate::query::order::direction;
use crate::query::path::{Entity, Leaf, Path, UserColumn, resolve, shown, target};
use crate::query::request::page_size;
use crate::query::select::object_names;
use crate::query::shape::{Shape, Source};
use crate::query::sql::{Fragment, Statement, sql};
use crate::query::tables::{Alias, Builder, Tables};
use crate::query::{computed, refusal, value};

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
struct Inner<'c> {
    tables: Tables<'c>,
    /// What is grouped by: `g1`, `g2`, ….
    keys: Vec<Fragment>,
    /// Aggregates: `a1`, `a2`, ….
    aggregates: Vec<Fragment>,
}

impl Inner<'_> {
    fn key(&mut self, sql: Fragment) -> Fragment {
        let place = place(&mut self.keys, sql);
        sql!("g.g{}", place)
    }

    fn aggregate(&mut self, sql: Fragment) -> Fragment {
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
struct Dimension<'c> {
    /// The relation of the record.
    by: &'c Field,
    tables: Tables<'c>,
    /// The id in the inner statement.
    id: Fragment,
}

/// A key of the outer statement.
struct Key {
    sql: Fragment,
    /// Whether groups come in its order, unless it is said otherwise.
    ordered: bool,
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

/// A key's value in the outer statement.
fn key<'c>(
    compiler: &mut Compiler<'_, 'c>,
    subject: &Subject<'c>,
    inner: &mut Inner<'c>,
    dimensions: &mut Vec<Dimension<'c>>,
    text: &KeyText<'_>,
) -> Result<(Term, Type), Failure> {
    let path = resolve(subject.catalog, subject.object, text.path, "group_by")?;
    let (term, ty) = match path.hops.first() {
        None => {
            let (at, entity) = (inner.tables.root, inner.tables.entity);
            let (term, ty) = leaf(
                compiler,
                &mut inner.tables,
                at,
                entity,
                path.leaf,
                "group_by",
                text.path,
            )?;
            let (term, ty) = period(compiler, term, ty, text)?;
            (in_inner(inner, term), ty)
        }
        Some(_) => {
            let (term, ty) = behind(compiler, inner, dimensions, &path, "group_by", text.path)?;
            period(compiler, term, ty, text)?
        }
    };
    Ok((term, ty))
}

/// The value at the end of a path over relations, in the outer statement.
fn behind<'c>(
    compiler: &mut Compiler<'_, 'c>,
    inner: &mut Inner<'c>,
    dimensions: &mut Vec<Dimension<'c>>,
    path: &Path<'c>,
    parameter: &'static str,
    text: &str,
) -> Result<(Term, Type), Failure> {
    let place = match path.hops.first() {
        Some(first) => dimension(compiler, inner, dimensions, first),
        None => None,
    };
    let Some(place) = place else {
        return Err(no_key(parameter, text));
    };
    let tables = &mut dimensions[place].tables;
    let Some((at, entity)) = tables.follow(compiler.builder, &path.hops[1..]) else {
        return Err(no_key(parameter, text));
    };
    leaf(compiler, tables, at, entity, path.leaf, parameter, text)
}

/// The place among `dimensions` of what `field` of the record points to.
fn dimension<'c>(
    compiler: &mut Compiler<'_, 'c>,
    inner: &mut Inner<'c>,
    dimensions: &mut Vec<Dimension<'c>>,
    field: &'c Field,
) -> Option<usize> {
    if let Some(place) = dimensions.iter().position(|known| known.by.id == field.id) {
        return Some(place);
    }
    let entity = target(compiler.builder.catalog, field)?;
    let id = value::id(compiler.builder, inner.tables.root, field);
    let id = inner.key(id);
    let at = compiler.builder.alias();
    dimensions.push(Dimension {
        by: field,
        tables: Tables::new(at, entity),
        id,
    });
    Some(dimensions.len() - 1)
}

fn joined(builder: &mut Builder<'_>, dimension: &Dimension<'_>) -> Fragment {
    let at = dimension.tables.root;
    let join = match dimension.tables.entity {
        Entity::Record(object) => {
            let tenant = builder.tenant(at, object);
            sql!(
                " LEFT JOIN {} {} ON {} AND {}.deleted_at IS NULL AND {}.id = {}",
                object.table.name,
                at,
                tenant,
                at,
                at,
                &dimension.id
            )
        }
        Entity::User => sql!(
            " LEFT JOIN records.user_copy {} ON {}.workspace_id = {} AND {}.id = {}",
            at,
            at,
            builder.workspace(),
            at,
            &dimension.id
        ),
    };
    sql!("{}{}", join, dimension.tables.joins())
}

/// The value and type of what a path ends in.
fn leaf<'c>(
    compiler: &mut Compiler<'_, 'c>,
    tables: &mut Tables<'c>,
    at: Alias,
    entity: Entity<'c>,
    leaf: Leaf<'c>,
    parameter: &'static str,
    text: &str,
) -> Result<(Term, Type), Failure> {
    let ty = match (leaf, entity) {
        (Leaf::Id | Leaf::AnyId(_), _) => Type::Id,
        (Leaf::User(UserColumn::Active), _) => Type::Bool,
        (Leaf::User(_) | Leaf::Currency(_) | Leaf::AnyObject(_), _) => Type::Text,
        (Leaf::Field(field), Entity::Record(object)) => {
            let ty = compiler.schema.type_of(object, field);
            let long = matches!(field.kind, FieldType::LongText {});
            match ty {
                Some(ty) if !long && !matches!(ty, Type::List(_) | Type::Json | Type::Null) => ty,
                _ => return Err(no_key(parameter, text)),
            }
        }
        _ => return Err(no_key(parameter, text)),
    };
    let term = match leaf {
        Leaf::Field(field) if matches!(field.storage, Storage::Computed) => {
            computed::term(compiler, tables, at, entity, field)?
        }
        leaf => compiler.at(tables, at, entity, |compiler| compiler.leaf_of(at, leaf))?,
    };
    Ok((term, ty))
}

fn in_inner(inner: &mut Inner<'_>, term: Term) -> Term {
    match term {
        Term::One(sql) => Term::One(inner.key(sql)),
        Term::Money { units, currency } => Term::Money {
            units: inner.key(units),
            currency: inner.key(currency),
        },
    }
}

/// The beginning of the period in which a day or moment is.
fn period(
    compiler: &mut Compiler<'_, '_>,
    term: Term,
    ty: Type,
    text: &KeyText<'_>,
) -> Result<(Term, Type), Failure> {
    let Some(period) = text.period else {
        return Ok((term, ty));
    };
    let (Term::One(sql), Type::Date | Type::Timestamp) = (&term, &ty) else {
        return Err(refusal::parameter(
            "group_by",
            "no_period",
            format!("\"{}\" is neither a date nor a datetime.", shown(text.path)),
        ));
    };
    let local = match ty {
        Type::Timestamp => {
            let zone = compiler.zone();
            sql!("({} AT TIME ZONE {})", sql, zone)
        }
        _ => sql!("{}::timestamp", sql),
    };
    let start = match period {
        Period::Day => sql!("({})::date", local),
        _ => sql!("date_trunc('{}', {})::date", period.name(), local),
    };
    Ok((Term::One(start), Type::Date))
}

/// A key's column and what it is made into.
fn key_source(
    term: Term,
    ty: &Type,
    column: usize,
    text: &KeyText<'_>,
) -> Result<(Fragment, Source), Failure> {
    let sql = match term {
        Term::One(sql) => sql,
        Term::Money { .. } => {
            return Err(refusal::parameter(
                "group_by",
                "ungroupable",
                format!(
                    "Group by {}.currency; amounts themselves are no groups.",
                    shown(text.path)
                ),
            ));
        }
    };
    Ok(match ty {
        Type::Bool => (sql, Source::Bool(column)),
        Type::Int => (sql!("({})::int8", sql), Source::Int(column)),
        Type::Decimal => (sql!("trim_scale({})", sql), Source::Decimal(column)),
        Type::Date => (sql, Source::Date(column)),
        Type::Timestamp => (sql, Source::Time(column)),
        Type::Id => (sql, Source::Id(column)),
        Type::Record(_) => (sql, Source::Reference(column)),
        _ => (sql, Source::Text(column)),
    })
}

fn no_key(parameter: &'static str, text: &str) -> Failure {
    refusal::parameter(
        parameter,
        "ungroupable",
        format!(
            "\"{}\" has no values that can be grouped or added up.",
            shown(text)
        ),
    )
}

fn metric<'c>(
    compiler: &mut Compiler<'_, 'c>,
    subject: &Subject<'c>,
    inner: &mut Inner<'c>,
    dimensions: &mut Vec<Dimension<'c>>,
    columns: &mut Vec<Fragment>,
    text: MetricText<'_>,
) -> Result<Metric, Failure> {
    let mut column = |sql: Fragment| {
        columns.push(sql);
        columns.len() - 1
    };
    let MetricText::Of(function, field) = text else {
        let count = inner.aggregate(Fragment::fixed("count(*)"));
        return Ok(Metric {
            function: None,
            field: String::new(),
            form: Form::Whole,
            column: column(sql!("COALESCE(sum({}), 0)::text", count)),
            currencies: None,
        });
    };
    let path = resolve(subject.catalog, subject.object, field, "metrics")?;
    let Some((at, entity)) = inner.tables.follow(compiler.builder, &path.hops) else {
        return Err(no_key("metrics", field));
    };
    let (term, ty) = leaf(
        compiler,
        &mut inner.tables,
        at,
        entity,
        path.leaf,
        "metrics",
        field,
    )?;
    let ordered = matches!(function, Function::Min | Function::Max);
    let form = match ty {
        Type::Money => Form::Amount,
        Type::Int if function == Function::Avg || function == Function::WeightedSum => {
            Form::Decimal
        }
        Type::Int => Form::Whole,
        Type::Decimal => Form::Decimal,
        Type::Date if ordered => Form::Date,
        Type::Timestamp if ordered => Form::Time,
        _ => {
            return Err(refusal::parameter(
                "metrics",
                "not_a_number",
                format!(
                    "{}({}) needs a field of numbers or amounts.",
                    function.name(),
                    shown(field)
                ),
            ));
        }
    };
    let (value, currency) = match term {
        Term::One(sql) => (sql, None),
        Term::Money { units, currency } => (units, Some(currency)),
    };
    let currencies = currency.map(|currency| {
        let least = inner.aggregate(sql!("min({})", &currency));
        let greatest = inner.aggregate(sql!("max({})", currency));
        (
            column(sql!("min({})", least)),
            column(sql!("max({})", greatest)),
        )
    });
    let result = match function {
        Function::Sum => {
            let sum = inner.aggregate(sql!("sum({})", value));
            sql!("sum({})", sum)
        }
        Function::Avg => {
            let sum = inner.aggregate(sql!("sum({})", &value));
            let count = inner.aggregate(sql!("count({})", value));
            sql!("sum({}) / NULLIF(sum({}), 0)", sum, count)
        }
        Function::Min => {
            let least = inner.aggregate(sql!("min({})", value));
            sql!("min({})", least)
        }
        Function::Max => {
            let greatest = inner.aggregate(sql!("max({})", value));
            sql!("max({})", greatest)
        }
        Function::WeightedSum => {
            let sum = inner.aggregate(sql!("sum({})", value));
            let probability = probability(compiler, subject, inner, dimensions)?;
            sql!("sum({} * {}) / 100", sum, probability)
        }
    };
    let result = match form {
        Form::Amount => sql!("({} * 0.0001)::text", result),
        Form::Whole => sql!("trim_scale(({})::numeric)::text", result),
        Form::Decimal => sql!("trim_scale(round(({})::numeric, 10))::text", result),
        Form::Date | Form::Time => result,
    };
    Ok(Metric {
        function: Some(function),
        field: field.to_owned(),
        form,
        column: column(result),
        currencies,
    })
}

/// The probability, in per cent, of the stage that the records are in.
fn probability<'c>(
    compiler: &mut Compiler<'_, 'c>,
    subject: &Subject<'c>,
    inner: &mut Inner<'c>,
    dimensions: &mut Vec<Dimension<'c>>,
) -> Result<Fragment, Failure> {
    let refused = || {
        refusal::parameter(
            "metrics",
            "no_probability",
            format!(
                "weighted_sum needs records that are in a stage; {} are not.",
                subject.object.plural
            ),
        )
    };
    let stage = subject
        .object
        .field_by_key("stage")
        .filter(|field| !field.retired);
    let stage = stage.ok_or_else(refused)?;
    let place = dimension(compiler, inner, dimensions, stage).ok_or_else(refused)?;
    let tables = &dimensions[place].tables;
    let (at, entity) = (tables.root, tables.entity);
    let probability = match entity {
        Entity::Record(object) => object.field_by_key("probability"),
        Entity::User => None,
    };
    let probability = probability.ok_or_else(refused)?;
    Ok(value::of(compiler.builder, at, probability))
}

/// What groups can be sorted by.
struct Sortable<'p, 'r> {
    key_texts: &'p [KeyText<'r>],
    keys: &'p [Key],
    metric_texts: &'p [MetricText<'r>],
    metrics: &'p [Metric],
    columns: &'p [Fragment],
}

fn order<'c>(
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
fn measured(sortable: &Sortable<'_, '_>, place: usize) -> Fragment {
    let metric = &sortable.metrics[place];
    let sql = &sortable.columns[metric.column];
    match metric.form {
        Form::Date | Form::Time => sql.clone(),
        _ => sql!("({})::numeric", sql),
    }
}

/// The items of `sort`, separated by commas outside of parentheses.
fn split(text: &str) -> Vec<&str> {
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
