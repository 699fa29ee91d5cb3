//! The import itself: rows are read, looked up, and written by several lanes side by side.
//!
//! Each batch moves its lane on in its own transaction, so that a process that is killed leaves
//! every row either in or to be done. Rows of the same key go through the same lane, in order.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use kith_contracts::UserDirectory;
use kith_kernel::{Actor, Clock, Failure, ImportId, RecordId};
use kith_store::{Class, Store, StoreError, Tx};
use kith_tabular::{Dialect, Position};
use tokio::sync::mpsc;

use super::batch::{Batch, Written};
use super::convert::{Prepared, Reason};
use super::counts::{Counts, Issue};
use super::dry::{DryRun, DryRunReport};
use super::plan::{Compiled, Key};
use super::reader::{Chunk, Reading};
use super::resolve::{self, Resolver};
use super::store::{self, Advance, Lane};
use crate::error::RecordsError;
use crate::record::{Change, Did, Origin, Writer};
use crate::users::UserCopy;

/// How often a batch that met another transaction is run again at once.
const RETRIES: u32 = 8;
/// How long the import waits for a database that is away.
const PATIENCE: Duration = Duration::from_secs(600);

/// Everything that the work on one import needs.
#[derive(Clone)]
pub(crate) struct Job {
    pub(crate) id: ImportId,
    pub(crate) store: Store,
    pub(crate) clock: Clock,
    pub(crate) directory: Arc<dyn UserDirectory>,
    pub(crate) copy: UserCopy,
    pub(crate) actor: Actor,
    pub(crate) compiled: Arc<Compiled>,
    pub(crate) path: PathBuf,
    pub(crate) dialect: Dialect,
    pub(crate) lanes: i16,
    pub(crate) started_at: jiff::Timestamp,
    pub(crate) control: Arc<Control>,
}

/// What stops an import before its end.
#[derive(Debug, Default)]
pub(crate) struct Control {
    /// Somebody asked for it.
    pub(crate) cancelled: AtomicBool,
    /// The process ends, or another one took over.
    pub(crate) leaving: AtomicBool,
}

/// Why work ended before its end.
#[derive(Debug)]
pub(crate) enum Stopped {
    /// Somebody asked for it.
    Cancelled,
    /// The process ends, or another one took over; the work goes on there or later.
    Leaving,
    /// It can't go on.
    Failed(Failure),
}

impl<E: Into<Failure>> From<E> for Stopped {
    fn from(error: E) -> Self {
        Self::Failed(error.into())
    }
}

impl Control {
    pub(crate) fn check(&self) -> Result<(), Stopped> {
        if self.leaving.load(Ordering::Relaxed) {
            return Err(Stopped::Leaving);
        }
        if self.cancelled.load(Ordering::Relaxed) {
            return Err(Stopped::Cancelled);
        }
        Ok(())
    }
}

/// Rows for one lane, and where the file goes on after them.
struct Part {
    rows: Vec<Prepared>,
    end: Position,
    last: bool,
}

impl Job {
    fn writer(&self) -> Writer<'_> {
        Writer {
            actor: &self.actor,
            catalog: &self.compiled.catalog,
            clock: &self.clock,
            origin: Origin::Import(self.id),
        }
    }

    fn batch(&self) -> Batch<'_> {
        Batch {
            writer: self.writer(),
            compiled: &self.compiled,
            keeps_unchanged: self.compiled.has_own_relations(),
        }
    }

    fn read(
        &self,
        start: Option<Position>,
    ) -> mpsc::Receiver<Result<Chunk, kith_tabular::TabularError>> {
        let reading = Reading {
            path: self.path.clone(),
            dialect: self.dialect.clone(),
            compiled: Arc::clone(&self.compiled),
            settings: Arc::clone(&self.actor.settings),
            start,
        };
        reading.start()
    }

    async fn resolver(&self, dry: bool) -> Result<Resolver, RecordsError> {
        let users = resolve::users(&self.store, self.actor.workspace, self.actor.user).await?;
        Ok(Resolver::new(users, dry))
    }

    /// Writes all rows that aren't in yet, then the relations between them.
    pub(crate) async fn import(&self) -> Result<(), Stopped> {
        let lanes = store::lanes(&self.store, self.actor.workspace, self.id, 1, self.lanes).await?;
        if lanes.iter().any(|lane| !lane.finished) {
            self.first_pass(&lanes).await?;
        }
        if self.compiled.has_own_relations() {
            let lanes = store::lanes(&self.store, self.actor.workspace, self.id, 2, 1).await?;
            if let Some(lane) = lanes.into_iter().next().filter(|lane| !lane.finished) {
                self.second_pass(lane).await?;
            }
        }
        Ok(())
    }

    async fn first_pass(&self, lanes: &[Lane]) -> Result<(), Stopped> {
        // The lane that is furthest behind says where to begin; the others pass over what they did.
        let start = (lanes.iter())
            .map(|lane| lane.position)
            .reduce(|a, b| match (a, b) {
                (Some(a), Some(b)) => Some(if a.number <= b.number { a } else { b }),
                _ => None,
            })
            .flatten();
        let mut senders = Vec::new();
        let mut running = Vec::new();
        for (number, lane) in (0_i16..).zip(lanes) {
            let (sender, receiver) = mpsc::channel(1);
            senders.push(sender);
            running.push(self.lane(number, lane.clone(), receiver));
        }
        let dispatch = self.dispatch(lanes, start, senders);
        let (dispatched, written) =
            futures_util::future::join(dispatch, futures_util::future::try_join_all(running)).await;
        written?;
        dispatched
    }

    /// Reads the file, looks names up, and gives each lane its rows.
    async fn dispatch(
        &self,
        lanes: &[Lane],
        start: Option<Position>,
        senders: Vec<mpsc::Sender<Part>>,
    ) -> Result<(), Stopped> {
        let mut resolver = self.resolver(false).await?;
        let mut chunks = self.read(start);
        while let Some(chunk) = chunks.recv().await {
            self.control.check()?;
            let Chunk {
                mut rows,
                end,
                last,
            } = chunk?;
            rows.retain(|row| {
                let lane = &lanes[lane_of(row, lanes.len())];
                i64::try_from(row.number).unwrap_or(i64::MAX) >= lane.next_row
            });
            self.resolve(&mut resolver, &mut rows).await?;
            let mut parts: Vec<Vec<Prepared>> = lanes.iter().map(|_| Vec::new()).collect();
            for row in rows {
                let lane = lane_of(&row, lanes.len());
                parts[lane].push(row);
            }
            for (rows, sender) in parts.into_iter().zip(&senders) {
                // A lane that ended says why itself.
                if sender.send(Part { rows, end, last }).await.is_err() {
                    return Ok(());
                }
            }
        }
        Ok(())
    }

    /// Puts records and users in the place of names, and creates those that are missing.
    async fn resolve(&self, resolver: &mut Resolver, rows: &mut [Prepared]) -> Result<(), Stopped> {
        if !Resolver::needs_database(rows) {
            return Ok(());
        }
        let missing = resolver.users.missing(&self.compiled, rows);
        if !missing.is_empty() {
            let users = self.directory.ensure_inactive(&self.actor, missing).await?;
            self.copy.put(self.actor.workspace, &users).await?;
            store::add_users(&self.store, self.actor.workspace, self.id, users.len()).await?;
            resolver.users.add(&users);
        }
        let mut attempts = Attempts::default();
        loop {
            let unresolved: Vec<_> = rows
                .iter()
                .map(|row| (row.pending.clone(), row.values.len(), row.reasons.len()))
                .collect();
            match self.try_resolve(resolver, rows).await {
                Ok(()) => return Ok(()),
                Err(error) => {
                    resolver.forget();
                    for (row, (pending, values, reasons)) in rows.iter_mut().zip(unresolved) {
                        row.pending = pending;
                        row.values.truncate(values);
                        row.reasons.truncate(reasons);
                    }
                    attempts.after(error, self).await?;
                }
            }
        }
    }

    async fn try_resolve(
        &self,
        resolver: &mut Resolver,
        rows: &mut [Prepared],
    ) -> Result<(), RecordsError> {
        let tx = self
            .store
            .begin(self.actor.workspace, Class::Background)
            .await?;
        let created = resolver
            .resolve_in(&tx, &self.writer(), &self.compiled, rows)
            .await?;
        let mut related = 0;
        for (object, records) in &created.records {
            related += i64::try_from(records.len()).unwrap_or(0);
            let batch = self.clock.next_uuid();
            store::add_batch_in(
                &tx,
                self.actor.workspace,
                self.id,
                batch,
                object,
                &[],
                records,
            )
            .await?;
        }
        if related > 0 {
            store::add_related_in(&tx, self.actor.workspace, self.id, related).await?;
        }
        tx.commit().await?;
        Ok(())
    }

    /// Writes one lane's parts, one transaction each.
    async fn lane(
        &self,
        number: i16,
        lane: Lane,
        mut parts: mpsc::Receiver<Part>,
    ) -> Result<(), Stopped> {
        let mut next_row = lane.next_row;
        // Where reading stops before the end of the file, whoever stopped it says why.
        while let Some(part) = parts.recv().await {
            self.control.check()?;
            if !part.rows.is_empty() || part.last {
                let step = Step {
                    pass: 1,
                    lane: number,
                    from: next_row,
                    end: &part.end,
                    finished: part.last,
                };
                next_row = self.write(&step, &part.rows).await?;
            }
        }
        Ok(())
    }

    /// Writes rows in one transaction, again where that can help; the lane's next row.
    async fn write(&self, step: &Step<'_>, rows: &[Prepared]) -> Result<i64, Stopped> {
        let to = i64::try_from(step.end.number)
            .unwrap_or(i64::MAX)
            .max(step.from + 1);
        let mut attempts = Attempts::default();
        loop {
            match self.try_write(step, to, rows, attempts.careful).await {
                Ok(true) => return Ok(to),
                Ok(false) => {
                    // Either this very batch is in, though its commit seemed to fail, or somebody
                    // else works on the import.
                    let lanes =
                        store::lanes(&self.store, self.actor.workspace, self.id, step.pass, 0)
                            .await?;
                    let place = usize::try_from(step.lane).unwrap_or(0);
                    let done = lanes.get(place).is_some_and(|lane| lane.next_row == to);
                    return if done { Ok(to) } else { Err(Stopped::Leaving) };
                }
                Err(error) => attempts.after(error, self).await?,
            }
        }
    }

    async fn try_write(
        &self,
        step: &Step<'_>,
        to: i64,
        rows: &[Prepared],
        careful: bool,
    ) -> Result<bool, RecordsError> {
        let workspace = self.actor.workspace;
        let tx = self.store.begin(workspace, Class::Background).await?;
        let written = if careful {
            self.carefully(&tx, rows, None).await?
        } else {
            self.batch().write_in(&tx, rows, None).await?
        };
        let numbers: Vec<i64> = written
            .records
            .iter()
            .map(|(number, _)| i64::try_from(*number).unwrap_or(i64::MAX))
            .collect();
        let records: Vec<RecordId> = written.records.iter().map(|(_, id)| *id).collect();
        let batch = self.clock.next_uuid();
        let object = &self.compiled.object().key;
        let advance = Advance {
            pass: step.pass,
            lane: step.lane,
            from: step.from,
            to,
            position: step.end,
            finished: step.finished,
        };
        let (moved, (), ()) = futures_util::future::try_join3(
            store::advance_in(&tx, workspace, self.id, &advance, &written.counts),
            store::add_batch_in(&tx, workspace, self.id, batch, object, &numbers, &records),
            store::add_issues_in(&tx, workspace, self.id, step.pass, &written.issues),
        )
        .await?;
        if moved {
            tx.commit().await?;
        } else {
            tx.rollback().await?;
        }
        Ok(moved)
    }

    /// Writes rows in ever smaller groups, to find the one that the database doesn't take.
    async fn carefully(
        &self,
        tx: &Tx,
        rows: &[Prepared],
        mut dry: Option<&mut DryRun>,
    ) -> Result<Written, RecordsError> {
        let mut written = Written::default();
        let mut groups = vec![rows];
        while let Some(group) = groups.pop() {
            let savepoint = tx.savepoint()?;
            match self.batch().write_in(tx, group, dry.as_deref_mut()).await {
                Ok(some) => {
                    tx.release(savepoint)?;
                    written.counts += some.counts;
                    written.issues.extend(some.issues);
                    written.records.extend(some.records);
                }
                Err(error) if !is_of_a_row(&error) => return Err(error),
                Err(error) => {
                    tx.rollback_to(savepoint).await?;
                    if let [row] = group {
                        tracing::warn!(import = %self.id, row = row.number, %error, "the database refuses a row");
                        written.counts.read += 1;
                        written.counts.rejected += 1;
                        let message =
                            "the database refuses this row; one of its values may be too long";
                        let reasons = vec![Reason::row("not_storable", message)];
                        written.issues.push(Issue::of(row, true, reasons));
                    } else {
                        let (first, second) = group.split_at(group.len() / 2);
                        groups.push(second);
                        groups.push(first);
                    }
                }
            }
        }
        Ok(written)
    }

    /// Sets the relations between rows of the file, now that all of them are in.
    async fn second_pass(&self, lane: Lane) -> Result<(), Stopped> {
        let mut resolver = self.resolver(false).await?;
        let mut chunks = self.read(lane.position);
        let mut next_row = lane.next_row;
        while let Some(chunk) = chunks.recv().await {
            self.control.check()?;
            let Chunk {
                mut rows,
                end,
                last,
            } = chunk?;
            rows.retain(|row| !row.rejected);
            let to = i64::try_from(end.number)
                .unwrap_or(i64::MAX)
                .max(next_row + 1);
            let step = Step {
                pass: 2,
                lane: 0,
                from: next_row,
                end: &end,
                finished: last,
            };
            let mut attempts = Attempts::default();
            loop {
                match self.relate(&mut resolver, &step, to, &rows).await {
                    Ok(true) => break,
                    Ok(false) => return Err(Stopped::Leaving),
                    Err(error) => {
                        resolver.forget();
                        attempts.after(error, self).await?;
                    }
                }
            }
            next_row = to;
        }
        Ok(())
    }

    async fn relate(
        &self,
        resolver: &mut Resolver,
        step: &Step<'_>,
        to: i64,
        rows: &[Prepared],
    ) -> Result<bool, RecordsError> {
        let workspace = self.actor.workspace;
        let tx = self.store.begin(workspace, Class::Background).await?;
        let mut own: Vec<Prepared> = rows
            .iter()
            .filter_map(|row| row.only_own(&self.compiled))
            .collect();
        let created = resolver
            .resolve_own_in(&tx, &self.writer(), &self.compiled, &mut own)
            .await?;
        let mut written = Written::default();
        if let (Some(first), Some(last)) = (own.first(), own.last()) {
            let number = |row: &Prepared| i64::try_from(row.number).unwrap_or(i64::MAX);
            let pairs =
                store::records_of_in(&tx, workspace, self.id, number(first), number(last)).await?;
            let records: HashMap<i64, RecordId> = pairs.into_iter().collect();
            let known = own
                .iter()
                .filter_map(|row| Some((*records.get(&number(row))?, row)));
            self.set_relations_in(&tx, known.collect(), &mut written)
                .await?;
        }
        for (object, records) in &created.records {
            written.counts.related += i64::try_from(records.len()).unwrap_or(0);
            let batch = self.clock.next_uuid();
            store::add_batch_in(&tx, workspace, self.id, batch, object, &[], records).await?;
        }
        store::add_issues_in(&tx, workspace, self.id, step.pass, &written.issues).await?;
        let advance = Advance {
            pass: step.pass,
            lane: step.lane,
            from: step.from,
            to,
            position: step.end,
            finished: step.finished,
        };
        let moved = store::advance_in(&tx, workspace, self.id, &advance, &written.counts).await?;
        if moved {
            tx.commit().await?;
        } else {
            tx.rollback().await?;
        }
        Ok(moved)
    }

    /// Sets what rows say about other rows of the file. Where several rows are about one record,
    /// the last one counts.
    async fn set_relations_in(
        &self,
        tx: &Tx,
        rows: Vec<(RecordId, &Prepared)>,
        written: &mut Written,
    ) -> Result<(), RecordsError> {
        let last: HashMap<RecordId, u64> = rows.iter().map(|(id, row)| (*id, row.number)).collect();
        let mut changing = Vec::new();
        let mut changes = Vec::new();
        for (id, row) in rows {
            let mut reasons = row.reasons.clone();
            if last.get(&id) == Some(&row.number) && !row.values.is_empty() {
                changing.push((row, reasons));
                changes.push(Change::Merge {
                    id,
                    values: row.values.clone(),
                });
            } else if !reasons.is_empty() {
                written.counts.adjusted += 1;
                written
                    .issues
                    .push(Issue::of(row, false, std::mem::take(&mut reasons)));
            }
        }
        let outcomes = self
            .writer()
            .apply_in(tx, self.compiled.object(), changes)
            .await?;
        for ((row, mut reasons), outcome) in changing.into_iter().zip(outcomes) {
            match outcome {
                Ok(outcome) => {
                    let was_untouched = (outcome.before.as_ref())
                        .is_some_and(|before| before.updated_at < self.started_at);
                    if outcome.did == Did::Updated && was_untouched {
                        written.counts.unchanged -= 1;
                        written.counts.updated += 1;
                    }
                }
                Err(error) => reasons.push(Reason::row(error.code.as_str(), error.message)),
            }
            if !reasons.is_empty() {
                written.counts.adjusted += 1;
                written.issues.push(Issue::of(row, false, reasons));
            }
        }
        Ok(())
    }

    /// Finds out what the import would do.
    pub(crate) async fn dry_run(&self) -> Result<DryRunReport, Stopped> {
        let mut dry = DryRun::default();
        let mut resolver = self.resolver(true).await?;
        let mut chunks = self.read(None);
        while let Some(chunk) = chunks.recv().await {
            self.control.check()?;
            let mut rows = chunk?.rows;
            resolver.users.pretend_for(&self.compiled, &rows);
            let mut attempts = Attempts::default();
            let counts = loop {
                match self
                    .try_rows(&mut resolver, &mut rows, &mut dry, attempts.careful)
                    .await
                {
                    Ok(counts) => break counts,
                    Err(error) => attempts.after(error, self).await?,
                }
            };
            dry.report.counts += counts;
        }
        if self.compiled.has_own_relations() {
            resolver.file = Some(std::mem::take(&mut dry.seen));
            let mut chunks = self.read(None);
            while let Some(chunk) = chunks.recv().await {
                self.control.check()?;
                dry.report.counts.adjusted +=
                    self.try_relations(&mut resolver, &chunk?.rows).await?;
            }
        }
        dry.report.users = i64::try_from(resolver.users.pretended()).unwrap_or(i64::MAX);
        dry.report.counts.related = i64::try_from(resolver.related()).unwrap_or(i64::MAX);
        Ok(dry.report)
    }

    async fn try_rows(
        &self,
        resolver: &mut Resolver,
        rows: &mut [Prepared],
        dry: &mut DryRun,
        careful: bool,
    ) -> Result<Counts, RecordsError> {
        let tx = self
            .store
            .begin(self.actor.workspace, Class::Background)
            .await?;
        let created = resolver
            .resolve_in(&tx, &self.writer(), &self.compiled, rows)
            .await?;
        let written = if careful {
            self.carefully(&tx, rows, Some(dry)).await
        } else {
            self.batch().write_in(&tx, rows, Some(dry)).await
        };
        resolver.undone(&created);
        let ended = tx.rollback().await;
        let written = written?;
        ended?;
        Ok(written.counts)
    }

    /// How many rows name a record of the file, or of the workspace, that isn't there.
    async fn try_relations(
        &self,
        resolver: &mut Resolver,
        rows: &[Prepared],
    ) -> Result<i64, RecordsError> {
        let tx = self
            .store
            .begin(self.actor.workspace, Class::Background)
            .await?;
        let accepted = rows.iter().filter(|row| !row.rejected);
        let mut own: Vec<Prepared> = accepted
            .filter_map(|row| row.only_own(&self.compiled))
            .collect();
        let created = resolver
            .resolve_own_in(&tx, &self.writer(), &self.compiled, &mut own)
            .await?;
        resolver.undone(&created);
        tx.rollback().await?;
        let missing = own.iter().filter(|row| !row.reasons.is_empty()).count();
        Ok(i64::try_from(missing).unwrap_or(i64::MAX))
    }
}

/// A batch's place in the work.
struct Step<'a> {
    pass: i16,
    lane: i16,
    from: i64,
    end: &'a Position,
    finished: bool,
}

/// How often something was tried, and whether it should be tried once more.
#[derive(Default)]
pub(crate) struct Attempts {
    met: u32,
    away: Duration,
    careful: bool,
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
fn is_of_a_row(error: &RecordsError) -> bool {
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

/// Which lane a row goes through: the same for all rows of a key.
fn lane_of(row: &Prepared, lanes: usize) -> usize {
    let hash = match &row.key {
        Some(Key::Unique(keys)) => fnv(keys.first().map_or("", String::as_str).as_bytes()),
        Some(Key::Name(name)) => fnv(name.as_bytes()),
        Some(Key::Id(id)) => fnv(id.0.as_bytes()),
        None => row.number / 500,
    };
    let lanes = u64::try_from(lanes.max(1)).unwrap_or(1);
    usize::try_from(hash % lanes).unwrap_or(0)
}

/// The hash FNV-1a, which is the same in every process and version.
fn fnv(bytes: &[u8]) -> u64 {
    (bytes.iter()).fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
    })
}
