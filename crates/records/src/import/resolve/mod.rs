//! From the names that rows give to the records and users that they mean.

mod names;
mod stages;
mod users;

use std::collections::{HashMap, HashSet};
use std::num::NonZeroUsize;

use kith_kernel::{RecordId, UserId};
use kith_store::{Store, Tx};
use lru::LruCache;
use uuid::Uuid;

use super::convert::{Pending, Prepared};
use super::dry::Seen;
use super::plan::{Compiled, OnAmbiguous, OnMissing, Target};
use crate::catalog::FieldType;
use crate::error::RecordsError;
use crate::record::Writer;
use crate::value::{Link, Refusal, Value};

use names::Name;
pub(crate) use names::find_by_name_in;
use stages::Stages;
pub(crate) use users::Users;

/// How many names are remembered.
const REMEMBERED: NonZeroUsize = NonZeroUsize::new(50_000).unwrap();

/// What a name means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Found {
    /// One record or user.
    One(Uuid),
    /// Several; the first of them.
    Many(Uuid),
    /// Nothing.
    Nothing,
}

/// Looks names up, remembers what they mean, and creates what is missing where the plan says so.
pub(crate) struct Resolver {
    known: LruCache<Name, Found>,
    stages: Option<Stages>,
    pub(crate) users: Users,
    /// Names for which a record was created, or would be.
    created: HashSet<Name>,
    dry: bool,
    /// What the file would create, once a dry run has read it.
    pub(crate) file: Option<Seen>,
}

/// What was created on the way.
#[derive(Debug, Default)]
pub(crate) struct Created {
    /// The new records by their objects' keys.
    pub(crate) records: HashMap<String, Vec<RecordId>>,
}

impl Resolver {
    pub(crate) fn new(users: Users, dry: bool) -> Self {
        Self {
            known: LruCache::new(REMEMBERED),
            stages: None,
            users,
            created: HashSet::new(),
            dry,
            file: None,
        }
    }

    /// How many different records were created, or would be.
    pub(crate) fn related(&self) -> usize {
        self.created.len()
    }

    /// Whether `rows` name anything that has to be looked up in the database.
    pub(crate) fn needs_database(rows: &[Prepared]) -> bool {
        rows.iter().any(|row| !row.pending.is_empty())
    }

    /// Puts records and users in the place of the names in `rows`. Relations to records of the
    /// same file are left out.
    pub(crate) async fn resolve_in(
        &mut self,
        tx: &Tx,
        writer: &Writer<'_>,
        compiled: &Compiled,
        rows: &mut [Prepared],
    ) -> Result<Created, RecordsError> {
        let mut created = Created::default();
        self.look_up_in(tx, writer, compiled, rows, false, &mut created)
            .await?;
        if self.stages.is_none() && stages::wanted(compiled) {
            self.stages = Some(Stages::read_in(tx, writer.actor.workspace).await?);
        }
        let converter = super::convert::Converter {
            compiled,
            settings: &writer.actor.settings,
        };
        for row in rows {
            let mut pending = std::mem::take(&mut row.pending);
            // A stage is looked for in its row's pipeline, so that has to be known first.
            pending.sort_by_key(|one| stages::is_stage(compiled, one));
            for one in pending {
                let source = &compiled.sources[one.source];
                if matches!(&source.target, Target::Relation { to, .. } if to.own) {
                    row.pending.push(one);
                    continue;
                }
                let refused = self.put(compiled, row, &one);
                for (refusal, name, keeps) in refused {
                    row.reasons
                        .push(converter.reason(source, refusal, Some(&name)));
                    row.rejected |= !keeps;
                }
            }
        }
        Ok(created)
    }

    /// Resolves the relations to records of the same file in `rows`, which are all in by now.
    pub(crate) async fn resolve_own_in(
        &mut self,
        tx: &Tx,
        writer: &Writer<'_>,
        compiled: &Compiled,
        rows: &mut [Prepared],
    ) -> Result<Created, RecordsError> {
        let mut created = Created::default();
        self.look_up_in(tx, writer, compiled, rows, true, &mut created)
            .await?;
        let converter = super::convert::Converter {
            compiled,
            settings: &writer.actor.settings,
        };
        for row in rows {
            for one in std::mem::take(&mut row.pending) {
                let source = &compiled.sources[one.source];
                for (refusal, name, _) in self.put(compiled, row, &one) {
                    row.reasons
                        .push(converter.reason(source, refusal, Some(&name)));
                }
            }
        }
        Ok(created)
    }

    /// Looks up all names that aren't known yet, and creates what is missing. `own` says whether
    /// relations to records of the same file are meant, or all others.
    async fn look_up_in(
        &mut self,
        tx: &Tx,
        writer: &Writer<'_>,
        compiled: &Compiled,
        rows: &[Prepared],
        own: bool,
        created: &mut Created,
    ) -> Result<(), RecordsError> {
        let mut unknown: HashSet<Name> = HashSet::new();
        let mut wanted: HashMap<Name, (usize, String)> = HashMap::new();
        for pending in rows
            .iter()
            .filter(|row| !row.rejected)
            .flat_map(|row| &row.pending)
        {
            let source = &compiled.sources[pending.source];
            let Target::Relation { to, .. } = &source.target else {
                continue;
            };
            if to.own != own || stages::is_stage(compiled, pending) {
                continue;
            }
            for text in &pending.names {
                let Some(name) = Name::of(compiled, to, text) else {
                    continue;
                };
                if source.plan.on_missing == OnMissing::Create {
                    wanted
                        .entry(name.clone())
                        .or_insert_with(|| (pending.source, text.clone()));
                }
                if self.known.get(&name).is_none() {
                    unknown.insert(name);
                }
            }
        }
        if !unknown.is_empty() {
            let found = names::find_in(tx, writer.actor.workspace, compiled, &unknown).await?;
            for name in unknown {
                let what = found.get(&name).copied().unwrap_or(Found::Nothing);
                self.known.put(name, what);
            }
        }
        let mut missing: Vec<(Name, usize, String)> = Vec::new();
        for (name, (source, text)) in wanted {
            if self.known.peek(&name) == Some(&Found::Nothing) && !self.in_file(compiled, &name) {
                missing.push((name, source, text));
            }
        }
        // In one order, so that an import that is resumed creates the same.
        missing.sort_by(|a, b| a.2.cmp(&b.2));
        if !missing.is_empty() {
            let new = names::create_in(tx, writer, compiled, &missing).await?;
            for (name, object, id) in new {
                created.records.entry(object).or_default().push(id);
                self.known.put(name.clone(), Found::One(id.0));
                self.created.insert(name);
            }
        }
        Ok(())
    }

    /// Whether the file would create a record of this name.
    fn in_file(&self, compiled: &Compiled, name: &Name) -> bool {
        self.file
            .as_ref()
            .is_some_and(|file| name.is_in(compiled, file))
    }

    fn names_row(&self, compiled: &Compiled, target: &Target, text: &str) -> bool {
        match target {
            Target::Relation { to, .. } if to.own => {
                Name::of(compiled, to, text).is_some_and(|name| self.in_file(compiled, &name))
            }
            _ => false,
        }
    }

    /// Forgets what was created in a transaction that was undone.
    pub(crate) fn undone(&mut self, created: &Created) {
        let ids: HashSet<Uuid> = created.records.values().flatten().map(|id| id.0).collect();
        if ids.is_empty() {
            return;
        }
        let gone: Vec<Name> = (self.known.iter())
            .filter(|(_, found)| matches!(found, Found::One(id) if ids.contains(id)))
            .map(|(name, _)| name.clone())
            .collect();
        for name in gone {
            self.known.pop(&name);
            if !self.dry {
                self.created.remove(&name);
            }
        }
    }

    /// Forgets everything, because the database may have changed.
    pub(crate) fn forget(&mut self) {
        self.known.clear();
    }

    /// Puts what `pending` means into the row; answers with the names that mean nothing, and
    /// whether the row goes on without them.
    fn put(
        &self,
        compiled: &Compiled,
        row: &mut Prepared,
        pending: &Pending,
    ) -> Vec<(Refusal, String, bool)> {
        let source = &compiled.sources[pending.source];
        let mut refused = Vec::new();
        let mut ids = Vec::new();
        for text in &pending.names {
            let found = match &source.target {
                Target::User { .. } => self.users.find(text),
                Target::Relation { .. } if stages::is_stage(compiled, pending) => {
                    let pipeline = stages::pipeline(compiled, row);
                    self.stages
                        .as_ref()
                        .map_or(Found::Nothing, |stages| stages.find(text, pipeline))
                }
                Target::Relation { to, .. } => (Name::of(compiled, to, text))
                    .and_then(|name| self.known.peek(&name).copied())
                    .unwrap_or(Found::Nothing),
                _ => Found::Nothing,
            };
            match found {
                Found::One(id) => ids.push(id),
                Found::Many(id) if source.plan.on_ambiguous == OnAmbiguous::First => ids.push(id),
                Found::Many(_) => {
                    let refusal = Refusal::new(
                        "ambiguous",
                        "names several records; say which, for instance by id",
                    );
                    refused.push((refusal, text.clone(), false));
                }
                Found::Nothing if self.names_row(compiled, &source.target, text) => {}
                Found::Nothing => {
                    let keeps = source.plan.on_missing == OnMissing::Clear;
                    refused.push((missing(compiled, &source.target), text.clone(), keeps));
                }
            }
        }
        match &source.target {
            Target::User { at } => {
                if let Some(id) = ids.first() {
                    super::convert::append(&mut row.values, *at, Value::Id(*id));
                }
            }
            Target::Relation { at, to } => {
                let value = match &compiled.object().fields()[*at].kind {
                    FieldType::Relations { .. } => {
                        let link = |id: Uuid| Link {
                            id: RecordId(id),
                            role: None,
                        };
                        Value::Links(ids.into_iter().map(link).collect())
                    }
                    FieldType::AnyRelation {} => match ids.first() {
                        Some(id) => Value::AnyRecord {
                            object: to.object.clone(),
                            id: *id,
                        },
                        None => return refused,
                    },
                    _ => match ids.first() {
                        Some(id) => Value::Id(*id),
                        None => return refused,
                    },
                };
                if !matches!(&value, Value::Links(links) if links.is_empty()) {
                    super::convert::append(&mut row.values, *at, value);
                }
            }
            _ => {}
        }
        refused
    }
}

fn missing(compiled: &Compiled, target: &Target) -> Refusal {
    match target {
        Target::Relation { to, .. } => {
            let object = compiled.catalog.by_key(&to.object);
            let what = object.map_or_else(String::new, |object| object.label.to_lowercase());
            Refusal::new("not_found", format!("names no {what} that is there"))
        }
        _ => Refusal::new("not_found", "names no user of the workspace"),
    }
}

/// Reads the users, to be given to a [`Resolver`].
pub(crate) async fn users(
    store: &Store,
    workspace: kith_kernel::WorkspaceId,
    user: UserId,
) -> Result<Users, RecordsError> {
    Ok(Users::read(store, workspace, user).await?)
}
