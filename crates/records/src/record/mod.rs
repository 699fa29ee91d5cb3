//! Records: how they are read into memory, changed, and written with their events.

mod columns;
mod engine;
mod event;
mod link;
mod model;
mod parents;
mod relation;
mod rules;
mod shape;
mod unique;

pub use engine::{Change, Outcome, RowError, Writer};
pub use event::Origin;
pub use model::{Did, Record};
pub use shape::Shape;
pub use unique::find_by_unique_in;
