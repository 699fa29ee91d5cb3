//! Meetings become contacts once they have passed.

use async_trait::async_trait;
use kith_bus::Scheduled;
use kith_kernel::{Clock, Failure};
use kith_store::{Class, Store};

use super::summary::sweep_in;

/// Looks at meetings that have passed, every minute.
pub(crate) struct Meetings {
    pub(crate) store: Store,
    pub(crate) clock: Clock,
}

#[async_trait]
impl Scheduled for Meetings {
    fn name(&self) -> &'static str {
        "meetings"
    }

    async fn run(&self) -> Result<(), Failure> {
        loop {
            let tx = self.store.begin_system(Class::Background).await?;
            let more = sweep_in(&tx, None, self.clock.now()).await?;
            tx.commit().await?;
            if !more {
                return Ok(());
            }
        }
    }
}
