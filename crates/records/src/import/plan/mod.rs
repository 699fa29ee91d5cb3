//! What an import makes of the columns of its file, as a client says it.

mod check;
mod compile;

use std::collections::BTreeMap;

use kith_tabular::Dialect;
use serde::{Deserialize, Serialize};

use kith_tabular::mapping::{DateStyle, NumberStyle};

pub(crate) use compile::{By, Compiled, How, Input, Key, Reference, Source, Target};

/// How a file is imported.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Plan {
    /// Which records are written.
    #[serde(default)]
    pub mode: Mode,
    /// By what rows find their records: a unique field's name, `id` or `name`. Needed to update.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
    /// What becomes of the columns. Columns that aren't named are ignored.
    #[serde(default)]
    pub columns: Vec<ColumnPlan>,
    /// Values that every row gets, by field. Relations and users by id, name or e-mail.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub set: BTreeMap<String, String>,
    /// What an empty cell does to a record that is there already.
    #[serde(default)]
    pub empty: Empty,
    /// What a list, such as e-mails, does to the list of a record that is there already.
    #[serde(default)]
    pub lists: Lists,
    /// How the file is written, where it should not be found out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dialect: Option<Dialect>,
}

/// Which records an import writes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// A new one for each row.
    #[default]
    Create,
    /// Those that are there; rows without one are rejected.
    Update,
    /// Those that are there, and new ones for the other rows.
    Upsert,
}

/// What an empty cell does on an update.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Empty {
    /// The record keeps its value.
    #[default]
    Keep,
    /// The record loses its value.
    Clear,
}

/// What a list does on an update.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Lists {
    /// Members that are new are added.
    #[default]
    Add,
    /// The list takes the place of the former one.
    Replace,
}

/// What becomes of a value that names nothing there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OnMissing {
    /// The row is rejected.
    #[default]
    Reject,
    /// A record, or an inactive user, of that name is created.
    Create,
    /// The row is imported without the value, which is kept in the report.
    Clear,
}

/// What becomes of a value that isn't accepted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OnInvalid {
    /// The row is rejected.
    #[default]
    Reject,
    /// The row is imported without the value, which is kept in the report.
    Clear,
}

/// What several records of the same name do to a row that names one of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OnAmbiguous {
    /// The row is rejected.
    #[default]
    Reject,
    /// The record that was created first is taken.
    First,
}

/// What becomes of one column.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ColumnPlan {
    /// The column, by its name in the header.
    pub column: String,
    /// Where its values go: a field (`emails`), a part of one (`address.city`,
    /// `amount.currency`), `full_name` to be split, `id`, or nowhere (null).
    #[serde(default)]
    pub field: Option<String>,
    /// By what a relation finds its record: `id`, `name`, or a unique field of the other object.
    #[serde(default, rename = "match", skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
    /// What becomes of names of records and users that aren't there.
    #[serde(default, skip_serializing_if = "is_default")]
    pub on_missing: OnMissing,
    /// What becomes of values that aren't accepted.
    #[serde(default, skip_serializing_if = "is_default")]
    pub on_invalid: OnInvalid,
    /// What becomes of names that several records have.
    #[serde(default, skip_serializing_if = "is_default")]
    pub on_ambiguous: OnAmbiguous,
    /// Texts that stand for others: `{"GTXPro": "GTX Pro"}`; for nothing: `{"n/a": ""}`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub values: BTreeMap<String, String>,
    /// The order of day and month in dates such as 03/04/2026.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dates: Option<DateStyle>,
    /// Which sign separates the decimals of numbers such as 1.234.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub numbers: Option<NumberStyle>,
    /// The currency of amounts that bring none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub currency: Option<String>,
    /// Where phone numbers without a country code are dialled, such as `US`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    /// What separates the members of a list; otherwise `;`, line breaks and, but for links,
    /// commas do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub separator: Option<String>,
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}
