//! Who works on bulk changes: one process at a time on each, a batch at a time.

use jiff::SignedDuration;
use kith_kernel::{Actor, ErrorCode, Failure};
use kith_store::{Class, Tx};
use tokio_util::sync::CancellationToken;

use super::model::{Bulk, State};
use super::store;
use crate::Records;
use crate::error::RecordsError;
use crate::working::is_temporary;

/// How long a process may hold a bulk change without finishing a batch.
pub(super) const LEASE: SignedDuration = SignedDuration::from_secs(90);
/// How long a bulk change can be undone after it ended.
const KEPT: SignedDuration = SignedDuration::from_hours(30 * 24);

impl Records {
    /// Carries bulk changes out and undoes them, until `stop` is cancelled; what is under way then
    /// goes on with the next process.
    pub async fn work_bulks(&self, stop: CancellationToken) {
        while !stop.is_cancelled() {
            match self.bulk_step().await {
                Ok(true) => continue,
                Ok(false) => {}
                Err(error) => {
                    tracing::warn!(%error, cause = ?error.cause, "bulk changes are behind; trying again");
                }
            }
            self.bulks().rest(&stop).await;
        }
        if let Err(error) = store::release(self.store(), self.bulks().holder).await {
            tracing::debug!(%error, "bulk changes wait until their leases run out");
        }
    }

    /// Carries out all that waits. For tests and tools.
    ///
    /// # Errors
    /// When the database can't be reached.
    pub async fn run_waiting_bulks(&self) -> Result<(), Failure> {
        while self.bulk_step().await? {}
        Ok(())
    }

    /// Does one step of the bulk change that waited longest; false where none waits.
    ///
    /// # Errors
    /// When the step can't be done now. Trying again goes on with it.
    pub async fn bulk_step(&self) -> Result<bool, Failure> {
        let now = self.clock().now();
        let until = now.checked_add(LEASE).unwrap_or(now);
        let holder = self.bulks().holder;
        let Some(bulk) = store::claim(self.store(), holder, now, until).await? else {
            return Ok(false);
        };
        let done = match self.bulk_actor(&bulk).await {
            Err(failure) => Err(failure.into()),
            Ok(actor) => match bulk.state {
                State::Collecting => self.collect_bulk(&bulk, &actor).await,
                State::Undoing => self.undo_bulk_batch(&bulk, &actor).await,
                _ => self.run_bulk_batch(&bulk, &actor).await,
            },
        };
        match done {
            Ok(()) => Ok(true),
            Err(error) if error.is_retryable() => Ok(true),
            Err(error) => {
                let failure = Failure::from(error);
                if is_temporary(failure.code) {
                    return Err(failure);
                }
                self.give_bulk_up(bulk, &failure).await?;
                Ok(true)
            }
        }
    }

    /// Who acts: whoever asked for it, with the rights that they have now.
    async fn bulk_actor(&self, bulk: &Bulk) -> Result<Actor, Failure> {
        let user = match bulk.state {
            State::Undoing => bulk.undone_by.unwrap_or(bulk.created_by),
            _ => bulk.created_by,
        };
        let authenticator = &self.deps().authenticator;
        let actor = authenticator.on_behalf_of(bulk.workspace, user).await?;
        actor.ok_or_else(|| {
            Failure::new(
                ErrorCode::Forbidden,
                "Whoever asked for it is no longer active here.",
            )
        })
    }

    /// Commits a batch together with where the change stands then; not where somebody else works
    /// on it, or it was stopped.
    pub(super) async fn settle_bulk(
        &self,
        tx: Tx,
        before: State,
        after: &Bulk,
    ) -> Result<(), RecordsError> {
        if store::settle_in(&tx, self.bulks().holder, before, after).await? {
            tx.commit().await?;
        } else {
            tx.rollback().await?;
        }
        Ok(())
    }

    async fn give_bulk_up(&self, mut bulk: Bulk, failure: &Failure) -> Result<(), Failure> {
        tracing::warn!(bulk = %bulk.id, error = %failure, cause = ?failure.cause, "a bulk change failed");
        let tx = (self.store().begin(bulk.workspace, Class::Background)).await?;
        let before = bulk.state;
        bulk.state = State::Failed;
        bulk.error = Some(failure.message.clone());
        bulk.finished_at = Some(self.clock().now());
        Ok(self.settle_bulk(tx, before, &bulk).await?)
    }

    /// Forgets bulk changes that ended long ago.
    pub(crate) async fn sweep_bulks(&self) -> Result<(), Failure> {
        let now = self.clock().now();
        let before = now.checked_sub(KEPT).unwrap_or(now);
        while store::sweep(self.store(), before).await? > 0 {}
        Ok(())
    }
}
