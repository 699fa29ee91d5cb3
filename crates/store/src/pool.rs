//! A small pool: connections are opened when needed, taken back without a round
//! trip, and never returned with an open transaction.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use parking_lot::Mutex;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, timeout};

use crate::connection::Connection;
use crate::meter::Meter;
use crate::{ConnectionConfig, StoreError};

/// How long an abandoned statement may still take before it is cancelled.
const GRACE: Duration = Duration::from_millis(50);
/// How long a cancelled statement may take to end.
const CANCEL: Duration = Duration::from_secs(5);

pub(crate) struct Pool {
    pub(crate) name: String,
    pub(crate) connection: ConnectionConfig,
    pub(crate) setup: String,
    pub(crate) statements: usize,
    pub(crate) acquire_timeout: Duration,
    permits: Arc<Semaphore>,
    idle: Mutex<Vec<Idle>>,
    meter: OnceLock<Meter>,
}

struct Idle {
    connection: Connection,
    since: Instant,
}

impl Pool {
    pub(crate) fn new(
        name: String,
        connection: ConnectionConfig,
        setup: String,
        size: usize,
        statements: usize,
        acquire_timeout: Duration,
    ) -> Arc<Self> {
        Arc::new(Self {
            name,
            connection,
            setup,
            statements,
            acquire_timeout,
            permits: Arc::new(Semaphore::new(size.max(1))),
            idle: Mutex::new(Vec::new()),
            meter: OnceLock::new(),
        })
    }

    /// A connection that is open as far as this process knows.
    pub(crate) async fn acquire(self: &Arc<Self>) -> Result<Lease, StoreError> {
        let permit = self.permit().await?;
        let pooled = {
            let mut idle = self.idle.lock();
            idle.retain(|idle| !idle.connection.is_closed());
            idle.pop()
        };
        match pooled {
            Some(idle) => Ok(self.lease(permit, idle.connection, true)),
            None => self.open(permit).await,
        }
    }

    /// A newly opened connection.
    pub(crate) async fn acquire_fresh(self: &Arc<Self>) -> Result<Lease, StoreError> {
        let permit = self.permit().await?;
        self.open(permit).await
    }

    pub(crate) fn meter(&self) -> &Meter {
        self.meter.get_or_init(|| Meter::new(&self.name))
    }

    async fn permit(self: &Arc<Self>) -> Result<Permit, StoreError> {
        let asked = Instant::now();
        let permits = Arc::clone(&self.permits);
        match timeout(self.acquire_timeout, permits.acquire_owned()).await {
            Ok(Ok(permit)) => {
                self.meter().taken(asked.elapsed());
                Ok(Permit {
                    _permit: permit,
                    pool: Arc::clone(self),
                })
            }
            Ok(Err(_)) => Err(StoreError::unavailable("the pool is closed")),
            Err(_) => {
                self.meter().timed_out();
                Err(StoreError::unavailable(format!(
                    "no connection of pool {} became free in time",
                    self.name
                )))
            }
        }
    }

    async fn open(self: &Arc<Self>, permit: Permit) -> Result<Lease, StoreError> {
        let connection = Connection::open(&self.connection, self.statements, &self.setup).await?;
        Ok(self.lease(permit, connection, false))
    }

    fn lease(self: &Arc<Self>, permit: Permit, connection: Connection, reused: bool) -> Lease {
        Lease {
            held: Some(Held { connection, permit }),
            pool: Arc::clone(self),
            reused,
            state: State::Clean,
        }
    }

    fn put_back(&self, connection: Connection) {
        if connection.is_closed() || self.permits.is_closed() {
            return;
        }
        // Last in, first out, so that connections that aren't needed age and get closed.
        self.idle.lock().push(Idle {
            connection,
            since: Instant::now(),
        });
    }

    /// Closes connections that nobody used for `age`.
    pub(crate) fn close_idle(&self, age: Duration) {
        self.idle.lock().retain(|idle| idle.since.elapsed() < age);
    }

    /// Closes every idle connection and lets no new one be taken.
    pub(crate) fn close(&self) {
        self.permits.close();
        self.idle.lock().clear();
    }
}

/// The right to one of the pool's connections, counted while it lasts.
struct Permit {
    _permit: OwnedSemaphorePermit,
    pool: Arc<Pool>,
}

impl Drop for Permit {
    fn drop(&mut self) {
        self.pool.meter().given_back();
    }
}

struct Held {
    connection: Connection,
    permit: Permit,
}

enum State {
    /// No transaction is open and nothing is under way.
    Clean,
    /// A transaction may be open or a statement may run.
    Busy,
    /// Not to be used again.
    Broken,
}

/// A connection on loan.
///
/// Dropped while clean it goes straight back; dropped while busy, its statement is
/// given a moment, then cancelled, and the transaction is rolled back.
pub(crate) struct Lease {
    held: Option<Held>,
    pool: Arc<Pool>,
    reused: bool,
    state: State,
}

impl Lease {
    /// The connection. `Err` never happens before the lease is dropped.
    pub(crate) fn connection(&self) -> Result<&Connection, StoreError> {
        self.held
            .as_ref()
            .map(|held| &held.connection)
            .ok_or_else(|| StoreError::unavailable("the connection was given back"))
    }

    pub(crate) fn meter(&self) -> &Meter {
        self.pool.meter()
    }

    /// Whether the connection had been idle before and may be dead without our knowing.
    pub(crate) fn reused(&self) -> bool {
        self.reused
    }

    /// From now until [`Lease::clean`], dropping the lease rolls back.
    pub(crate) fn busy(&mut self) {
        self.state = State::Busy;
    }

    /// Nothing is under way any more.
    pub(crate) fn clean(&mut self) {
        self.state = State::Clean;
    }

    /// Records how a whole unit of work ended.
    pub(crate) fn ended<T>(&mut self, result: &Result<T, StoreError>) {
        self.state = match result {
            Err(error) if error.breaks_connection() => State::Broken,
            _ => State::Clean,
        };
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        let Some(held) = self.held.take() else { return };
        match self.state {
            State::Clean => self.pool.put_back(held.connection),
            State::Broken => {}
            State::Busy => {
                // Without a runtime the connection is closed, and PostgreSQL rolls back.
                if let Ok(runtime) = tokio::runtime::Handle::try_current() {
                    let pool = Arc::clone(&self.pool);
                    runtime.spawn(recover(pool, held));
                }
            }
        }
    }
}

/// Brings an abandoned connection back to a clean state, or closes it.
async fn recover(pool: Arc<Pool>, held: Held) {
    let Held { connection, permit } = held;
    let rolled_back = {
        let mut rollback = connection.send("ROLLBACK".to_owned());
        if let Ok(result) = timeout(GRACE, &mut rollback).await {
            result.is_ok()
        } else {
            pool.meter().cancelled();
            if timeout(CANCEL, connection.cancel()).await.is_ok() {
                let _ = timeout(CANCEL, rollback).await;
            }
            // The cancellation may arrive late and would hit the next statement.
            false
        }
    };
    if rolled_back {
        pool.put_back(connection);
    }
    drop(permit);
}
