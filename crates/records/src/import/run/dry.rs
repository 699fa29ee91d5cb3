//! Finding out what an import would do, without doing it.

use kith_store::Class;

use super::attempts::Attempts;
use super::{Job, Stopped};
use crate::error::RecordsError;
use crate::import::convert::Prepared;
use crate::import::counts::Counts;
use crate::import::dry::{DryRun, DryRunReport};
use crate::import::resolve::Resolver;

impl Job {
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
        let batch = self.batch(None);
        let written = if careful {
            self.carefully(batch, &tx, rows, Some(dry)).await
        } else {
            batch.write_in(&tx, rows, Some(dry)).await
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
