//! The SELECT list: which columns show the members that were asked for.

use std::sync::Arc;

use super::encode::{CustomForm, JsonKind};
use super::expr::Compiler;
use super::path::{Entity, UserColumn};
use super::selection::{Related, Selection};
use super::shape::{Shape, Source};
use super::sql::{Fragment, Param, sql};
use super::tables::{Alias, Builder, Tables};
use super::value::{self, SqlType};
use crate::catalog::{Catalog, Field, FieldType, Object, Storage};
use kith_kernel::Failure;

/// A SELECT list in the making.
#[derive(Default)]
pub(crate) struct Select {
    columns: Vec<Fragment>,
    /// The to-many relations of which more than the ids is shown.
    pub(crate) many: usize,
}

impl Select {
    /// Adds a column and gives its place.
    pub(crate) fn column(&mut self, sql: Fragment) -> usize {
        match self.columns.iter().position(|known| *known == sql) {
            Some(place) => place,
            None => self.extra(sql),
        }
    }

    /// Adds a column even if it is there already.
    pub(crate) fn extra(&mut self, sql: Fragment) -> usize {
        self.columns.push(sql);
        self.columns.len() - 1
    }

    /// The columns, separated by commas.
    pub(crate) fn list(&self) -> Fragment {
        Fragment::join(self.columns.iter().cloned(), ", ")
    }
}

/// The API names of the live objects by their keys.
pub(crate) fn object_names(catalog: &Catalog) -> Arc<[(String, String)]> {
    (catalog.objects().iter())
        .filter(|object| !object.retired)
        .map(|object| (object.key.clone(), object.name.clone()))
        .collect()
}

/// The shape of the records at `tables`' root with the members of `selection`. The first column is
/// the id, the second the version. Related records are joined.
pub(crate) fn record<'c>(
    compiler: &mut Compiler<'_, 'c>,
    tables: &mut Tables<'c>,
    select: &mut Select,
    selection: &Selection<'c>,
) -> Result<Shape, Failure> {
    let names = object_names(compiler.builder.catalog);
    let at = tables.root;
    let mut shape = Shape::new(names.clone());
    let id = select.column(sql!("{}.id", at));
    select.column(sql!("{}.version", at));
    shape.push("id", Source::Id(id));
    for member in &selection.members {
        let field = member.field;
        let source = match &member.related {
            None => {
                let entity = tables.entity;
                source(compiler, tables, select, &mut shape, (at, entity), field)?
            }
            Some(Related::Any) => {
                let object = value::any_object(compiler.builder, at, field);
                let id = value::of(compiler.builder, at, field);
                let name = any_name(compiler.builder, &object, &id);
                Source::AnyRecord {
                    object: select.column(object),
                    id: select.column(id),
                    name: Some(select.column(name)),
                }
            }
            Some(Related::Record(..)) if matches!(field.kind, FieldType::Relations { .. }) => {
                select.many += 1;
                Source::Elsewhere(select.many - 1)
            }
            Some(related) => related_record(compiler, tables, select, &names, field, related)?,
        };
        shape.push(&field.name, source);
    }
    Ok(shape)
}

fn related_record<'c>(
    compiler: &mut Compiler<'_, 'c>,
    tables: &mut Tables<'c>,
    select: &mut Select,
    names: &Arc<[(String, String)]>,
    field: &'c Field,
    related: &Related<'c>,
) -> Result<Source, Failure> {
    let root = tables.root;
    let Some((at, entity)) = tables.join(compiler.builder, root, field) else {
        let id = value::of(compiler.builder, root, field);
        return Ok(Source::Reference(select.column(id)));
    };
    let mut shape = Shape::new(names.clone());
    let id = select.column(sql!("{}.id", at));
    shape.push("id", Source::Id(id));
    match related {
        Related::Record(_, fields) => {
            for field in fields {
                let source = source(compiler, tables, select, &mut shape, (at, entity), field)?;
                shape.push(&field.name, source);
            }
        }
        Related::User(columns) => {
            for column in columns {
                let place = select.column(sql!("{}.{}", at, column.name()));
                let source = match column {
                    UserColumn::Active => Source::Bool(place),
                    UserColumn::Name | UserColumn::Email => Source::Text(place),
                };
                shape.push(column.name(), source);
            }
        }
        Related::Any => {}
    }
    Ok(Source::Related(id, Box::new(shape)))
}

/// The shape of the records of a to-many relation, at `at`.
pub(crate) fn item<'c>(
    compiler: &mut Compiler<'_, 'c>,
    tables: &mut Tables<'c>,
    select: &mut Select,
    fields: &[&'c Field],
) -> Result<Shape, Failure> {
    let (at, entity) = (tables.root, tables.entity);
    let mut shape = Shape::new(object_names(compiler.builder.catalog));
    let id = select.column(sql!("{}.id", at));
    shape.push("id", Source::Id(id));
    for field in fields {
        let source = source(compiler, tables, select, &mut shape, (at, entity), field)?;
        shape.push(&field.name, source);
    }
    Ok(shape)
}

/// Where the value of `field` of the record at `at` comes from.
fn source<'c>(
    compiler: &mut Compiler<'_, 'c>,
    tables: &mut Tables<'c>,
    select: &mut Select,
    shape: &mut Shape,
    (at, entity): (Alias, Entity<'c>),
    field: &'c Field,
) -> Result<Source, Failure> {
    Ok(match field.storage {
        Storage::Custom { .. } => {
            shape.custom_column(|| select.column(sql!("{}.custom", at)));
            Source::Custom(field.key.clone(), custom_form(&field.kind))
        }
        Storage::Money { units, currency } => Source::Money {
            units: select.column(sql!("{}.{}", at, units)),
            currency: select.column(sql!("{}.{}", at, currency)),
        },
        Storage::AnyRecord { object, id } => Source::AnyRecord {
            object: select.column(sql!("{}.{}", at, object)),
            id: select.column(sql!("{}.{}", at, id)),
            name: None,
        },
        Storage::Links => {
            let links = links(compiler.builder, at, field);
            Source::Links(select.column(links))
        }
        Storage::Computed => super::computed::source(compiler, tables, select, at, entity, field)?,
        Storage::Column(column) => {
            let place = select.column(sql!("{}.{}", at, column));
            column_source(field, place)
        }
    })
}

fn column_source(field: &Field, place: usize) -> Source {
    match (&field.kind, SqlType::of(field)) {
        (FieldType::User {} | FieldType::Relation { .. }, _) => Source::Reference(place),
        (FieldType::Autonumber { prefix, digits }, _) => {
            Source::Autonumber(place, prefix.clone(), *digits)
        }
        (_, Some(SqlType::Int)) => Source::Int(place),
        (_, Some(SqlType::Numeric)) => Source::Decimal(place),
        (_, Some(SqlType::Bool)) => Source::Bool(place),
        (_, Some(SqlType::Date)) => Source::Date(place),
        (_, Some(SqlType::Time)) => Source::Time(place),
        (_, Some(SqlType::Uuid)) => Source::Id(place),
        (_, Some(SqlType::Texts)) => Source::Texts(place),
        (FieldType::Address {}, _) => Source::Address(place),
        (_, Some(SqlType::Json)) => Source::Json(place),
        (_, Some(SqlType::Text) | None) => Source::Text(place),
    }
}

fn custom_form(kind: &FieldType) -> CustomForm {
    match kind {
        FieldType::Decimal {} => CustomForm::Decimal,
        FieldType::Currency {} => CustomForm::Money,
        FieldType::User {} | FieldType::Relation { .. } => CustomForm::Reference,
        FieldType::AnyRelation {} => CustomForm::AnyRecord,
        FieldType::Autonumber { prefix, digits } => CustomForm::Autonumber(prefix.clone(), *digits),
        FieldType::Number {} | FieldType::Rating { .. } => CustomForm::Same(JsonKind::Number),
        FieldType::Boolean {} => CustomForm::Same(JsonKind::Bool),
        FieldType::Address {} => CustomForm::Address,
        FieldType::Json {} => CustomForm::Same(JsonKind::Any),
        kind if kind.is_list() => CustomForm::Same(JsonKind::Array),
        _ => CustomForm::Same(JsonKind::String),
    }
}

/// The ids, each with its role right after it, that a relation to many of the record at `at`
/// points to. One value, which PostgreSQL computes after LIMIT.
fn links(builder: &mut Builder<'_>, at: Alias, field: &Field) -> Fragment {
    let link = builder.alias();
    let field_id = builder.params.add(Param::Uuid(field.id.0));
    let target = field
        .kind
        .target()
        .and_then(|key| builder.catalog.by_key(key));
    let alive = match target {
        Some(object) => {
            let related = builder.alias();
            let tenant = builder.tenant(related, object);
            sql!(
                " JOIN {} {} ON {} AND {}.id = {}.to_id AND {}.deleted_at IS NULL",
                object.table.name,
                related,
                tenant,
                related,
                link,
                related
            )
        }
        None => Fragment::default(),
    };
    sql!(
        "ARRAY(SELECT {}.to_id::text || coalesce({}.role, '') FROM records.link {}{} WHERE {}.workspace_id = {} AND {}.field_id = {} AND {}.from_id = {}.id ORDER BY {}.position, {}.to_id)",
        link,
        link,
        link,
        alive,
        link,
        builder.workspace(),
        link,
        field_id,
        link,
        at,
        link,
        link
    )
}

/// The name of the live record with the id `id` of the object with the key `object`.
fn any_name(builder: &mut Builder<'_>, object: &Fragment, id: &Fragment) -> Fragment {
    let catalog = builder.catalog;
    let objects: Vec<&Object> = (catalog.objects().iter())
        .filter(|object| !object.retired)
        .collect();
    let mut arms = Vec::new();
    for target in objects
        .iter()
        .filter(|target| target.table.object.is_none())
    {
        let key = builder.params.add(Param::Text(target.key.clone()));
        let at = builder.alias();
        let tenant = builder.tenant(at, target);
        arms.push(sql!(
            " WHEN {} THEN (SELECT {}.name FROM {} {} WHERE {} AND {}.id = {} AND {}.deleted_at IS NULL)",
            key, at, target.table.name, at, tenant, at, id, at
        ));
    }
    let custom: Vec<uuid::Uuid> = (objects.iter())
        .filter_map(|target| target.table.object.map(|id| id.0))
        .collect();
    let otherwise = if custom.is_empty() {
        Fragment::default()
    } else {
        let ids = builder.params.add(Param::Uuids(custom));
        let at = builder.alias();
        sql!(
            " ELSE (SELECT {}.name FROM records.custom_record {} WHERE {}.workspace_id = {} AND {}.object_id = ANY({}) AND {}.id = {} AND {}.deleted_at IS NULL)",
            at,
            at,
            at,
            builder.workspace(),
            at,
            ids,
            at,
            id,
            at
        )
    };
    sql!(
        "CASE {}{}{} END",
        object,
        Fragment::join(arms, ""),
        otherwise
    )
}

/// Whether a statement that shows `selection` joins tables or computes values, so that it is
/// better to find the page's records first.
pub(crate) fn is_wide(selection: &Selection<'_>) -> bool {
    selection.members.iter().any(|member| {
        member.related.is_some()
            || matches!(member.field.storage, Storage::Links)
            || matches!(
                member.field.kind,
                FieldType::RollUp { .. } | FieldType::Formula { .. }
            )
    })
}
