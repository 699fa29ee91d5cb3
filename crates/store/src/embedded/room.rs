//! Room on the disk of a private cluster.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::directory::free_bytes;

/// Whether there is room to write.
///
/// PostgreSQL dies when its log can't grow, and reading dies with it. So writes are refused a
/// little before; what was written stays readable.
#[derive(Clone, Debug, Default)]
pub(crate) struct Room {
    short: Arc<AtomicBool>,
}

impl Room {
    /// Looks at the disk of `path`, of which `reserve` bytes have to stay free.
    pub(super) fn look(&self, path: &Path, reserve: u64) {
        let Some(free) = free_bytes(path) else { return };
        let short = free < reserve;
        let was = self.short.swap(short, Ordering::Relaxed);
        let mebibytes = free >> 20;
        if short && !was {
            let folder = path.display();
            tracing::error!(mebibytes, %folder, "the disk is nearly full; refusing writes");
        } else if was && !short {
            tracing::info!(mebibytes, "there is room again; accepting writes");
        }
        metrics::gauge!("kith_postgres_disk_free_bytes").set(approximate(free));
    }

    /// Whether writes have to be refused.
    pub(crate) fn is_short(&self) -> bool {
        self.short.load(Ordering::Relaxed)
    }
}

#[expect(
    clippy::cast_precision_loss,
    reason = "a gauge of bytes need not be exact"
)]
fn approximate(bytes: u64) -> f64 {
    bytes as f64
}
