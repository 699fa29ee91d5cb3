//! Search as one types, over all searchable objects.

pub mod dictionary;
pub mod http;
mod plan;
mod rank;
mod run;
pub mod text;
mod words;

pub use run::{SEARCH_PARAMETERS, SearchRequest};
pub use words::MAX_QUERY;
