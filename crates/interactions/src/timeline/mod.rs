//! What is read of a record: its timeline, its summary, and numbers for charts.

mod counts;
pub(crate) mod http;
mod page;
mod store;
mod summary;
