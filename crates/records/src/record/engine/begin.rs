//! The records as they are, and with what is to change.

use std::collections::HashMap;

use kith_kernel::{ErrorCode, RecordId};
use kith_store::{BoundStatement, Tx};

use super::{Work, Writer};
use crate::catalog::Object;
use crate::error::RecordsError;
use crate::record::change::{Change, RowError};
use crate::record::{Did, Record, Shape, link, merged};

impl Writer<'_> {
    /// Locks what is changed and puts the new values in.
    pub(super) async fn begin_in(
        &self,
        tx: &Tx,
        shape: &Shape<'_>,
        object: &Object,
        changes: Vec<Change>,
    ) -> Result<Vec<Result<Work, RowError>>, RecordsError> {
        let workspace = self.actor.workspace;
        let existing: Vec<RecordId> = (changes.iter())
            .filter(|change| !matches!(change, Change::Create { .. }))
            .map(Change::id)
            .collect();
        let mut known: HashMap<RecordId, Record> = HashMap::new();
        if !existing.is_empty() {
            let links = link::read(workspace, object, &existing);
            let lock = BoundStatement::new(
                shape.lock_sql(),
                vec![Box::new(workspace), Box::new(existing)],
            );
            let read: Vec<BoundStatement> = std::iter::once(lock).chain(links).collect();
            let read = tx.pipeline(&read).await?;
            let mut records = (read.iter().take(1).flatten())
                .map(|row| shape.read(row))
                .collect::<Result<Vec<_>, _>>()
                .map_err(kith_store::StoreError::from)?;
            if let Some(links) = read.get(1) {
                link::fill(object, &mut records, links);
            }
            known.extend(records.into_iter().map(|record| (record.id, record)));
        }
        let begin = |change| self.begin(object, &mut known, change);
        Ok(changes.into_iter().map(begin).collect())
    }

    fn begin(
        &self,
        object: &Object,
        known: &mut HashMap<RecordId, Record>,
        change: Change,
    ) -> Result<Work, RowError> {
        let now = self.clock.now();
        let user = self.actor.user;
        let mut take = |id: RecordId, if_version: Option<i64>, deleted: bool| {
            let before = (known.remove(&id))
                .filter(|record| record.deleted_at.is_some() == deleted)
                .ok_or_else(|| RowError::not_found(id))?;
            match if_version {
                Some(version) if version != before.version => Err(RowError {
                    current_version: Some(before.version),
                    ..RowError::new(
                        ErrorCode::VersionMismatch,
                        "Somebody else changed the record meanwhile. Read it again, then repeat your change.",
                    )
                }),
                _ => Ok(before),
            }
        };
        match change {
            Change::Create { id, values } => {
                let created = created_at(id).unwrap_or(now);
                let mut after = Record::new(id, object, created, user);
                for (at, field) in object.fields().iter().enumerate() {
                    if let Some(default) = &field.default
                        && !field.retired
                        && values.iter().all(|(given, _)| *given != at)
                    {
                        after.values[at] =
                            self.accept().json(&field.kind, default).unwrap_or_default();
                    }
                }
                for (at, value) in values {
                    after.values[at] = value;
                }
                Ok(Work {
                    before: None,
                    after,
                    did: Did::Created,
                })
            }
            Change::Update {
                id,
                if_version,
                values,
            } => {
                let before = take(id, if_version, false)?;
                let mut after = before.clone();
                for (at, value) in values {
                    after.values[at] = value;
                }
                Ok(Work {
                    before: Some(before),
                    after,
                    did: Did::Updated,
                })
            }
            Change::Merge { id, values } => {
                let before = take(id, None, false)?;
                let mut after = before.clone();
                for (at, value) in values {
                    after.values[at] = merged(&before.values[at], value);
                }
                Ok(Work {
                    before: Some(before),
                    after,
                    did: Did::Updated,
                })
            }
            Change::Delete { id, if_version } => {
                let before = take(id, if_version, false)?;
                let mut after = before.clone();
                after.deleted_at = Some(now);
                Ok(Work {
                    before: Some(before),
                    after,
                    did: Did::Deleted,
                })
            }
            Change::Restore { id, if_version } => {
                let before = take(id, if_version, true)?;
                let mut after = before.clone();
                after.deleted_at = None;
                Ok(Work {
                    before: Some(before),
                    after,
                    did: Did::Restored,
                })
            }
        }
    }
}

/// The time in an id of version 7, so that `created_at` and the order of ids agree.
fn created_at(id: RecordId) -> Option<jiff::Timestamp> {
    let (seconds, nanos) = id.0.get_timestamp()?.to_unix();
    jiff::Timestamp::new(
        i64::try_from(seconds).ok()?,
        i32::try_from(nanos / 1_000_000 * 1_000_000).ok()?,
    )
    .ok()
}
