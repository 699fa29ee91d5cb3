//! What is computed of each group.

use kith_cel::Type;
use kith_kernel::Failure;

use super::key::{dimension, leaf, no_key};
use super::plan::{Dimension, Form, Inner, Metric};
use super::request::{Function, MetricText};
use crate::query::expr::{Compiler, Term};
use crate::query::list::Subject;
use crate::query::path::{Entity, resolve, shown};
use crate::query::sql::{Fragment, sql};
use crate::query::{refusal, value};

pub(super) fn metric<'c>(
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
pub(super) fn probability<'c>(
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
