//! Expressions that the catalog holds: formulas, filters of roll-ups, validation rules.

use jiff::tz::TimeZone;
use kith_cel::{Checked, Root, Type};
use kith_kernel::{Actor, ErrorCode, Failure};

use crate::catalog::{Catalog, Field, FieldType, Object};
use crate::query::{CatalogSchema, Leaf};

/// Checks every expression of the catalog, so that a change of it leaves none behind that speaks
/// of what isn't there any more.
///
/// # Errors
/// `InvalidExpression`, naming the object, the field and the position.
pub(crate) fn check_catalog(catalog: &Catalog, actor: &Actor) -> Result<(), Failure> {
    let zone = TimeZone::get(&actor.settings.time_zone).unwrap_or(TimeZone::UTC);
    let live = || catalog.objects().iter().filter(|object| !object.retired);
    for (object, field) in
        live().flat_map(|object| object.live_fields().map(move |field| (object, field)))
    {
        let schema = CatalogSchema::new(catalog, object, zone.clone());
        let at =
            |member: &'static str| move |failure: Failure| place(object, field, member, failure);
        match &field.kind {
            FieldType::Formula { expression } => {
                let checked = schema.check(expression, None).map_err(at("expression"))?;
                if matches!(
                    checked.ty,
                    Type::Null | Type::Duration | Type::List(_) | Type::Json
                ) {
                    let message = "The expression must give a text, number, amount, date, moment, truth value or record.";
                    let failure = Failure::new(ErrorCode::InvalidExpression, message);
                    return Err(place(object, field, "expression", failure));
                }
            }
            FieldType::RollUp {
                object: from,
                filter: Some(filter),
                ..
            } => {
                if let Some(from) = catalog.by_key(from) {
                    let schema = CatalogSchema::new(catalog, from, zone.clone());
                    schema
                        .check(filter, Some(&Type::Bool))
                        .map_err(at("filter"))?;
                }
            }
            _ => {}
        }
        if let Some(rule) = &field.validation {
            let checked = schema
                .check(rule, Some(&Type::Bool))
                .map_err(at("validation"))?;
            if !speaks_of_own_values(&checked) {
                let message = "A validation can speak of the record's own values only: not of related records, links, formulas and roll-ups.";
                let failure = Failure::new(ErrorCode::InvalidExpression, message);
                return Err(place(object, field, "validation", failure));
            }
        }
    }
    Ok(())
}

/// Whether everything that the expression speaks of stands in the record itself.
fn speaks_of_own_values(checked: &Checked<Leaf<'_>>) -> bool {
    checked.fields().into_iter().all(|field| {
        let own = |leaf: &Leaf<'_>| match leaf {
            Leaf::Field(field) => {
                !field.kind.is_computed() && !matches!(field.kind, FieldType::Relations { .. })
            }
            _ => true,
        };
        match (field.root, field.path.as_slice()) {
            (Root::Variable(_), []) => true,
            (Root::Record, [leaf] | [leaf, Leaf::Id | Leaf::AnyId(_) | Leaf::AnyObject(_)]) => {
                own(leaf)
            }
            _ => false,
        }
    })
}

/// The failure with the expression's place in the catalog.
fn place(object: &Object, field: &Field, member: &'static str, failure: Failure) -> Failure {
    let message = format!("`{}.{}`: {}", object.name, field.name, failure.message);
    Failure { message, ..failure }
        .field(member, "invalid_expression")
        .detail("object", object.name.as_str())
        .detail("field_name", field.name.as_str())
}
