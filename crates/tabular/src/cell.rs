//! The content of a row: cells, and what is wrong with them.

use std::borrow::Cow;
use std::fmt;

use jiff::civil::{Date, DateTime};
use rust_decimal::Decimal;
use serde::Serialize;

/// One value of a row. CSV knows only `Empty` and `Text`.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Cell {
    /// Nothing: no cell, an empty CSV cell, a JSON null.
    #[default]
    Empty,
    /// Text. In NDJSON it may be the empty string.
    Text(String),
    /// A number, exact. Numbers that don't fit into 28 digits come as text.
    Number(Decimal),
    /// A truth value.
    Bool(bool),
    /// A calendar date.
    Date(Date),
    /// A date with a time of day, in no particular time zone.
    DateTime(DateTime),
    /// An error value of a spreadsheet, such as `#N/A`.
    Error(String),
    /// A JSON array, or an object nested too deeply to be flattened.
    Json(serde_json::Value),
}

impl Cell {
    /// A cell of text; the empty text makes an empty cell.
    pub fn text(text: impl Into<String>) -> Self {
        let text = text.into();
        if text.is_empty() {
            Self::Empty
        } else {
            Self::Text(text)
        }
    }

    /// The value as CSV shows it: numbers in plain notation, dates in ISO 8601.
    pub fn as_text(&self) -> Cow<'_, str> {
        match self {
            Self::Empty => Cow::Borrowed(""),
            Self::Text(text) | Self::Error(text) => Cow::Borrowed(text),
            Self::Number(number) => Cow::Owned(number.to_string()),
            Self::Bool(true) => Cow::Borrowed("true"),
            Self::Bool(false) => Cow::Borrowed("false"),
            Self::Date(date) => Cow::Owned(date.to_string()),
            Self::DateTime(moment) => Cow::Owned(moment.to_string()),
            Self::Json(value) => Cow::Owned(value.to_string()),
        }
    }

    /// Whether there is nothing in it but white space.
    pub fn is_blank(&self) -> bool {
        match self {
            Self::Empty => true,
            Self::Text(text) => text.trim().is_empty(),
            _ => false,
        }
    }
}

/// One row of data, as wide as the header.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// The row as a spreadsheet numbers it: from 1, with the header and blank rows counted and a
    /// cell of several lines not. In NDJSON the line.
    pub number: u64,
    /// The line of the file on which the row begins, from 1. In XLSX the same as `number`.
    pub line: u64,
    /// How many cells the file gave; fewer than the header has were padded.
    pub given: usize,
    /// The cells, exactly one for each column of the header.
    pub cells: Vec<Cell>,
    /// What was wrong with the row.
    pub issues: Vec<RowIssue>,
}

impl Row {
    /// Whether every cell is blank.
    pub fn is_blank(&self) -> bool {
        self.cells.iter().all(Cell::is_blank)
    }

    /// The first issue through which something of the row is missing or doubtful, if any: such a
    /// row should be rejected rather than stored.
    pub fn fault(&self) -> Option<&RowIssue> {
        self.issues.iter().find(|issue| issue.is_fault())
    }
}

/// What is wrong with one row. Columns count from 1.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum RowIssue {
    /// The row has more cells than the header; here are the first of those left over.
    TooManyCells {
        /// How many columns the header has.
        expected: usize,
        /// How many cells the row has.
        found: usize,
        /// Up to 20 of the cells left over, each cut to 200 characters.
        extra: Vec<String>,
    },
    /// A quote is never closed; the cell was taken to end with its line.
    UnclosedQuote {
        /// The line where the quote stands.
        line: u64,
        /// The cell that it begins.
        column: usize,
    },
    /// A quote stands where none may; it was taken as a character of the cell.
    StrayQuote {
        /// The cell.
        column: usize,
    },
    /// Bytes that the encoding doesn't know were replaced by U+FFFD.
    Undecodable {
        /// The cell, or none where the whole line is concerned.
        column: Option<usize>,
        /// Up to 16 of the bytes, in hexadecimal.
        bytes: String,
    },
    /// NUL characters were replaced by U+FFFD.
    NulReplaced {
        /// The cell.
        column: usize,
    },
    /// The cell is longer than allowed and was cut.
    CellTooLong {
        /// The cell.
        column: usize,
        /// The limit in bytes.
        limit: usize,
    },
    /// The row is longer than allowed and was skipped.
    RowTooLong {
        /// The limit in bytes.
        limit: usize,
    },
    /// The row can't be read at all.
    Malformed {
        /// Why.
        message: String,
    },
    /// Keys that stand in no earlier object; here are the first of them.
    UnknownKeys {
        /// Up to 20 of the keys, each cut to 200 characters.
        keys: Vec<String>,
    },
    /// A key stands twice in one object; its last value was taken.
    DuplicateKey {
        /// The key.
        key: String,
    },
    /// A formula was saved without its result; open and save the file with a spreadsheet program.
    FormulaWithoutValue {
        /// The cell.
        column: usize,
    },
}

impl RowIssue {
    /// Whether something of the row is missing or doubtful, against being merely noteworthy.
    pub fn is_fault(&self) -> bool {
        !matches!(
            self,
            Self::StrayQuote { .. } | Self::UnclosedQuote { .. } | Self::NulReplaced { .. }
        )
    }
}

impl fmt::Display for RowIssue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooManyCells {
                expected,
                found,
                extra,
            } => write!(
                f,
                "The row has {found} cells, the header only {expected}; left over: {}.",
                extra.join(", ")
            ),
            Self::UnclosedQuote { line, column } => write!(
                f,
                "The quote that begins cell {column} on line {line} is never closed."
            ),
            Self::StrayQuote { column } => {
                write!(f, "Cell {column} has a quote in the middle of its text.")
            }
            Self::Undecodable {
                column: Some(column),
                bytes,
            } => write!(
                f,
                "Cell {column} has bytes that are no text in this encoding: {bytes}."
            ),
            Self::Undecodable {
                column: None,
                bytes,
            } => write!(
                f,
                "The line has bytes that are no text in this encoding: {bytes}."
            ),
            Self::NulReplaced { column } => write!(f, "Cell {column} has NUL characters."),
            Self::CellTooLong { column, limit } => {
                write!(f, "Cell {column} is longer than {limit} bytes.")
            }
            Self::RowTooLong { limit } => write!(f, "The row is longer than {limit} bytes."),
            Self::Malformed { message } => write!(f, "The row can't be read: {message}."),
            Self::UnknownKeys { keys } => write!(
                f,
                "The row has keys that the first 1,000 rows don't have: {}.",
                keys.join(", ")
            ),
            Self::DuplicateKey { key } => write!(f, "The key {key} stands twice in the row."),
            Self::FormulaWithoutValue { column } => write!(
                f,
                "Cell {column} is a formula whose result is not stored in the file; open and save it with a spreadsheet program."
            ),
        }
    }
}

/// How many left-over cells or keys an issue names.
pub(crate) const NAMED: usize = 20;

/// Text as an issue shows it, cut to 200 characters.
pub(crate) fn excerpt(text: &str) -> String {
    match text.char_indices().nth(200) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text.to_owned(),
    }
}
