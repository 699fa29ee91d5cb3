//! One lane of a reader: it takes the events of its share of the subjects, in their order.

use std::collections::HashMap;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt as _;
use kith_kernel::{ErrorCode, Failure, WorkspaceId};
use kith_store::{Class, Store, Tx};
use tokio::time::Instant;
use uuid::Uuid;

use super::{Cursors, Parked, ParkedStore, Reader, is_temporary};
use crate::log::{LogEvent, Position, Tail};
use crate::meter::Meter;

/// Events that are taken at once.
const BATCH: usize = 500;
/// A cursor is stored at the latest after so many events that were not for its lane,
const SKIPPED: usize = 10_000;
/// or after so long.
const STORED: Duration = Duration::from_secs(5);
/// How often subjects that were left behind are looked at.
const LOOK: Duration = Duration::from_secs(1);
/// Where so many subjects fail, it is the reader that fails: it stops and tries again.
const PARKED: i64 = 1_000;
/// Events of one subject that are caught up with at once.
const CATCH_UP: i64 = 200;

/// A reader with all that it needs.
pub(crate) struct Following {
    pub(crate) owner: &'static str,
    pub(crate) reader: Arc<dyn Reader>,
    pub(crate) tail: Tail,
    pub(crate) cursors: Cursors,
    pub(crate) parked: ParkedStore,
    pub(crate) store: Store,
    pub(crate) wanted_lanes: u8,
}

impl Following {
    /// Its name among all readers.
    pub(crate) fn name(&self) -> String {
        format!("{}.{}", self.owner, self.reader.name())
    }

    /// How many lanes there are.
    pub(crate) async fn lay_out(&self) -> Result<u8, Failure> {
        let log = self.tail.log();
        Ok((self.cursors)
            .lay_out(log, self.reader.begin(), self.wanted_lanes)
            .await?)
    }
}

/// What a step came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// There is nothing to read now.
    Idle,
    /// It went on.
    Moved,
    /// Somebody else has moved the cursor; it was read anew.
    Lost,
}

type Subject = (WorkspaceId, Uuid);

/// A lane at work. Only one process should have it; if two do, each event is still applied once.
pub(crate) struct Lane {
    of: Arc<Following>,
    /// Which of how many.
    share: (u8, u8),
    /// Where the cursor in the database stands.
    stored: Position,
    stored_at: Instant,
    /// Up to where this lane has seen the log. What lies between did not concern it.
    position: Position,
    skipped: usize,
    batch: usize,
    parked: HashMap<Subject, Parked>,
    looked: Instant,
    meter: Meter,
}

impl Lane {
    pub(crate) async fn load(
        of: Arc<Following>,
        lane: u8,
        lanes: u8,
        meter: Meter,
    ) -> Result<Self, Failure> {
        let stored = of.cursors.of(lane).await?;
        let mut lane = Self {
            of,
            share: (lane, lanes),
            stored,
            stored_at: Instant::now(),
            position: stored,
            skipped: 0,
            batch: BATCH,
            parked: HashMap::new(),
            looked: Instant::now(),
            meter,
        };
        lane.look_at_parked().await?;
        Ok(lane)
    }

    /// Up to where this lane has seen the log.
    pub(crate) fn position(&self) -> Position {
        self.position
    }

    /// After how long to step again although nothing happened.
    pub(crate) fn patience(&self) -> Duration {
        if self.parked.is_empty() { STORED } else { LOOK }
    }

    /// Takes the next events.
    ///
    /// # Errors
    /// What may pass by itself; nothing was done, and the same step is to be tried again.
    pub(crate) async fn step(&mut self) -> Result<Step, Failure> {
        if !self.parked.is_empty() && self.looked.elapsed() >= LOOK {
            self.retry_parked().await?;
        }
        let events = self.of.tail.after(self.position, self.batch).await?;
        let Some(last) = events.last().map(|event| event.position) else {
            self.meter.caught_up();
            self.store_skipped().await?;
            return Ok(Step::Idle);
        };
        self.meter
            .behind_since(events[0].occurred_at, self.of.store.clock());
        let seen = events.len();
        let mine: Vec<Arc<LogEvent>> = (events.into_iter())
            .filter(|event| self.is_mine(event))
            .collect();
        if mine.is_empty() {
            self.position = last;
            self.skipped += seen;
            self.store_skipped().await?;
            return Ok(Step::Moved);
        }
        let done = match self.take(&mine, last).await {
            Ok(done) => done,
            Err(failure) => self.trouble(failure, &mine, last).await?,
        };
        if !done {
            return self.reload().await;
        }
        self.meter.took(mine.len());
        self.batch = (self.batch * 2).min(BATCH);
        Ok(Step::Moved)
    }

    fn is_mine(&self, event: &LogEvent) -> bool {
        self.has(event.subject)
            && self.of.reader.wants(event)
            && !self.parked.contains_key(&(event.workspace, event.subject))
    }

    /// Whether a subject is of this lane's share.
    fn has(&self, subject: Uuid) -> bool {
        let (lane, lanes) = self.share;
        let bytes = subject.as_bytes();
        u16::from_be_bytes([bytes[14], bytes[15]]) % u16::from(lanes) == u16::from(lane)
    }

    /// Delivers and applies events, and moves the cursor to `last`.
    async fn take(&mut self, events: &[Arc<LogEvent>], last: Position) -> Result<bool, Failure> {
        deliver(&*self.of.reader, events).await?;
        let Some(tx) = self.advance(last).await? else {
            return Ok(false);
        };
        apply_in(&*self.of.reader, &tx, events).await?;
        tx.commit().await?;
        self.moved_to(last);
        Ok(true)
    }

    /// A transaction in which the cursor stands at `to`; `None` where somebody else has moved it.
    async fn advance(&self, to: Position) -> Result<Option<Tx>, Failure> {
        let tx = self.of.store.begin_system(Class::Background).await?;
        let moved = (self.of.cursors)
            .advance_in(&tx, self.share, self.stored, to)
            .await?;
        if moved {
            return Ok(Some(tx));
        }
        tx.rollback().await?;
        Ok(None)
    }

    fn moved_to(&mut self, place: Position) {
        self.stored = place;
        self.stored_at = Instant::now();
        self.position = place;
        self.skipped = 0;
    }

    async fn store_skipped(&mut self) -> Result<(), Failure> {
        if self.skipped >= SKIPPED || self.stored_at.elapsed() >= STORED {
            self.settle().await?;
        }
        Ok(())
    }

    /// Stores how far this lane has seen the log, although nothing concerned it.
    pub(crate) async fn settle(&mut self) -> Result<(), Failure> {
        if self.skipped == 0 {
            return Ok(());
        }
        match self.advance(self.position).await? {
            Some(tx) => {
                tx.commit().await?;
                self.moved_to(self.position);
            }
            None => {
                self.reload().await?;
            }
        }
        Ok(())
    }

    async fn reload(&mut self) -> Result<Step, Failure> {
        let stored = self.of.cursors.of(self.share.0).await?;
        self.moved_to(stored);
        self.look_at_parked().await?;
        Ok(Step::Lost)
    }

    /// Events could not be taken together.
    async fn trouble(
        &mut self,
        failure: Failure,
        events: &[Arc<LogEvent>],
        last: Position,
    ) -> Result<bool, Failure> {
        if failure.code == ErrorCode::QueryTimeout && events.len() > 1 {
            // It may be only that there are too many at once.
            self.batch = (self.batch / 4).max(1);
            return Err(failure);
        }
        if is_temporary(&failure) && failure.code != ErrorCode::QueryTimeout {
            return Err(failure);
        }
        self.meter.failed();
        self.take_by_subject(events, last).await
    }

    /// Takes events subject by subject, and leaves those behind that fail.
    async fn take_by_subject(
        &mut self,
        events: &[Arc<LogEvent>],
        last: Position,
    ) -> Result<bool, Failure> {
        let mut failed: Vec<(Arc<LogEvent>, Failure)> = Vec::new();
        let mut delivered = Vec::new();
        for group in by_subject(events) {
            match deliver(&*self.of.reader, &group).await {
                Ok(()) => delivered.push(group),
                Err(failure) if lasts(&failure) => failed.push((Arc::clone(&group[0]), failure)),
                Err(failure) => return Err(failure),
            }
        }
        let Some(tx) = self.advance(last).await? else {
            return Ok(false);
        };
        for group in delivered {
            let before = tx.savepoint()?;
            match apply_in(&*self.of.reader, &tx, &group).await {
                Ok(()) => tx.release(before)?,
                Err(failure) if lasts(&failure) => {
                    tx.rollback_to(before).await?;
                    failed.push((Arc::clone(&group[0]), failure));
                }
                Err(failure) => return Err(failure),
            }
        }
        for (event, failure) in &failed {
            tracing::error!(
                reader = self.of.name(), event = %event.id, kind = event.kind, error = %failure,
                cause = ?failure.cause, "a subject is left behind, as its event can't be taken"
            );
            (self.of.parked)
                .park_in(&tx, self.of.reader.name(), event, failure)
                .await?;
        }
        if self.parked.len() + failed.len() > usize::try_from(PARKED).unwrap_or(usize::MAX)
            && let Some((_, failure)) = failed.pop()
        {
            return Err(failure);
        }
        tx.commit().await?;
        self.moved_to(last);
        self.look_at_parked().await?;
        Ok(true)
    }

    async fn look_at_parked(&mut self) -> Result<Vec<Subject>, Failure> {
        let found = (self.of.parked)
            .of_reader(self.of.reader.name(), PARKED * i64::from(self.share.1))
            .await?;
        let mut due = Vec::new();
        self.parked.clear();
        for (parked, is_due) in found {
            let subject = (parked.workspace, parked.subject_id);
            if is_due {
                due.push(subject);
            }
            self.parked.insert(subject, parked);
        }
        self.looked = Instant::now();
        self.meter.parked(self.parked.len());
        Ok(due)
    }

    /// Tries the subjects again whose time has come.
    async fn retry_parked(&mut self) -> Result<(), Failure> {
        for subject in self.look_at_parked().await? {
            if !self.has(subject.1) {
                continue;
            }
            while let Some(parked) = self.parked.get(&subject).cloned() {
                match self.catch_up(&parked).await {
                    Ok(Some(next)) => {
                        if let Some(parked) = self.parked.get_mut(&subject) {
                            parked.position = next;
                        }
                    }
                    Ok(None) => {
                        self.parked.remove(&subject);
                    }
                    Err(failure) if lasts(&failure) => {
                        self.of.parked.again(&parked, &failure).await?;
                        break;
                    }
                    Err(failure) => return Err(failure),
                }
            }
        }
        self.meter.parked(self.parked.len());
        Ok(())
    }

    /// Takes what a subject missed, up to where this lane stands: all of it, or up to the place
    /// that is returned.
    async fn catch_up(&mut self, parked: &Parked) -> Result<Option<Position>, Failure> {
        let part = (parked.position, self.position);
        let events = (self.of.tail.log())
            .of_subject(parked.workspace, parked.subject_id, part, CATCH_UP + 1)
            .await?;
        let whole = usize::try_from(CATCH_UP).unwrap_or(usize::MAX);
        let next = events.get(whole).map(|event| event.position);
        let wanted: Vec<Arc<LogEvent>> = (events.into_iter().take(whole))
            .filter(|event| self.of.reader.wants(event))
            .collect();
        deliver(&*self.of.reader, &wanted).await?;
        // With the cursor, so that a lane that starts anew does not see these events again.
        let Some(tx) = self.advance(self.position).await? else {
            self.reload().await?;
            return Err(Failure::new(
                ErrorCode::Unavailable,
                "Another process works on this.",
            ));
        };
        apply_in(&*self.of.reader, &tx, &wanted).await?;
        self.of.parked.progress_in(&tx, parked, next).await?;
        tx.commit().await?;
        self.moved_to(self.position);
        Ok(next)
    }
}

/// Whether the same events would fail in the same way again.
fn lasts(failure: &Failure) -> bool {
    !is_temporary(failure) || failure.code == ErrorCode::QueryTimeout
}

/// The events of each subject, in the order in which the subjects first appear.
fn by_subject(events: &[Arc<LogEvent>]) -> Vec<Vec<Arc<LogEvent>>> {
    let mut place: HashMap<Subject, usize> = HashMap::new();
    let mut groups: Vec<Vec<Arc<LogEvent>>> = Vec::new();
    for event in events {
        let at = *(place.entry((event.workspace, event.subject))).or_insert(groups.len());
        if at == groups.len() {
            groups.push(Vec::new());
        }
        groups[at].push(Arc::clone(event));
    }
    groups
}

async fn deliver(reader: &dyn Reader, events: &[Arc<LogEvent>]) -> Result<(), Failure> {
    guarded(reader.deliver(events)).await
}

async fn apply_in(reader: &dyn Reader, tx: &Tx, events: &[Arc<LogEvent>]) -> Result<(), Failure> {
    guarded(reader.apply_in(tx, events)).await
}

/// A reader that panics must not take the others with it.
async fn guarded(running: impl Future<Output = Result<(), Failure>>) -> Result<(), Failure> {
    (AssertUnwindSafe(running).catch_unwind().await)
        .unwrap_or_else(|_| Err(Failure::internal("the reader panicked")))
}
