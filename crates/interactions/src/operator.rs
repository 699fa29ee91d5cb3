//! What operators do, beside the API.

use kith_bus::Scheduled as _;
use kith_crypto::{MASTER_KEY_FILE, MASTER_KEY_VARIABLE};
use kith_kernel::{ErrorCode, Failure};

use crate::matching::Matcher;
use crate::projection::{self, Rebuilding, Status};
use crate::{Interactions, Rewrapped};

impl Interactions {
    /// Every projection.
    pub async fn projections(&self) -> Result<Vec<Status>, Failure> {
        projection::list(self.store()).await
    }

    /// Begins to build a projection anew, or goes on with what was begun.
    ///
    /// # Errors
    /// `NotFound` where there is no projection of this name.
    pub async fn rebuild(&self, name: &str) -> Result<Rebuilding, Failure> {
        let (store, clock) = (self.store().clone(), self.clock().clone());
        Ok(Rebuilding::begin(store, clock, name).await?)
    }

    /// Matches participants now, without waiting for the job.
    pub async fn match_now(&self) -> Result<(), Failure> {
        let (store, clock) = (self.store().clone(), self.clock().clone());
        Ok(Matcher { store, clock }.run_all().await?)
    }

    /// Takes meetings that have passed for contacts now, without waiting for the schedule.
    pub async fn pass_meetings(&self) -> Result<(), Failure> {
        let (store, clock) = (self.store().clone(), self.clock().clone());
        projection::Meetings { store, clock }.run().await
    }

    /// Puts a new key-encryption key in front of the others, in their file; its id.
    pub fn rotate_keys(&self) -> Result<String, Failure> {
        Ok(self.keys().keyring().rotate()?)
    }

    /// Encrypts every data key by the newest key-encryption key.
    pub async fn rewrap_keys(&self) -> Result<Rewrapped, Failure> {
        Ok(self.keys().rewrap(self.store()).await?)
    }

    /// Whether every key-encryption key is there that data keys are encrypted with.
    ///
    /// # Errors
    /// `Conflict`, with the ids of those that are missing.
    pub async fn check_keys(&self) -> Result<(), Failure> {
        let usage = self.key_usage().await?;
        let missing = usage.iter().filter(|(_, _, known)| !known);
        let missing: Vec<&str> = missing.map(|(id, ..)| id.as_str()).collect();
        if missing.is_empty() {
            return Ok(());
        }
        let message = format!(
            "Data is encrypted with the master key {}, which is not here. Restore {MASTER_KEY_FILE} from your \
             backup, or give all processes the same key by {MASTER_KEY_VARIABLE}.",
            missing.join(" and ")
        );
        Err(Failure::new(ErrorCode::Conflict, message))
    }

    /// The ids of the key-encryption keys, the newest first, each with the number of data keys that
    /// it has encrypted; then those that are missing.
    pub async fn key_usage(&self) -> Result<Vec<(String, i64, bool)>, Failure> {
        let used = self.keys().wrapped_by(self.store()).await?;
        let known = self.keys().keyring().ids();
        let of = |id: &str| {
            used.iter()
                .find(|(key, _)| key == id)
                .map_or(0, |(_, number)| *number)
        };
        let mut all: Vec<_> = known.iter().map(|id| (id.clone(), of(id), true)).collect();
        let missing = used.iter().filter(|(id, _)| !known.contains(id));
        all.extend(missing.map(|(id, number)| (id.clone(), *number, false)));
        Ok(all)
    }
}
