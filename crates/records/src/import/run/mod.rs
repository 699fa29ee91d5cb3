//! The import itself: rows are read, looked up, and written by several lanes side by side.
//!
//! Each batch moves its lane on in its own transaction, so that a process that is killed leaves
//! every row either in or to be done. Rows of the same key go through the same lane, in order.

mod attempts;
mod dry;
mod lane;
mod relate;

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use kith_contracts::UserDirectory;
use kith_kernel::{Actor, Clock, Failure, ImportId};
use kith_store::{Class, Store};
use kith_tabular::{Dialect, Position};
use tokio::sync::mpsc;

use super::batch::Batch;
use super::convert::Prepared;
use super::plan::Compiled;
use super::reader::{Chunk, Reading};
use super::resolve::{self, Resolver};
use super::store::{self, Lane};
use crate::error::RecordsError;
use crate::record::{Origin, Writer};
use crate::search::dictionary::SeenWords;
use crate::users::UserCopy;

pub(crate) use attempts::Attempts;
use lane::lane_of;

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
            words: None,
        }
    }

    /// What writes rows; words of names that are among `words` are in the dictionary already.
    fn batch<'a>(&'a self, words: Option<&'a SeenWords>) -> Batch<'a> {
        Batch {
            writer: Writer {
                words,
                ..self.writer()
            },
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
}
