//! What other services may know of interactions.

use async_trait::async_trait;
use kith_contracts::{ContactSummaries, ContactSummary};
use kith_kernel::{Failure, WorkspaceId};
use kith_store::{Class, Params, ReadLimits, Row, StoreError};

use crate::Interactions;

/// By `summary_changed`.
const CHANGED: &str = "SELECT record_id, object, last_contacted_at, next_activity_at, revision \
    FROM interactions.summary WHERE workspace_id = $1 \
    AND generation = (SELECT generation FROM interactions.projection WHERE name = 'summary') \
    AND revision > $2 ORDER BY revision LIMIT $3";

#[async_trait]
impl ContactSummaries for Interactions {
    async fn changed_since(
        &self,
        workspace: WorkspaceId,
        revision: i64,
        limit: i64,
    ) -> Result<Vec<ContactSummary>, Failure> {
        let params: Params<'_> = &[&workspace, &revision, &limit];
        let rows = (self.store())
            .plan_read(
                workspace,
                Class::Background,
                CHANGED,
                params,
                ReadLimits::default(),
            )
            .await?;
        let read = |row: &Row| -> Result<ContactSummary, StoreError> {
            Ok(ContactSummary {
                record: row.try_get(0)?,
                object: row.try_get(1)?,
                last_contacted_at: row.try_get(2)?,
                next_activity_at: row.try_get(3)?,
                revision: row.try_get(4)?,
            })
        };
        Ok(rows.iter().map(read).collect::<Result<_, _>>()?)
    }
}
