//! Guessing what columns hold, from their headers and their content, and reading their values.
//!
//! Nothing here knows records: the caller brings the fields as [`Candidate`]s and decides.

mod boolean;
mod column;
mod date;
mod months;
mod names;
mod number;
mod profile;
mod shape;
mod time;

pub use boolean::parse_bool;
pub use date::{DateStyle, Moment, parse_date, parse_datetime};
pub use names::{Candidate, Match, assign, best_match, similarity};
pub use number::{NumberStyle, parse_decimal};
pub use profile::{ColumnProfile, Finding, Profiler, ValueCount};
pub use shape::Shape;

use crate::cell::excerpt;

/// Why a text is not the value that it should be, and what would be.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("“{text}” is no {wanted}. Write it like {accepted}.")]
pub struct ValueError {
    /// The text, cut to 200 characters.
    pub text: String,
    /// What it should be, such as `date`.
    pub wanted: &'static str,
    /// Examples of what is accepted.
    pub accepted: &'static str,
}

impl ValueError {
    fn new(text: &str, wanted: &'static str, accepted: &'static str) -> Self {
        Self {
            text: excerpt(text),
            wanted,
            accepted,
        }
    }
}
