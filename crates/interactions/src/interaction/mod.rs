//! Interactions: what happened with whom, by which channel, appended and never changed.

mod append;
mod channel;
mod draft;
mod event;
pub(crate) mod http;
mod lines;
mod read;
mod seal;
mod store;

pub(crate) use channel::{BUILT_IN, Direction};
pub(crate) use channel::{is_contact, weight};
pub(crate) use event::{ERASED, Fact, LINKED, Link, Linked, RECORDED, Recorded};
pub(crate) use read::{Shown, show};
pub(crate) use store::{NewEvent, actor_json, append_events_in};
