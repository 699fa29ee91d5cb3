//! Columns of values on their way to PostgreSQL: one array per column, for `unnest`.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use kith_kernel::Money;
use rust_decimal::Decimal;
use tokio_postgres::Row;
use tokio_postgres::types::{Json, ToSql};
use uuid::Uuid;

use crate::catalog::FieldType;
use crate::search::text::sort_key;
use crate::value::{Value, write_storage};

/// The type of a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ColumnType {
    Uuid,
    Int,
    Decimal,
    Text,
    Bool,
    Date,
    Time,
    TextArray,
    Json,
}

impl ColumnType {
    /// The element type of the array parameter.
    pub(super) fn parameter(self) -> &'static str {
        match self {
            Self::Uuid => "uuid",
            Self::Int => "int8",
            Self::Decimal => "numeric",
            // unnest would flatten arrays of arrays, so arrays travel as their literals.
            Self::Text | Self::TextArray | Self::Json => "text",
            Self::Bool => "bool",
            Self::Date => "date",
            Self::Time => "timestamptz",
        }
    }

    /// The column's value from the unnested one.
    pub(super) fn of_unnested(self, expression: &str) -> String {
        match self {
            Self::TextArray => format!("{expression}::text[]"),
            Self::Json => format!("{expression}::jsonb"),
            _ => expression.to_owned(),
        }
    }

    /// An empty column with room for `rows` values.
    pub(super) fn column(self, rows: usize) -> Column {
        match self {
            Self::Uuid => Column::Uuid(Vec::with_capacity(rows)),
            Self::Int => Column::Int(Vec::with_capacity(rows)),
            Self::Decimal => Column::Decimal(Vec::with_capacity(rows)),
            Self::Text | Self::Json => Column::Text(Vec::with_capacity(rows)),
            Self::TextArray => Column::TextArray(Vec::with_capacity(rows)),
            Self::Bool => Column::Bool(Vec::with_capacity(rows)),
            Self::Date => Column::Date(Vec::with_capacity(rows)),
            Self::Time => Column::Time(Vec::with_capacity(rows)),
        }
    }

    /// The value of a column of this type in a row.
    pub(super) fn read(
        self,
        row: &Row,
        index: usize,
        kind: &FieldType,
    ) -> Result<Value, tokio_postgres::Error> {
        let value = match self {
            Self::Uuid => row.try_get::<_, Option<Uuid>>(index)?.map(Value::Id),
            Self::Int => row.try_get::<_, Option<i64>>(index)?.map(Value::Int),
            Self::Decimal => (row.try_get::<_, Option<Decimal>>(index)?).map(Value::Decimal),
            Self::Text => row.try_get::<_, Option<String>>(index)?.map(Value::Text),
            Self::Bool => row.try_get::<_, Option<bool>>(index)?.map(Value::Bool),
            Self::Date => row.try_get::<_, Option<Date>>(index)?.map(Value::Date),
            Self::Time => row.try_get::<_, Option<Timestamp>>(index)?.map(Value::Time),
            Self::TextArray => row
                .try_get::<_, Option<Vec<String>>>(index)?
                .filter(|items| !items.is_empty())
                .map(Value::List),
            Self::Json => row
                .try_get::<_, Option<Json<&serde_json::value::RawValue>>>(index)?
                .map(|Json(json)| crate::value::read_storage(kind, json.get())),
        };
        Ok(value.unwrap_or_default())
    }
}

/// One column's values.
#[derive(Debug)]
pub enum Column {
    /// `uuid[]`
    Uuid(Vec<Option<Uuid>>),
    /// `int8[]`
    Int(Vec<Option<i64>>),
    /// `numeric[]`
    Decimal(Vec<Option<Decimal>>),
    /// `text[]`
    Text(Vec<Option<String>>),
    /// `text[]` of array literals
    TextArray(Vec<String>),
    /// `bool[]`
    Bool(Vec<Option<bool>>),
    /// `date[]`
    Date(Vec<Option<Date>>),
    /// `timestamptz[]`
    Time(Vec<Option<Timestamp>>),
}

impl Column {
    /// The column as a statement's parameter.
    pub fn parameter(self) -> Box<dyn ToSql + Sync + Send> {
        match self {
            Self::Uuid(values) => Box::new(values),
            Self::Int(values) => Box::new(values),
            Self::Decimal(values) => Box::new(values),
            Self::Text(values) => Box::new(values),
            Self::TextArray(values) => Box::new(values),
            Self::Bool(values) => Box::new(values),
            Self::Date(values) => Box::new(values),
            Self::Time(values) => Box::new(values),
        }
    }

    pub(super) fn push_uuid(&mut self, value: Option<Uuid>) {
        if let Self::Uuid(values) = self {
            values.push(value);
        }
    }

    pub(super) fn push_int(&mut self, value: Option<i64>) {
        if let Self::Int(values) = self {
            values.push(value);
        }
    }

    pub(super) fn push_text(&mut self, value: Option<String>) {
        if let Self::Text(values) = self {
            values.push(value);
        }
    }

    pub(super) fn push_time(&mut self, value: Option<Timestamp>) {
        if let Self::Time(values) = self {
            values.push(value);
        }
    }

    /// Adds a field's value; one that does not fit the column's type becomes null.
    pub(super) fn push(&mut self, value: &Value) {
        match (self, value) {
            (Self::Uuid(values), Value::Id(id)) => values.push(Some(*id)),
            (Self::Int(values), Value::Int(number)) => values.push(Some(*number)),
            (Self::Decimal(values), Value::Decimal(number)) => values.push(Some(*number)),
            (Self::Text(values), Value::Text(text)) => values.push(Some(text.clone())),
            (Self::Text(values), Value::Null) => values.push(None),
            (Self::Text(values), other) => {
                let mut json = String::new();
                write_storage(other, &mut json);
                values.push(Some(json));
            }
            (Self::TextArray(values), Value::List(items)) => values.push(array_literal(items)),
            (Self::TextArray(values), _) => values.push("{}".to_owned()),
            (Self::Bool(values), Value::Bool(value)) => values.push(Some(*value)),
            (Self::Date(values), Value::Date(date)) => values.push(Some(*date)),
            (Self::Time(values), Value::Time(time)) => values.push(Some(*time)),
            (Self::Uuid(values), _) => values.push(None),
            (Self::Int(values), _) => values.push(None),
            (Self::Decimal(values), _) => values.push(None),
            (Self::Bool(values), _) => values.push(None),
            (Self::Date(values), _) => values.push(None),
            (Self::Time(values), _) => values.push(None),
        }
    }

    /// Adds what a slot holds of a custom field's value: text as its sort key, numbers and
    /// amounts as numbers, dates as midnight UTC.
    pub(super) fn push_slot(&mut self, value: &Value) {
        match (self, value) {
            (Self::Text(values), Value::Text(text)) => values.push(Some(sort_key(text))),
            (Self::Decimal(values), Value::Int(number)) => {
                values.push(Some(Decimal::from(*number)));
            }
            (Self::Decimal(values), Value::Money(Money { units, .. })) => {
                values.push(Some(Decimal::from(*units)));
            }
            (Self::Time(values), Value::Date(date)) => {
                values.push(TimeZone::UTC.to_timestamp(DateTime::from(*date)).ok());
            }
            (column, value) => column.push(value),
        }
    }
}

/// `items` as PostgreSQL writes a `text[]`.
fn array_literal(items: &[String]) -> String {
    let mut literal = String::from("{");
    for (position, item) in items.iter().enumerate() {
        if position > 0 {
            literal.push(',');
        }
        literal.push('"');
        for character in item.chars() {
            if matches!(character, '"' | '\\') {
                literal.push('\\');
            }
            literal.push(character);
        }
        literal.push('"');
    }
    literal.push('}');
    literal
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn array_literals_quote_everything() {
        let items = ["a,b".to_owned(), "\"\\".to_owned(), "NULL".to_owned()];
        assert_eq!(array_literal(&items), r#"{"a,b","\"\\","NULL"}"#);
    }
}
