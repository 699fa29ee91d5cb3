//! Changes of many records at once: all that match a filter, or a list of them.
//!
//! Which records they are is fixed when the work starts, so that a change that alters what the
//! filter finds doesn't run after itself. The work is done in short transactions by whichever
//! process has time, survives it, and can be undone.

mod collect;
pub(crate) mod http;
mod model;
mod request;
mod run;
mod service;
mod show;
mod store;
mod undo;
mod worker;

pub use model::{Action, Bulk, Lists, State};
