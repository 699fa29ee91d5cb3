//! What an interaction type is.

use jiff::Timestamp;
use kith_kernel::{ErrorCode, Failure, FieldError};
use serde::Deserialize;
use serde_json::{Value, json};

use super::schema::Schema;

/// The longest key, name and icon, in characters.
pub(crate) const NAME: usize = 60;
/// The largest schema, in bytes.
const SCHEMA: usize = 32 * 1024;

/// A channel of a workspace, or a built-in one whose bodies have a schema.
#[derive(Clone, Debug)]
pub struct InteractionType {
    /// The channel's name in the API.
    pub key: String,
    /// What people call it.
    pub name: String,
    /// The name of its icon.
    pub icon: Option<String>,
    /// The JSON schema of its interactions' bodies.
    pub schema: Option<Value>,
    /// Ascends with every change, for `If-Match`.
    pub version: i64,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

impl InteractionType {
    pub(crate) fn show(&self) -> Value {
        json!({
            "key": self.key,
            "name": self.name,
            "icon": self.icon,
            "schema": self.schema,
            "version": self.version,
            "created_at": self.created_at,
            "updated_at": self.updated_at,
        })
    }
}

/// A type as a client sends it; what is left out of a change stays as it is.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TypeDraft {
    pub(super) key: Option<String>,
    pub(super) name: Option<String>,
    #[serde(default, deserialize_with = "given")]
    pub(super) icon: Given<String>,
    #[serde(default, deserialize_with = "given")]
    pub(super) schema: Given<Value>,
}

/// A member that may be left out, or be null.
#[derive(Debug, Default)]
pub(super) enum Given<T> {
    /// It is left out.
    #[default]
    Nothing,
    /// It is a value, or null.
    Value(Option<T>),
}

impl<T> Given<T> {
    /// The value; none where there is none.
    pub(super) fn value(self) -> Option<T> {
        match self {
            Self::Nothing => None,
            Self::Value(value) => value,
        }
    }
}

/// Tells null, which takes a value away, from a member that isn't there.
fn given<'de, D: serde::Deserializer<'de>, T: Deserialize<'de>>(
    deserializer: D,
) -> Result<Given<T>, D::Error> {
    Option::deserialize(deserializer).map(Given::Value)
}

impl TypeDraft {
    /// # Errors
    /// `ValidationFailed` with every member at fault; `new` is whether a type is to be made.
    pub(super) fn check(&self, new: bool) -> Result<(), Failure> {
        let mut faults = Vec::new();
        let mut add = |field: String, code, message: String| {
            faults.push(FieldError {
                field,
                code,
                message,
            });
        };
        match &self.key {
            None if new => add("key".into(), "required", "is required".into()),
            Some(_) if !new => {
                let message = "can't be changed; make another type".into();
                add("key".into(), "read_only", message);
            }
            Some(key) if !is_key(key) => {
                let message = format!(
                    "must be 1 to {NAME} lower-case letters, digits and underscores, beginning with a letter"
                );
                add("key".into(), "invalid_value", message);
            }
            _ => {}
        }
        match &self.name {
            None if new => add("name".into(), "required", "is required".into()),
            Some(name) if name.trim().is_empty() || name.chars().count() > NAME => {
                add(
                    "name".into(),
                    "invalid_value",
                    format!("must have 1 to {NAME} characters"),
                );
            }
            _ => {}
        }
        if let Given::Value(Some(icon)) = &self.icon
            && icon.chars().count() > NAME
        {
            add(
                "icon".into(),
                "too_long",
                format!("must have at most {NAME} characters"),
            );
        }
        if let Given::Value(Some(schema)) = &self.schema {
            if schema.to_string().len() > SCHEMA {
                add(
                    "schema".into(),
                    "too_long",
                    format!("must have at most {SCHEMA} bytes"),
                );
            } else if let Err(fault) = Schema::compile(schema) {
                add(
                    format!("schema{}", fault.path),
                    "invalid_schema",
                    fault.message,
                );
            }
        }
        if faults.is_empty() {
            return Ok(());
        }
        let message = "Some values are not acceptable. See `errors` for what each should be.";
        let mut failure = Failure::new(ErrorCode::ValidationFailed, message);
        failure.fields = faults;
        Err(failure)
    }
}

/// Whether this can be a type's key.
pub(super) fn is_key(key: &str) -> bool {
    let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    key.len() <= NAME
        && key.starts_with(|c: char| c.is_ascii_lowercase())
        && key.chars().all(allowed)
}
