//! Events of records as `CloudEvents`, published to a message broker.
//!
//! A reader of the log publishes, and goes on once the broker has confirmed. So each event arrives
//! at least once, under its own id, and the events of one record arrive in their order; after an
//! outage, of the broker or of Kith, it goes on where it stood.

mod cloudevent;
mod nats;
mod rabbitmq;
mod reader;
mod target;

pub(crate) use reader::BrokerReader;
pub use target::BrokerConfig;
