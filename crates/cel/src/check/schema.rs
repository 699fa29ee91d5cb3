//! What an expression may speak of.

use jiff::tz::TimeZone;

use crate::Type;

/// The names that an expression may use, and what they mean.
///
/// A name that the reader must not know of is simply not there.
pub trait Schema {
    /// What a checked expression carries for each step of a path; opaque here.
    type Field: Clone;

    /// The field that `name` means on its own.
    fn root(&self, name: &str) -> Option<Binding<Self::Field>>;

    /// The field that `name` means after a point, behind a value of type `of`. Asked for every
    /// type, so that a schema may add members to any; `amount` and `currency` of money and the
    /// members of JSON need no answer.
    fn member(&self, of: &Type, name: &str) -> Option<Binding<Self::Field>>;

    /// The names that [`Schema::root`] (`None`) or [`Schema::member`] would answer, to suggest
    /// the nearest one.
    fn names(&self, of: Option<&Type>) -> Vec<String> {
        let _ = of;
        Vec::new()
    }

    /// The zone in which days begin, and in which times without an offset are meant.
    fn time_zone(&self) -> TimeZone {
        TimeZone::UTC
    }
}

/// What a name means.
#[derive(Clone, Debug, PartialEq)]
pub struct Binding<F> {
    /// The schema's own handle of the field.
    pub field: F,
    /// The type of its values.
    pub ty: Type,
}
