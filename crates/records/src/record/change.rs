//! One change to one record, and what becomes of it.

use kith_contracts::access::Action;
use kith_kernel::{ErrorCode, Failure, FieldError, RecordId};

use super::{Did, Record};
use crate::value::Value;

/// A change to one record. Values stand beside their fields' places in [`Object::fields`].
#[derive(Clone, Debug)]
pub enum Change {
    /// A new record.
    Create {
        /// Its id.
        id: RecordId,
        /// Its values; fields without one take their defaults.
        values: Vec<(usize, Value)>,
    },
    /// New values for some fields.
    Update {
        /// The record.
        id: RecordId,
        /// The version that it must have.
        if_version: Option<i64>,
        /// The new values.
        values: Vec<(usize, Value)>,
    },
    /// New values for some fields; members are added to lists and parts to addresses that are
    /// there already.
    Merge {
        /// The record.
        id: RecordId,
        /// The new values.
        values: Vec<(usize, Value)>,
    },
    /// To the recycle bin.
    Delete {
        /// The record.
        id: RecordId,
        /// The version that it must have.
        if_version: Option<i64>,
    },
    /// Back from the recycle bin.
    Restore {
        /// The record.
        id: RecordId,
        /// The version that it must have.
        if_version: Option<i64>,
    },
}

/// What became of a change.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// What was done.
    pub did: Did,
    /// The record as it is now.
    pub record: Record,
    /// The record as it was, where it was there before.
    pub before: Option<Record>,
}

/// Why a change was not made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowError {
    /// The stable code.
    pub code: ErrorCode,
    /// What is wrong, for the client.
    pub message: String,
    /// The fields at fault.
    pub fields: Vec<FieldError>,
    /// The version that the record has, where another one was demanded.
    pub current_version: Option<i64>,
}

impl RowError {
    /// A change that is wrong as a whole.
    pub fn new(code: ErrorCode, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
            fields: Vec::new(),
            current_version: None,
        }
    }

    /// A change with fields that are wrong.
    pub fn fields(code: ErrorCode, fields: Vec<FieldError>) -> Self {
        let message = match fields.as_slice() {
            [one] => format!("`{}` {}.", one.field, one.message),
            many => format!("{} fields are not acceptable; see `errors`.", many.len()),
        };
        Self {
            fields,
            ..Self::new(code, message)
        }
    }

    pub(super) fn not_found(id: RecordId) -> Self {
        Self::new(
            ErrorCode::NotFound,
            format!("There is no record with the id {id}."),
        )
    }
}

impl From<RowError> for Failure {
    fn from(error: RowError) -> Self {
        let mut failure = Self::new(error.code, error.message);
        failure.fields = error.fields;
        match error.current_version {
            Some(version) => failure.detail("current_version", version),
            None => failure,
        }
    }
}

impl Change {
    /// The record that is changed.
    pub fn id(&self) -> RecordId {
        match self {
            Self::Create { id, .. }
            | Self::Update { id, .. }
            | Self::Merge { id, .. }
            | Self::Delete { id, .. }
            | Self::Restore { id, .. } => *id,
        }
    }

    pub(super) fn action(&self) -> Action {
        match self {
            Self::Create { .. } => Action::Create,
            Self::Update { .. } | Self::Merge { .. } | Self::Restore { .. } => Action::Update,
            Self::Delete { .. } => Action::Delete,
        }
    }
}
