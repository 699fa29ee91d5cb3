//! NATS `JetStream`.

use std::time::Duration;

use async_nats::connection::State;
use async_nats::jetstream::context::ContextBuilder;
use async_nats::jetstream::message::PublishMessage;
use async_nats::jetstream::{Context, stream};
use async_nats::{ConnectOptions, ServerAddr};
use async_trait::async_trait;
use futures_util::future::try_join_all;
use kith_kernel::Failure;
use tokio::sync::Mutex;

use super::target::{Broker, BrokerConfig, BrokerError, CLOUD_EVENT, Message, refused};
use crate::stream::trusting;

/// How long the server may take to answer.
const ANSWER: Duration = Duration::from_secs(10);
/// For how long the server drops repetitions by their ids.
const DUPLICATES: Duration = Duration::from_secs(600);

/// A stream, connected to when it is needed.
pub(super) struct Nats {
    address: ServerAddr,
    tls: rustls::ClientConfig,
    stream: stream::Config,
    connected: Mutex<Option<Context>>,
}

impl Nats {
    pub(super) fn new(config: &BrokerConfig) -> Result<Self, Failure> {
        Ok(Self {
            address: config.url.expose().parse().map_err(refused)?,
            tls: trusting().map_err(Failure::internal)?,
            stream: stream::Config {
                name: config.stream.clone(),
                subjects: vec![format!("{}.>", config.subject)],
                storage: stream::StorageType::File,
                duplicate_window: DUPLICATES,
                ..stream::Config::default()
            },
            connected: Mutex::new(None),
        })
    }

    /// The stream's context; the stream is made where there is none of its name.
    async fn context(&self) -> Result<Context, BrokerError> {
        let mut connected = self.connected.lock().await;
        // A client that has lost its server would keep what it is given to itself.
        if let Some(context) = &*connected
            && context.client().connection_state() == State::Connected
        {
            return Ok(context.clone());
        }
        let options = ConnectOptions::new()
            .name("kith")
            .connection_timeout(ANSWER)
            .request_timeout(Some(ANSWER))
            .tls_client_config(self.tls.clone());
        let client = (options.connect(self.address.clone()).await).map_err(unreachable)?;
        let context = ContextBuilder::new()
            .timeout(ANSWER)
            .ack_timeout(ANSWER)
            .build(client);
        let made = context.get_or_create_stream(self.stream.clone()).await;
        made.map_err(unreachable)?;
        *connected = Some(context.clone());
        Ok(context)
    }

    async fn send(context: &Context, message: Message) -> Result<(), BrokerError> {
        let publish = PublishMessage::build()
            .payload(message.body)
            .message_id(message.id)
            .header("Content-Type", CLOUD_EVENT);
        let sent = context.send_publish(message.subject, publish).await;
        sent.map_err(unreachable)?.await.map_err(unreachable)?;
        Ok(())
    }
}

#[async_trait]
impl Broker for Nats {
    async fn publish(&self, messages: Vec<Message>) -> Result<(), BrokerError> {
        let publishing = async {
            let context = self.context().await?;
            let sending = messages
                .into_iter()
                .map(|message| Self::send(&context, message));
            try_join_all(sending).await?;
            Ok(())
        };
        let published = tokio::time::timeout(2 * ANSWER, publishing).await;
        let published = published.unwrap_or(Err(BrokerError::Slow));
        if published.is_err() {
            // What is wrong may be the connection, or the stream that is gone: begin anew.
            *self.connected.lock().await = None;
        }
        published
    }
}

fn unreachable(error: impl std::error::Error + Send + Sync + 'static) -> BrokerError {
    BrokerError::Unreachable(Box::new(error))
}
