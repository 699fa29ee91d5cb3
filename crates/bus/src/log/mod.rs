//! One service's event log, as those see it who read it.
//!
//! Numbers are given out before their transactions are committed, so paging by them alone would
//! skip what is committed late. A page therefore ends below the oldest transaction that still runs
//! (`pg_snapshot_xmin`), and the order is that of transactions.

mod event;
mod position;
mod tail;

use std::sync::Arc;

use kith_kernel::WorkspaceId;
use kith_store::{Class, Params, Row, Store, StoreError};
use uuid::Uuid;

pub use event::LogEvent;
pub use position::{NoPosition, Position};
pub use tail::Tail;

/// The most bytes of data that a page has, but for a first event that has more by itself.
const PAGE_BYTES: i64 = 4 << 20;

/// One service's log.
#[derive(Clone)]
pub struct Log {
    store: Store,
    service: &'static str,
    page: Arc<str>,
    of_subject: Arc<str>,
}

impl Log {
    /// The log of a service, named as its schema.
    pub fn new(store: Store, service: &'static str) -> Self {
        let columns = LogEvent::COLUMNS;
        Self {
            store,
            service,
            // By event_order, from one partition to the next.
            page: format!(
                "SELECT {columns} FROM (SELECT e.*, sum(pg_column_size(e.data)) OVER (ORDER BY e.xid, e.seq \
                   ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS before FROM (\
                   SELECT * FROM {service}.event WHERE (xid, seq) > ($1::text::xid8, $2) \
                     AND xid < pg_snapshot_xmin(pg_current_snapshot()) ORDER BY xid, seq LIMIT $3) AS e) AS e \
                 WHERE coalesce(e.before, 0) < $4 ORDER BY e.xid, e.seq"
            )
            .into(),
            // By event_subject.
            of_subject: format!(
                "SELECT {columns} FROM {service}.event AS e WHERE e.workspace_id = $1 AND e.subject_id = $2 \
                   AND (e.xid, e.seq) >= ($3::text::xid8, $4) AND (e.xid, e.seq) <= ($5::text::xid8, $6) \
                 ORDER BY e.xid, e.seq LIMIT $7"
            )
            .into(),
        }
    }

    /// Whose log it is.
    pub fn service(&self) -> &'static str {
        self.service
    }

    /// The events after a place, in their order, at most `limit`, all of them final: nothing will
    /// ever come between them. Fewer than `limit` does not mean that there are no more.
    pub async fn page(
        &self,
        after: Position,
        limit: i64,
    ) -> Result<Vec<Arc<LogEvent>>, StoreError> {
        let params: Params<'_> = &[&after.xid_text(), &after.seq, &limit, &PAGE_BYTES];
        events(&self.read(&self.page, params).await?)
    }

    /// The events of one subject from one place to another, both included.
    pub async fn of_subject(
        &self,
        workspace: WorkspaceId,
        subject: Uuid,
        (from, to): (Position, Position),
        limit: i64,
    ) -> Result<Vec<Arc<LogEvent>>, StoreError> {
        let (from_xid, to_xid) = (from.xid_text(), to.xid_text());
        let params: Params<'_> = &[
            &workspace, &subject, &from_xid, &from.seq, &to_xid, &to.seq, &limit,
        ];
        events(&self.read(&self.of_subject, params).await?)
    }

    /// The place up to which the log is final now: whatever comes will come after it.
    pub async fn end(&self) -> Result<Position, StoreError> {
        let sql = "SELECT pg_snapshot_xmin(pg_current_snapshot())::text";
        let rows = self.read(sql, &[]).await?;
        let xid: u64 = (rows
            .first()
            .map(|row| row.try_get::<_, &str>(0))
            .transpose()?)
        .and_then(|text| text.parse().ok())
        .unwrap_or_default();
        Ok(Position {
            xid: xid.saturating_sub(1),
            seq: i64::MAX,
        })
    }

    /// The place of the newest event that is committed, final or not.
    pub async fn newest(&self) -> Result<Option<Position>, StoreError> {
        // By event_order, backwards.
        let sql = format!(
            "SELECT xid::text, seq FROM {}.event ORDER BY xid DESC, seq DESC LIMIT 1",
            self.service
        );
        place(&self.read(&sql, &[]).await?)
    }

    /// The place of the oldest event that is kept.
    pub async fn oldest(&self) -> Result<Option<Position>, StoreError> {
        // By event_order.
        let sql = format!(
            "SELECT xid::text, seq FROM {}.event ORDER BY xid, seq LIMIT 1",
            self.service
        );
        place(&self.read(&sql, &[]).await?)
    }

    async fn read(&self, sql: &str, params: Params<'_>) -> Result<Vec<Row>, StoreError> {
        self.store.system_read(Class::Background, sql, params).await
    }
}

fn events(rows: &[Row]) -> Result<Vec<Arc<LogEvent>>, StoreError> {
    (rows.iter())
        .map(|row| LogEvent::read(row).map(Arc::new))
        .collect()
}

fn place(rows: &[Row]) -> Result<Option<Position>, StoreError> {
    let Some(row) = rows.first() else {
        return Ok(None);
    };
    let xid: &str = row.try_get(0)?;
    Ok(Some(Position {
        xid: xid.parse().unwrap_or_default(),
        seq: row.try_get(1)?,
    }))
}
