//! What groups are made by.

use kith_cel::Type;
use kith_kernel::Failure;

use super::plan::{Dimension, Inner};
use super::request::{KeyText, Period};
use crate::catalog::{Field, FieldType, Storage};
use crate::query::expr::{Compiler, Term};
use crate::query::list::Subject;
use crate::query::path::{Entity, Leaf, Path, UserColumn, resolve, shown, target};
use crate::query::shape::Source;
use crate::query::sql::{Fragment, sql};
use crate::query::tables::{Alias, Builder, Tables};
use crate::query::{computed, refusal, value};

/// A key's value in the outer statement.
pub(super) fn key<'c>(
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
pub(super) fn behind<'c>(
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
pub(super) fn dimension<'c>(
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

pub(super) fn joined(builder: &mut Builder<'_>, dimension: &Dimension<'_>) -> Fragment {
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
pub(super) fn leaf<'c>(
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

pub(super) fn in_inner(inner: &mut Inner<'_>, term: Term) -> Term {
    match term {
        Term::One(sql) => Term::One(inner.key(sql)),
        Term::Money { units, currency } => Term::Money {
            units: inner.key(units),
            currency: inner.key(currency),
        },
    }
}

/// The beginning of the period in which a day or moment is.
pub(super) fn period(
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
pub(super) fn key_source(
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

pub(super) fn no_key(parameter: &'static str, text: &str) -> Failure {
    refusal::parameter(
        parameter,
        "ungroupable",
        format!(
            "\"{}\" has no values that can be grouped or added up.",
            shown(text)
        ),
    )
}
