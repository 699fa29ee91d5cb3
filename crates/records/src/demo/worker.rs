//! Who works on demos: one process at a time on each, a batch at a time.

use std::sync::Arc;

use jiff::SignedDuration;
use kith_contracts::access::{Action, authorise};
use kith_kernel::{Actor, ErrorCode, Failure, WorkspaceId};
use kith_store::{Class, Tx};
use parking_lot::Mutex;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::block::Block;
use super::model::{DemoId, State};
use super::store::{self, Claimed, Standing};
use super::world::World;
use crate::Records;
use crate::error::RecordsError;
use crate::working::{Worker, is_temporary};

/// How long a process may hold a demo without finishing a batch.
const LEASE: SignedDuration = SignedDuration::from_secs(90);

/// A block that was thought up, with its world.
type Thought = (DemoId, u32, Arc<World>, Arc<Block>);

/// The demos of one process.
pub(crate) struct Working {
    pub(super) worker: Worker,
    pub(super) block: Mutex<Option<Thought>>,
}

impl Working {
    pub(crate) fn new(holder: Uuid) -> Self {
        Self {
            worker: Worker::new(holder),
            block: Mutex::new(None),
        }
    }
}

impl Records {
    /// Fills workspaces with demo data and takes it out again, until `stop` is cancelled; what is
    /// under way then goes on with the next process.
    pub async fn work_demos(&self, stop: CancellationToken) {
        while !stop.is_cancelled() {
            match self.demo_batch().await {
                Ok(true) => continue,
                Ok(false) => *self.demos().block.lock() = None,
                Err(error) => {
                    tracing::warn!(%error, cause = ?error.cause, "the work on demo data is behind; trying again");
                }
            }
            self.demos().worker.rest(&stop).await;
        }
        if let Err(error) = store::release(self.store(), self.demos().worker.holder).await {
            tracing::debug!(%error, "demo data waits until its lease runs out");
        }
    }

    /// Works off all demos that wait. For tests and tools.
    ///
    /// # Errors
    /// When the database can't be reached.
    pub async fn run_waiting_demos(&self) -> Result<(), Failure> {
        while self.demo_batch().await? {}
        Ok(())
    }

    /// Works off one batch of the demo that waited longest; false where none waits.
    ///
    /// # Errors
    /// When the batch can't be done now. Trying again goes on with it.
    pub async fn demo_batch(&self) -> Result<bool, Failure> {
        let now = self.clock().now();
        let until = now.checked_add(LEASE).unwrap_or(now);
        let holder = self.demos().worker.holder;
        let Some(claimed) = store::claim(self.store(), holder, now, until).await? else {
            return Ok(false);
        };
        let done = match self.demo_actor(&claimed).await {
            Err(failure) => Err(failure.into()),
            Ok(actor) => match claimed.demo.state {
                State::Removing => self.remove_batch(&claimed, &actor).await,
                _ => self.fill_batch(&claimed, &actor).await,
            },
        };
        match done {
            Ok(()) => Ok(true),
            Err(error) if error.is_retryable() => Ok(true),
            Err(error) => {
                let failure = Failure::from(error);
                // A batch is short: if it took too long, the machine had too much to do.
                if is_temporary(failure.code) || failure.code == ErrorCode::QueryTimeout {
                    return Err(failure);
                }
                self.give_up(&claimed, &failure).await?;
                Ok(true)
            }
        }
    }

    /// Who acts: the administrator who asked for it, as long as they are one.
    async fn demo_actor(&self, claimed: &Claimed) -> Result<Actor, Failure> {
        let authenticator = &self.deps().authenticator;
        let user = claimed.demo.started_by;
        let actor = authenticator
            .on_behalf_of(claimed.workspace, user)
            .await?
            .ok_or_else(|| {
                Failure::new(
                    ErrorCode::Forbidden,
                    "Whoever asked for it is no longer active here. Ask for its removal.",
                )
            })?;
        authorise(&actor, Action::Administer, None)?;
        Ok(actor)
    }

    /// Commits a batch together with where the demo stands then. A batch of a demo that somebody
    /// else works on, or that is to be removed, is not committed.
    pub(super) async fn settle_demo(
        &self,
        tx: Tx,
        claimed: &Claimed,
        standing: &Standing<'_>,
    ) -> Result<(), RecordsError> {
        let holder = self.demos().worker.holder;
        if store::advance_in(&tx, claimed, holder, standing).await? {
            tx.commit().await?;
        } else {
            tx.rollback().await?;
        }
        Ok(())
    }

    async fn give_up(&self, claimed: &Claimed, failure: &Failure) -> Result<(), Failure> {
        let (workspace, cause): (WorkspaceId, _) = (claimed.workspace, &failure.cause);
        tracing::warn!(%workspace, error = %failure, ?cause, "the work on demo data failed");
        let tx = self.store().begin(workspace, Class::Background).await?;
        let standing = Standing {
            progress: &claimed.demo.progress,
            state: State::Failed,
            error: Some(&failure.message),
            finished_at: Some(self.clock().now()),
        };
        Ok(self.settle_demo(tx, claimed, &standing).await?)
    }
}
