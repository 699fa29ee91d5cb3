//! What an import would do.
//!
//! A dry run reads the whole file and checks each batch of rows against the database in a
//! transaction that is rolled back, without writing records. What earlier rows would have written
//! is remembered by its hashes, up to a bound.

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};

use kith_kernel::FieldError;
use serde::{Deserialize, Serialize};

use super::convert::{Prepared, Reason};
use super::counts::Counts;
use super::plan::{Compiled, Key};
use crate::catalog::{Catalog, Object};
use crate::record::{Did, Outcome, Record};
use crate::search::text::sort_key;
use crate::value::{Value, render};

/// How many samples of each kind are shown.
const SAMPLES: usize = 10;
/// How many keys and unique values of the file are remembered.
const REMEMBERED: usize = 8_000_000;

/// The answer of a dry run.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct DryRunReport {
    /// What would become of the rows.
    pub counts: Counts,
    /// How many users would be created.
    pub users: i64,
    /// Whether the file has more keys than are remembered, so that repeated ones may be counted
    /// as new.
    pub approximate: bool,
    /// Some of the rows that would become new records.
    pub created: Vec<Sample>,
    /// Some of the rows that would change records.
    pub updated: Vec<Sample>,
    /// Some of the rows that would be rejected.
    pub rejected: Vec<Sample>,
}

/// A row and what would become of it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Sample {
    /// The row's number, as a spreadsheet shows it.
    pub row: u64,
    /// The record's name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// What would change.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub changes: Vec<FieldChange>,
    /// Why the row would be rejected.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reasons: Vec<Reason>,
}

/// A field's value before and after.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct FieldChange {
    /// The field.
    pub field: String,
    /// The value that the record has.
    pub from: serde_json::Value,
    /// The value that it would have.
    pub to: serde_json::Value,
}

/// A dry run under way.
#[derive(Default)]
pub(crate) struct DryRun {
    pub(crate) report: DryRunReport,
    pub(crate) seen: Seen,
}

impl DryRun {
    pub(super) fn done(&mut self, compiled: &Compiled, row: &Prepared, outcome: &Outcome) {
        if outcome.did == Did::Created
            && let Some(key) = &row.key
        {
            self.seen.insert(&("key", key));
        }
        if compiled.has_own_relations()
            && let Some(name) = outcome.record.text(compiled.object(), "name")
        {
            self.seen.insert(&("name", sort_key(name).as_str()));
        }
        self.report.approximate = self.seen.full;
        let samples = match outcome.did {
            Did::Created => &mut self.report.created,
            Did::Updated => &mut self.report.updated,
            _ => return,
        };
        if samples.len() < SAMPLES {
            samples.push(Sample {
                row: row.number,
                name: outcome
                    .record
                    .text(compiled.object(), "name")
                    .map(str::to_owned),
                changes: changes(&compiled.catalog, compiled.object(), outcome),
                reasons: Vec::new(),
            });
        }
    }

    pub(super) fn rejected(&mut self, row: &Prepared, reasons: &[Reason]) {
        if self.report.rejected.len() < SAMPLES {
            self.report.rejected.push(Sample {
                row: row.number,
                name: None,
                changes: Vec::new(),
                reasons: reasons.to_vec(),
            });
        }
    }
}

fn changes(catalog: &Catalog, object: &Object, outcome: &Outcome) -> Vec<FieldChange> {
    let json = |at: usize, value: &Value| {
        let mut text = String::new();
        render(&object.fields()[at].kind, value, catalog, &mut text);
        serde_json::from_str(&text).unwrap_or_default()
    };
    let mut changes = Vec::new();
    for (at, field) in object.fields().iter().enumerate() {
        let before = outcome
            .before
            .as_ref()
            .map_or(&Value::Null, |before| &before.values[at]);
        let after = &outcome.record.values[at];
        if before != after {
            changes.push(FieldChange {
                field: field.name.clone(),
                from: json(at, before),
                to: json(at, after),
            });
        }
    }
    changes
}

/// What earlier rows of the file would have written, by hash.
#[derive(Default)]
pub(crate) struct Seen {
    hashes: HashSet<u64>,
    full: bool,
}

impl Seen {
    fn hash(what: &impl Hash) -> u64 {
        let mut hasher = DefaultHasher::new();
        what.hash(&mut hasher);
        hasher.finish()
    }

    fn insert(&mut self, what: &impl Hash) -> bool {
        let hash = Self::hash(what);
        if self.hashes.len() >= REMEMBERED {
            self.full = true;
            return !self.hashes.contains(&hash);
        }
        self.hashes.insert(hash)
    }

    /// Whether an earlier row that would be imported has this key.
    pub(super) fn has(&self, key: Option<&Key>) -> bool {
        key.is_some_and(|key| self.hashes.contains(&Self::hash(&("key", key))))
    }

    /// The field of a new `record` whose unique value an earlier row has; where there is none,
    /// its values are taken from now on.
    pub(super) fn taken(&mut self, object: &Object, record: &Record) -> Option<FieldError> {
        for (field, value) in object.fields().iter().zip(&record.values) {
            if !field.unique || field.retired || value.is_null() {
                continue;
            }
            for key in value.unique_keys() {
                if !self.insert(&("unique", field.key.as_str(), key.as_str())) {
                    return Some(FieldError {
                        field: field.name.clone(),
                        code: "duplicate",
                        message: format!("must be unique, and a row before this one has `{key}`"),
                    });
                }
            }
        }
        None
    }

    /// Whether the file would create a record of this folded name.
    pub(crate) fn has_name(&self, name: &str) -> bool {
        self.hashes.contains(&Self::hash(&("name", name)))
    }

    /// Whether the file would create a record with this unique value.
    pub(crate) fn has_unique(&self, field: &str, key: &str) -> bool {
        self.hashes.contains(&Self::hash(&("unique", field, key)))
    }
}
