//! Objects and fields, as one workspace sees them. No I/O.

use std::collections::HashMap;

use kith_kernel::{FieldId, ObjectId};

use super::{FieldType, Storage};

/// Everything that a workspace's records are made of.
#[derive(Debug)]
pub struct Catalog {
    /// Ascends with every change of the workspace's catalog.
    pub version: i64,
    objects: Vec<Object>,
    by_name: HashMap<String, usize>,
    by_plural: HashMap<String, usize>,
    by_key: HashMap<String, usize>,
}

impl Catalog {
    /// A catalog of `objects`; retired ones keep their place but can't be found by name.
    pub fn new(version: i64, objects: Vec<Object>) -> Self {
        let index = |name: fn(&Object) -> &str, retired: bool| {
            let live = |object: &Object| retired || !object.retired;
            (objects.iter().enumerate())
                .filter(|(_, object)| live(object))
                .map(|(position, object)| (name(object).to_owned(), position))
                .collect()
        };
        Self {
            version,
            by_name: index(|object| &object.name, false),
            by_plural: index(|object| &object.plural, false),
            by_key: index(|object| &object.key, true),
            objects,
        }
    }

    /// The objects, standard ones first, retired ones included.
    pub fn objects(&self) -> &[Object] {
        &self.objects
    }

    /// The object with this singular API name, such as `person`.
    pub fn by_name(&self, name: &str) -> Option<&Object> {
        self.by_name.get(name).map(|at| &self.objects[*at])
    }

    /// The object with this plural API name, such as `people`.
    pub fn by_plural(&self, plural: &str) -> Option<&Object> {
        self.by_plural.get(plural).map(|at| &self.objects[*at])
    }

    /// The object with this stable key: what relations and events name.
    pub fn by_key(&self, key: &str) -> Option<&Object> {
        self.by_key.get(key).map(|at| &self.objects[*at])
    }
}

/// A kind of record.
#[derive(Clone, Debug)]
pub struct Object {
    /// The object's id; fixed for standard objects.
    pub id: ObjectId,
    /// The stable name in relations, events and permissions: a standard object's first API name,
    /// `o` and a number for a custom one.
    pub key: String,
    /// The singular API name.
    pub name: String,
    /// The plural API name, which is the object's path.
    pub plural: String,
    /// The singular label for people.
    pub label: String,
    /// The plural label for people.
    pub label_plural: String,
    /// What the object is for.
    pub description: String,
    /// Whether the object is one of Kith's own.
    pub standard: bool,
    /// Whether the object is out of use: its records are kept but can't be reached.
    pub retired: bool,
    /// Whether global search finds its records.
    pub searchable: bool,
    /// The table of its records.
    pub table: Table,
    /// The version of the object's own definition, for `If-Match`.
    pub version: i64,
    fields: Vec<Field>,
    by_name: HashMap<String, usize>,
    by_key: HashMap<String, usize>,
}

/// Where an object's records are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    /// The table's name with its schema.
    pub name: &'static str,
    /// What `object_id` is in a table that several objects share.
    pub object: Option<ObjectId>,
}

impl Object {
    /// Sets the fields and the ways to find them.
    #[must_use]
    pub fn with_fields(mut self, fields: Vec<Field>) -> Self {
        self.by_name = (fields.iter().enumerate())
            .filter(|(_, field)| !field.retired)
            .map(|(position, field)| (field.name.clone(), position))
            .collect();
        self.by_key = (fields.iter().enumerate())
            .map(|(position, field)| (field.key.clone(), position))
            .collect();
        self.fields = fields;
        self
    }

    /// An object without fields.
    pub fn bare(id: ObjectId, key: &str, plural: &str, table: Table) -> Self {
        Self {
            id,
            key: key.to_owned(),
            name: key.to_owned(),
            plural: plural.to_owned(),
            label: String::new(),
            label_plural: String::new(),
            description: String::new(),
            standard: table.object.is_none(),
            retired: false,
            searchable: false,
            table,
            version: 0,
            fields: Vec::new(),
            by_name: HashMap::new(),
            by_key: HashMap::new(),
        }
    }

    /// The fields in their order, system fields first, retired ones included.
    pub fn fields(&self) -> &[Field] {
        &self.fields
    }

    /// The fields in use.
    pub fn live_fields(&self) -> impl Iterator<Item = &Field> {
        self.fields.iter().filter(|field| !field.retired)
    }

    /// The field with this API name.
    pub fn field(&self, name: &str) -> Option<&Field> {
        self.by_name.get(name).map(|at| &self.fields[*at])
    }

    /// The place in [`Object::fields`] of the field with this API name.
    pub fn position(&self, name: &str) -> Option<usize> {
        self.by_name.get(name).copied()
    }

    /// The field with this stable key, in use or retired.
    pub fn field_by_key(&self, key: &str) -> Option<&Field> {
        self.by_key.get(key).map(|at| &self.fields[*at])
    }

    /// The place in [`Object::fields`] of the field with this stable key.
    pub fn position_by_key(&self, key: &str) -> Option<usize> {
        self.by_key.get(key).copied()
    }
}

/// A property of an object's records.
#[derive(Clone, Debug)]
pub struct Field {
    /// The field's id; fixed for standard fields.
    pub id: FieldId,
    /// The stable name in storage and in events: a standard field's first API name, `f` and a
    /// number for a custom one.
    pub key: String,
    /// The API name.
    pub name: String,
    /// The label for people.
    pub label: String,
    /// What the field is for.
    pub description: String,
    /// What its values are.
    pub kind: FieldType,
    /// Where its values are.
    pub storage: Storage,
    /// Whether the field is one of Kith's own.
    pub standard: bool,
    /// Whether only the server writes it.
    pub read_only: bool,
    /// Whether a record can't be without it.
    pub required: bool,
    /// Whether no two live records of the object share a value; of a list, any of its values.
    pub unique: bool,
    /// Whether an index serves filters and sorts on it.
    pub indexed: bool,
    /// Whether the value is encrypted at rest; such fields can't be searched, filtered or sorted.
    pub encrypted: bool,
    /// Whether the field is out of use: values are kept but can't be read or written.
    pub retired: bool,
    /// The value of records that are created without one, as the API would take it.
    pub default: Option<serde_json::Value>,
    /// A CEL expression over the record that has to be true.
    pub validation: Option<String>,
    /// The sentence for records that fail the validation.
    pub validation_message: Option<String>,
    /// The version of the field's own definition, for `If-Match`.
    pub version: i64,
    /// Whether its slot or its unique values are being filled for records that were there before.
    pub building: bool,
    /// Why they could not be.
    pub build_error: Option<String>,
}
