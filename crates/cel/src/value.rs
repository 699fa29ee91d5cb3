//! Values: what literals stand for, what fields hold and what evaluation yields.

use std::cmp::Ordering;

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use kith_kernel::Money;
use rust_decimal::Decimal;
use uuid::Uuid;

/// A value of any type.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// Nothing is known.
    Null,
    /// True or false.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// A decimal number.
    Decimal(Decimal),
    /// Text, or the key of a select's option.
    Text(String),
    /// A day.
    Date(Date),
    /// A moment, to the microsecond.
    Timestamp(Timestamp),
    /// A length of time, to the microsecond.
    Duration(SignedDuration),
    /// The identifier of a record.
    Id(Uuid),
    /// An amount in a currency.
    Money(Money),
    /// Any JSON value but null.
    Json(serde_json::Value),
    /// A list.
    List(Vec<Value>),
}

impl Value {
    /// Whether nothing is known.
    pub fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }

    /// The order of two values of one type: false before true, numbers by size, texts byte by
    /// byte, times by age, identifiers by their bytes, amounts by size.
    ///
    /// `None` if either is null, JSON or a list, if they are of different types, and for amounts
    /// in different currencies.
    pub fn order(&self, other: &Self) -> Option<Ordering> {
        match (self, other) {
            (Self::Bool(a), Self::Bool(b)) => Some(a.cmp(b)),
            (Self::Int(a), Self::Int(b)) => Some(a.cmp(b)),
            (Self::Decimal(a), Self::Decimal(b)) => Some(a.cmp(b)),
            (Self::Int(a), Self::Decimal(b)) => Some(Decimal::from(*a).cmp(b)),
            (Self::Decimal(a), Self::Int(b)) => Some(a.cmp(&Decimal::from(*b))),
            (Self::Text(a), Self::Text(b)) => Some(a.as_bytes().cmp(b.as_bytes())),
            (Self::Date(a), Self::Date(b)) => Some(a.cmp(b)),
            (Self::Timestamp(a), Self::Timestamp(b)) => Some(a.cmp(b)),
            (Self::Duration(a), Self::Duration(b)) => Some(a.cmp(b)),
            (Self::Id(a), Self::Id(b)) => Some(a.cmp(b)),
            (Self::Money(a), Self::Money(b)) if a.currency == b.currency => {
                Some(a.units.cmp(&b.units))
            }
            _ => None,
        }
    }

    /// Whether two values of one type are equal; amounts in different currencies are not.
    ///
    /// `None` if either is null, JSON or a list, and if they are of different types.
    pub fn equals(&self, other: &Self) -> Option<bool> {
        match (self, other) {
            (Self::Money(a), Self::Money(b)) => Some(a == b),
            _ => self.order(other).map(Ordering::is_eq),
        }
    }
}

impl From<Option<bool>> for Value {
    fn from(value: Option<bool>) -> Self {
        value.map_or(Self::Null, Self::Bool)
    }
}

/// The first day that dates and timestamps may have: 1 January of the year 1.
pub const FIRST_DAY: Date = Date::constant(1, 1, 1);

/// The last day that dates may have.
pub const LAST_DAY: Date = Date::constant(9999, 12, 31);

/// The first moment: the year 1 begins, in UTC.
pub const FIRST_MOMENT: Timestamp = Timestamp::constant(-62_135_596_800, 0);

/// The last moment: 30 December 9999 begins, in UTC.
pub const LAST_MOMENT: Timestamp = Timestamp::constant(253_402_128_000, 0);
