//! Objects, fields and their types, as one workspace sees them. No I/O.

use std::collections::HashMap;

use kith_kernel::{FieldId, ObjectId};
use serde::{Deserialize, Serialize};

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

/// Where a field's values are in the object's table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Storage {
    /// A column of the table.
    Column(&'static str),
    /// Two columns: ten-thousandths of a unit, and the currency's code.
    Money {
        /// The `bigint` column.
        units: &'static str,
        /// The `text` column.
        currency: &'static str,
    },
    /// Two columns: the target object's key, and the record's id.
    AnyRecord {
        /// The `text` column.
        object: &'static str,
        /// The `uuid` column.
        id: &'static str,
    },
    /// A member of the `custom` column, under the field's key; repeated in a typed slot column
    /// for its index where there is one.
    Custom {
        /// The slot column, such as `t3`.
        slot: Option<Slot>,
    },
    /// Rows of `records.link`, from the record to others.
    Links,
    /// Nowhere: it is computed when it is read.
    Computed,
}

/// One of the typed, indexed columns that custom fields of any object may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Slot {
    /// The type of the column.
    pub kind: SlotKind,
    /// The number of the column, from 1.
    pub number: u8,
}

/// The type of a slot column.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SlotKind {
    /// `text`, columns `t1` to `t8`.
    Text,
    /// `numeric`, columns `n1` to `n6`.
    Number,
    /// `timestamptz`, columns `d1` to `d4`; dates are midnight UTC.
    Time,
    /// `uuid`, columns `r1` to `r4`.
    Id,
}

impl SlotKind {
    /// Every kind.
    pub const ALL: [Self; 4] = [Self::Text, Self::Number, Self::Time, Self::Id];

    /// How many columns of the kind each table has.
    pub fn columns(self) -> u8 {
        match self {
            Self::Text => 8,
            Self::Number => 6,
            Self::Time | Self::Id => 4,
        }
    }
}

/// The slot columns' names in the order of the tables.
pub const SLOT_COLUMNS: [&str; 22] = [
    "t1", "t2", "t3", "t4", "t5", "t6", "t7", "t8", "n1", "n2", "n3", "n4", "n5", "n6", "d1", "d2",
    "d3", "d4", "r1", "r2", "r3", "r4",
];

impl Slot {
    /// The column's name, such as `t3`.
    pub fn column(self) -> &'static str {
        SLOT_COLUMNS[self.place()]
    }

    /// The column's place in [`SLOT_COLUMNS`].
    pub fn place(self) -> usize {
        let first = match self.kind {
            SlotKind::Text => 0,
            SlotKind::Number => 8,
            SlotKind::Time => 14,
            SlotKind::Id => 18,
        };
        first + usize::from(self.number.saturating_sub(1)).min(7)
    }

    /// The slot with this column name.
    pub fn from_column(column: &str) -> Option<Self> {
        let kind = match column.get(..1)? {
            "t" => SlotKind::Text,
            "n" => SlotKind::Number,
            "d" => SlotKind::Time,
            "r" => SlotKind::Id,
            _ => return None,
        };
        let number = column[1..].parse().ok()?;
        (1..=kind.columns())
            .contains(&number)
            .then_some(Self { kind, number })
    }
}

/// What a field's values are. The tag and members are the API's, too.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub enum FieldType {
    /// One line of text, at most 1,000 characters.
    Text {},
    /// Text of several lines, at most 100,000 characters.
    LongText {},
    /// A whole number within 64 bits.
    Number {},
    /// An exact decimal number, at most 28 digits.
    Decimal {},
    /// An amount of money.
    Currency {},
    /// True or false.
    Boolean {},
    /// A calendar day.
    Date {},
    /// A moment.
    #[serde(rename = "datetime")]
    DateTime {},
    /// One of a list of options.
    Select {
        /// The options in their order.
        options: Vec<SelectOption>,
    },
    /// Several of a list of options.
    MultiSelect {
        /// The options in their order.
        options: Vec<SelectOption>,
    },
    /// E-mail addresses, the first being the main one.
    Emails {},
    /// Telephone numbers in E.164, the first being the main one.
    Phones {},
    /// Web addresses, the first being the main one.
    Links {},
    /// A postal address.
    Address {},
    /// A whole number from 0 to `max`.
    Rating {
        /// The best rating, at most 10.
        max: u8,
    },
    /// A user of the workspace.
    User {},
    /// A record of one object.
    Relation {
        /// The target object's key.
        object: String,
    },
    /// Several records of one object, each with an optional role.
    Relations {
        /// The target object's key.
        object: String,
    },
    /// A record of any object.
    AnyRelation {},
    /// Any JSON value, at most 64 KiB.
    Json {},
    /// A number that the server counts up, shown with a prefix.
    Autonumber {
        /// What stands before the number, such as `INV-`.
        #[serde(default)]
        prefix: String,
        /// The least number of digits.
        #[serde(default)]
        digits: u8,
    },
    /// The value of a CEL expression over the record.
    Formula {
        /// The expression.
        expression: String,
    },
    /// An aggregate over the records whose relation points here.
    RollUp {
        /// The object of the records: its key.
        object: String,
        /// The key of its relation to this object.
        relation: String,
        /// What is computed.
        function: RollUpFunction,
        /// The key of the field it is computed of; absent for `count`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        field: Option<String>,
        /// A CEL filter on the records.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        filter: Option<String>,
    },
}

/// What a roll-up computes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RollUpFunction {
    /// The number of records.
    Count,
    /// The sum of a number, decimal or currency field.
    Sum,
    /// The mean of the same.
    Avg,
    /// The least of a number, decimal, currency, date or datetime field.
    Min,
    /// The greatest of the same.
    Max,
}

/// An option of a select.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SelectOption {
    /// What is stored and what the API and CEL speak of: lower case, digits, underscores.
    pub value: String,
    /// The label for people.
    pub label: String,
    /// The colour's name in the browser application.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub color: Option<String>,
    /// Whether the option can't be chosen any more.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub retired: bool,
}

impl FieldType {
    /// The names of all types, as the API has them.
    pub const NAMES: [&'static str; 23] = [
        "text",
        "long_text",
        "number",
        "decimal",
        "currency",
        "boolean",
        "date",
        "datetime",
        "select",
        "multi_select",
        "emails",
        "phones",
        "links",
        "address",
        "rating",
        "user",
        "relation",
        "relations",
        "any_relation",
        "json",
        "autonumber",
        "formula",
        "roll_up",
    ];

    /// The kind of slot that indexes such values; `None` for types that have no order or equality.
    pub fn slot_kind(&self) -> Option<SlotKind> {
        match self {
            Self::Text {} | Self::Select { .. } => Some(SlotKind::Text),
            Self::Number {}
            | Self::Decimal {}
            | Self::Currency {}
            | Self::Rating { .. }
            | Self::Autonumber { .. } => Some(SlotKind::Number),
            Self::Date {} | Self::DateTime {} => Some(SlotKind::Time),
            Self::User {} | Self::Relation { .. } => Some(SlotKind::Id),
            _ => None,
        }
    }

    /// Whether values of the type can be told apart, so that `unique` means something.
    pub fn can_be_unique(&self) -> bool {
        matches!(
            self,
            Self::Text {}
                | Self::Number {}
                | Self::Emails {}
                | Self::Phones {}
                | Self::Links {}
                | Self::Autonumber { .. }
        )
    }

    /// Whether the value is computed when it is read.
    pub fn is_computed(&self) -> bool {
        matches!(self, Self::Formula { .. } | Self::RollUp { .. })
    }

    /// Whether the value is a list.
    pub fn is_list(&self) -> bool {
        matches!(
            self,
            Self::MultiSelect { .. }
                | Self::Emails {}
                | Self::Phones {}
                | Self::Links {}
                | Self::Relations { .. }
        )
    }

    /// The key of the object that a relation points to.
    pub fn target(&self) -> Option<&str> {
        match self {
            Self::Relation { object } | Self::Relations { object } => Some(object),
            _ => None,
        }
    }
}
