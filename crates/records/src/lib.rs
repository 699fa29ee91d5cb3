//! The record platform: a catalog of objects and fields, and the records themselves.

pub mod catalog;
pub mod error;
pub mod query;
pub mod record;
pub mod search;
mod validation;
pub mod value;
