//! Saved views: how an object's records are filtered, sorted and shown, under a name.
//!
//! A private view is its owner's alone; nobody else can tell that it is there. A shared view is
//! for all of the workspace, and changed by its owner and by administrators.

mod check;
mod draft;
pub(crate) mod http;
mod model;
mod service;
mod store;

pub use draft::ViewDraft;
pub use model::{Column, DefaultFor, Density, Footer, Kind, Layout, View};
