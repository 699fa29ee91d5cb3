//! Users: who works in a workspace, and what they may do.

mod directory;
mod email;
mod http;
pub(crate) mod model;
pub(crate) mod password;
mod service;
pub(crate) mod store;

pub use email::EmailAddress;
pub(crate) use http::{UserAnswer, routes};
pub use model::User;
pub(crate) use service::{NewAccount, UserList, UserPatch};
