use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use futures_util::stream::BoxStream;
use futures_util::{Stream, StreamExt, TryStreamExt, future, stream};
use tokio_postgres::Row;

use crate::pool::Pool;
use crate::read::{Reading, within};
use crate::{Params, StoreError};

/// Rows per fetch: enough to make round trips cheap, few enough to bound memory.
const FETCH: &str = "FETCH FORWARD 500 FROM kith";
const FETCH_ROWS: usize = 500;

/// The rows of [`Store::stream`](crate::Store::stream).
///
/// Each batch is fetched when the consumer has taken the one before, so a slow consumer slows
/// PostgreSQL down instead of filling memory, and `statement_timeout` counts per batch.
pub struct RowStream {
    rows: BoxStream<'static, Result<Row, StoreError>>,
}

impl RowStream {
    pub(crate) async fn open(
        pool: &Arc<Pool>,
        reading: &Reading,
        sql: &str,
        params: Params<'_>,
    ) -> Result<Self, StoreError> {
        let mut lease = pool.acquire().await?;
        lease.busy();
        let declare = format!("DECLARE kith NO SCROLL CURSOR FOR {sql}");
        // All rows will be wanted, so plan for the last one, not for the first.
        let begin = format!("{}; SET LOCAL cursor_tuple_fraction = 1", reading.begin);
        let opened = within(reading.timeout, async {
            let connection = lease.connection()?;
            // Not cached: the cursor's plan is made anew each time.
            let begun = connection.send(begin);
            let client = connection.client();
            let declared = async {
                let statement = client.prepare(&declare).await?;
                client.execute(&statement, params).await
            };
            let (begun, declared) = future::join(begun, declared).await;
            begun?;
            declared?;
            Ok(())
        })
        .await;
        // On an error the dropped lease rolls back.
        opened?;
        let timeout = reading.timeout;
        let batches = stream::try_unfold(Some(lease), move |lease| async move {
            let Some(mut lease) = lease else {
                return Ok(None);
            };
            let result = within(timeout, async {
                let client = lease.connection()?.client();
                let rows = client.query_typed(FETCH, &[]).await?;
                let last = rows.len() < FETCH_ROWS;
                if last {
                    client.batch_execute("COMMIT").await?;
                }
                Ok((rows, last))
            })
            .await;
            let (rows, last) = result?;
            let next = if last {
                lease.clean();
                None
            } else {
                Some(lease)
            };
            Ok::<_, StoreError>(Some((rows, next)))
        });
        let rows = batches
            .map_ok(|rows| stream::iter(rows.into_iter().map(Ok)))
            .try_flatten()
            .boxed();
        Ok(Self { rows })
    }
}

impl Stream for RowStream {
    type Item = Result<Row, StoreError>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.rows.poll_next_unpin(context)
    }
}
