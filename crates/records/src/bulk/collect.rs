//! Which records a bulk change is about.

use std::collections::HashSet;

use futures_util::StreamExt as _;
use kith_contracts::access::{Action as May, authorise};
use kith_kernel::{Actor, ErrorCode, Failure, RecordId};
use kith_store::{Class, StoreError};

use super::model::{Action, Bulk, State};
use super::store;
use super::worker::LEASE;
use crate::Records;
use crate::catalog::{Catalog, Object};
use crate::error::RecordsError;
use crate::query::{ExportPlan, ListRequest, Subject, plan_export};

/// How many records are changed in one transaction.
pub(super) const BATCH: usize = 250;
/// How many batches are written down at once.
const AT_ONCE: usize = 40;

impl Records {
    /// Finds the records, all in one snapshot, and writes them down.
    pub(super) async fn collect_bulk(
        &self,
        bulk: &Bulk,
        actor: &Actor,
    ) -> Result<(), RecordsError> {
        let catalog = self.catalog(actor).await?;
        let object = object(&catalog, bulk)?;
        let plan = self.plan_bulk(actor, &catalog, object, bulk)?;
        let excluded: HashSet<RecordId> = bulk.request.exclude.iter().copied().collect();
        let statement = &plan.rows;
        let mut rows = (self.store())
            .stream(
                bulk.workspace,
                Class::Reports,
                &statement.sql,
                &statement.params(),
            )
            .await?;
        let mut ids: Vec<RecordId> = Vec::with_capacity(BATCH * AT_ONCE);
        let (mut total, mut number) = (0_i64, 0_i32);
        loop {
            let row = rows.next().await.transpose()?;
            let ended = row.is_none();
            if let Some(row) = row {
                let id: RecordId = row.try_get(0).map_err(StoreError::from)?;
                if !excluded.contains(&id) {
                    ids.push(id);
                    total += 1;
                }
            }
            if ended || ids.len() == BATCH * AT_ONCE {
                if !self.write_down(bulk, &ids, &mut number).await? {
                    return Ok(());
                }
                ids.clear();
            }
            if ended {
                break;
            }
        }
        let tx = (self.store().begin(bulk.workspace, Class::Background)).await?;
        let mut after = bulk.clone();
        after.state = State::Running;
        after.progress.total = Some(total);
        self.settle_bulk(tx, State::Collecting, &after).await
    }

    /// Writes some batches down; false where the change is not this process's any more.
    async fn write_down(
        &self,
        bulk: &Bulk,
        ids: &[RecordId],
        number: &mut i32,
    ) -> Result<bool, RecordsError> {
        let now = self.clock().now();
        let until = now.checked_add(LEASE).unwrap_or(now);
        let tx = (self.store().begin(bulk.workspace, Class::Background)).await?;
        if !store::hold_in(&tx, self.bulks().holder, bulk, until).await? {
            tx.rollback().await?;
            return Ok(false);
        }
        if *number == 0 {
            // What a process that was ended had found.
            store::drop_batches_in(&tx, bulk).await?;
        }
        for batch in ids.chunks(BATCH) {
            store::add_batch_in(&tx, bulk, *number, batch).await?;
            *number += 1;
        }
        tx.commit().await?;
        Ok(true)
    }

    /// The plan of finding the records.
    pub(super) fn plan_bulk(
        &self,
        actor: &Actor,
        catalog: &Catalog,
        object: &Object,
        bulk: &Bulk,
    ) -> Result<ExportPlan, Failure> {
        let permit = authorise(actor, May::Read, Some(&object.key))?;
        let moment = self.moment(actor);
        let subject = Subject {
            catalog,
            object,
            permit: &permit,
            moment: &moment,
        };
        let request = ListRequest {
            filter: bulk.request.filter.clone(),
            sort: Some("id".to_owned()),
            fields: Some("id".to_owned()),
            deleted: bulk.request.action == Action::Restore,
            ..ListRequest::default()
        };
        plan_export(&subject, &request)
    }
}

/// The object, as long as it is in use.
pub(super) fn object<'c>(catalog: &'c Catalog, bulk: &Bulk) -> Result<&'c Object, Failure> {
    (catalog.by_key(&bulk.object_key))
        .filter(|object| !object.retired)
        .ok_or_else(|| {
            Failure::new(
                ErrorCode::Conflict,
                "The object of these records is out of use.",
            )
        })
}
