//! Search as one types, over all searchable objects.

pub mod dictionary;
pub mod http;
mod plan;
pub(crate) mod rank;
mod run;
pub mod text;
mod words;

pub use run::{SEARCH_PARAMETERS, SearchRequest};
pub use words::MAX_QUERY;

#[cfg(test)]
pub(crate) use plan::{beginnings, matches};

/// What is looked for, for tests of the statement.
#[cfg(test)]
pub(crate) fn sought(typed: &str) -> words::Sought {
    words::Sought::read(typed).unwrap()
}

/// What is looked for, if anything, for tests of the statement.
#[cfg(test)]
pub(crate) fn try_sought(typed: &str) -> Option<words::Sought> {
    words::Sought::read(typed)
}
