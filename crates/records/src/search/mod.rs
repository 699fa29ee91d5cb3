//! Search as one types, over all searchable objects.

pub mod dictionary;
pub mod text;
