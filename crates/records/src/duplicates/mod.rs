//! Records that a new one may be a duplicate of.

mod compare;
mod find;
pub(crate) mod http;
