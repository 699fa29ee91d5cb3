//! From the tree as written to the tree that is meant: names become fields, types are known.

mod calls;
mod checker;
mod coerce;
mod function;
mod literals;
mod names;
mod operators;
mod paths;
mod schema;
mod tree;

pub use calls::{FUNCTIONS, Signature};
pub use checker::{check, check_as};
pub use function::{Function, Part, Unit};
pub use schema::{Binding, Schema};
pub use tree::{ArithmeticOp, Checked, CompareOp, Field, Kind, Quantifier, Root, Step};
