//! The catalog: which objects a workspace has, and which fields they have.

mod definition;
mod model;
pub mod standard;
mod store;

pub use definition::{FieldDefinition, ObjectDefinition};
pub use model::{
    Catalog, Field, FieldType, Object, RollUpFunction, SLOT_COLUMNS, SelectOption, Slot, SlotKind,
    Storage, Table,
};
pub use store::Catalogs;
