//! What records point to has to be there.

use std::collections::HashSet;

use kith_kernel::{ErrorCode, FieldError, WorkspaceId};
use kith_store::Tx;
use uuid::Uuid;

use super::{Work, Writer};
use crate::catalog::Object;
use crate::error::RecordsError;
use crate::record::change::RowError;
use crate::record::relation::{Target, missing_in, targets};
use crate::record::{Did, Record, parents};
use crate::value::Value;

impl Writer<'_> {
    /// Refuses changes that point to what isn't there.
    pub(super) async fn check_targets_in(
        &self,
        tx: &Tx,
        workspace: WorkspaceId,
        object: &Object,
        works: &mut [Result<Work, RowError>],
    ) -> Result<(), RecordsError> {
        let new_targets = |work: &Work| -> Vec<(usize, Target)> {
            let mut found = Vec::new();
            if matches!(work.did, Did::Created | Did::Updated) {
                for (at, field) in object.fields().iter().enumerate() {
                    let before = work.before.as_ref().map(|before| &before.values[at]);
                    let after = &work.after.values[at];
                    if before != Some(after) {
                        let targets = targets(&field.kind, after).into_iter();
                        found.extend(targets.map(|target| (at, target)));
                    }
                }
            }
            found
        };
        let all: HashSet<Target> = (works.iter().flatten())
            .flat_map(|work| new_targets(work).into_iter().map(|(_, target)| target))
            .collect();
        if !all.is_empty() {
            let missing = missing_in(tx, workspace, self.catalog, all).await?;
            for slot in works.iter_mut().filter(|_| !missing.is_empty()) {
                let Ok(work) = slot else { continue };
                let errors: Vec<FieldError> = (new_targets(work).into_iter())
                    .filter(|(_, target)| missing.contains(target))
                    .map(|(at, target)| no_such_target(object, at, &target))
                    .collect();
                if !errors.is_empty() {
                    *slot = Err(RowError::fields(ErrorCode::ValidationFailed, errors));
                }
            }
        }
        self.check_parents_in(tx, workspace, object, works).await
    }

    async fn check_parents_in(
        &self,
        tx: &Tx,
        workspace: WorkspaceId,
        object: &Object,
        works: &mut [Result<Work, RowError>],
    ) -> Result<(), RecordsError> {
        if object.key != "company" {
            return Ok(());
        }
        let parent = |record: &Record| match record.get(object, "parent") {
            Value::Id(id) => Some(*id),
            _ => None,
        };
        // A company that isn't there yet can't be anybody's ancestor.
        let moved: Vec<(Uuid, Uuid)> = (works.iter().flatten())
            .filter(|work| work.did == Did::Updated)
            .filter(|work| work.before.as_ref().and_then(parent) != parent(&work.after))
            .filter_map(|work| Some((work.after.id.0, parent(&work.after)?)))
            .collect();
        let cyclic = parents::cycles_in(tx, workspace, &moved).await?;
        for slot in works.iter_mut() {
            if matches!(slot, Ok(work) if cyclic.contains(&work.after.id.0)) {
                let error = FieldError {
                    field: "parent".to_owned(),
                    code: "cyclic_parent",
                    message: "must not be the company itself or one below it, and the hierarchy has at most 64 levels".to_owned(),
                };
                *slot = Err(RowError::fields(ErrorCode::ValidationFailed, vec![error]));
            }
        }
        Ok(())
    }
}

fn no_such_target(object: &Object, at: usize, target: &Target) -> FieldError {
    let (what, id) = match target {
        Target::User(id) => ("user", id),
        Target::Record(_, id) => ("record", id),
    };
    FieldError {
        field: object.fields()[at].name.clone(),
        code: "no_such_record",
        message: format!("names a {what} that does not exist: {id}"),
    }
}
