//! The rows of a sheet, as they are unpacked.

use std::io::Read;

use jiff::civil::{Date, DateTime};
use quick_xml::events::{BytesStart, Event};

use crate::cell::{Cell, NAMED, RowIssue};
use crate::error::TabularError;
use crate::limits::Limits;
use crate::read::Record;

use super::archive::Part;
use super::serial;
use super::strings::Strings;
use super::styles::Meaning;
use super::xml::{Xml, append_text, attribute, unescape_characters};

/// A cell while it is read.
#[derive(Debug, Default)]
struct Raw {
    /// From 0.
    column: usize,
    kind: String,
    meaning: Meaning,
    text: String,
    has_value: bool,
    has_formula: bool,
}

/// The rows of a sheet.
#[derive(Debug)]
pub(super) struct SheetRows<R: Read> {
    xml: Option<Xml<Part<R>>>,
    strings: Strings,
    meanings: Vec<Meaning>,
    from_1904: bool,
    limits: Limits,
    number: u64,
}

impl<R: Read> SheetRows<R> {
    pub(super) fn new(
        part: Part<R>,
        strings: Strings,
        meanings: Vec<Meaning>,
        from_1904: bool,
        limits: &Limits,
    ) -> Self {
        Self {
            xml: Some(Xml::new(part, limits.row_bytes.max(64 * 1024))),
            strings,
            meanings,
            from_1904,
            limits: limits.clone(),
            number: 0,
        }
    }

    /// The number that the next row has at least.
    pub(super) fn next_number(&self) -> u64 {
        self.number + 1
    }

    /// The next row that has anything in it.
    pub(super) fn next(&mut self) -> Result<Option<Record>, TabularError> {
        let mut row: Option<Building> = None;
        let mut cell: Option<Raw> = None;
        let (mut in_text, mut phonetic) = (false, false);
        loop {
            let Some(xml) = &mut self.xml else {
                return Ok(None);
            };
            let event = xml.next()?;
            match &event {
                Event::Start(tag) => match tag.local_name().as_ref() {
                    "row" => {
                        self.number = row_number(tag).max(self.number + 1);
                        row = Some(Building::new(self.number));
                    }
                    "c" => {
                        let next = row.as_ref().map_or(0, |row| row.next);
                        cell = Some(start_cell(tag, next, &self.meanings));
                    }
                    "v" => {
                        in_text = true;
                        if let Some(cell) = &mut cell {
                            cell.has_value = true;
                        }
                    }
                    "t" => in_text = !phonetic,
                    "rPh" => phonetic = true,
                    "f" => {
                        if let Some(cell) = &mut cell {
                            cell.has_formula = true;
                        }
                    }
                    _ => {}
                },
                Event::Empty(tag) => match tag.local_name().as_ref() {
                    "row" => self.number = row_number(tag).max(self.number + 1),
                    "c" => {
                        if let Some(row) = &mut row {
                            let cell = start_cell(tag, row.next, &self.meanings);
                            row.next = cell.column + 1;
                        }
                    }
                    "f" => {
                        if let Some(cell) = &mut cell {
                            cell.has_formula = true;
                        }
                    }
                    _ => {}
                },
                Event::End(tag) => match tag.local_name().as_ref() {
                    "v" | "t" => in_text = false,
                    "rPh" => phonetic = false,
                    "c" => {
                        if let (Some(row), Some(raw)) = (&mut row, cell.take()) {
                            row.next = raw.column + 1;
                            let column = raw.column;
                            let value = self.value(raw, row)?;
                            row.put(column, value, &self.limits);
                        }
                    }
                    "row" => {
                        if let Some(row) = row.take()
                            && !(row.cells.is_empty() && row.issues.is_empty())
                        {
                            return Ok(Some(row.finish()));
                        }
                    }
                    "sheetData" => return self.end(),
                    _ => {}
                },
                Event::Eof => return self.end(),
                other if in_text => {
                    if let Some(cell) = &mut cell {
                        append_text(other, &mut cell.text, self.limits.cell_bytes);
                    }
                }
                _ => {}
            }
        }
    }

    /// Compares the checksum of the whole part; what else it holds is of no interest.
    fn end(&mut self) -> Result<Option<Record>, TabularError> {
        if let Some(xml) = self.xml.take() {
            xml.into_source().drain()?;
        }
        Ok(None)
    }

    fn value(&mut self, raw: Raw, row: &mut Building) -> Result<Cell, TabularError> {
        if raw.has_formula && !raw.has_value && raw.text.is_empty() {
            let column = raw.column + 1;
            row.note(RowIssue::FormulaWithoutValue { column });
            return Ok(Cell::Empty);
        }
        let mut text = raw.text;
        Ok(match raw.kind.as_str() {
            "s" => {
                let index = text.trim().parse().ok();
                let found = match index {
                    Some(index) => self.strings.get(index)?,
                    None => None,
                };
                match found {
                    Some(text) => Cell::text(text),
                    None if text.is_empty() => Cell::Empty,
                    None => {
                        row.note(RowIssue::Malformed {
                            message: format!(
                                "cell {} refers to a text that is not in the workbook",
                                raw.column + 1
                            ),
                        });
                        Cell::Empty
                    }
                }
            }
            "str" | "inlineStr" => Cell::text(unescape_characters(text)),
            "b" => match text.trim() {
                "1" | "true" => Cell::Bool(true),
                "0" | "false" => Cell::Bool(false),
                _ => Cell::text(text),
            },
            "e" => {
                text.truncate(text.floor_char_boundary(100));
                Cell::Error(text)
            }
            "d" => iso_date(text),
            _ if text.trim().is_empty() => Cell::Empty,
            _ => {
                text.truncate(text.floor_char_boundary(100));
                serial::value(&text, raw.meaning, self.from_1904)
            }
        })
    }
}

fn iso_date(text: String) -> Cell {
    if let Ok(date) = text.parse::<Date>()
        && !text.contains(['T', ' '])
    {
        return Cell::Date(date);
    }
    match text.trim_end_matches('Z').parse::<DateTime>() {
        Ok(moment) => Cell::DateTime(moment),
        Err(_) => Cell::text(text),
    }
}

fn row_number(tag: &BytesStart<'_>) -> u64 {
    attribute(tag, "r")
        .and_then(|number| number.parse().ok())
        .filter(|number| *number <= 1 << 24)
        .unwrap_or_default()
}

fn start_cell(tag: &BytesStart<'_>, next: usize, meanings: &[Meaning]) -> Raw {
    let mut raw = Raw {
        column: next,
        ..Raw::default()
    };
    for attribute in tag.attributes().with_checks(false).flatten() {
        match attribute.key.as_ref() {
            "r" => raw.column = column_index(&attribute.value).unwrap_or(next),
            "t" => raw.kind = attribute.value.into_owned(),
            "s" => {
                let style = attribute.value.parse::<usize>().ok();
                let meaning = style.and_then(|style| meanings.get(style));
                raw.meaning = meaning.copied().unwrap_or_default();
            }
            _ => {}
        }
    }
    raw
}

/// The column of a reference such as `AB12`, from 0; none past Excel's last column `XFD`.
fn column_index(reference: &str) -> Option<usize> {
    let mut index = 0;
    for letter in reference.bytes().take_while(u8::is_ascii_alphabetic) {
        index = index * 26 + usize::from(letter.to_ascii_uppercase() - b'A') + 1;
        if index > 16_384 {
            return None;
        }
    }
    index.checked_sub(1)
}

/// A row while it is read.
#[derive(Debug)]
struct Building {
    number: u64,
    cells: Vec<Cell>,
    issues: Vec<RowIssue>,
    next: usize,
    bytes: usize,
    given: usize,
}

impl Building {
    fn new(number: u64) -> Self {
        Self {
            number,
            cells: Vec::new(),
            issues: Vec::new(),
            next: 0,
            bytes: 0,
            given: 0,
        }
    }

    fn note(&mut self, issue: RowIssue) {
        if self.issues.len() < 100 && !self.issues.contains(&issue) {
            self.issues.push(issue);
        }
    }

    fn put(&mut self, column: usize, mut value: Cell, limits: &Limits) {
        if value == Cell::Empty {
            return;
        }
        self.given = self.given.max(column + 1);
        if column >= limits.columns + NAMED {
            self.note(RowIssue::TooManyCells {
                expected: limits.columns,
                found: column + 1,
                extra: Vec::new(),
            });
            return;
        }
        if let Cell::Text(text) = &mut value {
            if text.len() > limits.cell_bytes {
                text.truncate(text.floor_char_boundary(limits.cell_bytes));
                self.note(RowIssue::CellTooLong {
                    column: column + 1,
                    limit: limits.cell_bytes,
                });
            }
            if text.contains('\0') {
                *text = text.replace('\0', "\u{fffd}");
                self.note(RowIssue::NulReplaced { column: column + 1 });
            }
            self.bytes += text.len();
            if self.bytes > limits.row_bytes {
                self.note(RowIssue::RowTooLong {
                    limit: limits.row_bytes,
                });
                return;
            }
        }
        if self.cells.len() <= column {
            self.cells.resize(column + 1, Cell::Empty);
        }
        self.cells[column] = value;
    }

    fn finish(self) -> Record {
        Record {
            number: self.number,
            line: self.number,
            given: self.given,
            cells: self.cells,
            issues: self.issues,
        }
    }
}
