//! The record platform: a catalog of objects and fields, and the records themselves.

pub mod catalog;
pub mod query;
pub mod search;
pub mod value;
