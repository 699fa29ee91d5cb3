//! CSV as files in the wild have it: any delimiter, ragged rows, mixed line ends, broken quotes.

pub(crate) mod scan;

use std::io::{Read, Seek};

use scan::{Bounds, Cells, Scan, Syntax, line_breaks, scan};

use crate::cell::{Cell, RowIssue};
use crate::dialect::{Dialect, Encoding, Escape};
use crate::error::TabularError;
use crate::limits::Limits;
use crate::write::guard;

use super::source::Window;
use super::{Position, Record};

/// Cells beyond the header that are kept to be named in an issue.
const SPARE: usize = crate::cell::NAMED;

/// How many bytes may be scanned in vain for closing quotes, as a multiple of the longest row.
const VAIN: usize = 256;

/// The records of a CSV file.
#[derive(Debug)]
pub(super) struct CsvRecords<R> {
    window: Window<R>,
    encoding: Encoding,
    syntax: Syntax,
    limits: Limits,
    unguard: bool,
    cells: Cells,
    number: u64,
    line: u64,
    vain: usize,
}

impl<R: Read + Seek> CsvRecords<R> {
    /// Opens the file before its first record, past a `sep=` line and the lines to be skipped.
    pub(super) fn open(
        source: R,
        dialect: &Dialect,
        limits: &Limits,
    ) -> Result<Self, TabularError> {
        dialect.validate()?;
        let mut records = Self {
            window: Window::new(source, dialect.encoding)?,
            encoding: dialect.encoding,
            syntax: syntax(dialect),
            limits: limits.clone(),
            unguard: dialect.unguard,
            cells: Cells::default(),
            number: 1,
            line: 1,
            vain: 0,
        };
        records.start(dialect.skip_lines)?;
        Ok(records)
    }

    fn start(&mut self, skip: u64) -> Result<(), TabularError> {
        if self.window.bytes().is_empty() {
            self.window.fill()?;
        }
        if let Some((_, length)) = separator_line(self.window.bytes()) {
            self.window.consume(length);
            self.line += 1;
        }
        for _ in 0..skip {
            if !self.drop_line()? {
                break;
            }
            self.number += 1;
        }
        Ok(())
    }

    /// Where the next record begins.
    pub(super) fn position(&self) -> Position {
        Position {
            number: self.number,
            line: self.line,
            byte: Some(self.window.offset()),
        }
    }

    /// Goes to where a record begins.
    pub(super) fn seek(&mut self, to: &Position) -> Result<(), TabularError> {
        if let Some(byte) = to.byte {
            self.window.seek(byte)?;
        }
        self.number = to.number;
        self.line = to.line;
        Ok(())
    }

    /// The next record that is not blank.
    pub(super) fn next(&mut self) -> Result<Option<Record>, TabularError> {
        let mut dead = Vec::new();
        let mut issues = Vec::new();
        let bounds = Bounds {
            quoted_lines: self.limits.quoted_lines,
            cells: self.limits.columns + SPARE,
        };
        loop {
            let bytes = self.window.bytes();
            let size = bytes.len();
            let step = scan(
                bytes,
                self.window.ended(),
                self.syntax,
                &dead,
                bounds,
                &mut self.cells,
            );
            match step {
                Scan::End => return Ok(None),
                Scan::Blank { used } => {
                    self.window.consume(used);
                    self.line += 1;
                    self.number += 1;
                }
                Scan::Record { used } if used <= self.limits.row_bytes + 2 => {
                    return Ok(Some(self.finish(used, issues)));
                }
                Scan::More { .. } if size <= self.limits.row_bytes => self.window.fill()?,
                Scan::Record { .. } | Scan::More { open: None } => {
                    return self.too_long().map(Some);
                }
                Scan::More { open: Some(at) } => self.unquote(at, size, &mut dead, &mut issues)?,
                Scan::Unclosed { at, seen } => self.unquote(at, seen, &mut dead, &mut issues)?,
            }
        }
    }

    /// Notes that the quote at `at` opens nothing.
    fn unquote(
        &mut self,
        at: usize,
        seen: usize,
        dead: &mut Vec<usize>,
        issues: &mut Vec<RowIssue>,
    ) -> Result<(), TabularError> {
        self.vain += seen;
        if self.vain / VAIN > self.limits.row_bytes {
            return Err(TabularError::limit(format!(
                "Too many quotes in the file are never closed, the last on line {}. Is the quote character right?",
                self.line
            )));
        }
        let line = self.line + line_breaks(&self.window.bytes()[..at]) as u64;
        issues.push(RowIssue::UnclosedQuote {
            line,
            column: self.cells.count + 1,
        });
        let place = dead.partition_point(|other| *other < at);
        dead.insert(place, at);
        Ok(())
    }

    fn finish(&mut self, used: usize, mut issues: Vec<RowIssue>) -> Record {
        let mut out = Vec::with_capacity(self.cells.kept());
        for index in 0..self.cells.kept() {
            out.push(self.cell(index, &mut issues));
        }
        if self.cells.count > self.cells.kept() {
            issues.push(RowIssue::TooManyCells {
                expected: self.limits.columns,
                found: self.cells.count,
                extra: Vec::new(),
            });
        }
        for index in &self.cells.stray {
            issues.push(RowIssue::StrayQuote { column: index + 1 });
        }
        let record = Record {
            number: self.number,
            line: self.line,
            given: self.cells.count,
            cells: out,
            issues,
        };
        // The last line of a file may lack its end, but nothing follows that could be misnumbered.
        self.line += line_breaks(&self.window.bytes()[..used]) as u64;
        self.number += 1;
        self.window.consume(used);
        record
    }

    fn cell(&self, index: usize, issues: &mut Vec<RowIssue>) -> Cell {
        let mut bytes = self.cells.get(index);
        let column = index + 1;
        let limit = self.limits.cell_bytes;
        if bytes.len() > limit {
            let mut end = limit;
            // Not within a character; in single-byte encodings such bytes are rare enough.
            while end > 0 && matches!(bytes[end], 0x80..=0xbf) {
                end -= 1;
            }
            bytes = &bytes[..end];
            issues.push(RowIssue::CellTooLong { column, limit });
        }
        let (text, bad) = self.encoding.decode(bytes);
        if let Some(bytes) = bad {
            let column = Some(column);
            issues.push(RowIssue::Undecodable { column, bytes });
        }
        if text.is_empty() {
            return Cell::Empty;
        }
        let mut text = text.into_owned();
        if text.contains('\0') {
            issues.push(RowIssue::NulReplaced { column });
            text = text.replace('\0', "\u{fffd}");
        }
        if self.unguard && guard::is_guarded(&text) {
            text.remove(0);
        }
        Cell::Text(text)
    }

    /// Skips a record that is longer than allowed, up to the end of its line.
    fn too_long(&mut self) -> Result<Record, TabularError> {
        let record = Record {
            number: self.number,
            line: self.line,
            given: 0,
            cells: Vec::new(),
            issues: vec![RowIssue::RowTooLong {
                limit: self.limits.row_bytes,
            }],
        };
        self.drop_line()?;
        self.number += 1;
        Ok(record)
    }

    /// Drops the rest of a line; `false` at the end of the file.
    fn drop_line(&mut self) -> Result<bool, TabularError> {
        loop {
            let bytes = self.window.bytes();
            let end = memchr::memchr2(b'\n', b'\r', bytes);
            let ended = self.window.ended();
            match end {
                Some(at) if bytes[at] == b'\r' && at + 1 == bytes.len() && !ended => {
                    self.window.consume(at);
                }
                Some(at) => {
                    let pair = bytes[at..].starts_with(b"\r\n");
                    self.window.consume(at + 1 + usize::from(pair));
                    self.line += 1;
                    return Ok(true);
                }
                None => {
                    let rest = bytes.len();
                    self.window.consume(rest);
                    if ended {
                        return Ok(rest > 0);
                    }
                }
            }
            self.window.fill()?;
        }
    }
}

/// The characters with a meaning in a dialect that has been validated.
fn syntax(dialect: &Dialect) -> Syntax {
    let ascii = |c: char| u8::try_from(c).unwrap_or(b',');
    Syntax {
        delimiter: ascii(dialect.delimiter),
        quote: dialect.quote.map(ascii),
        backslash: dialect.escape == Escape::Backslash,
    }
}

/// The delimiter of Excel's `sep=;` line at the start of a file, and the length of that line.
pub(crate) fn separator_line(bytes: &[u8]) -> Option<(u8, usize)> {
    let (head, rest) = bytes.split_at_checked(4)?;
    if !head.eq_ignore_ascii_case(b"sep=") {
        return None;
    }
    match rest {
        [b'\r' | b'\n', ..] => None,
        [mark, b'\r', b'\n', ..] => Some((*mark, 7)),
        [mark, b'\n' | b'\r', ..] => Some((*mark, 6)),
        _ => None,
    }
}
