//! The catalog: which objects a workspace has, and which fields they have.

mod builder;
mod definition;
mod draft;
pub(crate) mod http;
mod model;
mod service;
mod show;
pub mod standard;
mod store;

pub use builder::Builder;
pub use definition::{FieldDefinition, ObjectDefinition};
pub use model::{
    Catalog, Field, FieldType, Object, RollUpFunction, SLOT_COLUMNS, SelectOption, Slot, SlotKind,
    Storage, Table,
};
pub use store::Catalogs;
