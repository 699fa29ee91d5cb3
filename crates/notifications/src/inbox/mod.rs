//! A user's notifications.

pub(crate) mod http;
pub(crate) mod model;
pub(crate) mod store;

pub(crate) use model::{Kind, NewNotification, Notification};
