//! Erasing people: their keys are destroyed, and they vanish from everything that is derived.

pub(crate) mod http;
mod service;
mod store;

pub(crate) use store::{among_in, of};
