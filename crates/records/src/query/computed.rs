//! Formulas and roll-ups, written into the statement where they are used.

use kith_cel::Type;
use kith_kernel::Failure;

use super::expr::{Compiler, Term, too_complex, type_name};
use super::path::{Entity, Leaf};
use super::schema::MAX_FORMULAS;
use super::select::Select;
use super::shape::Source;
use super::sql::{Fragment, Param, sql};
use super::tables::{Alias, Tables};
use super::value::{self, SqlType};
use crate::catalog::{Field, FieldType, Object, RollUpFunction, Storage};

/// The value of a formula or roll-up of the record at `at`. NULL where the formula is not valid
/// any more.
pub(crate) fn term<'c>(
    compiler: &mut Compiler<'_, 'c>,
    tables: &mut Tables<'c>,
    at: Alias,
    entity: Entity<'c>,
    field: &'c Field,
) -> Result<Term, Failure> {
    let Entity::Record(object) = entity else {
        return Ok(nothing(&Type::Null));
    };
    let Some(ty) = compiler.schema.type_of(object, field) else {
        return Ok(nothing(&Type::Null));
    };
    if compiler.open.contains(&field.id) {
        return Ok(nothing(&ty));
    }
    if compiler.open.len() >= MAX_FORMULAS {
        return Err(too_complex());
    }
    compiler.open.push(field.id);
    let deleted = std::mem::replace(&mut compiler.deleted, false);
    let term = match &field.kind {
        FieldType::Formula { expression } => {
            let schema = compiler.schema.of(object);
            match schema.check(expression, None) {
                Ok(part) => compiler.at(tables, at, entity, |compiler| match part.ty {
                    Type::List(_) => compiler.array(&part).map(Term::One),
                    _ => compiler.term(&part),
                }),
                Err(_) => Ok(nothing(&ty)),
            }
        }
        FieldType::RollUp { .. } => roll_up(compiler, at, object, field, &ty),
        _ => Ok(nothing(&ty)),
    };
    compiler.deleted = deleted;
    compiler.open.pop();
    term
}

fn nothing(ty: &Type) -> Term {
    if *ty == Type::Money {
        return Term::Money {
            units: Fragment::fixed("NULL::numeric"),
            currency: Fragment::fixed("NULL::text"),
        };
    }
    Term::One(sql!("NULL::{}", type_name(ty)))
}

/// An aggregate over the live records whose relation points to the one at `at`.
fn roll_up<'c>(
    compiler: &mut Compiler<'_, 'c>,
    at: Alias,
    owner: &'c Object,
    field: &'c Field,
    ty: &Type,
) -> Result<Term, Failure> {
    let FieldType::RollUp {
        object,
        relation,
        function,
        field: of,
        filter,
    } = &field.kind
    else {
        return Ok(nothing(ty));
    };
    let catalog = compiler.builder.catalog;
    let Some(object) = catalog.by_key(object).filter(|object| !object.retired) else {
        return Ok(nothing(ty));
    };
    let Some(relation) = object.field_by_key(relation).filter(|field| !field.retired) else {
        return Ok(nothing(ty));
    };
    let of = match of {
        Some(key) => match object.field_by_key(key).filter(|field| !field.retired) {
            Some(of) => Some(of),
            None => return Ok(nothing(ty)),
        },
        None => None,
    };
    let item = compiler.builder.alias();
    let entity = Entity::Record(object);
    let mut tables = Tables::new(item, entity);
    let points = points(compiler, item, relation, at, owner);
    let filter = match filter {
        Some(filter) => {
            let schema = compiler.schema.of(object);
            match schema.check(filter, Some(&Type::Bool)) {
                Ok(part) => {
                    let sql = compiler.at(&mut tables, item, entity, |compiler| {
                        compiler.condition(&part)
                    })?;
                    sql!(" AND {}", sql)
                }
                // A filter that is not valid any more lets nothing through.
                Err(_) => Fragment::fixed(" AND false"),
            }
        }
        None => Fragment::default(),
    };
    let value = match of {
        Some(of) if matches!(of.storage, Storage::Computed) => {
            Some(term(compiler, &mut tables, item, entity, of)?)
        }
        Some(of) => Some(compiler.leaf_of(item, Leaf::Field(of))?),
        None => None,
    };
    let tenant = compiler.builder.tenant(item, object);
    let rest = sql!(
        "FROM {} {}{} WHERE {} AND {} AND {}.deleted_at IS NULL{}",
        object.table.name,
        item,
        tables.joins(),
        tenant,
        points,
        item,
        filter
    );
    let aggregate = match function {
        RollUpFunction::Count => return Ok(Term::One(sql!("(SELECT count(*) {})", rest))),
        RollUpFunction::Sum => "sum",
        RollUpFunction::Avg => "avg",
        RollUpFunction::Min => "min",
        RollUpFunction::Max => "max",
    };
    Ok(match value {
        // Amounts of several currencies have no common one.
        Some(Term::Money { units, currency }) => Term::Money {
            units: sql!(
                "(SELECT CASE WHEN min({}) = max({}) THEN records.whole(trunc({}({}))) END {})",
                &currency,
                &currency,
                aggregate,
                units,
                &rest
            ),
            currency: sql!(
                "(SELECT records.same(min({}), max({})) {})",
                &currency,
                &currency,
                &rest
            ),
        },
        Some(Term::One(value)) => {
            let result = sql!("{}({})", aggregate, value);
            let result = match ty {
                Type::Int => sql!("records.whole({})", result),
                Type::Decimal => sql!("records.exact({})", result),
                _ => result,
            };
            Term::One(sql!("(SELECT {} {})", result, rest))
        }
        None => nothing(ty),
    })
}

/// The condition that `relation` of the record at `item` points to the one at `at`.
fn points(
    compiler: &mut Compiler<'_, '_>,
    item: Alias,
    relation: &Field,
    at: Alias,
    owner: &Object,
) -> Fragment {
    let builder = &mut *compiler.builder;
    match (&relation.kind, &relation.storage) {
        (FieldType::Relations { .. }, _) => {
            let link = builder.alias();
            let field = builder.params.add(Param::Uuid(relation.id.0));
            sql!(
                "{}.id IN (SELECT {}.from_id FROM records.link {} WHERE {}.workspace_id = {} AND {}.to_id = {}.id AND {}.field_id = {})",
                item,
                link,
                link,
                link,
                builder.workspace(),
                link,
                at,
                link,
                field
            )
        }
        (FieldType::AnyRelation {}, _) => {
            let key = builder.params.add(Param::Text(owner.key.clone()));
            let object = value::any_object(builder, item, relation);
            let id = value::of(builder, item, relation);
            sql!("{} = {}.id AND {} = {}", id, at, object, key)
        }
        (_, Storage::Custom { slot: None }) => {
            let key = value::key(builder, relation);
            sql!(
                "{}.custom @> jsonb_build_object({}, {}.id::text) AND {}.custom <> '{{}}'",
                item,
                key,
                at,
                item
            )
        }
        _ => {
            let id = value::of(builder, item, relation);
            sql!("{} = {}.id", id, at)
        }
    }
}

/// The SQL type in which [`column`] gives a computed value; `None` for money and what has no order.
pub(crate) fn sql_type(ty: &Type) -> Option<SqlType> {
    Some(match ty {
        Type::Bool => SqlType::Bool,
        Type::Int | Type::Decimal | Type::Money => SqlType::Numeric,
        Type::Text | Type::Select(_) => SqlType::Text,
        Type::Date => SqlType::Date,
        Type::Timestamp => SqlType::Time,
        Type::Id | Type::Record(_) => SqlType::Uuid,
        Type::Json | Type::List(_) | Type::Null | Type::Duration => return None,
    })
}

/// Where the value of a computed field comes from.
pub(crate) fn source<'c>(
    compiler: &mut Compiler<'_, 'c>,
    tables: &mut Tables<'c>,
    select: &mut Select,
    at: Alias,
    entity: Entity<'c>,
    field: &'c Field,
) -> Result<Source, Failure> {
    let ty = match entity {
        Entity::Record(object) => compiler.schema.type_of(object, field),
        Entity::User => None,
    };
    let Some(ty) = ty else {
        return Ok(Source::Text(select.column(Fragment::fixed("NULL::text"))));
    };
    Ok(match (term(compiler, tables, at, entity, field)?, &ty) {
        (Term::Money { units, currency }, _) => Source::Money {
            units: select.column(sql!("({})::int8", units)),
            currency: select.column(currency),
        },
        (Term::One(sql), Type::Int) => Source::Int(select.column(sql!("({})::int8", sql))),
        (Term::One(sql), Type::Decimal) => {
            Source::Decimal(select.column(sql!("trim_scale({})", sql)))
        }
        (Term::One(sql), Type::Bool) => Source::Bool(select.column(sql)),
        (Term::One(sql), Type::Text | Type::Select(_)) => Source::Text(select.column(sql)),
        (Term::One(sql), Type::Date) => Source::Date(select.column(sql)),
        (Term::One(sql), Type::Timestamp) => Source::Time(select.column(sql)),
        (Term::One(sql), Type::Id) => Source::Id(select.column(sql)),
        (Term::One(sql), Type::Record(_)) => Source::Reference(select.column(sql)),
        (Term::One(sql), Type::Json) => Source::Json(select.column(sql)),
        (Term::One(sql), Type::List(_)) => Source::Json(select.column(sql!("to_jsonb({})", sql))),
        (Term::One(_), _) => Source::Text(select.column(Fragment::fixed("NULL::text"))),
    })
}

/// A computed value by which records are sorted or grouped.
pub(crate) fn key<'c>(
    compiler: &mut Compiler<'_, 'c>,
    tables: &mut Tables<'c>,
    at: Alias,
    entity: Entity<'c>,
    field: &'c Field,
) -> Result<Option<(Fragment, SqlType)>, Failure> {
    let ty = match entity {
        Entity::Record(object) => compiler.schema.type_of(object, field),
        Entity::User => None,
    };
    let Some(sql_type) = ty.as_ref().and_then(sql_type) else {
        return Ok(None);
    };
    let value = match term(compiler, tables, at, entity, field)? {
        Term::Money { units, .. } => units,
        Term::One(sql) => sql,
    };
    Ok(Some(match sql_type {
        SqlType::Text => (sql!("lower({})", value), sql_type),
        SqlType::Numeric => (sql!("({})::numeric", value), sql_type),
        _ => (value, sql_type),
    }))
}
