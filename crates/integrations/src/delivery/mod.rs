//! Deliveries: events on their way to webhooks.
//!
//! The log's reader notes one delivery for each webhook that wants an event, in the transaction
//! that moves its cursor. Dispatchers take those that are due, post them, and note what came back.
//! A dispatcher that dies leaves its deliveries held; others see that its process is gone, and
//! take them again. So a delivery is posted at least once, always under the same id.

mod dispatcher;
mod endpoint;
pub(crate) mod http;
mod model;
mod plan;
mod queue;
mod reader;
mod sender;
mod service;
mod settle;
mod store;

pub(crate) use dispatcher::Dispatcher;
pub(crate) use reader::WebhookReader;
