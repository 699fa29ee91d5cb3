//! The catalog: which objects a workspace has, and which fields they have.

mod builder;
mod definition;
mod draft;
mod field_draft;
mod field_type;
pub(crate) mod http;
mod model;
mod service;
mod show;
pub mod standard;
mod storage;
mod store;

pub use builder::Builder;
pub use definition::{FieldDefinition, ObjectDefinition};
pub use field_type::{FieldType, RollUpFunction, SelectOption};
pub use model::{Catalog, Field, Object, Table};
pub use storage::{SLOT_COLUMNS, Slot, SlotKind, Storage};
pub use store::Catalogs;
