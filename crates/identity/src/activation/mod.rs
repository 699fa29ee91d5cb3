//! One-time links by which a user sets their first or a new password. There is no mail
//! yet, so an administrator passes them on.

mod http;
mod page;
mod service;
pub(crate) mod store;

pub(crate) use http::{LinkAnswer, routes};
pub(crate) use page::pages;
pub use service::ActivationLink;
