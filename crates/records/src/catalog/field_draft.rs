//! What administrators send to make or change a field, applied to its definition.

use kith_kernel::{Actor, ErrorCode, Failure};
use serde_json::{Map, Value as Json};

use super::definition::FieldDefinition;
use super::draft::{check_options, field_name, field_type, label, refuse};
use super::show::show_field;
use super::{Catalog, Field, FieldType, Object, Slot, Storage};
use crate::value::Accept;

/// A field's type can't be changed, but what it says beside its values can.
pub(super) fn changed_kind(
    catalog: &Catalog,
    owner: &Object,
    field: &Field,
    members: Map<String, Json>,
) -> Result<FieldType, Failure> {
    if members.is_empty() {
        return Ok(field.kind.clone());
    }
    let mut members = members;
    let shown = show_field(catalog, field);
    members
        .entry("type")
        .or_insert_with(|| shown["type"].clone());
    if let Some(known) = shown.as_object() {
        for member in [
            "object", "relation", "function", "field", "filter", "max", "prefix", "digits",
        ] {
            if let Some(value) = known.get(member).filter(|value| !value.is_null()) {
                members.entry(member).or_insert_with(|| value.clone());
            }
        }
    }
    let kind = field_type(catalog, owner, members)?;
    let same = std::mem::discriminant(&kind) == std::mem::discriminant(&field.kind)
        && kind.target() == field.kind.target();
    if !same
        || (field.standard
            && !matches!(
                kind,
                FieldType::Select { .. } | FieldType::MultiSelect { .. }
            ))
    {
        return Err(refuse(
            "type",
            "fixed",
            "can't be changed: make a new field, move the values, and retire this one",
        ));
    }
    if let (
        FieldType::Select { options: was } | FieldType::MultiSelect { options: was },
        FieldType::Select { options } | FieldType::MultiSelect { options },
    ) = (&field.kind, &kind)
    {
        let kept =
            |option: &super::SelectOption| options.iter().any(|new| new.value == option.value);
        if let Some(lost) = was.iter().find(|option| !kept(option)) {
            return Err(refuse(
                "options",
                "option_in_use",
                format!(
                    "must keep `{}`: set its `retired` to true instead of leaving it out",
                    lost.value
                ),
            ));
        }
        check_options(&mut options.clone())?;
    }
    Ok(kind)
}

/// Members of a field's definition beside its type; absent ones stay as they are.
#[derive(Debug, Default, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct FieldDraft {
    pub(super) name: Option<String>,
    label: Option<String>,
    description: Option<String>,
    required: Option<bool>,
    unique: Option<bool>,
    indexed: Option<bool>,
    #[serde(default, deserialize_with = "present")]
    default: Option<Json>,
    #[serde(default, deserialize_with = "present")]
    validation: Option<Json>,
    #[serde(default, deserialize_with = "present")]
    validation_message: Option<Json>,
    retired: Option<bool>,
}

/// A member that may be null, which is not the same as absent.
fn present<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<Json>, D::Error> {
    serde::Deserialize::deserialize(deserializer).map(Some)
}

impl FieldDraft {
    const MEMBERS: [&'static str; 10] = [
        "name",
        "label",
        "description",
        "required",
        "unique",
        "indexed",
        "default",
        "validation",
        "validation_message",
        "retired",
    ];

    /// The draft, and the members that describe the type.
    pub(super) fn split(members: Map<String, Json>) -> Result<(Self, Map<String, Json>), Failure> {
        let (own, kind): (Map<_, _>, Map<_, _>) =
            (members.into_iter()).partition(|(name, _)| Self::MEMBERS.contains(&name.as_str()));
        let draft = serde_json::from_value(Json::Object(own)).map_err(|error| {
            Failure::new(
                ErrorCode::ValidationFailed,
                format!("The definition is not acceptable: {error}."),
            )
        })?;
        Ok((draft, kind))
    }

    pub(super) fn apply(
        self,
        actor: &Actor,
        catalog: &Catalog,
        owner: &Object,
        known: Option<&Field>,
        definition: &mut FieldDefinition,
    ) -> Result<(), Failure> {
        let standard = known.is_some_and(|field| field.standard);
        if let Some(name) = self.name.as_ref().filter(|name| **name != definition.name) {
            if standard {
                return Err(refuse(
                    "name",
                    "fixed",
                    "of a standard field can't be changed; its label can",
                ));
            }
            definition.name = field_name(name)?;
        }
        if let Some(other) = owner.field(&definition.name)
            && other.key != definition.key
        {
            return Err(Failure::new(
                ErrorCode::Duplicate,
                format!(
                    "{} has a field with the name `{}`.",
                    owner.label, definition.name
                ),
            )
            .field("name", "duplicate"));
        }
        if let Some(text) = &self.label {
            definition.label = label("label", text, 100)?;
        }
        if let Some(text) = &self.description {
            definition.description = label("description", text, 1_000)?;
        }
        if let Some(retired) = self.retired {
            let needed =
                known.is_some_and(|field| standard && (field.required || field.name == "name"));
            if retired && needed {
                return Err(refuse(
                    "retired",
                    "fixed",
                    "can't be set: records can't do without this field",
                ));
            }
            definition.retired = retired;
        }
        if let Some(required) = self.required {
            let computed =
                definition.kind.is_computed() || known.is_some_and(|field| field.read_only);
            if required && computed {
                return Err(refuse(
                    "required",
                    "computed",
                    "can't be set for a field that is computed",
                ));
            }
            definition.required = required;
        }
        self.apply_indexes(owner, known, definition)?;
        let accept = Accept {
            settings: &actor.settings,
            catalog,
        };
        if let Some(default) = self.default {
            accept
                .json(&definition.kind, &default)
                .map_err(|refusal| refuse("default", refusal.code, refusal.message))?;
            definition.default = (!default.is_null()).then_some(default);
        }
        let text = |member: &str, value: Option<Json>, now: Option<String>| match value {
            None => Ok(now),
            Some(Json::Null) => Ok(None),
            Some(Json::String(text)) => Ok(Some(text)),
            Some(_) => Err(refuse(member, "wrong_type", "must be text or null")),
        };
        definition.validation = text("validation", self.validation, definition.validation.take())?;
        let message = definition.validation_message.take();
        definition.validation_message =
            text("validation_message", self.validation_message, message)?;
        if let Some(message) = &definition.validation_message {
            label("validation_message", message, 300)?;
        }
        Ok(())
    }

    fn apply_indexes(
        &self,
        owner: &Object,
        known: Option<&Field>,
        definition: &mut FieldDefinition,
    ) -> Result<(), Failure> {
        let standard = known.is_some_and(|field| field.standard);
        let changed = |wanted: Option<bool>, now: bool| wanted.is_some_and(|wanted| wanted != now);
        let (unique, indexed) = (
            changed(self.unique, definition.unique),
            changed(self.indexed, definition.slot.is_some()),
        );
        if standard && (unique || changed(self.indexed, known.is_some_and(|field| field.indexed))) {
            return Err(refuse(
                "indexed",
                "fixed",
                "and `unique` of standard fields can't be changed",
            ));
        }
        if standard {
            return Ok(());
        }
        if unique {
            definition.unique = !definition.unique;
            if definition.unique && !definition.kind.can_be_unique() {
                return Err(refuse(
                    "unique",
                    "unsuitable_type",
                    "is for text, number, emails, phones and links",
                ));
            }
            definition.building |= definition.unique;
        }
        if indexed && definition.slot.is_some() {
            definition.slot = None;
            definition.indexed = false;
        } else if indexed {
            let slot = free_slot(owner, &definition.kind)?;
            definition.slot = Some(slot.column().to_owned());
            definition.building = true;
        }
        Ok(())
    }
}

fn free_slot(owner: &Object, kind: &FieldType) -> Result<Slot, Failure> {
    let Some(kind) = kind.slot_kind() else {
        return Err(refuse(
            "indexed",
            "unsuitable_type",
            "is for text, select, number, decimal, currency, rating, date, datetime, user and relation",
        ));
    };
    let taken = |slot: &Slot| {
        (owner.fields().iter()).any(|field| field.storage == Storage::Custom { slot: Some(*slot) })
    };
    (1..=kind.columns())
        .map(|number| Slot { kind, number })
        .find(|slot| !taken(slot))
        .ok_or_else(|| {
            Failure::new(
                ErrorCode::LimitExceeded,
                format!(
                "{} has all of its {} indexes for fields of this kind in use. Take the index from another field first.",
                owner.label,
                kind.columns()
            ))
        })
}
