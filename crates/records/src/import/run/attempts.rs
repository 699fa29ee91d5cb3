//! What can be tried again, and how often.

use std::time::Duration;

use kith_store::StoreError;

use super::{Job, Stopped};
use crate::error::RecordsError;

/// How often a batch that met another transaction is run again at once.
const RETRIES: u32 = 8;
/// How long the import waits for a database that is away.
const PATIENCE: Duration = Duration::from_secs(600);

/// How often something was tried, and whether it should be tried once more.
#[derive(Default)]
pub(crate) struct Attempts {
    met: u32,
    away: Duration,
    /// Whether the row that the database does not take has to be found.
    pub(super) careful: bool,
}

impl Attempts {
    /// Waits as long as trying again makes sense after `error`; otherwise gives up.
    pub(crate) async fn after(&mut self, error: RecordsError, job: &Job) -> Result<(), Stopped> {
        let RecordsError::Store(store) = &error else {
            return Err(error.into());
        };
        match store {
            StoreError::Retryable(_) | StoreError::LockTimeout(_) | StoreError::Aborted
                if self.met < RETRIES =>
            {
                self.met += 1;
                tokio::time::sleep(Duration::from_millis(u64::from(self.met) * 20)).await;
                Ok(())
            }
            StoreError::Unavailable { .. } | StoreError::DiskFull(_) | StoreError::Timeout(_)
                if self.away < PATIENCE =>
            {
                job.control.check()?;
                let pause =
                    (self.away / 2).clamp(Duration::from_millis(100), Duration::from_secs(15));
                tracing::warn!(import = %job.id, %error, "the import waits for the database");
                tokio::time::sleep(pause).await;
                self.away += pause;
                Ok(())
            }
            _ if is_of_a_row(&error) && !self.careful => {
                self.careful = true;
                Ok(())
            }
            _ => Err(error.into()),
        }
    }
}

/// Whether an error may come from the content of a single row.
pub(super) fn is_of_a_row(error: &RecordsError) -> bool {
    matches!(
        error,
        RecordsError::Store(
            StoreError::Unique { .. }
                | StoreError::ForeignKey { .. }
                | StoreError::Check { .. }
                | StoreError::NotNull { .. }
                | StoreError::InvalidValue { .. }
                | StoreError::TooComplex(_)
                | StoreError::Database(_)
        )
    )
}
