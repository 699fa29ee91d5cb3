//! Point reads, several at a time on one connection.
//!
//! A read by a primary key takes PostgreSQL less time than waking its process. So such reads don't
//! wait for a connection of their own: each puts its transaction (BEGIN, the statement, COMMIT)
//! behind those that are on their way already, as a whole, and PostgreSQL answers them in turn.

use std::future::poll_fn;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::Poll;
use std::time::Duration;

use futures_util::future;
use parking_lot::Mutex;
use tokio::time::Instant;
use tokio_postgres::Row;

use crate::pool::{Lease, Pool};
use crate::read::within;
use crate::{Params, StoreError};

/// The connections that point reads share.
pub(crate) struct Points {
    pool: Arc<Pool>,
    lanes: Vec<tokio::sync::Mutex<Option<Arc<Lane>>>>,
    next: AtomicUsize,
}

/// A connection with what is on its way.
struct Lane {
    lease: Lease,
    /// Held while a transaction's messages are put into the connection's queue, so that those of
    /// two never mix.
    sending: Mutex<()>,
}

impl Points {
    pub(crate) fn new(pool: Arc<Pool>, lanes: usize) -> Self {
        Self {
            pool,
            lanes: (0..lanes.max(1))
                .map(|_| tokio::sync::Mutex::default())
                .collect(),
            next: AtomicUsize::new(0),
        }
    }

    pub(crate) fn pool(&self) -> &Arc<Pool> {
        &self.pool
    }

    /// Runs `sql` in a transaction that `begin` opens.
    pub(crate) async fn read(
        &self,
        begin: &str,
        timeout: Duration,
        sql: &str,
        params: Params<'_>,
    ) -> Result<Vec<Row>, StoreError> {
        let place = self.next.fetch_add(1, Ordering::Relaxed) % self.lanes.len();
        let lane = self.lane(place).await?;
        match lane.read(begin, timeout, sql, params).await {
            // The connection had died unnoticed, or the schema has changed.
            Err(StoreError::Unavailable { .. }) => self.forget(place, &lane).await,
            Err(error) if error.is_stale_statement() => {}
            result => return result,
        }
        drop(lane);
        let lane = self.lane(place).await?;
        lane.read(begin, timeout, sql, params).await
    }

    /// The connection of this place, opened where it isn't or no longer is.
    async fn lane(&self, place: usize) -> Result<Arc<Lane>, StoreError> {
        let mut slot = self.lanes[place].lock().await;
        if let Some(lane) = &*slot {
            if lane
                .lease
                .connection()
                .is_ok_and(|connection| !connection.is_closed())
            {
                return Ok(Arc::clone(lane));
            }
            *slot = None;
        }
        let lane = Arc::new(Lane {
            lease: self.pool.acquire().await?,
            sending: Mutex::new(()),
        });
        *slot = Some(Arc::clone(&lane));
        Ok(lane)
    }

    /// Takes a connection that failed out of use.
    async fn forget(&self, place: usize, failed: &Arc<Lane>) {
        let mut slot = self.lanes[place].lock().await;
        if slot.as_ref().is_some_and(|lane| Arc::ptr_eq(lane, failed)) {
            *slot = None;
        }
    }

    /// Lets go of the connections; those in use close when their reads have ended.
    pub(crate) fn close(&self) {
        for lane in &self.lanes {
            if let Ok(mut lane) = lane.try_lock() {
                *lane = None;
            }
        }
        self.pool.close();
    }
}

impl Lane {
    async fn read(
        &self,
        begin: &str,
        timeout: Duration,
        sql: &str,
        params: Params<'_>,
    ) -> Result<Vec<Row>, StoreError> {
        let started = Instant::now();
        let result = within(timeout, self.run(begin, sql, params)).await;
        self.lease.meter().ran(sql, started.elapsed(), timeout);
        if let Err(error) = &result
            && error.is_stale_statement()
        {
            self.lease.connection()?.forget(sql);
        }
        result
    }

    async fn run(
        &self,
        begin: &str,
        sql: &str,
        params: Params<'_>,
    ) -> Result<Vec<Row>, StoreError> {
        let connection = self.lease.connection()?;
        let statement = self.whole(connection.statement(sql)).await?;
        let client = connection.client();
        let (begun, rows, ended) = self
            .whole(future::join3(
                client.batch_execute(begin),
                client.query(&statement, params),
                client.batch_execute("COMMIT"),
            ))
            .await;
        begun?;
        let rows = rows?;
        ended?;
        Ok(rows)
    }

    /// Runs a future whose first poll queues its messages: all of them, before any of another.
    async fn whole<T>(&self, running: impl Future<Output = T>) -> T {
        let mut running = pin!(running);
        let queued = poll_fn(|context| {
            let _turn = self.sending.lock();
            Poll::Ready(running.as_mut().poll(context))
        });
        match queued.await {
            Poll::Ready(done) => done,
            Poll::Pending => running.await,
        }
    }
}
