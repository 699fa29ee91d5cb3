//! What the background work of this service has in common: one process at a time works on a thing,
//! as long as its lease lasts, and is woken when there is more.

use std::time::Duration;

use kith_kernel::ErrorCode;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

/// How often work is looked for without being told, and tried again after a disturbance.
pub(crate) const LOOK: Duration = Duration::from_secs(5);

/// One process's part in a kind of work.
pub(crate) struct Worker {
    /// This process among those that share the work.
    pub(crate) holder: Uuid,
    wake: Notify,
}

impl Worker {
    pub(crate) fn new(holder: Uuid) -> Self {
        Self {
            holder,
            wake: Notify::new(),
        }
    }

    /// Tells this process that there is work.
    pub(crate) fn poke(&self) {
        self.wake.notify_one();
    }

    /// Waits until somebody pokes, for [`LOOK`] at most.
    pub(crate) async fn poked(&self) {
        tokio::select! {
            () = self.wake.notified() => {}
            () = tokio::time::sleep(LOOK) => {}
        }
    }

    /// The same, until `stop` is cancelled.
    pub(crate) async fn rest(&self, stop: &CancellationToken) {
        tokio::select! {
            () = stop.cancelled() => {}
            () = self.poked() => {}
        }
    }
}

/// Whether what failed in this way can succeed later, with nothing changed but the world around.
pub(crate) fn is_temporary(code: ErrorCode) -> bool {
    matches!(
        code,
        ErrorCode::Unavailable | ErrorCode::StorageFull | ErrorCode::RateLimited
    )
}
