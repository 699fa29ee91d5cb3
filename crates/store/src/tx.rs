use std::future::poll_fn;
use std::pin::pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::Poll;
use std::time::Duration;

use futures_util::future;
use kith_kernel::WorkspaceId;
use parking_lot::Mutex;
use tokio::time::Instant;
use tokio_postgres::Row;
use tokio_postgres::types::ToSql;

use crate::connection::Sent;
use crate::pool::Lease;
use crate::read::within;
use crate::statement::BoundStatement;
use crate::writes::Writes;
use crate::{Params, StoreError};

/// A write transaction.
///
/// Statements whose futures are polled together travel together. Dropped without
/// [`Tx::commit`] it rolls back, and its connection goes back to the pool clean.
pub struct Tx {
    lease: Lease,
    timeout: Duration,
    /// What was sent without waiting for the answer, such as BEGIN.
    sent: Mutex<Vec<Sent>>,
    /// Statements that have not succeeded: running, failed, or abandoned half-way.
    unfinished: AtomicUsize,
    /// Whose write the commit is, and where it is counted.
    counted: (Writes, Option<WorkspaceId>),
}

/// A point in a transaction to go back to.
#[derive(Debug)]
pub struct Savepoint {
    unfinished: usize,
}

impl Tx {
    pub(crate) fn begin(
        mut lease: Lease,
        begin: String,
        timeout: Duration,
        counted: (Writes, Option<WorkspaceId>),
    ) -> Result<Self, StoreError> {
        lease.busy();
        let sent = lease.connection()?.send(begin);
        Ok(Self {
            lease,
            timeout,
            sent: Mutex::new(vec![sent]),
            unfinished: AtomicUsize::new(0),
            counted,
        })
    }

    /// All rows of `sql`.
    pub async fn query(&self, sql: &str, params: Params<'_>) -> Result<Vec<Row>, StoreError> {
        self.tracked(sql, async {
            let connection = self.lease.connection()?;
            let statement = connection.statement(sql).await?;
            let running = connection.client().query(&statement, params);
            let (sent, rows) = future::join(self.take_sent(), running).await;
            sent?;
            Ok(rows?)
        })
        .await
    }

    /// The row of `sql`, or `None`; more than one is [`StoreError::RowCount`].
    pub async fn query_opt(
        &self,
        sql: &str,
        params: Params<'_>,
    ) -> Result<Option<Row>, StoreError> {
        let mut rows = self.query(sql, params).await?;
        match rows.len() {
            0 | 1 => Ok(rows.pop()),
            many => Err(StoreError::RowCount(many)),
        }
    }

    /// The one row of `sql`; any other number is [`StoreError::RowCount`].
    pub async fn query_one(&self, sql: &str, params: Params<'_>) -> Result<Row, StoreError> {
        self.query_opt(sql, params)
            .await?
            .ok_or(StoreError::RowCount(0))
    }

    /// Runs `sql` and returns the number of rows it changed.
    pub async fn execute(&self, sql: &str, params: Params<'_>) -> Result<u64, StoreError> {
        self.tracked(sql, async {
            let connection = self.lease.connection()?;
            let statement = connection.statement(sql).await?;
            let running = connection.client().execute(&statement, params);
            let (sent, changed) = future::join(self.take_sent(), running).await;
            sent?;
            Ok(changed?)
        })
        .await
    }

    /// Several statements in one round trip; the rows of each. They run in their order, and none
    /// after one that failed.
    pub async fn pipeline(
        &self,
        statements: &[BoundStatement],
    ) -> Result<Vec<Vec<Row>>, StoreError> {
        let Some(first) = statements.first() else {
            return Ok(Vec::new());
        };
        let params: Vec<Vec<&(dyn ToSql + Sync)>> = (statements.iter())
            .map(|one| one.params.iter().map(|param| &**param as _).collect())
            .collect();
        self.tracked(&first.sql, async {
            let connection = self.lease.connection()?;
            let mut prepared = Vec::with_capacity(statements.len());
            for one in statements {
                prepared.push((connection.statement(&one.sql).await?, &*one.sql));
            }
            // Polled in their order, the futures send in it.
            let running = prepared
                .iter()
                .zip(&params)
                .map(|((statement, sql), params)| {
                    let rows = connection.client().query(statement, params);
                    async move { rows.await.map_err(|error| self.seen(sql, error.into())) }
                });
            let running = future::join_all(running);
            let (sent, rows) = future::join(self.take_sent(), running).await;
            sent?;
            rows.into_iter().collect()
        })
        .await
    }

    /// Sends statements without waiting for what they come to. The next answer tells when one of
    /// them has failed: that of a statement, or of the commit.
    pub async fn send(&self, statements: Vec<BoundStatement>) -> Result<(), StoreError> {
        let connection = self.lease.connection()?;
        let mut prepared = Vec::with_capacity(statements.len());
        for BoundStatement { sql, params } in statements {
            prepared.push((connection.statement(&sql).await?, params));
        }
        let mut sent = self.sent.lock();
        for (statement, params) in prepared {
            sent.push(connection.send_prepared(statement, params));
        }
        Ok(())
    }

    /// Makes the changes durable. [`StoreError::Aborted`], with everything rolled back, when a
    /// statement had failed or was abandoned.
    pub async fn commit(mut self) -> Result<(), StoreError> {
        let committed = if self.unfinished.load(Ordering::Relaxed) > 0 {
            self.finish("ROLLBACK").await.and(Err(StoreError::Aborted))
        } else {
            self.finish("COMMIT").await
        };
        self.count();
        self.lease.ended(&committed);
        committed
    }

    /// The last statement and COMMIT in one round trip; its rows. When the statement fails,
    /// everything is rolled back.
    pub async fn commit_with(
        mut self,
        sql: &str,
        params: Params<'_>,
    ) -> Result<Vec<Row>, StoreError> {
        let started = Instant::now();
        let result = self.last(sql, params).await;
        self.count();
        self.lease.meter().ran(sql, started.elapsed(), self.timeout);
        match &result {
            // Nothing was sent after the failed PREPARE: the transaction is still open.
            Err(error) if !error.breaks_connection() => {
                let ended = self.finish("ROLLBACK").await;
                self.lease.ended(&ended);
            }
            result => self.lease.ended(result),
        }
        result
    }

    /// Counts the commit, also where it failed: it may not have.
    fn count(&self) {
        let (writes, workspace) = &self.counted;
        writes.count(*workspace);
    }

    async fn last(&self, sql: &str, params: Params<'_>) -> Result<Vec<Row>, StoreError> {
        if self.unfinished.load(Ordering::Relaxed) > 0 {
            return Err(StoreError::Aborted);
        }
        within(self.timeout, async {
            let connection = self.lease.connection()?;
            let statement = connection.statement(sql).await?;
            let mut rows = pin!(connection.client().query(&statement, params));
            // A parameter that can't be encoded shows at the first poll, before anything of this
            // statement was sent: then COMMIT must not be sent either. An answer can be there so
            // early too, when this thread lost the processor after sending.
            let early = poll_fn(|context| Poll::Ready(rows.as_mut().poll(context))).await;
            let rows = match early {
                Poll::Pending => future::Either::Left(rows),
                Poll::Ready(Ok(rows)) => future::Either::Right(future::ready(Ok(rows))),
                Poll::Ready(Err(error)) => {
                    self.take_sent().await?;
                    return Err(self.seen(sql, error.into()));
                }
            };
            let commit = connection.client().batch_execute("COMMIT");
            let (sent, rows, commit) = future::join3(self.take_sent(), rows, commit).await;
            sent?;
            let rows = rows.map_err(|error| self.seen(sql, error.into()))?;
            commit?;
            Ok(rows)
        })
        .await
    }

    /// Undoes everything.
    pub async fn rollback(mut self) -> Result<(), StoreError> {
        let rolled_back = self.finish("ROLLBACK").await;
        self.lease.ended(&rolled_back);
        rolled_back
    }

    /// Marks a point that [`Tx::rollback_to`] goes back to; costs no round trip of its own.
    /// Savepoints nest: release or roll back the inner one first.
    pub fn savepoint(&self) -> Result<Savepoint, StoreError> {
        let sent = self.lease.connection()?.send("SAVEPOINT kith".to_owned());
        self.sent.lock().push(sent);
        Ok(Savepoint {
            unfinished: self.unfinished.load(Ordering::Relaxed),
        })
    }

    /// Undoes what happened since `savepoint`, failures included.
    pub async fn rollback_to(&self, savepoint: Savepoint) -> Result<(), StoreError> {
        self.batch("ROLLBACK TO SAVEPOINT kith; RELEASE SAVEPOINT kith")
            .await?;
        self.unfinished
            .store(savepoint.unfinished, Ordering::Relaxed);
        Ok(())
    }

    /// Keeps what happened since `savepoint`; costs no round trip of its own.
    /// [`StoreError::Aborted`] when a statement has failed since.
    #[expect(
        clippy::needless_pass_by_value,
        reason = "a released savepoint must not be used again"
    )]
    pub fn release(&self, savepoint: Savepoint) -> Result<(), StoreError> {
        if self.unfinished.load(Ordering::Relaxed) > savepoint.unfinished {
            return Err(StoreError::Aborted);
        }
        let sent = self
            .lease
            .connection()?
            .send("RELEASE SAVEPOINT kith".to_owned());
        self.sent.lock().push(sent);
        Ok(())
    }

    /// Runs one statement's future and keeps count of those that did not succeed.
    async fn tracked<T>(
        &self,
        sql: &str,
        running: impl Future<Output = Result<T, StoreError>>,
    ) -> Result<T, StoreError> {
        self.unfinished.fetch_add(1, Ordering::Relaxed);
        let started = Instant::now();
        let result = within(self.timeout, running).await;
        self.lease.meter().ran(sql, started.elapsed(), self.timeout);
        let error = match result {
            Ok(value) => {
                self.unfinished.fetch_sub(1, Ordering::Relaxed);
                return Ok(value);
            }
            Err(error) => error,
        };
        // A statement sent ahead may have failed first; then this one says nothing of its own.
        match within(self.timeout, async { Ok(self.take_sent().await?) }).await {
            Ok(_) => Err(self.seen(sql, error)),
            Err(earlier) => Err(earlier),
        }
    }

    /// Forgets a statement that no longer fits the schema, so that the next attempt prepares it anew.
    fn seen(&self, sql: &str, error: StoreError) -> StoreError {
        if error.is_stale_statement()
            && let Ok(connection) = self.lease.connection()
        {
            connection.forget(sql);
        }
        error
    }

    fn take_sent(&self) -> future::TryJoinAll<Sent> {
        future::try_join_all(std::mem::take(&mut *self.sent.lock()))
    }

    async fn finish(&self, sql: &str) -> Result<(), StoreError> {
        let result = self.batch(sql).await;
        match result {
            // COMMIT can fail, by a deferred constraint for instance; it has then rolled back.
            Err(StoreError::Unavailable { source, .. }) if sql == "COMMIT" => {
                Err(StoreError::Unavailable {
                    reason: "the connection broke while committing; it is not known whether the \
                             change was made"
                        .to_owned(),
                    source,
                })
            }
            result => result,
        }
    }

    async fn batch(&self, sql: &str) -> Result<(), StoreError> {
        within(self.timeout, async {
            let running = self.lease.connection()?.client().batch_execute(sql);
            let (sent, result) = future::join(self.take_sent(), running).await;
            sent?;
            Ok(result?)
        })
        .await
    }
}
