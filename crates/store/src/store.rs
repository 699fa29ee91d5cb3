use std::fmt::Write as _;
use std::sync::{Arc, Weak};
use std::time::Duration;

use kith_kernel::{Clock, WorkspaceId};
use tokio::sync::watch;
use tokio_postgres::Row;

use crate::point::Points;
use crate::pool::Pool;
use crate::read::{Planning, Reading};
use crate::writes::Writes;
use crate::{
    Class, ConnectionConfig, Params, ReadLimits, RowStream, Session, StoreConfig, StoreError, Tx,
};

/// How often unused connections are looked for.
const SWEEP: Duration = Duration::from_secs(30);

/// The way to one database. Clones share the pools.
#[derive(Clone)]
pub struct Store {
    inner: Arc<Inner>,
}

struct Inner {
    config: StoreConfig,
    clock: Clock,
    app: [Arc<Pool>; 3],
    reader: [Arc<Pool>; 3],
    system: [Arc<Pool>; 3],
    points: Points,
    writes: Writes,
}

impl Drop for Inner {
    fn drop(&mut self) {
        self.close();
    }
}

impl Inner {
    fn pools(&self) -> impl Iterator<Item = &Arc<Pool>> {
        (self.app.iter().chain(&self.reader).chain(&self.system))
            .chain(std::iter::once(self.points.pool()))
    }

    fn close(&self) {
        self.points.close();
        self.pools().for_each(|pool| pool.close());
    }
}

impl Store {
    /// Sets the pools up. Connections are opened when they are first needed, so this
    /// succeeds while the database is down; [`Store::ready`] tells.
    #[expect(
        clippy::unused_async,
        reason = "opening shards will have to look at the control schema"
    )]
    pub async fn open(config: StoreConfig, clock: Clock) -> Result<Self, StoreError> {
        let sizes = config.pools;
        let pools = |role: &str, sizes: [usize; 3]| {
            std::array::from_fn(|i| {
                let class = Class::ALL[i];
                pool(&config, role, class, class.as_str(), sizes[i])
            })
        };
        let inner = Arc::new(Inner {
            app: pools(
                "kith_app",
                [sizes.interactive_app, sizes.background, sizes.reports],
            ),
            reader: pools(
                "kith_reader",
                [sizes.interactive_reader, sizes.background, sizes.reports],
            ),
            system: pools("kith_system", [sizes.system; 3]),
            points: points(&config),
            writes: Writes::default(),
            config,
            clock,
        });
        tokio::spawn(sweep(Arc::downgrade(&inner)));
        Ok(Self { inner })
    }

    /// The source of time and ids that this store was opened with.
    pub fn clock(&self) -> &Clock {
        &self.inner.clock
    }

    /// Where the database is.
    pub fn connection(&self) -> &ConnectionConfig {
        &self.inner.config.connection
    }

    /// Closes all idle connections now; those in use close when they are given back.
    pub fn close(&self) {
        self.inner.close();
    }

    /// One statement in one round trip, in a read-only transaction of `workspace`, as
    /// `kith_app`: row-level security shows that workspace's rows only.
    pub async fn read(
        &self,
        workspace: WorkspaceId,
        class: Class,
        sql: &str,
        params: Params<'_>,
    ) -> Result<Vec<Row>, StoreError> {
        let reading = self.reading(Some(workspace), class, ReadLimits::default());
        reading
            .run(&self.inner.app[class as usize], sql, params)
            .await
    }

    /// The same for a statement that finds its rows by a primary key. Such reads share connections,
    /// so a statement that may take longer than a moment does not belong here.
    pub async fn point(
        &self,
        workspace: WorkspaceId,
        sql: &str,
        params: Params<'_>,
    ) -> Result<Vec<Row>, StoreError> {
        let reading = self.reading(Some(workspace), Class::Interactive, ReadLimits::default());
        (self.inner.points)
            .read(&reading.begin, reading.timeout, sql, params)
            .await
    }

    /// The same as `kith_reader`, which row-level security does not bind: the statement must
    /// itself say `workspace_id = $n` for every table it names.
    pub async fn plan_read(
        &self,
        workspace: WorkspaceId,
        class: Class,
        sql: &str,
        params: Params<'_>,
        limits: ReadLimits,
    ) -> Result<Vec<Row>, StoreError> {
        let reading = self.reading(Some(workspace), class, limits);
        reading
            .run(&self.inner.reader[class as usize], sql, params)
            .await
    }

    /// Rows of a query of any length as `kith_reader`, fetched as they are consumed.
    ///
    /// Holds a connection until it ends or is dropped; a consumer that stands still for
    /// minutes ends with [`StoreError::Timeout`].
    pub async fn stream(
        &self,
        workspace: WorkspaceId,
        class: Class,
        sql: &str,
        params: Params<'_>,
    ) -> Result<RowStream, StoreError> {
        let reading = self.reading(Some(workspace), class, ReadLimits::default());
        RowStream::open(&self.inner.reader[class as usize], &reading, sql, params).await
    }

    /// Starts a write transaction of `workspace` as `kith_app`. Costs no round trip of its
    /// own: the first statement carries it.
    pub async fn begin(&self, workspace: WorkspaceId, class: Class) -> Result<Tx, StoreError> {
        self.has_room()?;
        let lease = self.inner.app[class as usize].acquire().await?;
        let begin = self.preamble("BEGIN", Some(workspace), class, ReadLimits::default());
        let counted = (self.inner.writes.clone(), Some(workspace));
        Tx::begin(lease, begin, self.inner.config.timeouts.of(class), counted)
    }

    /// How many transactions of the workspace this process has committed. What was read before
    /// the number grew may no longer be so.
    pub fn writes(&self, workspace: WorkspaceId) -> u64 {
        self.inner.writes.of(workspace)
    }

    /// Changes with every transaction that this process commits, of any workspace or none. Who
    /// follows a log waits for it instead of asking again and again.
    pub fn committed(&self) -> watch::Receiver<u64> {
        self.inner.writes.committed()
    }

    /// A connection for locks and notifications, which no pool shares.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] where the database can't be reached.
    pub async fn session(&self) -> Result<Session, StoreError> {
        Session::open(self.connection()).await
    }

    /// One statement without a tenant as `kith_system`, which sees every workspace.
    pub async fn system_read(
        &self,
        class: Class,
        sql: &str,
        params: Params<'_>,
    ) -> Result<Vec<Row>, StoreError> {
        let reading = self.reading(None, class, ReadLimits::default());
        reading
            .run(&self.inner.system[class as usize], sql, params)
            .await
    }

    /// Starts a write transaction without a tenant as `kith_system`.
    pub async fn begin_system(&self, class: Class) -> Result<Tx, StoreError> {
        self.has_room()?;
        let lease = self.inner.system[class as usize].acquire().await?;
        let begin = self.preamble("BEGIN", None, class, ReadLimits::default());
        let counted = (self.inner.writes.clone(), None);
        Tx::begin(lease, begin, self.inner.config.timeouts.of(class), counted)
    }

    /// Whether the database answers.
    pub async fn ready(&self) -> Result<(), StoreError> {
        self.system_read(Class::Interactive, "SELECT 1", &[])
            .await?;
        Ok(())
    }

    fn has_room(&self) -> Result<(), StoreError> {
        if self.connection().room.is_short() {
            return Err(StoreError::DiskFull(None));
        }
        Ok(())
    }

    fn reading(&self, workspace: Option<WorkspaceId>, class: Class, limits: ReadLimits) -> Reading {
        let timeout = limits.timeout_ms.map_or_else(
            || self.inner.config.timeouts.of(class),
            |ms| Duration::from_millis(ms.into()),
        );
        Reading {
            begin: self.preamble("BEGIN READ ONLY", workspace, class, limits),
            timeout,
        }
    }

    /// The statements that open a transaction. Made of typed values only: nothing that a
    /// user wrote gets in here.
    fn preamble(
        &self,
        begin: &str,
        workspace: Option<WorkspaceId>,
        class: Class,
        limits: ReadLimits,
    ) -> String {
        let mut sql = begin.to_owned();
        if let Some(workspace) = workspace {
            let _ = write!(sql, "; SET LOCAL kith.workspace = '{workspace}'");
        }
        // A whole connection's timeout is its class's already.
        if let Some(ms) = limits.timeout_ms
            && u128::from(ms) != self.inner.config.timeouts.of(class).as_millis()
        {
            let _ = write!(sql, "; SET LOCAL statement_timeout = {}", ms.max(1));
        }
        match limits.planning {
            Planning::Automatic => {}
            Planning::Each => sql.push_str("; SET LOCAL plan_cache_mode = force_custom_plan"),
            Planning::Once => sql.push_str("; SET LOCAL plan_cache_mode = force_generic_plan"),
        }
        sql
    }
}

fn pool(config: &StoreConfig, role: &str, class: Class, name: &str, size: usize) -> Arc<Pool> {
    let timeout = config.timeouts.of(class).as_millis();
    let idle = match class {
        Class::Interactive => 30_000,
        Class::Background | Class::Reports => 300_000,
    };
    // Point reads and writes go by an index. A plan that was made while a table was empty must not
    // walk it after a first import has filled it; and one plan is good for all their parameters,
    // where planning each time would cost more than running.
    let (walks, plans) = match role {
        "kith_app" => ("off", "force_generic_plan"),
        _ => ("on", "auto"),
    };
    let setup = format!(
        "SET ROLE {role}; SET enable_seqscan = {walks}; SET plan_cache_mode = {plans}; \
         SET statement_timeout = {timeout}; \
         SET idle_in_transaction_session_timeout = {idle}; SET timezone = 'UTC'; \
         SET application_name = 'kith {name}'"
    );
    Pool::new(
        format!("{role}_{name}"),
        config.connection.clone(),
        setup,
        size,
        config.statements,
        config.acquire_timeout,
    )
}

/// A quarter of the connections that writes have do for all point reads.
fn points(config: &StoreConfig) -> Points {
    let lanes = config.pools.interactive_app.div_ceil(4);
    let pool = pool(config, "kith_app", Class::Interactive, "points", lanes);
    Points::new(pool, lanes)
}

/// Closes connections that have become superfluous, for as long as the store lives.
async fn sweep(store: Weak<Inner>) {
    loop {
        tokio::time::sleep(SWEEP).await;
        let Some(inner) = store.upgrade() else { return };
        for pool in inner.pools() {
            pool.close_idle(inner.config.idle_timeout);
        }
    }
}
