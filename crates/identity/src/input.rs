//! How a request's values are checked: every fault of a request is found before it is refused.

use kith_kernel::{ErrorCode, Failure, FieldError};
use serde::{Deserialize, Deserializer};

/// What a patch does to a value that may be absent: left out it stays, null removes it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) enum Change<T> {
    #[default]
    Keep,
    Remove,
    Set(T),
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Change<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = Option::deserialize(deserializer)?;
        Ok(value.map_or(Self::Remove, Self::Set))
    }
}

impl<T> Change<T> {
    /// The value as it becomes.
    pub(crate) fn apply(self, current: &mut Option<T>) {
        match self {
            Self::Keep => {}
            Self::Remove => *current = None,
            Self::Set(value) => *current = Some(value),
        }
    }
}

/// What is wrong with one value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Fault {
    pub(crate) code: &'static str,
    pub(crate) message: String,
}

impl Fault {
    pub(crate) fn new(code: &'static str, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
        }
    }
}

/// The faults of one request.
#[derive(Debug, Default)]
pub(crate) struct Faults(Vec<FieldError>);

impl Faults {
    /// The value, or `None` with its fault noted under `field`.
    pub(crate) fn check<T>(&mut self, field: &str, value: Result<T, Fault>) -> Option<T> {
        match value {
            Ok(value) => Some(value),
            Err(fault) => {
                self.0.push(FieldError {
                    field: field.to_owned(),
                    code: fault.code,
                    message: fault.message,
                });
                None
            }
        }
    }

    /// As [`Faults::check`], for a value that may be absent.
    pub(crate) fn check_some<T>(
        &mut self,
        field: &str,
        value: Option<Result<T, Fault>>,
    ) -> Option<T> {
        value.and_then(|value| self.check(field, value))
    }

    /// As [`Faults::check`], for the value that a patch sets. A faulty one counts as kept.
    pub(crate) fn check_change<T>(
        &mut self,
        field: &str,
        change: &Change<String>,
        check: impl FnOnce(&str) -> Result<T, Fault>,
    ) -> Change<T> {
        match change {
            Change::Keep => Change::Keep,
            Change::Remove => Change::Remove,
            Change::Set(text) => self
                .check(field, check(text))
                .map_or(Change::Keep, Change::Set),
        }
    }

    /// The refusal of the request, where there is a fault.
    pub(crate) fn into_failure(self) -> Option<Failure> {
        let first = self.0.first()?;
        let message = if self.0.len() == 1 {
            first.message.clone()
        } else {
            format!(
                "{} values are not acceptable. See `errors` for what each should be.",
                self.0.len()
            )
        };
        let mut failure = Failure::new(ErrorCode::ValidationFailed, message);
        failure.fields = self.0;
        Some(failure)
    }

    /// # Errors
    /// The refusal of the request, where there is a fault.
    pub(crate) fn none_or_fail(self) -> Result<(), Failure> {
        self.into_failure().map_or(Ok(()), Err)
    }
}

/// A text of one line: trimmed, 1 to `max` code points, without control characters.
pub(crate) fn line(text: &str, what: &str, max: usize) -> Result<String, Fault> {
    let text = text.trim();
    if text.is_empty() {
        return Err(Fault::new("required", format!("Give {what}.")));
    }
    if text.chars().count() > max {
        return Err(Fault::new(
            "too_long",
            format!("Shorten {what} to {max} characters or fewer."),
        ));
    }
    if text.chars().any(char::is_control) {
        return Err(Fault::new(
            "invalid_characters",
            format!("Remove line breaks and control characters from {what}."),
        ));
    }
    Ok(text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_trimmed_counted_in_code_points_and_free_of_controls() {
        assert_eq!(line("  Zoë 🦀 ", "a name", 5), Ok("Zoë 🦀".to_owned()));
        assert_eq!(line("123456", "a name", 5).unwrap_err().code, "too_long");
        assert_eq!(
            line("a\0b", "a name", 5).unwrap_err().code,
            "invalid_characters"
        );
        assert_eq!(line(" \u{a0} ", "a name", 5).unwrap_err().code, "required");
    }

    #[test]
    fn all_faults_are_told_at_once() {
        let mut faults = Faults::default();
        assert_eq!(faults.check("a", line("", "a name", 5)), None);
        assert_eq!(
            faults.check("b", line("x", "a name", 5)),
            Some("x".to_owned())
        );
        assert_eq!(faults.check("c", line("", "a title", 5)), None);
        let failure = faults.into_failure().unwrap();
        let fields: Vec<_> = failure.fields.iter().map(|f| f.field.as_str()).collect();
        assert_eq!(fields, ["a", "c"]);
        assert!(Faults::default().into_failure().is_none());
    }
}
