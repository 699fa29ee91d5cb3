//! Validation rules of fields: CEL over the record.

use jiff::Timestamp;
use kith_kernel::{Actor, FieldError};

use crate::catalog::Object;
use crate::record::Record;

/// What the object's validation rules say against `record`.
pub(crate) fn check(
    _object: &Object,
    _record: &Record,
    _actor: &Actor,
    _now: Timestamp,
) -> Vec<FieldError> {
    Vec::new()
}
