//! One of the lanes that write rows side by side.

use kith_kernel::RecordId;
use kith_store::{Class, Tx};
use kith_tabular::Position;
use tokio::sync::mpsc;

use super::attempts::{Attempts, is_of_a_row};
use super::{Job, Part, Stopped};
use crate::error::RecordsError;
use crate::import::batch::{Batch, Written};
use crate::import::convert::{Prepared, Reason};
use crate::import::counts::Issue;
use crate::import::dry::DryRun;
use crate::import::plan::Key;
use crate::import::store::{self, Advance, Lane};
use crate::search::dictionary::SeenWords;

impl Job {
    /// Writes one lane's parts, one transaction each.
    pub(super) async fn lane(
        &self,
        number: i16,
        lane: Lane,
        mut parts: mpsc::Receiver<Part>,
    ) -> Result<(), Stopped> {
        let mut next_row = lane.next_row;
        let words = SeenWords::default();
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
                next_row = self.write(&step, &part.rows, &words).await?;
            }
        }
        Ok(())
    }

    /// Writes rows in one transaction, again where that can help; the lane's next row.
    async fn write(
        &self,
        step: &Step<'_>,
        rows: &[Prepared],
        words: &SeenWords,
    ) -> Result<i64, Stopped> {
        let to = i64::try_from(step.end.number)
            .unwrap_or(i64::MAX)
            .max(step.from + 1);
        let mut attempts = Attempts::default();
        loop {
            let batch = self.batch(Some(words));
            let written = self
                .try_write(step, to, rows, batch, attempts.careful)
                .await;
            words.settle(matches!(written, Ok(true)));
            match written {
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
        batch: Batch<'_>,
        careful: bool,
    ) -> Result<bool, RecordsError> {
        let workspace = self.actor.workspace;
        let tx = self.store.begin(workspace, Class::Background).await?;
        let written = if careful {
            self.carefully(batch, &tx, rows, None).await?
        } else {
            batch.write_in(&tx, rows, None).await?
        };
        let numbers: Vec<i64> = written
            .records
            .iter()
            .map(|(number, _)| i64::try_from(*number).unwrap_or(i64::MAX))
            .collect();
        let records: Vec<RecordId> = written.records.iter().map(|(_, id)| *id).collect();
        let number = self.clock.next_uuid();
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
            store::add_batch_in(&tx, workspace, self.id, number, object, &numbers, &records),
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
    pub(super) async fn carefully(
        &self,
        batch: Batch<'_>,
        tx: &Tx,
        rows: &[Prepared],
        mut dry: Option<&mut DryRun>,
    ) -> Result<Written, RecordsError> {
        let mut written = Written::default();
        let mut groups = vec![rows];
        while let Some(group) = groups.pop() {
            let savepoint = tx.savepoint()?;
            match batch.write_in(tx, group, dry.as_deref_mut()).await {
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
}

/// A batch's place in the work.
pub(super) struct Step<'a> {
    pub(super) pass: i16,
    pub(super) lane: i16,
    pub(super) from: i64,
    pub(super) end: &'a Position,
    pub(super) finished: bool,
}

/// Which lane a row goes through: the same for all rows of a key.
pub(super) fn lane_of(row: &Prepared, lanes: usize) -> usize {
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
