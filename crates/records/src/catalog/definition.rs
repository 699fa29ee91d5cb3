//! What a workspace's rows of the catalog say, and how they become objects and fields.

use serde::{Deserialize, Serialize};

use super::standard;
use super::{Catalog, Field, FieldType, Object, Slot, Storage, Table};
use kith_kernel::{FieldId, ObjectId};

/// A custom object, or what a workspace changed about a standard one.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ObjectDefinition {
    /// The stable key.
    pub key: String,
    /// The singular API name.
    pub name: String,
    /// The plural API name.
    pub plural: String,
    /// The singular label.
    pub label: String,
    /// The plural label.
    pub label_plural: String,
    /// What the object is for.
    pub description: String,
    /// Whether it is out of use.
    pub retired: bool,
}

/// A custom field, or what a workspace changed about a standard one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FieldDefinition {
    /// The stable key.
    pub key: String,
    /// The API name.
    pub name: String,
    /// The label.
    pub label: String,
    /// What the field is for.
    #[serde(default)]
    pub description: String,
    /// What its values are.
    pub kind: FieldType,
    /// Whether a record can't be without it.
    #[serde(default)]
    pub required: bool,
    /// Whether no two records share a value.
    #[serde(default)]
    pub unique: bool,
    /// Whether filters and sorts may use the slot.
    #[serde(default)]
    pub indexed: bool,
    /// The column that repeats the value for its index; filled before it is used.
    #[serde(default)]
    pub slot: Option<String>,
    /// Whether the value is encrypted at rest.
    #[serde(default)]
    pub encrypted: bool,
    /// The value of records created without one.
    #[serde(default)]
    pub default: Option<serde_json::Value>,
    /// A CEL expression that has to be true.
    #[serde(default)]
    pub validation: Option<String>,
    /// The sentence for those that fail it.
    #[serde(default)]
    pub validation_message: Option<String>,
    /// Whether it is out of use.
    #[serde(default)]
    pub retired: bool,
    /// Whether its slot or its unique values are being filled.
    #[serde(default)]
    pub building: bool,
    /// Why they could not be.
    #[serde(default)]
    pub build_error: Option<String>,
}

/// A row of the catalog: its id, version and definition.
pub struct Defined<T, I> {
    /// The id.
    pub id: I,
    /// The version for `If-Match`.
    pub version: i64,
    /// What the row says.
    pub definition: T,
}

/// The rows of one workspace's catalog.
#[derive(Default)]
pub struct Rows {
    /// Ascends with every change.
    pub version: i64,
    /// Custom objects and changed standard ones.
    pub objects: Vec<Defined<ObjectDefinition, ObjectId>>,
    /// Custom fields and changed standard ones, each with its object.
    pub fields: Vec<(ObjectId, Defined<FieldDefinition, FieldId>)>,
}

impl Rows {
    /// The catalog: the standard objects with the workspace's changes, then its own.
    pub fn assemble(self) -> Catalog {
        let mut objects: Vec<Object> = standard::OBJECTS.clone();
        for row in self.objects {
            let Defined {
                id,
                version,
                definition,
            } = row;
            if let Some(object) = objects.iter_mut().find(|object| object.id == id) {
                object.label = definition.label;
                object.label_plural = definition.label_plural;
                object.description = definition.description;
                object.version = version;
            } else {
                objects.push(custom_object(id, version, definition));
            }
        }
        let mut fields: Vec<Vec<Field>> = objects
            .iter()
            .map(|object| object.fields().to_vec())
            .collect();
        for (object, row) in self.fields {
            let Some(at) = objects.iter().position(|known| known.id == object) else {
                continue;
            };
            match fields[at].iter_mut().find(|field| field.id == row.id) {
                Some(field) => change_standard(field, row),
                None => fields[at].push(custom_field(row)),
            }
        }
        let objects = (objects.into_iter().zip(fields))
            .map(|(object, fields)| object.with_fields(fields))
            .collect();
        Catalog::new(self.version, objects)
    }
}

fn custom_object(id: ObjectId, version: i64, definition: ObjectDefinition) -> Object {
    let table = Table {
        name: "records.custom_record",
        object: Some(id),
    };
    let mut object = Object::bare(id, &definition.key, &definition.plural, table);
    object.name = definition.name;
    object.label = definition.label;
    object.label_plural = definition.label_plural;
    object.description = definition.description;
    object.retired = definition.retired;
    object.searchable = !definition.retired;
    object.version = version;
    let mut fields = standard::system_fields();
    fields.push(standard::custom_name());
    object.with_fields(fields)
}

/// What an administrator may change about a standard field.
fn change_standard(field: &mut Field, row: Defined<FieldDefinition, FieldId>) {
    let definition = row.definition;
    field.version = row.version;
    field.label = definition.label;
    field.description = definition.description;
    field.required |= definition.required;
    field.default = definition.default;
    field.validation = definition.validation;
    field.validation_message = definition.validation_message;
    field.retired = definition.retired;
    if matches!(
        field.kind,
        FieldType::Select { .. } | FieldType::MultiSelect { .. }
    ) {
        field.kind = definition.kind;
    }
}

fn custom_field(row: Defined<FieldDefinition, FieldId>) -> Field {
    let Defined {
        id,
        version,
        definition,
    } = row;
    let storage = match &definition.kind {
        FieldType::Relations { .. } => Storage::Links,
        kind if kind.is_computed() => Storage::Computed,
        _ => Storage::Custom {
            slot: definition.slot.as_deref().and_then(Slot::from_column),
        },
    };
    Field {
        id,
        version,
        read_only: matches!(definition.kind, FieldType::Autonumber { .. })
            || definition.kind.is_computed(),
        key: definition.key,
        name: definition.name,
        label: definition.label,
        description: definition.description,
        kind: definition.kind,
        storage,
        standard: false,
        required: definition.required,
        unique: definition.unique,
        indexed: definition.indexed,
        encrypted: definition.encrypted,
        retired: definition.retired,
        default: definition.default,
        validation: definition.validation,
        validation_message: definition.validation_message,
        building: definition.building,
        build_error: definition.build_error,
    }
}

impl FieldDefinition {
    /// What the catalog says of `field` now.
    pub fn of(field: &Field) -> Self {
        let slot = match field.storage {
            Storage::Custom { slot } => slot.map(|slot| slot.column().to_owned()),
            _ => None,
        };
        Self {
            key: field.key.clone(),
            name: field.name.clone(),
            label: field.label.clone(),
            description: field.description.clone(),
            kind: field.kind.clone(),
            required: field.required,
            unique: field.unique,
            indexed: field.indexed,
            slot,
            encrypted: field.encrypted,
            default: field.default.clone(),
            validation: field.validation.clone(),
            validation_message: field.validation_message.clone(),
            retired: field.retired,
            building: field.building,
            build_error: field.build_error.clone(),
        }
    }
}
