//! One record in memory.

use jiff::Timestamp;
use kith_kernel::{RecordId, UserId};

use crate::catalog::Object;
use crate::value::Value;

/// A record of one object, with all of its stored values.
#[derive(Clone, Debug, PartialEq)]
pub struct Record {
    /// The record's id.
    pub id: RecordId,
    /// Ascends by one with each change.
    pub version: i64,
    /// When the record was created.
    pub created_at: Timestamp,
    /// By whom it was created.
    pub created_by: UserId,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// By whom it was last changed.
    pub updated_by: UserId,
    /// Since when it is in the recycle bin.
    pub deleted_at: Option<Timestamp>,
    /// The values, in the order of the object's fields. Members above, links and computed
    /// fields are null here.
    pub values: Vec<Value>,
}

impl Record {
    /// A record of version 1 without values.
    pub fn new(id: RecordId, object: &Object, now: Timestamp, user: UserId) -> Self {
        Self {
            id,
            version: 1,
            created_at: now,
            created_by: user,
            updated_at: now,
            updated_by: user,
            deleted_at: None,
            values: vec![Value::Null; object.fields().len()],
        }
    }

    /// The value of the field with this key; null where the object has no such field.
    pub fn get(&self, object: &Object, key: &str) -> &Value {
        (object
            .position_by_key(key)
            .and_then(|at| self.values.get(at)))
        .unwrap_or(&Value::Null)
    }

    /// Sets the value of the field with this key, where the object has one.
    pub fn set(&mut self, object: &Object, key: &str, value: Value) {
        if let Some(place) = (object.position_by_key(key)).and_then(|at| self.values.get_mut(at)) {
            *place = value;
        }
    }

    /// The text of the field with this key, where it has one.
    pub fn text(&self, object: &Object, key: &str) -> Option<&str> {
        match self.get(object, key) {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The members of the list in the field with this key.
    pub fn list(&self, object: &Object, key: &str) -> &[String] {
        match self.get(object, key) {
            Value::List(items) => items,
            _ => &[],
        }
    }
}

/// What a change did to its record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Did {
    /// The record is new.
    Created,
    /// Values changed.
    Updated,
    /// Nothing changed: no new version, no event.
    Nothing,
    /// The record went to the recycle bin.
    Deleted,
    /// The record came back from it.
    Restored,
}
