//! A connection of its own for what lives as long as a connection does: locks that end with the
//! process that holds them, and notifications.

use std::future::poll_fn;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::mpsc;
use tokio_postgres::{AsyncMessage, Client, NoTls};

use crate::{ConnectionConfig, Params, StoreError};

/// How long opening may take.
const CONNECT: Duration = Duration::from_secs(2);
/// How long a statement may take: none of them waits for anything.
const ANSWER: Duration = Duration::from_secs(5);
/// Notifications that wait to be read; further ones are dropped, as every reader also looks by itself.
const WAITING: usize = 1_024;

/// A connection that no pool shares.
///
/// What it locks is free again as soon as the connection ends, also when its process is killed.
pub struct Session {
    client: Client,
    heard: mpsc::Receiver<Notification>,
}

/// What another process told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notification {
    /// The channel.
    pub channel: String,
    /// What was told, at most 8,000 bytes.
    pub payload: String,
}

impl Session {
    pub(crate) async fn open(config: &ConnectionConfig) -> Result<Self, StoreError> {
        let (told, heard) = mpsc::channel(WAITING);
        let opening = async {
            Ok::<_, tokio_postgres::Error>(match &config.tls {
                None => {
                    let (client, connection) = config.driver.connect(NoTls).await?;
                    tokio::spawn(listen(connection, told));
                    client
                }
                Some(tls) => {
                    let (client, connection) = config.driver.connect(tls.clone()).await?;
                    tokio::spawn(listen(connection, told));
                    client
                }
            })
        };
        let client = (tokio::time::timeout(CONNECT, opening).await)
            .map_err(|_| StoreError::unavailable("connecting took too long"))??;
        let session = Self { client, heard };
        session
            .within(
                session
                    .client
                    .batch_execute("SET application_name = 'kith session'"),
            )
            .await?;
        Ok(session)
    }

    /// Hears what is told on `channel` from now on.
    pub async fn listen(&self, channel: &'static str) -> Result<(), StoreError> {
        self.within(self.client.batch_execute(&format!("LISTEN {channel}")))
            .await
    }

    /// Tells all who listen on `channel`, in all processes, this one included.
    pub async fn notify(&self, channel: &str, payload: &str) -> Result<(), StoreError> {
        let params: Params<'_> = &[&channel, &payload];
        self.within(self.client.execute("SELECT pg_notify($1, $2)", params))
            .await
            .map(drop)
    }

    /// Takes the lock of that name for as long as this session lives; `false` where another
    /// session has it. Taking it twice is fine.
    pub async fn try_lock(&self, name: &str) -> Result<bool, StoreError> {
        // A session may hold a lock several times; it must not count up here.
        let sql = "SELECT EXISTS (SELECT FROM pg_locks WHERE pid = pg_backend_pid() \
                     AND locktype = 'advisory' AND classid = $1::int4::oid \
                     AND objid = hashtext($2)::oid AND granted) \
                   OR pg_try_advisory_lock($1, hashtext($2))";
        let params: Params<'_> = &[&LOCK_CLASS, &name];
        let row = self.within(self.client.query_one(sql, params)).await?;
        Ok(row.try_get(0)?)
    }

    /// Gives a lock back.
    pub async fn unlock(&self, name: &str) -> Result<(), StoreError> {
        let params: Params<'_> = &[&LOCK_CLASS, &name];
        let sql = "SELECT pg_advisory_unlock($1, hashtext($2))";
        self.within(self.client.execute(sql, params))
            .await
            .map(drop)
    }

    /// The next notification; `None` once the connection has ended.
    pub async fn heard(&mut self) -> Option<Notification> {
        self.heard.recv().await
    }

    /// Whether the connection has ended, and its locks with it.
    pub fn is_over(&self) -> bool {
        self.client.is_closed()
    }

    async fn within<T>(
        &self,
        running: impl Future<Output = Result<T, tokio_postgres::Error>>,
    ) -> Result<T, StoreError> {
        let ended = tokio::time::timeout(ANSWER, running).await;
        Ok(ended.map_err(|_| StoreError::unavailable("the database does not answer"))??)
    }
}

/// The advisory locks' class: "kith" as a number.
pub const LOCK_CLASS: i32 = 0x6b69_7468;

/// Moves bytes until the connection ends, and passes on what others tell.
async fn listen<S, T>(
    mut connection: tokio_postgres::Connection<S, T>,
    told: mpsc::Sender<Notification>,
) where
    S: AsyncRead + AsyncWrite + Unpin,
    T: AsyncRead + AsyncWrite + Unpin,
{
    loop {
        match poll_fn(|context| connection.poll_message(context)).await {
            Some(Ok(AsyncMessage::Notification(heard))) => {
                let _ = told.try_send(Notification {
                    channel: heard.channel().to_owned(),
                    payload: heard.payload().to_owned(),
                });
            }
            Some(Ok(_)) => {}
            Some(Err(error)) => {
                tracing::debug!(%error, "a session with the database ended");
                return;
            }
            None => return,
        }
    }
}
