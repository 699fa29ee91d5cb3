//! Which broker, and what publishing is to it.

use async_trait::async_trait;
use bytes::Bytes;
use kith_crypto::Secret;
use kith_kernel::{ErrorCode, Failure};

use super::nats::Nats;
use super::rabbitmq::RabbitMq;

/// Where events are published, as an operator says.
#[derive(Clone, Debug)]
pub struct BrokerConfig {
    /// `amqp://`, `amqps://` (`RabbitMQ`), `nats://` or `tls://` (NATS), with user and password.
    pub url: Secret<String>,
    /// The first word of routing keys and subjects: `kith.{workspace}.deal.updated`.
    pub subject: String,
    /// `RabbitMQ`: the topic exchange that is published to.
    pub exchange: String,
    /// `RabbitMQ`: the quorum queue that keeps all events.
    pub queue: String,
    /// NATS: the stream that keeps all events.
    pub stream: String,
}

/// An event on its way to a broker.
#[derive(Clone, Debug)]
pub(super) struct Message {
    /// The event's id, by which receivers tell a repetition.
    pub(super) id: String,
    /// The routing key or subject.
    pub(super) subject: String,
    /// The `CloudEvent`.
    pub(super) body: Bytes,
}

/// The media type of a `CloudEvent` in JSON.
pub(super) const CLOUD_EVENT: &str = "application/cloudevents+json";

/// Why nothing was published.
#[derive(Debug, thiserror::Error)]
pub(super) enum BrokerError {
    #[error("the broker can't be reached: {0}")]
    Unreachable(Box<dyn std::error::Error + Send + Sync>),
    #[error("the broker took too long")]
    Slow,
    #[error("the broker refused an event")]
    Refused,
    #[error("no queue is bound to the exchange, so an event would be lost")]
    Unroutable,
}

impl From<BrokerError> for Failure {
    fn from(error: BrokerError) -> Self {
        // All of it passes when an operator, or time, has mended the broker.
        Self::new(
            ErrorCode::Unavailable,
            format!("Events can't be published: {error}."),
        )
        .caused_by(error)
    }
}

/// A kind of broker.
#[async_trait]
pub(super) trait Broker: Send + Sync {
    /// Publishes all messages and returns when the broker has confirmed each. Their order among
    /// each other is not kept.
    async fn publish(&self, messages: Vec<Message>) -> Result<(), BrokerError>;
}

/// The broker of a configuration.
///
/// # Errors
/// `InvalidRequest` where the URL is none of a broker that is known.
pub(super) fn connect(config: &BrokerConfig) -> Result<Box<dyn Broker>, Failure> {
    let scheme = config.url.expose().split("://").next().unwrap_or_default();
    match scheme {
        "amqp" | "amqps" => Ok(Box::new(RabbitMq::new(config)?)),
        "nats" | "tls" => Ok(Box::new(Nats::new(config)?)),
        _ => Err(refused(
            "it must begin with amqp://, amqps://, nats:// or tls://",
        )),
    }
}

/// The refusal of a URL; it says nothing of the URL itself, which has a password in it.
pub(super) fn refused(why: impl std::fmt::Display) -> Failure {
    let message = format!("The broker's URL can't be used: {why}.");
    Failure::new(ErrorCode::InvalidRequest, message)
}
