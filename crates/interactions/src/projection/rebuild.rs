//! Building a projection anew, from the beginning of its logs, while the one in use serves.
//!
//! In transactions of bounded size, each of which stores how far it got: so it can be broken off
//! at any point, and goes on from there. It never reads further than the readers of the projection
//! in use. Where it stands level with them, they are made to wait for a moment, and the new
//! generation takes the place of the old one in one transaction.

use std::sync::Arc;

use kith_bus::{Log, LogEvent};
use kith_kernel::{Clock, ErrorCode, Failure};
use kith_store::{Class, Store};

use super::summary::sweep_in;
use super::{Projection, Source, all, store};
use crate::error::InteractionsError;

/// Events of one transaction.
const EVENTS: i64 = 1_000;
/// Rows that are cleared away in one transaction, of each table.
const ROWS: i64 = 10_000;
/// How often the readers are made to wait before giving up.
const ATTEMPTS: u32 = 20;

/// A projection that is being built anew.
pub struct Rebuilding {
    projection: Arc<dyn Projection>,
    store: Store,
    clock: Clock,
    attempts: u32,
}

/// What one step has come to.
enum Step {
    /// There is more to do.
    More,
    /// It stands where the readers stood a moment ago.
    Level,
    /// It is done.
    Done,
}

impl Rebuilding {
    /// Begins, or goes on with what was begun.
    pub(crate) async fn begin(
        store: Store,
        clock: Clock,
        name: &str,
    ) -> Result<Self, InteractionsError> {
        let projection = all()
            .into_iter()
            .find(|one| one.name() == name)
            .ok_or_else(|| {
                let known: Vec<&str> = all().iter().map(|one| one.name()).collect();
                let message = format!(
                    "There is no projection {name:?}. There are: {}",
                    known.join(", ")
                );
                Failure::new(ErrorCode::NotFound, message)
            })?;
        let tx = store.begin_system(Class::Background).await?;
        store::begin_in(&tx, name, projection.sources()).await?;
        tx.commit().await?;
        Ok(Self {
            projection,
            store,
            clock,
            attempts: 0,
        })
    }

    /// Does a bounded part of the work. The number of events read so far; `None` once it is done.
    ///
    /// # Errors
    /// When the database fails, or an event can't be taken: what was done until then stays.
    pub async fn step(&mut self) -> Result<Option<i64>, Failure> {
        let step = match self.next().await? {
            Step::Level => self.replace().await?,
            step => step,
        };
        let tx = self.store.begin_system(Class::Background).await?;
        let rebuild = store::lock_in(&tx, self.projection.name()).await?;
        tx.rollback().await?;
        Ok(match step {
            Step::Done => None,
            Step::More | Step::Level => rebuild.map(|rebuild| rebuild.events),
        })
    }

    async fn next(&self) -> Result<Step, InteractionsError> {
        let name = self.projection.name();
        let tx = self.store.begin_system(Class::Background).await?;
        let Some(rebuild) = store::lock_in(&tx, name).await? else {
            return Ok(Step::Done);
        };
        if rebuild.phase == "reading" {
            tx.rollback().await?;
            return self.read(rebuild.generation).await;
        }
        let step = if store::clear_in(&tx, name, self.projection.tables(), ROWS).await? > 0 {
            Step::More
        } else if rebuild.phase == "clearing" {
            store::phase_in(&tx, name, "reading").await?;
            Step::More
        } else {
            store::end_in(&tx, name).await?;
            Step::Done
        };
        tx.commit().await?;
        Ok(step)
    }

    /// Takes the next events of each log.
    async fn read(&self, generation: i16) -> Result<Step, InteractionsError> {
        let mut step = Step::Level;
        for source in self.projection.sources() {
            if self.read_log(generation, source).await? {
                step = Step::More;
            }
        }
        Ok(step)
    }

    /// Takes the next events of one log; whether there were any.
    async fn read_log(&self, generation: i16, source: &Source) -> Result<bool, InteractionsError> {
        let name = self.projection.name();
        let Some(limit) = store::reader(&self.store, source.reader).await? else {
            return Ok(false);
        };
        let from = store::cursor(&self.store, name, source.log).await?;
        if from >= limit {
            return Ok(false);
        }
        let log = Log::new(self.store.clone(), source.log);
        let page = log.page(from, EVENTS).await?;
        let whole = page.len();
        let events: Vec<Arc<LogEvent>> = page
            .into_iter()
            .take_while(|event| event.position <= limit)
            .collect();
        // Beyond the last event there may be some that the reader has passed over.
        let to = match events.last() {
            Some(last) if events.len() == whole => last.position,
            _ => limit,
        };
        let wanted: Vec<Arc<LogEvent>> = events
            .into_iter()
            .filter(|event| self.projection.wants(event))
            .collect();
        let count = i64::try_from(wanted.len()).unwrap_or(i64::MAX);
        let tx = self.store.begin_system(Class::Background).await?;
        if !store::move_in(&tx, (name, source.log), from, to, count).await? {
            tx.rollback().await?;
            return Ok(true);
        }
        self.projection.apply_in(&tx, generation, &wanted).await?;
        tx.commit().await?;
        Ok(true)
    }

    /// Lets the readers wait, catches up with them, and takes the old generation's place.
    async fn replace(&mut self) -> Result<Step, InteractionsError> {
        let name = self.projection.name();
        let tx = self.store.begin_system(Class::Background).await?;
        store::hold_in(&tx, name).await?;
        tx.commit().await?;
        let replaced = self.catch_up_and_switch().await;
        if !matches!(replaced, Ok(true)) {
            let tx = self.store.begin_system(Class::Background).await?;
            store::release_in(&tx, name).await?;
            tx.commit().await?;
        }
        if replaced? {
            return Ok(Step::More);
        }
        self.attempts += 1;
        if self.attempts >= ATTEMPTS {
            let message =
                "The readers could not be caught up with. Try again when there is less to do.";
            return Err(Failure::new(ErrorCode::Unavailable, message).into());
        }
        Ok(Step::More)
    }

    async fn catch_up_and_switch(&self) -> Result<bool, InteractionsError> {
        let name = self.projection.name();
        let tx = self.store.begin_system(Class::Background).await?;
        let rebuild = store::lock_in(&tx, name).await?;
        tx.rollback().await?;
        let Some(rebuild) = rebuild else {
            return Ok(false);
        };
        while matches!(self.read(rebuild.generation).await?, Step::More) {}
        let tx = self.store.begin_system(Class::Background).await?;
        if name == "summary" {
            while sweep_in(&tx, Some(rebuild.generation), self.clock.now()).await? {}
        }
        let level = store::is_level_in(&tx, name, self.projection.sources()).await?;
        if !level || !store::switch_in(&tx, name, rebuild.generation).await? {
            tx.rollback().await?;
            return Ok(false);
        }
        store::phase_in(&tx, name, "tidying").await?;
        tx.commit().await?;
        Ok(true)
    }
}
