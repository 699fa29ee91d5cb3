//! Interaction types: the channels that a workspace adds, and the schemas of interactions' bodies.

pub(crate) mod http;
mod model;
mod schema;
mod service;
mod store;

pub(crate) use schema::Schema as Compiled;
