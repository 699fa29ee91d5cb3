//! How the value of a stored field is read in SQL.

use super::sql::{Fragment, Param, sql};
use super::tables::{Alias, Builder};
use crate::catalog::{Field, FieldType, Slot, SlotKind, Storage};

/// The SQL types in which values are compared, sorted and read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SqlType {
    Text,
    /// `bigint`.
    Int,
    Numeric,
    Bool,
    Date,
    Time,
    Uuid,
    Json,
    /// `text[]`.
    Texts,
}

impl SqlType {
    /// In what SQL type [`of`] gives the values of `field`; money as its ten-thousandths.
    pub(crate) fn of(field: &Field) -> Option<Self> {
        let custom = matches!(field.storage, Storage::Custom { .. });
        Some(match &field.kind {
            FieldType::Text {} | FieldType::LongText {} | FieldType::Select { .. } => Self::Text,
            FieldType::Number {}
            | FieldType::Rating { .. }
            | FieldType::Autonumber { .. }
            | FieldType::Currency {} => {
                if custom {
                    Self::Numeric
                } else {
                    Self::Int
                }
            }
            FieldType::Decimal {} => Self::Numeric,
            FieldType::Boolean {} => Self::Bool,
            FieldType::Date {} => Self::Date,
            FieldType::DateTime {} => Self::Time,
            FieldType::User {} | FieldType::Relation { .. } | FieldType::AnyRelation {} => {
                Self::Uuid
            }
            FieldType::MultiSelect { .. }
            | FieldType::Emails {}
            | FieldType::Phones {}
            | FieldType::Links {} => Self::Texts,
            FieldType::Address {} | FieldType::Json {} => Self::Json,
            FieldType::Relations { .. } | FieldType::Formula { .. } | FieldType::RollUp { .. } => {
                return None;
            }
        })
    }
}

/// The value of `field` of the record at `at`, in [`SqlType::of`] the field. NULL for fields that
/// aren't stored with the record.
pub(crate) fn of(builder: &mut Builder<'_>, at: Alias, field: &Field) -> Fragment {
    match field.storage {
        Storage::Column(column) => sql!("{}.{}", at, column),
        Storage::Money { units, .. } => sql!("{}.{}", at, units),
        Storage::AnyRecord { id, .. } => sql!("{}.{}", at, id),
        Storage::Custom { slot } => custom(builder, at, field, slot),
        Storage::Links | Storage::Computed => Fragment::fixed("NULL"),
    }
}

/// The id that a relation to one holds.
pub(crate) fn id(builder: &mut Builder<'_>, at: Alias, field: &Field) -> Fragment {
    of(builder, at, field)
}

/// The currency's code of a money field.
pub(crate) fn currency(builder: &mut Builder<'_>, at: Alias, field: &Field) -> Fragment {
    match field.storage {
        Storage::Money { currency, .. } => sql!("{}.{}", at, currency),
        Storage::Custom { .. } => {
            let key = key(builder, field);
            sql!("({}.custom -> {} ->> 'c')", at, key)
        }
        _ => Fragment::fixed("NULL::text"),
    }
}

/// The key of the object that a relation to any object points to.
pub(crate) fn any_object(builder: &mut Builder<'_>, at: Alias, field: &Field) -> Fragment {
    match field.storage {
        Storage::AnyRecord { object, .. } => sql!("{}.{}", at, object),
        Storage::Custom { .. } => {
            let key = key(builder, field);
            sql!("({}.custom -> {} ->> 'o')", at, key)
        }
        _ => Fragment::fixed("NULL::text"),
    }
}

/// The slot column by which `field` can be found and sorted; not one that is still being filled.
pub(crate) fn slot(field: &Field) -> Option<Slot> {
    match field.storage {
        Storage::Custom { slot } if field.indexed => slot,
        _ => None,
    }
}

/// The key of a custom field as a parameter.
pub(crate) fn key(builder: &mut Builder<'_>, field: &Field) -> Fragment {
    builder.params.add(Param::Text(field.key.clone()))
}

fn custom(builder: &mut Builder<'_>, at: Alias, field: &Field, slot: Option<Slot>) -> Fragment {
    // Text slots hold sort keys, not the text.
    if let Some(slot) = slot.filter(|slot| field.indexed && slot.kind != SlotKind::Text) {
        let column = slot.column();
        return match field.kind {
            FieldType::Date {} => sql!("({}.{} AT TIME ZONE 'UTC')::date", at, column),
            _ => sql!("{}.{}", at, column),
        };
    }
    let key = key(builder, field);
    // What a cast would refuse is no value: the field may have been of another type once.
    match field.kind {
        FieldType::Number {}
        | FieldType::Rating { .. }
        | FieldType::Autonumber { .. }
        | FieldType::Decimal {} => sql!(
            "CASE WHEN jsonb_typeof({}.custom -> {}) = 'number' THEN ({}.custom ->> {})::numeric END",
            at,
            &key,
            at,
            &key
        ),
        FieldType::Currency {} => sql!(
            "CASE WHEN jsonb_typeof({}.custom -> {} -> 'a') = 'number' THEN ({}.custom -> {} ->> 'a')::numeric END",
            at,
            &key,
            at,
            &key
        ),
        FieldType::Boolean {} => sql!(
            "CASE {}.custom ->> {} WHEN 'true' THEN true WHEN 'false' THEN false END",
            at,
            &key
        ),
        FieldType::Date {} => sql!(
            "CASE WHEN {}.custom ->> {} ~ '^[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}$' THEN ({}.custom ->> {})::date END",
            at,
            &key,
            at,
            &key
        ),
        FieldType::DateTime {} => sql!(
            "CASE WHEN {}.custom ->> {} ~ '^[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}T[0-9:.]{{12}}Z$' THEN ({}.custom ->> {})::timestamptz END",
            at,
            &key,
            at,
            &key
        ),
        FieldType::User {} | FieldType::Relation { .. } => sql!(
            "CASE WHEN {}.custom ->> {} ~ '^[0-9a-f-]{{36}}$' THEN ({}.custom ->> {})::uuid END",
            at,
            &key,
            at,
            &key
        ),
        FieldType::AnyRelation {} => sql!(
            "CASE WHEN {}.custom -> {} ->> 'i' ~ '^[0-9a-f-]{{36}}$' THEN ({}.custom -> {} ->> 'i')::uuid END",
            at,
            &key,
            at,
            &key
        ),
        FieldType::MultiSelect { .. }
        | FieldType::Emails {}
        | FieldType::Phones {}
        | FieldType::Links {} => sql!(
            "ARRAY(SELECT jsonb_array_elements_text(CASE WHEN jsonb_typeof({}.custom -> {}) = 'array' THEN {}.custom -> {} ELSE '[]' END))",
            at,
            &key,
            at,
            &key
        ),
        FieldType::Address {} | FieldType::Json {} => sql!("({}.custom -> {})", at, &key),
        _ => sql!("({}.custom ->> {})", at, &key),
    }
}
