//! How many rows became what, and what was wrong with some.

use serde::{Deserialize, Serialize};

use super::convert::{Prepared, Reason};

/// How many rows became what.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// Rows read that are not blank.
    pub read: i64,
    /// Rows that became new records.
    pub created: i64,
    /// Rows that changed records.
    pub updated: i64,
    /// Rows that say what their records say already.
    pub unchanged: i64,
    /// Rows that were not imported.
    pub rejected: i64,
    /// Rows among those imported of which something was left out; the report says what.
    pub adjusted: i64,
    /// Records that rows only name, and that were created for that.
    pub related: i64,
}

impl std::ops::AddAssign for Counts {
    fn add_assign(&mut self, other: Self) {
        self.read += other.read;
        self.created += other.created;
        self.updated += other.updated;
        self.unchanged += other.unchanged;
        self.rejected += other.rejected;
        self.adjusted += other.adjusted;
        self.related += other.related;
    }
}

/// A row of which something was not imported.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Issue {
    pub(crate) number: u64,
    pub(crate) line: u64,
    pub(crate) rejected: bool,
    pub(crate) reasons: Vec<Reason>,
    pub(crate) cells: Vec<String>,
}

impl Issue {
    pub(crate) fn of(row: &Prepared, rejected: bool, reasons: Vec<Reason>) -> Self {
        Self {
            number: row.number,
            line: row.line,
            rejected,
            reasons,
            // PostgreSQL's text has no U+0000.
            cells: row
                .cells
                .iter()
                .map(|cell| cell.as_text().replace('\0', "\u{fffd}"))
                .collect(),
        }
    }
}
