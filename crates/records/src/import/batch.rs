//! Some rows of a file become changes to records, in one transaction.

use std::collections::{HashMap, HashSet};

use kith_kernel::{ErrorCode, RecordId};
use kith_store::Tx;

use super::convert::{Prepared, Reason};
use super::counts::{Counts, Issue};
use super::dry::DryRun;
use super::plan::{By, Compiled, Input, Key, Mode, OnInvalid, Target};
use super::resolve::find_by_name_in;
use crate::error::RecordsError;
use crate::record::{Change, Did, Outcome, RowError, Writer, find_by_unique_in};
use crate::value::Value;

/// How often a row is tried again after something of it was left out.
const ATTEMPTS: u8 = 8;

/// What became of a batch.
#[derive(Debug, Default)]
pub(crate) struct Written {
    pub(crate) counts: Counts,
    pub(crate) issues: Vec<Issue>,
    /// Which record each row became, in the order of the rows' writing.
    pub(crate) records: Vec<(u64, RecordId)>,
}

/// Writes rows by a plan.
#[derive(Clone, Copy)]
pub(crate) struct Batch<'a> {
    pub(crate) writer: Writer<'a>,
    pub(crate) compiled: &'a Compiled,
    /// Whether rows that change nothing are among the answer's records, too.
    pub(crate) keeps_unchanged: bool,
}

/// A row that is to be written.
struct Todo<'r> {
    row: &'r Prepared,
    values: Vec<(usize, Value)>,
    reasons: Vec<Reason>,
    attempts: u8,
}

/// What is known about a row's record.
#[derive(Clone, Copy)]
enum Known {
    Nobody,
    One(RecordId),
    Many,
}

impl Batch<'_> {
    /// Writes the rows, or with `dry` finds out what writing them would do. Rows of the same
    /// record are written one after another, in their order.
    pub(crate) async fn write_in(
        &self,
        tx: &Tx,
        rows: &[Prepared],
        mut dry: Option<&mut DryRun>,
    ) -> Result<Written, RecordsError> {
        let mut written = Written::default();
        let mut todo: Vec<Todo<'_>> = Vec::with_capacity(rows.len());
        for row in rows {
            written.counts.read += 1;
            if row.rejected {
                reject(&mut written, &mut dry, row, row.reasons.clone());
            } else {
                todo.push(Todo {
                    row,
                    values: row.values.clone(),
                    reasons: row.reasons.clone(),
                    attempts: 0,
                });
            }
        }
        while !todo.is_empty() {
            todo = self.wave_in(tx, todo, &mut written, &mut dry).await?;
        }
        Ok(written)
    }

    /// Writes the first row of each record; answers with the rows that have to come later.
    async fn wave_in<'r>(
        &self,
        tx: &Tx,
        todo: Vec<Todo<'r>>,
        written: &mut Written,
        dry: &mut Option<&mut DryRun>,
    ) -> Result<Vec<Todo<'r>>, RecordsError> {
        let object = self.compiled.object();
        let (wave, mut later) = first_of_each(todo);
        let known = self.find_in(tx, &wave).await?;
        let mut changes = Vec::with_capacity(wave.len());
        let mut changing = Vec::with_capacity(wave.len());
        let mut named: HashSet<RecordId> = HashSet::new();
        for (row, known) in wave.into_iter().zip(known) {
            if let Some(dry) = dry.as_deref_mut()
                && dry.seen.has(row.row.key.as_ref())
            {
                // A row before this one would have created the record.
                self.repeated(written, dry, row);
                continue;
            }
            match self.change(known, &row) {
                Ok(change) if named.insert(change.id()) => {
                    changes.push(change);
                    changing.push(row);
                }
                // Two keys of the same record: one after the other.
                Ok(_) => later.push(row),
                Err(reason) => {
                    let mut reasons = row.reasons;
                    reasons.push(reason);
                    reject(written, dry, row.row, reasons);
                }
            }
        }
        let outcomes = match dry {
            Some(_) => self.writer.check_in(tx, object, changes).await?,
            None => self.writer.apply_in(tx, object, changes).await?,
        };
        for (mut row, outcome) in changing.into_iter().zip(outcomes) {
            match outcome {
                Ok(outcome) => {
                    if let Some(dry) = dry.as_deref_mut()
                        && outcome.did == Did::Created
                        && let Some(taken) = dry.seen.taken(object, &outcome.record)
                    {
                        let error = RowError::fields(ErrorCode::Duplicate, vec![taken]);
                        self.refused(written, &mut Some(dry), row, error, &mut later);
                        continue;
                    }
                    self.done(written, dry, &mut row, &outcome);
                }
                Err(error) => self.refused(written, dry, row, error, &mut later),
            }
        }
        Ok(later)
    }

    /// Whom the rows' keys name.
    async fn find_in(&self, tx: &Tx, wave: &[Todo<'_>]) -> Result<Vec<Known>, RecordsError> {
        let workspace = self.writer.actor.workspace;
        let object = self.compiled.object();
        let keys = |todo: &Todo<'_>| match &todo.row.key {
            Some(Key::Unique(keys)) => keys.clone(),
            Some(Key::Name(name)) => vec![name.clone()],
            _ => Vec::new(),
        };
        let texts: Vec<String> = wave.iter().flat_map(keys).collect();
        let mut found: HashMap<String, Known> = HashMap::new();
        match self.compiled.by {
            Some(By::Unique(at)) if !texts.is_empty() => {
                let field = &object.fields()[at];
                let records = find_by_unique_in(tx, workspace, object, field, &texts).await?;
                found.extend(records.into_iter().map(|(text, id)| (text, Known::One(id))));
            }
            Some(By::Name) if !texts.is_empty() => {
                for (text, id) in find_by_name_in(tx, workspace, object, &texts).await? {
                    found
                        .entry(text)
                        .and_modify(|known| *known = Known::Many)
                        .or_insert(Known::One(RecordId(id)));
                }
            }
            _ => {}
        }
        let known = |todo: &Todo<'_>| match &todo.row.key {
            None => Known::Nobody,
            Some(Key::Id(id)) => Known::One(*id),
            Some(_) => keys(todo).iter().fold(Known::Nobody, |known, key| {
                match (known, found.get(key).copied().unwrap_or(Known::Nobody)) {
                    (known, Known::Nobody) => known,
                    (Known::Nobody, other) => other,
                    (Known::One(a), Known::One(b)) if a == b => known,
                    _ => Known::Many,
                }
            }),
        };
        Ok(wave.iter().map(known).collect())
    }

    fn change(&self, known: Known, todo: &Todo<'_>) -> Result<Change, Reason> {
        let values = todo.values.clone();
        let by = self.compiled.plan.by.as_deref().unwrap_or_default();
        match (self.compiled.plan.mode, known) {
            (_, Known::Many) => {
                let message =
                    format!("several records have this `{by}`; say which, for instance by id");
                Err(Reason::row("ambiguous", message))
            }
            (Mode::Create, Known::One(_)) => {
                let message = format!("a record with this `{by}` is there already");
                Err(Reason::row("exists", message))
            }
            (Mode::Update, Known::Nobody) => {
                let message = format!("no record has this `{by}`");
                Err(Reason::row("not_found", message))
            }
            (_, Known::Nobody) => Ok(Change::Create {
                id: RecordId::new(self.writer.clock),
                values,
            }),
            (_, Known::One(id)) if self.compiled.merges() => Ok(Change::Merge { id, values }),
            (_, Known::One(id)) => Ok(Change::Update {
                id,
                if_version: None,
                values,
            }),
        }
    }

    fn done(
        &self,
        written: &mut Written,
        dry: &mut Option<&mut DryRun>,
        row: &mut Todo<'_>,
        outcome: &Outcome,
    ) {
        let counts = &mut written.counts;
        match outcome.did {
            Did::Created => counts.created += 1,
            Did::Nothing => counts.unchanged += 1,
            _ => counts.updated += 1,
        }
        if outcome.did != Did::Nothing || self.keeps_unchanged {
            written.records.push((row.row.number, outcome.record.id));
        }
        if let Some(dry) = dry {
            dry.done(self.compiled, row.row, outcome);
        }
        if !row.reasons.is_empty() {
            counts.adjusted += 1;
            let reasons = std::mem::take(&mut row.reasons);
            written.issues.push(Issue::of(row.row, false, reasons));
        }
    }

    fn repeated(&self, written: &mut Written, dry: &mut DryRun, row: Todo<'_>) {
        match self.compiled.plan.mode {
            Mode::Create => {
                let by = self.compiled.plan.by.as_deref().unwrap_or_default();
                let mut reasons = row.reasons;
                let message = format!("a row before this one has this `{by}`");
                reasons.push(Reason::row("exists", message));
                reject(written, &mut Some(dry), row.row, reasons);
            }
            Mode::Update | Mode::Upsert => {
                written.counts.updated += 1;
                if !row.reasons.is_empty() {
                    written.counts.adjusted += 1;
                    written.issues.push(Issue::of(row.row, false, row.reasons));
                }
            }
        }
    }

    /// Leaves the values at fault out where the plan says so; otherwise the row is rejected.
    fn refused<'r>(
        &self,
        written: &mut Written,
        dry: &mut Option<&mut DryRun>,
        mut row: Todo<'r>,
        error: RowError,
        later: &mut Vec<Todo<'r>>,
    ) {
        let object = self.compiled.object();
        row.attempts += 1;
        // Another writer was faster with the same key: now its record can be found.
        let lost_race = error.code == ErrorCode::Duplicate
            && self.compiled.plan.mode == Mode::Upsert
            && row.attempts == 1
            && dry.is_none()
            && matches!(row.row.key, Some(Key::Unique(_)));
        if lost_race {
            later.push(row);
            return;
        }
        let mut clearable = !error.fields.is_empty() && row.attempts < ATTEMPTS;
        let mut reasons = Vec::new();
        let mut places = Vec::new();
        for field in &error.fields {
            let name = field.field.split(['.', '[']).next().unwrap_or_default();
            let at = object.position(name);
            let source = (self.compiled.sources.iter())
                .find(|source| at.is_some() && source.target.place() == at);
            let mut reason = Reason {
                field: Some(field.field.clone()),
                ..Reason::row(field.code, field.message.clone())
            };
            if let Some(source) = source
                && let Input::Column(column) = source.from
            {
                reason.column = self.compiled.header.get(column).cloned();
                reason.value = row
                    .row
                    .cells
                    .get(column)
                    .map(|cell| cell.as_text().into_owned());
            }
            reasons.push(reason);
            let given = at.is_some_and(|at| {
                row.values
                    .iter()
                    .any(|(place, value)| *place == at && !value.is_null())
            });
            clearable &=
                given && source.is_some_and(|source| source.plan.on_invalid == OnInvalid::Clear);
            places.extend(at);
        }
        if clearable {
            row.values.retain(|(place, _)| !places.contains(place));
            row.reasons.extend(reasons);
            later.push(row);
            return;
        }
        if reasons.is_empty() {
            reasons.push(Reason::row(error.code.as_str(), error.message));
        }
        let mut all = row.reasons;
        all.extend(reasons);
        reject(written, dry, row.row, all);
    }
}

fn reject(
    written: &mut Written,
    dry: &mut Option<&mut DryRun>,
    row: &Prepared,
    reasons: Vec<Reason>,
) {
    written.counts.rejected += 1;
    if let Some(dry) = dry {
        dry.rejected(row, &reasons);
    }
    written.issues.push(Issue::of(row, true, reasons));
}

impl Target {
    /// The place of the field that the values go to.
    fn place(&self) -> Option<usize> {
        match self {
            Self::Field { at }
            | Self::Part { at, .. }
            | Self::Currency { at }
            | Self::Relation { at, .. }
            | Self::User { at } => Some(*at),
            Self::FullName { last, .. } => Some(*last),
            Self::Id => None,
        }
    }
}

/// Splits rows into the first one of each key, and the others.
fn first_of_each(todo: Vec<Todo<'_>>) -> (Vec<Todo<'_>>, Vec<Todo<'_>>) {
    let mut taken: HashSet<&str> = HashSet::with_capacity(todo.len());
    let mut ids: HashSet<RecordId> = HashSet::new();
    let (mut first, mut later) = (Vec::with_capacity(todo.len()), Vec::new());
    for row in todo {
        let free = match &row.row.key {
            None => true,
            Some(Key::Id(id)) => ids.insert(*id),
            Some(Key::Name(name)) => taken.insert(name),
            Some(Key::Unique(keys)) => {
                let free = keys.iter().all(|key| !taken.contains(key.as_str()));
                // A row that waits holds back later rows of the same keys.
                taken.extend(keys.iter().map(String::as_str));
                free
            }
        };
        if free {
            first.push(row);
        } else {
            later.push(row);
        }
    }
    (first, later)
}
