//! Reads of one statement in one round trip.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;
use tokio_postgres::Row;

use crate::pool::{Lease, Pool};
use crate::{Params, StoreError};

/// How much longer than PostgreSQL itself we wait, for a server that hangs.
const SLACK: Duration = Duration::from_secs(5);

/// Bounds of one read that differ from its class's.
#[derive(Clone, Copy, Debug, Default)]
pub struct ReadLimits {
    /// Milliseconds until the statement is given up; the class's own where `None`.
    pub timeout_ms: Option<u32>,
    /// Whether the statement is planned for these very parameters.
    pub planning: Planning,
}

/// When a statement is planned.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Planning {
    /// As PostgreSQL thinks best.
    #[default]
    Automatic,
    /// Each time, for the parameters: pays where the best plan depends on the values, such as on
    /// the workspace's size.
    Each,
    /// Once, for all parameters: where an index leaves no choice, planning can take longer than
    /// running.
    Once,
}

/// One read: how its transaction starts and how long it may take.
pub(crate) struct Reading {
    pub(crate) begin: String,
    pub(crate) timeout: Duration,
}

impl Reading {
    /// Runs `sql`; once more on a fresh connection when an idle one turned out dead.
    pub(crate) async fn run(
        &self,
        pool: &Arc<Pool>,
        sql: &str,
        params: Params<'_>,
    ) -> Result<Vec<Row>, StoreError> {
        let lease = pool.acquire().await?;
        let reused = lease.reused();
        match self.attempt(lease, sql, params).await {
            Err(StoreError::Unavailable { reason, .. }) if reused => {
                tracing::debug!(
                    pool = pool.name,
                    reason,
                    "reading again on a fresh connection"
                );
                self.attempt(pool.acquire_fresh().await?, sql, params).await
            }
            Err(error) if error.is_stale_statement() => {
                self.attempt(pool.acquire().await?, sql, params).await
            }
            result => result,
        }
    }

    async fn attempt(
        &self,
        mut lease: Lease,
        sql: &str,
        params: Params<'_>,
    ) -> Result<Vec<Row>, StoreError> {
        lease.busy();
        let connection = lease.connection()?;
        let running = connection.pipelined(&self.begin, sql, params, "COMMIT");
        let started = Instant::now();
        let result = within(self.timeout, running).await;
        lease.meter().ran(sql, started.elapsed(), self.timeout);
        if let Err(error) = &result
            && error.is_stale_statement()
        {
            connection.forget(sql);
        }
        lease.ended(&result);
        result
    }
}

/// Waits for a statement that PostgreSQL itself should have given up after `limit`.
pub(crate) async fn within<T>(
    limit: Duration,
    running: impl Future<Output = Result<T, StoreError>>,
) -> Result<T, StoreError> {
    tokio::time::timeout(limit + SLACK, running)
        .await
        .unwrap_or_else(|_| Err(StoreError::unavailable("the database does not answer")))
}
