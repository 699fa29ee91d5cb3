//! What the values of a field are.

use serde::{Deserialize, Serialize};

use super::SlotKind;

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
