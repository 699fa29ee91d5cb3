//! What clients send: views with members left out, and what each may be.

use std::collections::BTreeMap;

use kith_kernel::{ErrorCode, Failure, FieldError};
use serde::{Deserialize, Deserializer};

use super::model::{Column, DefaultFor, Density, Footer, Kind, View};

/// The most columns of a view.
pub(super) const COLUMNS: usize = 200;
/// The longest name, in characters.
pub(super) const NAME: usize = 100;
/// The most footers, which one aggregate answers.
pub(super) const FOOTERS: usize = 20;
/// By how many paths a view is sorted.
pub(super) const SORTS: usize = 5;
/// The narrowest and the widest column, in pixels.
pub(super) const WIDTHS: std::ops::RangeInclusive<u16> = 40..=2_000;

/// A view to be, or a change of one: what is left out stays, or is as usual.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ViewDraft {
    /// The object's plural name; only for a new view.
    pub object: Option<String>,
    /// See [`View`] for this and the others.
    #[serde(deserialize_with = "given")]
    pub name: Option<String>,
    #[expect(missing_docs, reason = "see `View`")]
    #[serde(deserialize_with = "given")]
    pub kind: Option<Kind>,
    #[expect(missing_docs, reason = "see `View`")]
    #[serde(deserialize_with = "given")]
    pub shared: Option<bool>,
    #[expect(missing_docs, reason = "see `View`")]
    #[serde(deserialize_with = "given")]
    pub default: Option<DefaultFor>,
    #[expect(missing_docs, reason = "see `View`")]
    #[serde(deserialize_with = "given")]
    pub columns: Option<Vec<Column>>,
    /// Null takes it away, as with the other two.
    #[serde(deserialize_with = "given")]
    pub filter: Option<Option<String>>,
    #[expect(missing_docs, reason = "see `View`")]
    #[serde(deserialize_with = "given")]
    pub sort: Option<Vec<String>>,
    #[expect(missing_docs, reason = "see `View`")]
    #[serde(deserialize_with = "given")]
    pub group_by: Option<Option<String>>,
    #[expect(missing_docs, reason = "see `View`")]
    #[serde(deserialize_with = "given")]
    pub date_field: Option<Option<String>>,
    #[expect(missing_docs, reason = "see `View`")]
    #[serde(deserialize_with = "given")]
    pub density: Option<Density>,
    #[expect(missing_docs, reason = "see `View`")]
    #[serde(deserialize_with = "given")]
    pub footers: Option<BTreeMap<String, Footer>>,
}

/// A member that is there, be it null where null means something.
fn given<'de, D, T>(deserializer: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    T::deserialize(deserializer).map(Some)
}

impl ViewDraft {
    /// What is wrong with it, whatever the catalog says.
    pub(super) fn faults(&self) -> Vec<FieldError> {
        let mut faults = Vec::new();
        let mut fault = |field: String, code, message: String| {
            faults.push(FieldError {
                field,
                code,
                message,
            });
        };
        if let Some(name) = &self.name {
            let length = name.trim().chars().count();
            if length == 0 {
                fault("name".to_owned(), "required", "is required".to_owned());
            } else if length > NAME || name.chars().any(char::is_control) {
                let message = format!("must be one line of at most {NAME} characters");
                fault("name".to_owned(), "invalid_name", message);
            }
        }
        let most = |given: usize, most: usize| given > most;
        let columns = self.columns.as_deref().unwrap_or_default();
        let sort = self.sort.as_deref().unwrap_or_default();
        let footers = self.footers.as_ref().map_or(0, BTreeMap::len);
        for (member, given, limit) in [
            ("columns", columns.len(), COLUMNS),
            ("sort", sort.len(), SORTS),
            ("footers", footers, FOOTERS),
        ] {
            if most(given, limit) {
                fault(
                    member.to_owned(),
                    "too_many",
                    format!("must have at most {limit} members"),
                );
            }
        }
        for (at, column) in columns.iter().take(COLUMNS).enumerate() {
            if let Some(width) = column.width
                && !WIDTHS.contains(&width)
            {
                let (least, most) = (WIDTHS.start(), WIDTHS.end());
                let message = format!("must be from {least} to {most} pixels");
                fault(format!("columns[{at}].width"), "out_of_range", message);
            }
            if columns[..at]
                .iter()
                .any(|other| other.field == column.field)
            {
                let message = "stands there twice".to_owned();
                fault(format!("columns[{at}].field"), "given_twice", message);
            }
        }
        faults
    }

    /// Puts what is given into `view`.
    pub(super) fn apply(self, view: &mut View) {
        fn set<T>(place: &mut T, value: Option<T>) {
            if let Some(value) = value {
                *place = value;
            }
        }
        let some = |text: Option<Option<String>>| {
            text.map(|text| text.filter(|text| !text.trim().is_empty()))
        };
        set(&mut view.name, self.name.map(|name| name.trim().to_owned()));
        set(&mut view.kind, self.kind);
        set(&mut view.shared, self.shared);
        set(&mut view.layout.columns, self.columns);
        set(&mut view.layout.filter, some(self.filter));
        set(&mut view.layout.sort, self.sort);
        set(&mut view.layout.group_by, some(self.group_by));
        set(&mut view.layout.date_field, some(self.date_field));
        set(&mut view.layout.density, self.density);
        set(&mut view.layout.footers, self.footers);
    }
}

/// The refusal of a view with faults.
pub(super) fn refusal(faults: Vec<FieldError>) -> Failure {
    let message = match faults.as_slice() {
        [one] => format!("`{}` {}.", one.field, one.message),
        many => format!("{} members are not acceptable; see `errors`.", many.len()),
    };
    let mut failure = Failure::new(ErrorCode::ValidationFailed, message);
    failure.fields = faults;
    failure
}
