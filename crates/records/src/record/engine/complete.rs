//! What the rules of an object add, and refuse.

use kith_kernel::{ErrorCode, FieldError, WorkspaceId};
use kith_store::Tx;

use super::{Work, Writer};
use crate::catalog::Object;
use crate::error::RecordsError;
use crate::record::change::RowError;
use crate::record::rules::Facts;
use crate::record::{Did, Record};
use crate::validation::Validations;
use crate::value::Value;

impl Writer<'_> {
    /// Applies the rules of the object, and finds out which updates change nothing.
    pub(super) async fn complete_in(
        &self,
        tx: &Tx,
        workspace: WorkspaceId,
        object: &Object,
        works: &mut [Result<Work, RowError>],
    ) -> Result<(), RecordsError> {
        let now = self.clock.now();
        let user = self.actor.user;
        let facts = {
            let pairs: Vec<(Option<&Record>, &Record)> = (works.iter().flatten())
                .filter(|work| matches!(work.did, Did::Created | Did::Updated))
                .map(|work| (work.before.as_ref(), &work.after))
                .collect();
            Facts::read_in(tx, workspace, object, &pairs).await?
        };
        self.number_in(tx, workspace, object, works).await?;
        let validations = Validations::of(self.catalog, object, self.actor);
        for slot in works.iter_mut() {
            let Ok(work) = slot else { continue };
            if matches!(work.did, Did::Created | Did::Updated) {
                let time_zone = &self.actor.settings.time_zone;
                let before = work.before.as_ref();
                let ruled = facts.apply(object, before, &mut work.after, now, time_zone);
                let mut errors: Vec<FieldError> = ruled.err().into_iter().collect();
                errors.extend(missing_required(object, &work.after, &errors));
                if errors.is_empty() {
                    errors = validations.check(&work.after, self.actor, now);
                }
                if !errors.is_empty() {
                    *slot = Err(RowError::fields(ErrorCode::ValidationFailed, errors));
                    continue;
                }
            }
            if let Some(before) = &work.before {
                if work.did == Did::Updated && before.values == work.after.values {
                    work.did = Did::Nothing;
                } else {
                    work.after.version = before.version + 1;
                    work.after.updated_at = now.max(before.updated_at);
                    work.after.updated_by = user;
                }
            }
        }
        Ok(())
    }

    /// Gives new records their autonumbers.
    async fn number_in(
        &self,
        tx: &Tx,
        workspace: WorkspaceId,
        object: &Object,
        works: &mut [Result<Work, RowError>],
    ) -> Result<(), RecordsError> {
        /// Takes the next `$3` numbers; answers with the first of them.
        const TAKE: &str = "INSERT INTO records.autonumber AS a (workspace_id, field_id, next) \
            VALUES ($1, $2, 1 + $3::int8) ON CONFLICT (workspace_id, field_id) \
            DO UPDATE SET next = a.next + $3::int8 RETURNING next - $3::int8";
        for (at, field) in object.fields().iter().enumerate() {
            let numbered = matches!(field.kind, crate::catalog::FieldType::Autonumber { .. });
            if !numbered || field.retired {
                continue;
            }
            let mut new: Vec<&mut Record> = (works.iter_mut().flatten())
                .filter(|work| work.did == Did::Created)
                .map(|work| &mut work.after)
                .collect();
            if new.is_empty() {
                continue;
            }
            let count = i64::try_from(new.len()).unwrap_or(i64::MAX);
            let row = tx.query_one(TAKE, &[&workspace, &field.id, &count]).await?;
            for (number, record) in (row.get::<_, i64>(0)..).zip(&mut new) {
                record.values[at] = Value::Int(number);
            }
        }
        Ok(())
    }
}

fn missing_required(object: &Object, record: &Record, already: &[FieldError]) -> Vec<FieldError> {
    (object.live_fields())
        .filter(|field| field.required && record.get(object, &field.key).is_null())
        .filter(|field| already.iter().all(|error| error.field != field.name))
        .map(|field| FieldError {
            field: field.name.clone(),
            code: "required",
            message: "is required".to_owned(),
        })
        .collect()
}
