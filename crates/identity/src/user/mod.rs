//! Users: who works in a workspace, and what they may do.

mod describe;
mod directory;
mod email;
mod http;
pub(crate) mod model;
pub(crate) mod password;
mod patch;
mod service;
pub(crate) mod store;

pub use email::EmailAddress;
pub(crate) use http::{UserAnswer, routes};
pub use model::User;
pub(crate) use patch::UserPatch;
pub(crate) use service::{NewAccount, UserList};
