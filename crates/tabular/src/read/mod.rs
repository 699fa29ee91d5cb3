//! Reading files as rows, in memory that doesn't grow with the file.

mod csv;
mod header;
mod ndjson;
mod source;
mod xlsx;

use std::collections::VecDeque;
use std::fs::File;
use std::io::{BufReader, Read, Seek};
use std::path::Path;

use serde::{Deserialize, Serialize};

pub use header::header_names;
pub use xlsx::{Sheet, sheets};

pub(crate) use csv::{scan, separator_line};
pub(crate) use ndjson::flatten;

use crate::cell::{Cell, NAMED, Row, RowIssue, excerpt};
use crate::dialect::{Dialect, Kind};
use crate::error::TabularError;
use crate::limits::Limits;

/// From how many records the width of a file without header is taken.
const SAMPLE: usize = 1_000;
/// The same for workbooks, which can't be read twice.
const AHEAD: usize = 20;

/// A place in a file, before a row. It can be stored and used with the same file and dialect.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Position {
    /// The number that the next row has at least.
    pub number: u64,
    /// The line on which it begins.
    pub line: u64,
    /// The byte at which it begins; none for XLSX, where rows before it are read again.
    pub byte: Option<u64>,
}

/// A record before it is fitted to the header.
#[derive(Debug, Default)]
pub(crate) struct Record {
    pub(crate) number: u64,
    pub(crate) line: u64,
    pub(crate) given: usize,
    pub(crate) cells: Vec<Cell>,
    pub(crate) issues: Vec<RowIssue>,
}

#[derive(Debug)]
enum Records<R: Read> {
    Csv(csv::CsvRecords<R>),
    Ndjson(ndjson::NdjsonRecords<R>),
    Xlsx(Box<xlsx::XlsxRecords<R>>),
}

impl<R: Read + Seek> Records<R> {
    fn next(&mut self) -> Result<Option<Record>, TabularError> {
        match self {
            Self::Csv(records) => records.next(),
            Self::Ndjson(records) => records.next(),
            Self::Xlsx(records) => records.next(),
        }
    }

    fn position(&self) -> Position {
        match self {
            Self::Csv(records) => records.position(),
            Self::Ndjson(records) => records.position(),
            Self::Xlsx(records) => records.position(),
        }
    }

    fn seek(&mut self, to: &Position) -> Result<(), TabularError> {
        match self {
            Self::Csv(records) => records.seek(to),
            Self::Ndjson(records) => records.seek(to),
            Self::Xlsx(records) => {
                records.seek(to);
                Ok(())
            }
        }
    }
}

/// The rows of a file, one after another. Blank lines are passed over; after an error there are no
/// more rows.
#[derive(Debug)]
pub struct Rows<R: Read> {
    header: Vec<String>,
    header_issues: Vec<RowIssue>,
    records: Records<R>,
    /// Rows of a workbook that were read to know how wide it is.
    ahead: VecDeque<Record>,
    failed: bool,
}

impl Rows<BufReader<File>> {
    /// Opens a file on disk.
    pub fn open_path(
        path: &Path,
        dialect: &Dialect,
        limits: &Limits,
    ) -> Result<Self, TabularError> {
        let file = File::open(path)?;
        Self::open(BufReader::new(file), dialect, limits)
    }
}

impl<R: Read + Seek> Rows<R> {
    /// Opens a file and reads its header.
    pub fn open(source: R, dialect: &Dialect, limits: &Limits) -> Result<Self, TabularError> {
        match dialect.kind {
            Kind::Csv => {
                let records = csv::CsvRecords::open(source, dialect, limits)?;
                Self::with_header(Records::Csv(records), dialect, limits)
            }
            Kind::Ndjson => {
                let (records, header) = ndjson::NdjsonRecords::open(source, dialect, limits)?;
                Ok(Self::new(header, Records::Ndjson(records)))
            }
            Kind::Xlsx => {
                let records = xlsx::XlsxRecords::open(source, dialect, limits)?;
                Self::with_header(Records::Xlsx(Box::new(records)), dialect, limits)
            }
        }
    }

    fn new(header: Vec<String>, records: Records<R>) -> Self {
        Self {
            header,
            header_issues: Vec::new(),
            records,
            ahead: VecDeque::new(),
            failed: false,
        }
    }

    fn with_header(
        mut records: Records<R>,
        dialect: &Dialect,
        limits: &Limits,
    ) -> Result<Self, TabularError> {
        let mut issues = Vec::new();
        let mut ahead = VecDeque::new();
        let header = if dialect.header {
            let first = records.next()?.ok_or(TabularError::Empty)?;
            let filled = first.cells.iter().rposition(|cell| !cell.is_blank());
            if filled.is_some_and(|last| last >= limits.columns) {
                return Err(too_many_columns(limits.columns));
            }
            if first.cells.is_empty() {
                let limit = limits.row_bytes;
                return Err(TabularError::limit(format!(
                    "The header is longer than {limit} bytes. Is the delimiter right?"
                )));
            }
            let mut texts: Vec<_> = first.cells.iter().map(Cell::as_text).collect();
            texts.truncate(limits.columns);
            issues = first.issues;
            header_names(&texts)
        } else {
            let start = records.position();
            let mut width = 0;
            for count in 0..SAMPLE {
                let Some(record) = records.next()? else { break };
                width = width.max(record.given);
                if matches!(records, Records::Xlsx(_)) {
                    ahead.push_back(record);
                    if count == AHEAD {
                        break;
                    }
                }
            }
            if ahead.is_empty() {
                records.seek(&start)?;
            }
            header::numbered(width.min(limits.columns))
        };
        let mut rows = Self::new(header, records);
        rows.header_issues = issues;
        rows.ahead = ahead;
        Ok(rows)
    }

    /// What was wrong with the header row.
    pub fn header_issues(&self) -> &[RowIssue] {
        &self.header_issues
    }

    /// The names of the columns, unique, as [`header_names`] makes them.
    pub fn header(&self) -> &[String] {
        &self.header
    }

    /// Where the next row begins, to be stored and given to [`Rows::resume`] later.
    pub fn position(&self) -> Position {
        match self.ahead.front() {
            Some(record) => Position {
                number: record.number,
                line: record.line,
                byte: None,
            },
            None => self.records.position(),
        }
    }

    fn next_record(&mut self) -> Result<Option<Record>, TabularError> {
        match self.ahead.pop_front() {
            Some(record) => Ok(Some(record)),
            None => self.records.next(),
        }
    }

    /// Goes on from a position of an earlier reading of the same file. To be called before the
    /// first row is read.
    pub fn resume(&mut self, position: &Position) -> Result<(), TabularError> {
        self.ahead.retain(|record| record.number >= position.number);
        self.records.seek(position)
    }

    /// Passes over `count` rows; returns how many there were.
    pub fn advance(&mut self, count: u64) -> Result<u64, TabularError> {
        for passed in 0..count {
            if self.next_record()?.is_none() {
                return Ok(passed);
            }
        }
        Ok(count)
    }

    fn fit(&self, record: Record) -> Row {
        let Record {
            number,
            line,
            given,
            mut cells,
            mut issues,
        } = record;
        let width = self.header.len();
        if cells.len() > width {
            let filled = cells
                .iter()
                .rposition(|cell| *cell != Cell::Empty)
                .map_or(0, |last| last + 1);
            if filled > width {
                let extra = cells[width..filled]
                    .iter()
                    .take(NAMED)
                    .map(|cell| excerpt(&cell.as_text()))
                    .collect();
                issues.push(RowIssue::TooManyCells {
                    expected: width,
                    found: given,
                    extra,
                });
            }
        }
        cells.resize(width, Cell::Empty);
        Row {
            number,
            line,
            given,
            cells,
            issues,
        }
    }
}

impl<R: Read + Seek> Iterator for Rows<R> {
    type Item = Result<Row, TabularError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.failed {
            return None;
        }
        match self.next_record() {
            Ok(record) => record.map(|record| Ok(self.fit(record))),
            Err(error) => {
                self.failed = true;
                Some(Err(error))
            }
        }
    }
}

pub(crate) fn too_many_columns(limit: usize) -> TabularError {
    TabularError::limit(format!(
        "The file has more than {limit} columns. Delete those that are not needed."
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Files are read on threads of their own.
    #[test]
    fn rows_can_be_sent_to_another_thread() {
        fn sendable<T: Send>() {}
        sendable::<Rows<BufReader<File>>>();
        sendable::<crate::Writer<Vec<u8>>>();
    }
}
