//! The catalog: which objects a workspace has, and which fields they have.

mod model;
pub mod standard;

pub use model::{
    Catalog, Field, FieldType, Object, RollUpFunction, SLOT_COLUMNS, SelectOption, Slot, SlotKind,
    Storage, Table,
};
