//! One connection with its bounded cache of prepared statements.

use std::num::NonZeroUsize;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future;
use lru::LruCache;
use parking_lot::Mutex;
use tokio_postgres::types::ToSql;
use tokio_postgres::{CancelToken, Client, NoTls, Row, Statement};

use crate::statement::OwnedParam;
use crate::tls::Tls;
use crate::{ConnectionConfig, Params, StoreError};

/// How long opening a connection may take.
const CONNECT: Duration = Duration::from_secs(2);

pub(crate) struct Connection {
    client: Arc<Client>,
    cancel: CancelToken,
    tls: Option<Tls>,
    statements: Mutex<LruCache<String, Statement>>,
}

impl Connection {
    /// Opens a connection and runs `setup` on it.
    pub(crate) async fn open(
        config: &ConnectionConfig,
        statements: usize,
        setup: &str,
    ) -> Result<Self, StoreError> {
        let opening = async {
            let client = match &config.tls {
                None => {
                    let (client, connection) = config.driver.connect(NoTls).await?;
                    tokio::spawn(drive(connection));
                    client
                }
                Some(tls) => {
                    let (client, connection) = config.driver.connect(tls.clone()).await?;
                    tokio::spawn(drive(connection));
                    client
                }
            };
            if !setup.is_empty() {
                client.batch_execute(setup).await?;
            }
            Ok::<_, tokio_postgres::Error>(client)
        };
        let client = match tokio::time::timeout(CONNECT, opening).await {
            Ok(Ok(client)) => client,
            Ok(Err(error)) => return Err(connect_error(error)),
            Err(_) => return Err(StoreError::unavailable("connecting took too long")),
        };
        let capacity = NonZeroUsize::new(statements).unwrap_or(NonZeroUsize::MIN);
        Ok(Self {
            cancel: client.cancel_token(),
            tls: config.tls.clone(),
            client: Arc::new(client),
            statements: Mutex::new(LruCache::new(capacity)),
        })
    }

    pub(crate) fn client(&self) -> &Arc<Client> {
        &self.client
    }

    pub(crate) fn is_closed(&self) -> bool {
        self.client.is_closed()
    }

    /// Asks the server to give up what it does for this connection.
    pub(crate) async fn cancel(&self) -> Result<(), tokio_postgres::Error> {
        match &self.tls {
            None => self.cancel.cancel_query(NoTls).await,
            Some(tls) => self.cancel.cancel_query(tls.clone()).await,
        }
    }

    /// The statement from the cache, or a newly prepared one.
    ///
    /// An evicted statement is closed on the server when its last user drops it.
    pub(crate) async fn statement(&self, sql: &str) -> Result<Statement, StoreError> {
        if let Some(statement) = self.statements.lock().get(sql) {
            return Ok(statement.clone());
        }
        let statement = self.client.prepare(sql).await?;
        self.statements
            .lock()
            .put(sql.to_owned(), statement.clone());
        Ok(statement)
    }

    /// Forgets a statement that no longer fits the schema.
    pub(crate) fn forget(&self, sql: &str) {
        self.statements.lock().pop(sql);
    }

    /// `first`, the statement and `last` in one round trip.
    ///
    /// The futures are polled in this order, so the messages leave in it. When the
    /// statement fails, `last` must be a COMMIT, which then rolls back.
    pub(crate) async fn pipelined(
        &self,
        first: &str,
        sql: &str,
        params: Params<'_>,
        last: &str,
    ) -> Result<Vec<Row>, StoreError> {
        let statement = self.statement(sql).await?;
        let (first, rows, last) = future::join3(
            self.client.batch_execute(first),
            self.client.query(&statement, params),
            self.client.batch_execute(last),
        )
        .await;
        first?;
        let rows = rows?;
        last?;
        Ok(rows)
    }

    /// Sends `sql` now; the returned future waits for the answer.
    ///
    /// Statements sent later follow it on the wire without waiting.
    pub(crate) fn send(&self, sql: String) -> Sent {
        let client = Arc::clone(&self.client);
        begun(Box::pin(async move { client.batch_execute(&sql).await }))
    }

    /// The same for a prepared statement.
    pub(crate) fn send_prepared(&self, statement: Statement, params: Vec<OwnedParam>) -> Sent {
        let client = Arc::clone(&self.client);
        begun(Box::pin(async move {
            let params = params.iter().map(|param| &**param as &(dyn ToSql + Sync));
            client.execute_raw(&statement, params).await.map(drop)
        }))
    }
}

/// What a statement that was sent comes to.
pub(crate) type Sent = future::BoxFuture<'static, Result<(), tokio_postgres::Error>>;

/// Polls once, which puts the message into the connection's queue.
fn begun(mut sent: Sent) -> Sent {
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    match sent.as_mut().poll(&mut context) {
        std::task::Poll::Pending => sent,
        std::task::Poll::Ready(result) => Box::pin(future::ready(result)),
    }
}

/// Moves bytes between the client's half and the server until either is gone.
async fn drive(connection: impl Future<Output = Result<(), tokio_postgres::Error>>) {
    if let Err(error) = connection.await {
        tracing::debug!(%error, "a database connection ended");
    }
}

fn connect_error(error: tokio_postgres::Error) -> StoreError {
    use tokio_postgres::error::SqlState;
    let operator = error.code().is_some_and(|code| {
        *code == SqlState::INVALID_PASSWORD
            || *code == SqlState::INVALID_AUTHORIZATION_SPECIFICATION
            || *code == SqlState::INVALID_CATALOG_NAME
            || *code == SqlState::INSUFFICIENT_PRIVILEGE
            || *code == SqlState::UNDEFINED_OBJECT
            || *code == SqlState::INVALID_PARAMETER_VALUE
    });
    match StoreError::from(error) {
        StoreError::Database(error) | StoreError::InvalidValue { source: error, .. }
            if operator =>
        {
            let said = error
                .as_db_error()
                .map_or_else(|| error.to_string(), |db| db.message().to_owned());
            StoreError::Configuration(format!("the database refuses the login: {said}"))
        }
        StoreError::Database(error) => StoreError::Unavailable {
            reason: error.to_string(),
            source: Some(error),
        },
        other => other,
    }
}
