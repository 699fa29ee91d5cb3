//! Workspaces: one per customer organisation, with what holds for all of it.

mod http;
pub(crate) mod model;
mod service;
pub(crate) mod store;

pub(crate) use http::{WorkspaceAnswer, routes};
pub use model::{Workspace, WorkspaceDraft};
pub(crate) use service::WorkspacePatch;
