//! Records: how they are read into memory, changed, and written with their events.

mod change;
mod columns;
mod computed;
mod engine;
mod event;
mod history;
pub(crate) mod http;
pub(crate) mod link;
pub(crate) mod log;
mod merge;
mod model;
mod note_title;
mod operation;
mod parents;
mod rebuild;
mod relation;
mod render;
mod rules;
mod service;
mod shape;
mod unique;

pub use change::{Change, Outcome, RowError};
pub use engine::Writer;
pub use event::Origin;
pub use history::parse_moment;
pub use http::parse_id;
pub use merge::merged;
pub use model::{Did, Record};
pub(crate) use operation::accepted;
pub use operation::{Operation, OperationAction, Target};
pub use rebuild::{Rebuild, rebuild_in};
pub use render::render_record;
pub use service::{Answer, BATCH_LIMIT, Done, answer_batch, answer_one, object};
pub use shape::Shape;
pub use unique::find_by_unique_in;
pub(crate) use unique::release_all_in;
