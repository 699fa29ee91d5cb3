//! What is in a file: how it is written, what its columns hold, and how it is probably meant.

mod aliases;
mod propose;

use std::fs::File;
use std::io::BufReader;
use std::path::Path;

use kith_kernel::WorkspaceSettings;
use kith_tabular::{Dialect, Hint, Limits, Rows, TabularError, sniff_source};
use serde::{Deserialize, Serialize};

use super::plan::Plan;
use crate::catalog::{Catalog, Object};
use kith_tabular::mapping::{ColumnProfile, DateStyle, NumberStyle, Profiler, Shape};

pub(crate) use propose::plan_of_preset;

/// How many rows are looked at.
const SAMPLE: usize = 1_000;

/// What was found in a file.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Analysis {
    /// How the file is written.
    pub dialect: Dialect,
    /// Its columns.
    pub columns: Vec<ColumnAnalysis>,
    /// How many rows were looked at.
    pub rows_sampled: usize,
    /// Whose export this is, where its header tells.
    pub preset: Option<String>,
    /// What is odd about the file.
    pub warnings: Vec<String>,
    /// How the file is probably meant to be imported.
    pub proposal: Plan,
}

/// What a column holds, as far as the first rows tell.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ColumnAnalysis {
    /// Its name in the header.
    pub name: String,
    /// The first few different values.
    pub samples: Vec<String>,
    /// How many cells of the rows looked at are not blank.
    pub filled: usize,
    /// How many different values there are; 1,000 stands for that many or more.
    pub distinct: usize,
    /// What most of the values look like.
    pub looks_like: Shape,
    /// The order of day and month, where the values are dates.
    pub dates: Option<DateStyle>,
    /// Which sign separates the decimals, where the values are numbers.
    pub numbers: Option<NumberStyle>,
    /// Whether `dates` or `numbers` could be otherwise, so that a person should confirm them.
    pub ambiguous: bool,
    /// All values, the most frequent first, where they are few.
    pub values: Vec<String>,
}

impl From<ColumnProfile> for ColumnAnalysis {
    fn from(profile: ColumnProfile) -> Self {
        let ambiguous = profile.dates.is_some_and(|dates| dates.ambiguous)
            || profile.numbers.is_some_and(|numbers| numbers.ambiguous);
        Self {
            name: profile.name,
            samples: profile.samples,
            filled: profile.filled,
            distinct: profile.distinct,
            looks_like: profile.shape,
            dates: profile.dates.map(|dates| dates.style),
            numbers: profile.numbers.map(|numbers| numbers.style),
            ambiguous,
            values: profile
                .values
                .into_iter()
                .map(|value| value.value)
                .collect(),
        }
    }
}

/// Looks at a file that is to become records of `object`. Blocks.
pub(crate) fn analyse(
    path: &Path,
    hint: &Hint<'_>,
    given: Option<Dialect>,
    catalog: &Catalog,
    object: &Object,
    settings: &WorkspaceSettings,
) -> Result<Analysis, TabularError> {
    let dialect = match given {
        Some(dialect) => {
            dialect.validate()?;
            dialect
        }
        None => sniff_source(&mut BufReader::new(File::open(path)?), hint)?,
    };
    let mut rows = Rows::open_path(path, &dialect, &Limits::default())?;
    let header = rows.header().to_vec();
    let mut warnings: Vec<String> = rows
        .header_issues()
        .iter()
        .map(ToString::to_string)
        .collect();
    let mut profiler = Profiler::new(&header);
    let mut rows_sampled = 0;
    let mut odd = 0;
    for row in rows.by_ref().take(SAMPLE) {
        let row = row?;
        rows_sampled += 1;
        if let Some(issue) = row.issues.first() {
            odd += 1;
            if odd <= 5 {
                warnings.push(format!("Row {}: {issue}", row.number));
            }
        }
        profiler.add(&row);
    }
    if rows_sampled == 0 {
        warnings.push("The file has no rows below its header.".to_owned());
    }
    let columns: Vec<ColumnAnalysis> = profiler.finish().into_iter().map(Into::into).collect();
    let (proposal, preset) = propose::propose(catalog, object, settings, &columns, rows_sampled);
    Ok(Analysis {
        dialect,
        columns,
        rows_sampled,
        preset,
        warnings,
        proposal,
    })
}
