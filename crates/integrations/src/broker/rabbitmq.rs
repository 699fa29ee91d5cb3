//! `RabbitMQ`, by AMQP 0-9-1.

use std::future::Future;
use std::io::{self, Read, Write};
use std::net::SocketAddr;
use std::os::fd::{AsFd, AsRawFd};
use std::sync::Arc;
use std::time::{Duration, Instant};

use async_rs::traits::Reactor;
use async_rs::util::RuntimeParts;
use async_rs::{Runtime, Tokio};
use async_trait::async_trait;
use futures_util::future::try_join_all;
use futures_util::io::{AsyncRead, AsyncWrite};
use futures_util::stream::Stream as Items;
use kith_kernel::Failure;
use lapin::options::{
    BasicPublishOptions, ConfirmSelectOptions, ExchangeDeclareOptions, QueueBindOptions,
    QueueDeclareOptions,
};
use lapin::types::{AMQPValue, FieldTable};
use lapin::uri::{AMQPScheme, AMQPUri};
use lapin::{
    AsyncTcpStream, BasicProperties, Channel, Confirmation, Connection, ConnectionProperties,
    ExchangeKind,
};
use rustls::pki_types::ServerName;
use tokio::net::TcpStream;
use tokio::sync::Mutex;
use tokio_rustls::TlsConnector;
use tokio_util::compat::{Compat, TokioAsyncReadCompatExt as _};

use super::target::{Broker, BrokerConfig, BrokerError, CLOUD_EVENT, Message, refused};
use crate::stream::{Stream, trusting};

/// How long the server may take to answer.
const ANSWER: Duration = Duration::from_secs(10);
/// Messages that survive a restart of the server.
const PERSISTENT: u8 = 2;

/// An exchange, connected to when it is needed.
pub(super) struct RabbitMq {
    uri: AMQPUri,
    tls: TlsConnector,
    exchange: String,
    queue: String,
    connected: Mutex<Option<Connected>>,
}

/// A connection and its channel: the channel ends with the connection.
#[derive(Clone)]
struct Connected {
    _connection: Arc<Connection>,
    channel: Channel,
}

impl RabbitMq {
    pub(super) fn new(config: &BrokerConfig) -> Result<Self, Failure> {
        let tls = trusting().map_err(Failure::internal)?;
        Ok(Self {
            uri: config.url.expose().parse().map_err(refused)?,
            tls: TlsConnector::from(Arc::new(tls)),
            exchange: config.exchange.clone(),
            queue: config.queue.clone(),
            connected: Mutex::new(None),
        })
    }

    /// The channel; exchange and queue are made where they are missing.
    async fn channel(&self) -> Result<Channel, BrokerError> {
        let mut connected = self.connected.lock().await;
        if let Some(Connected { channel, .. }) = &*connected
            && channel.status().connected()
        {
            return Ok(channel.clone());
        }
        let made = self.connect().await.map_err(unreachable)?;
        let channel = made.channel.clone();
        *connected = Some(made);
        Ok(channel)
    }

    async fn connect(&self) -> lapin::Result<Connected> {
        let runtime = Runtime::new(RuntimeParts::new(
            Tokio::current(),
            Network(Tokio::current()),
        ));
        let tls = self.tls.clone();
        let open = async move |uri: AMQPUri, _| Ok(open(&uri, &tls).await?);
        let properties = ConnectionProperties::default().with_connection_name("kith".into());
        let connection = Connection::connector(self.uri.clone(), runtime, open, properties).await?;
        let channel = connection.create_channel().await?;
        channel
            .confirm_select(ConfirmSelectOptions::default())
            .await?;
        let durable = ExchangeDeclareOptions {
            durable: true,
            ..ExchangeDeclareOptions::default()
        };
        let (exchange, queue) = (self.exchange.as_str(), self.queue.as_str());
        channel
            .exchange_declare(
                exchange.into(),
                ExchangeKind::Topic,
                durable,
                FieldTable::default(),
            )
            .await?;
        let durable = QueueDeclareOptions {
            durable: true,
            ..QueueDeclareOptions::default()
        };
        let mut arguments = FieldTable::default();
        let quorum = AMQPValue::LongString("quorum".into());
        arguments.insert("x-queue-type".into(), quorum);
        channel
            .queue_declare(queue.into(), durable, arguments)
            .await?;
        let options = QueueBindOptions::default();
        channel
            .queue_bind(
                queue.into(),
                exchange.into(),
                "#".into(),
                options,
                FieldTable::default(),
            )
            .await?;
        Ok(Connected {
            _connection: Arc::new(connection),
            channel,
        })
    }

    async fn send(&self, channel: &Channel, message: Message) -> Result<(), BrokerError> {
        let properties = BasicProperties::default()
            .with_message_id(message.id.into())
            .with_content_type(CLOUD_EVENT.into())
            .with_delivery_mode(PERSISTENT);
        // What no queue would take comes back instead of getting lost.
        let options = BasicPublishOptions {
            mandatory: true,
            ..BasicPublishOptions::default()
        };
        let exchange = self.exchange.as_str().into();
        let confirm = channel
            .basic_publish(
                exchange,
                message.subject.into(),
                options,
                &message.body,
                properties,
            )
            .await
            .map_err(unreachable)?;
        match confirm.await.map_err(unreachable)? {
            Confirmation::Ack(None) => Ok(()),
            Confirmation::Ack(Some(_)) => Err(BrokerError::Unroutable),
            Confirmation::Nack(_) | Confirmation::NotRequested => Err(BrokerError::Refused),
        }
    }
}

#[async_trait]
impl Broker for RabbitMq {
    async fn publish(&self, messages: Vec<Message>) -> Result<(), BrokerError> {
        let publishing = async {
            let channel = self.channel().await?;
            let sending = messages
                .into_iter()
                .map(|message| self.send(&channel, message));
            try_join_all(sending).await?;
            Ok(())
        };
        let published = tokio::time::timeout(2 * ANSWER, publishing).await;
        let published = published.unwrap_or(Err(BrokerError::Slow));
        if published.is_err() {
            // What is wrong may be the connection, or the queue that is gone: begin anew.
            *self.connected.lock().await = None;
        }
        published
    }
}

fn unreachable(error: lapin::Error) -> BrokerError {
    BrokerError::Unreachable(Box::new(error))
}

async fn open(uri: &AMQPUri, tls: &TlsConnector) -> io::Result<AsyncTcpStream<Compat<Stream>>> {
    let (host, port) = (uri.authority.host.as_str(), uri.authority.port);
    let connecting = tokio::time::timeout(ANSWER, TcpStream::connect((host, port)));
    let stream = connecting.await.map_err(|_| io::ErrorKind::TimedOut)??;
    stream.set_nodelay(true)?;
    let stream = match uri.scheme {
        AMQPScheme::AMQP => Stream::Plain(stream),
        AMQPScheme::AMQPS => {
            let name = ServerName::try_from(host.to_owned()).map_err(io::Error::other)?;
            Stream::Tls(Box::new(tls.connect(name, stream).await?))
        }
    };
    Ok(AsyncTcpStream::Plain(stream.compat()))
}

/// Tokio, but for what connections are.
#[derive(Clone, Debug)]
struct Network(Tokio);

impl Reactor for Network {
    type TcpStream = Compat<Stream>;
    type Sleep = <Tokio as Reactor>::Sleep;

    fn register<H: Read + Write + AsFd + AsRawFd + Send + 'static>(
        &self,
        socket: H,
    ) -> io::Result<impl AsyncRead + AsyncWrite + Send + Unpin + 'static> {
        self.0.register(socket)
    }

    fn sleep(&self, time: Duration) -> Self::Sleep {
        self.0.sleep(time)
    }

    fn interval(&self, time: Duration) -> impl Items<Item = Instant> + Send + 'static {
        self.0.interval(time)
    }

    #[expect(
        clippy::manual_async_fn,
        reason = "what is awaited must not borrow from here"
    )]
    fn tcp_connect_addr(
        &self,
        address: SocketAddr,
    ) -> impl Future<Output = io::Result<Self::TcpStream>> + Send + 'static {
        async move { Ok(Stream::Plain(TcpStream::connect(address).await?).compat()) }
    }
}
