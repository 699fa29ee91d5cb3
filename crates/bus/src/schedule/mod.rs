//! What happens at certain times, in one process at a time.

use std::str::FromStr as _;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use croner::Cron;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use kith_kernel::{Clock, ErrorCode, Failure};
use kith_store::{Class, Params, Store};
use tokio_util::sync::CancellationToken;

use crate::Presence;
use crate::meter::seconds;

/// How often the time is looked at: cron knows minutes.
const LOOK: Duration = Duration::from_secs(10);

/// What is done at certain times.
#[async_trait]
pub trait Scheduled: Send + Sync + 'static {
    /// Its name, unique in its service.
    fn name(&self) -> &'static str;

    /// Does it. What was missed while no process ran is made up for once.
    async fn run(&self) -> Result<(), Failure>;
}

/// When something is done, and what.
pub struct Schedule {
    store: Store,
    clock: Clock,
    owner: &'static str,
    cron: Cron,
    task: Arc<dyn Scheduled>,
    read: String,
    started: String,
    ended: String,
}

impl Schedule {
    pub(crate) fn new(
        store: Store,
        owner: &'static str,
        clock: Clock,
        pattern: &str,
        task: Arc<dyn Scheduled>,
    ) -> Result<Self, Failure> {
        let cron = Cron::from_str(pattern).map_err(|error| {
            let message = format!("{pattern:?} is no cron pattern: {error}");
            Failure::new(ErrorCode::InvalidRequest, message)
        })?;
        Ok(Self {
            store,
            clock,
            owner,
            cron,
            task,
            // By the primary key, all three.
            read: format!("SELECT last_run FROM {owner}.schedule WHERE name = $1"),
            started: format!(
                "INSERT INTO {owner}.schedule (name, last_run) VALUES ($1, $2) \
                 ON CONFLICT (name) DO UPDATE SET last_run = excluded.last_run"
            ),
            ended: format!(
                "UPDATE {owner}.schedule SET last_success = coalesce($2, last_success), error = $3 \
                 WHERE name = $1"
            ),
        })
    }

    /// Whose it is.
    pub fn owner(&self) -> &'static str {
        self.owner
    }

    fn name(&self) -> String {
        format!("{}.{}", self.owner, self.task.name())
    }

    /// Runs it whenever it is due, where this process is the one to do so.
    pub(crate) async fn run(&self, presence: &Presence, stop: &CancellationToken) {
        let lock = format!("schedule.{}", self.name());
        presence.want(lock.clone());
        let held = presence.held();
        loop {
            let mine = held.borrow().contains(&lock);
            if mine && let Err(failure) = self.look().await {
                tracing::warn!(schedule = self.name(), error = %failure, cause = ?failure.cause, "a schedule failed");
            }
            tokio::select! {
                () = stop.cancelled() => return,
                () = tokio::time::sleep(LOOK) => {}
            }
        }
    }

    /// Runs it if it is due; whether it was. For tests, and for the loop.
    ///
    /// # Errors
    /// Those of the task, and when the database can't be reached.
    pub async fn look(&self) -> Result<bool, Failure> {
        let (name, now) = (self.task.name(), self.clock.now());
        let rows = (self.store)
            .system_read(Class::Background, &self.read, &[&name])
            .await?;
        let last: Option<Timestamp> = rows.first().map(|row| row.get(0));
        if let Some(last) = last
            && self.after(last).is_none_or(|due| now < due)
        {
            return Ok(false);
        }
        self.note(&self.started, &[&name, &now]).await?;
        if last.is_none() {
            // It begins with the next time that the pattern names.
            return Ok(false);
        }
        let result = self.task.run().await;
        let success = result.is_ok().then(|| self.clock.now());
        let error = result.as_ref().err().map(ToString::to_string);
        self.note(&self.ended, &[&name, &success, &error]).await?;
        if let Some(success) = success {
            metrics::gauge!("kith_schedule_last_success_timestamp_seconds", "schedule" => self.name())
                .set(seconds(success));
        }
        result.map(|()| true)
    }

    fn after(&self, last: Timestamp) -> Option<Timestamp> {
        let last = last.to_zoned(TimeZone::UTC);
        let next = self.cron.find_next_occurrence(&last, false).ok()?;
        Some(next.timestamp())
    }

    async fn note(&self, sql: &str, params: Params<'_>) -> Result<(), Failure> {
        let tx = self.store.begin_system(Class::Background).await?;
        tx.commit_with(sql, params).await?;
        Ok(())
    }
}
