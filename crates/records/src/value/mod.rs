//! Values of fields: what they are, what is accepted for them, and how they are stored.

mod accept;
mod address;
mod contact;
mod phone;
mod read;
mod render;
mod storage;
mod text;

pub use accept::{Accept, Refusal};
pub use address::Address;
pub use contact::{domain, email, link};
pub use phone::phone;
pub use render::render;
pub(crate) use storage::canonical_time;
pub use storage::{read_storage, write_storage};

use jiff::Timestamp;
use jiff::civil::Date;
use kith_kernel::{Money, RecordId};
use rust_decimal::Decimal;
use uuid::Uuid;

/// The value of one field of one record.
#[derive(Clone, Debug, PartialEq, Default)]
pub enum Value {
    /// No value.
    #[default]
    Null,
    /// Text, long text, the value of a select's option.
    Text(String),
    /// A number, rating or autonumber.
    Int(i64),
    /// A decimal.
    Decimal(Decimal),
    /// A boolean.
    Bool(bool),
    /// A date.
    Date(Date),
    /// A datetime, in whole milliseconds.
    Time(Timestamp),
    /// A user, or a relation to one record.
    Id(Uuid),
    /// A relation to a record of any object.
    AnyRecord {
        /// The object's key.
        object: String,
        /// The record.
        id: Uuid,
    },
    /// An amount of money.
    Money(Money),
    /// The values of a multi-select, e-mails, phones or links; never empty.
    List(Vec<String>),
    /// A postal address with at least one part.
    Address(Box<Address>),
    /// Any JSON, as its canonical text.
    Json(String),
    /// Relations to several records; never empty.
    Links(Vec<Link>),
}

/// A relation from a record to one of several others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// The record at the other end.
    pub id: RecordId,
    /// What the record at the other end is to this one, such as `decision maker`.
    pub role: Option<String>,
}

impl Value {
    /// Whether there is no value.
    pub fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }

    /// The texts by which uniqueness of the value is decided: one for a scalar, one for each
    /// member of a list. Text is compared without regard to case.
    pub fn unique_keys(&self) -> Vec<String> {
        match self {
            Self::Text(text) => vec![text.to_lowercase()],
            Self::Int(number) => vec![number.to_string()],
            Self::List(items) => items.iter().map(|item| item.to_lowercase()).collect(),
            _ => Vec::new(),
        }
    }
}
