//! The second pass: relations between rows of the same file.

use std::collections::HashMap;

use kith_kernel::RecordId;
use kith_store::{Class, Tx};

use super::attempts::Attempts;
use super::lane::Step;
use super::{Job, Stopped};
use crate::error::RecordsError;
use crate::import::batch::Written;
use crate::import::convert::{Prepared, Reason};
use crate::import::counts::Issue;
use crate::import::reader::Chunk;
use crate::import::resolve::Resolver;
use crate::import::store::{self, Advance, Lane};
use crate::record::{Change, Did};

impl Job {
    /// Sets the relations between rows of the file, now that all of them are in.
    pub(super) async fn second_pass(&self, lane: Lane) -> Result<(), Stopped> {
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
}
