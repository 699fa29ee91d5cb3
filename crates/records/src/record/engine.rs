//! The one way in which records change.
//!
//! A set of changes to records of one object is read, checked, completed and written together,
//! whether it is one field of one person or a thousand rows of a file. What is wrong with one of
//! them does not touch the others: the caller decides whether to go on without it.

use std::collections::{HashMap, HashSet};

use kith_contracts::access::{Action, Permit, authorise};
use kith_kernel::{Actor, Clock, ErrorCode, FieldError, RecordId, WorkspaceId};
use kith_store::{BoundStatement, Tx};
use uuid::Uuid;

use super::change::{Change, Outcome, RowError};
use super::event::{Events, Origin};
use super::relation::{Target, missing_in, targets};
use super::rules::Facts;
use super::unique::{Claim, claim_in, claims, release_in};
use super::{Did, Record, Shape, link, merged, parents};
use crate::catalog::{Catalog, Object};
use crate::error::RecordsError;
use crate::search::dictionary;
use crate::validation::Validations;
use crate::value::{Accept, Value};

/// Who writes, under which catalog, and as part of what.
#[derive(Clone, Copy)]
pub struct Writer<'a> {
    /// Who writes.
    pub actor: &'a Actor,
    /// The workspace's catalog.
    pub catalog: &'a Catalog,
    /// The source of the time and of new ids.
    pub clock: &'a Clock,
    /// What the changes are part of.
    pub origin: Origin,
}

/// A change in the making.
struct Work {
    before: Option<Record>,
    after: Record,
    did: Did,
}

impl<'a> Writer<'a> {
    /// What values are accepted under.
    pub fn accept(&self) -> Accept<'a> {
        Accept {
            settings: &self.actor.settings,
            catalog: self.catalog,
        }
    }

    /// Makes the changes in `tx`; the answer has their order. No record may be named twice.
    ///
    /// # Errors
    /// When the actor may not make one of the changes, or the store fails: then `tx` has to be
    /// rolled back. What is wrong with single changes stands in the answer.
    pub async fn apply_in(
        &self,
        tx: &Tx,
        object: &Object,
        changes: Vec<Change>,
    ) -> Result<Vec<Result<Outcome, RowError>>, RecordsError> {
        self.run_in(tx, object, changes, true).await
    }

    /// Finds out what [`Writer::apply_in`] would answer, without writing records and events.
    /// `tx` has to be rolled back all the same.
    pub async fn check_in(
        &self,
        tx: &Tx,
        object: &Object,
        changes: Vec<Change>,
    ) -> Result<Vec<Result<Outcome, RowError>>, RecordsError> {
        self.run_in(tx, object, changes, false).await
    }

    async fn run_in(
        &self,
        tx: &Tx,
        object: &Object,
        changes: Vec<Change>,
        write: bool,
    ) -> Result<Vec<Result<Outcome, RowError>>, RecordsError> {
        let mut permit = None;
        let actions: HashSet<Action> = changes.iter().map(Change::action).collect();
        for action in actions {
            permit = Some(authorise(self.actor, action, Some(&object.key))?);
        }
        let Some(permit) = permit else {
            return Ok(Vec::new());
        };
        let workspace = permit.workspace();
        let shape = Shape::new(object);
        let mut works = self.begin_in(tx, &shape, object, changes).await?;
        self.complete_in(tx, workspace, object, &mut works).await?;
        self.check_targets_in(tx, workspace, object, &mut works)
            .await?;
        self.claim_uniques_in(tx, workspace, object, &mut works)
            .await?;
        if write {
            self.write_in(tx, &permit, &shape, object, &works).await?;
        }
        let outcome = |work: Work| Outcome {
            did: work.did,
            record: work.after,
            before: work.before,
        };
        Ok(works.into_iter().map(|work| work.map(outcome)).collect())
    }

    /// Locks what is changed and puts the new values in.
    async fn begin_in(
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

    /// Applies the rules of the object, and finds out which updates change nothing.
    async fn complete_in(
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

    /// Refuses changes that point to what isn't there.
    async fn check_targets_in(
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

    /// Takes the values that must be unique, and refuses changes that come too late.
    async fn claim_uniques_in(
        &self,
        tx: &Tx,
        workspace: WorkspaceId,
        object: &Object,
        works: &mut [Result<Work, RowError>],
    ) -> Result<(), RecordsError> {
        let mut released: HashSet<Claim> = HashSet::new();
        let mut wanted: HashSet<Claim> = HashSet::new();
        for work in works.iter().flatten() {
            if work.did == Did::Nothing {
                continue;
            }
            let had =
                (work.before.as_ref()).map_or_else(HashSet::new, |before| claims(object, before));
            let has = claims(object, &work.after);
            released.extend(had.difference(&has).cloned());
            wanted.extend(has.difference(&had).cloned());
        }
        release_in(tx, workspace, object, &released).await?;
        let lost = claim_in(tx, workspace, object, wanted.clone()).await?;
        if lost.is_empty() {
            return Ok(());
        }
        let mut won_in_vain: HashSet<Claim> = HashSet::new();
        for slot in works.iter_mut() {
            let Ok(work) = slot else { continue };
            let id = work.after.id;
            let errors: Vec<FieldError> = (lost.iter())
                .filter(|claim| claim.record == id)
                .map(|claim| taken(object, claim))
                .collect();
            if !errors.is_empty() {
                let won = wanted.iter().filter(|claim| claim.record == id);
                won_in_vain.extend(won.filter(|claim| !lost.contains(claim)).cloned());
                *slot = Err(RowError::fields(ErrorCode::Duplicate, errors));
            }
        }
        release_in(tx, workspace, object, &won_in_vain).await?;
        Ok(())
    }

    async fn write_in(
        &self,
        tx: &Tx,
        permit: &Permit,
        shape: &Shape<'_>,
        object: &Object,
        works: &[Result<Work, RowError>],
    ) -> Result<(), RecordsError> {
        let workspace = permit.workspace();
        let mut events = Events::new(object);
        let mut created: Vec<&Record> = Vec::new();
        let mut changed: Vec<(&Record, &Record)> = Vec::new();
        let mut pairs: Vec<(Option<&Record>, &Record)> = Vec::new();
        for work in works.iter().flatten() {
            match (work.did, &work.before) {
                (Did::Nothing, _) => continue,
                (Did::Updated | Did::Deleted | Did::Restored, Some(before)) => {
                    changed.push((before, &work.after));
                }
                _ => created.push(&work.after),
            }
            pairs.push((work.before.as_ref(), &work.after));
            events.add(self.clock, work.did, work.before.as_ref(), &work.after);
        }
        let mut writes = Vec::new();
        if !created.is_empty() {
            writes.push(shape.insert(workspace, &created));
        }
        if !changed.is_empty() {
            writes.push(shape.update(workspace, &changed));
        }
        writes.extend(link::write(workspace, object, &pairs));
        if object.searchable {
            let names = pairs.iter().filter_map(|(before, after)| {
                let name = after.text(object, "name")?;
                let was = before.and_then(|before| before.text(object, "name"));
                (was != Some(name)).then_some(name)
            });
            writes.extend(dictionary::remember(workspace, names));
        }
        writes.extend(events.append(permit, self.origin, self.clock.now()));
        match self.origin {
            // The commit follows, and tells.
            Origin::Request => tx.send(writes).await?,
            // A row that fails must fail within its own savepoint.
            _ => tx.pipeline(&writes).await.map(drop)?,
        }
        Ok(())
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

fn taken(object: &Object, claim: &Claim) -> FieldError {
    let field = object.fields().iter().find(|field| field.id == claim.field);
    FieldError {
        field: field.map_or_else(String::new, |field| field.name.clone()),
        code: "duplicate",
        message: format!(
            "must be unique, and another {} has `{}`",
            object.label.to_lowercase(),
            claim.value
        ),
    }
}
