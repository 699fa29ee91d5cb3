//! What kinds of values there are.

use std::fmt;
use std::sync::Arc;

/// The type of a part of an expression. A value of any type but a list may be null.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Type {
    /// The literal `null` and nothing else.
    Null,
    /// True or false.
    Bool,
    /// A whole number of 64 bits.
    Int,
    /// An exact decimal number; see [`crate::decimal`].
    Decimal,
    /// Text, compared byte by byte.
    Text,
    /// One of a fixed set of keys. A value is a [`crate::Value::Text`].
    Select(Options),
    /// A day of the calendar.
    Date,
    /// A moment, to the microsecond.
    Timestamp,
    /// A length of time, to the microsecond.
    Duration,
    /// The identifier of a record.
    Id,
    /// An amount in a currency.
    Money,
    /// Any JSON value.
    Json,
    /// A list without nulls; a list that is missing is empty.
    List(Box<Type>),
    /// A record of the object of that API name. A value is the record's [`crate::Value::Id`].
    Record(Arc<str>),
}

/// The keys that a select accepts, those that are retired included.
pub type Options = Arc<[Arc<str>]>;

impl Type {
    /// The object of users: the type of `me()`.
    pub const USER: &'static str = "user";

    /// The type of users.
    pub fn user() -> Self {
        Self::Record(Arc::from(Self::USER))
    }

    /// A list of such values.
    #[must_use]
    pub fn list(self) -> Self {
        Self::List(Box::new(self))
    }

    /// What several values are called in a message.
    fn plural(&self) -> &'static str {
        match self {
            Self::Bool => "booleans",
            Self::Int => "whole numbers",
            Self::Decimal => "numbers",
            Self::Text => "texts",
            Self::Select(_) => "options",
            Self::Date => "dates",
            Self::Timestamp => "timestamps",
            Self::Duration => "durations",
            Self::Id => "ids",
            Self::Money => "amounts of money",
            Self::Json => "JSON values",
            Self::Record(_) => "records",
            Self::Null | Self::List(_) => "values",
        }
    }

    /// Whether values are [`crate::Value::Text`].
    pub fn is_text(&self) -> bool {
        matches!(self, Self::Text | Self::Select(_))
    }

    /// Whether values are [`crate::Value::Int`] or [`crate::Value::Decimal`].
    pub fn is_number(&self) -> bool {
        matches!(self, Self::Int | Self::Decimal)
    }

    /// Whether values are [`crate::Value::Id`].
    pub fn is_id(&self) -> bool {
        matches!(self, Self::Id | Self::Record(_))
    }

    /// Whether `==` and `!=` compare such values with each other.
    pub fn is_comparable(&self) -> bool {
        !matches!(self, Self::Null | Self::Json | Self::List(_))
    }

    /// Whether `<`, `<=`, `>` and `>=` compare such values with each other.
    pub fn is_ordered(&self) -> bool {
        matches!(
            self,
            Self::Int
                | Self::Decimal
                | Self::Text
                | Self::Date
                | Self::Timestamp
                | Self::Duration
                | Self::Money
        )
    }
}

impl fmt::Display for Type {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = match self {
            Self::Null => "null",
            Self::Bool => "a boolean",
            Self::Int => "a whole number",
            Self::Decimal => "a number",
            Self::Text => "text",
            Self::Select(_) => "an option",
            Self::Date => "a date",
            Self::Timestamp => "a timestamp",
            Self::Duration => "a duration",
            Self::Id => "an id",
            Self::Money => "an amount of money",
            Self::Json => "JSON",
            Self::List(item) => return write!(f, "a list of {}", item.plural()),
            Self::Record(object) => return write!(f, "a {object} record"),
        };
        f.write_str(name)
    }
}
