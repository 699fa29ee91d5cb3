//! What goes on in the background.

use std::time::Duration;

use kith_http::idempotency;
use kith_store::Class;
use tokio_util::sync::CancellationToken;

use crate::{Identity, IdentityError, activation, session};

/// How often last uses and failed logins are written down.
const WRITE_EVERY: Duration = Duration::from_secs(15);
/// Every so many writings, what is overdue is removed.
const TIDY_EVERY: u32 = 240;

impl Identity {
    /// Writes down when tokens and sessions were used, and removes what is overdue, until `stop`
    /// is cancelled. One per process that serves requests.
    pub async fn work(&self, stop: CancellationToken) {
        let mut rounds = 0_u32;
        loop {
            let stopped = stop
                .run_until_cancelled(tokio::time::sleep(WRITE_EVERY))
                .await
                .is_none();
            if let Err(error) = self.write_down_uses().await {
                tracing::warn!(%error, "the last uses of tokens and sessions wait to be written");
            }
            if stopped {
                return;
            }
            if rounds.is_multiple_of(TIDY_EVERY)
                && let Err(error) = self.tidy().await
            {
                tracing::warn!(%error, "overdue sessions and links wait to be removed");
            }
            rounds = rounds.wrapping_add(1);
        }
    }

    /// Removes the sessions, links and kept answers of all workspaces that are overdue, and makes
    /// the audit log's next partitions.
    /// Runs periodically in [`Identity::work`].
    ///
    /// # Errors
    /// When the database can't be reached.
    pub async fn tidy(&self) -> Result<(), IdentityError> {
        let now = self.clock().now();
        let tx = self.store().begin_system(Class::Background).await?;
        session::store::end_overdue_in(&tx, now).await?;
        activation::store::delete_overdue_in(&tx, now).await?;
        tx.commit().await?;
        self.store().ensure_event_partitions("identity", 2).await?;
        while idempotency::sweep(self.store(), "identity", now).await? > 0 {}
        Ok(())
    }
}
