//! How long events are kept.

use std::sync::Arc;

use async_trait::async_trait;
use kith_bus::{Bus, Scheduled};
use kith_kernel::Failure;

/// At night, and not when everybody else's nightly work begins.
const WHEN: &str = "17 3 * * *";
/// The logs that are kept as long as it is said.
const LOGS: [&str; 4] = ["identity", "records", "integrations", "notifications"];

/// Drops the months of the logs that ended more than `months` months ago; none for 0.
pub(crate) fn keep(bus: &Bus, months: u16) -> Result<(), Failure> {
    if months == 0 {
        return Ok(());
    }
    let bus = bus.clone();
    let task = Retention {
        months,
        bus: bus.clone(),
    };
    bus.schedule("records", WHEN, Arc::new(task))
}

struct Retention {
    months: u16,
    bus: Bus,
}

#[async_trait]
impl Scheduled for Retention {
    fn name(&self) -> &'static str {
        "event-retention"
    }

    async fn run(&self) -> Result<(), Failure> {
        for log in LOGS {
            let gone = self.bus.retire(log, self.months).await?;
            if gone > 0 {
                tracing::info!(log, months = gone, "months of events were dropped");
            }
        }
        Ok(())
    }
}
