//! The planner: what may be asked of records, compiled to SQL.
//!
//! A request is parsed, resolved against the catalog and planned; nothing here asks the database
//! but [`run`]. A client's text never becomes SQL text ([`sql`]). Every table that a statement
//! names is bound to the workspace `$1` where it is named ([`tables`]).

pub mod aggregate;
mod computed;
mod content;
mod counts;
mod cursor;
pub mod encode;
pub(crate) mod expr;
mod flight;
mod get;
pub mod http;
mod list;
mod order;
mod page;
pub(crate) mod path;
pub(crate) mod refusal;
pub(crate) mod request;
pub(crate) mod run;
mod schema;
mod select;
mod selection;
mod shape;
pub(crate) mod sql;
pub(crate) mod tables;
mod traffic;
mod value;

pub use expr::Moment;
pub use get::{GetPlan, plan as plan_get};
pub use list::{COUNT_CAP, ExportPlan, ListPlan, Subject, plan, plan_count, plan_export};
pub use path::{Entity, Leaf, MAX_HOPS, UserColumn, target};
pub use request::{Bounds, DEFAULT_LIMIT, LIST_PARAMETERS, ListRequest, MAX_LIMIT};
pub use run::Found;
pub(crate) use run::Shared;
pub use schema::CatalogSchema;
pub use shape::Shape;
pub use sql::{Param, Statement};

#[cfg(test)]
mod tests;
