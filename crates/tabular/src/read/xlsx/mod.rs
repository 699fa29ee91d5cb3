//! Workbooks of Excel 2007 and newer, one sheet of them, in bounded memory.
//!
//! Written here rather than taken from a library because those at hand hold whole sheets or the
//! whole table of strings in memory, and believe the sizes that an archive claims. Opening a
//! workbook already reads its table of strings: like all reading here it belongs on a thread that
//! may block.

mod archive;
mod serial;
mod sheet;
mod strings;
mod styles;
mod workbook;
mod xml;

use std::io::{Read, Seek};

use archive::Archive;
use sheet::SheetRows;
use strings::Strings;
pub use workbook::Sheet;
use workbook::Workbook;

use crate::dialect::Dialect;
use crate::error::TabularError;
use crate::limits::Limits;

use super::{Position, Record};

/// The sheets of a workbook, in its order.
pub fn sheets<R: Read + Seek>(source: R, limits: &Limits) -> Result<Vec<Sheet>, TabularError> {
    let bounds = &limits.workbook;
    let mut archive = Archive::open(source, bounds)?;
    let book = Workbook::read(&mut archive, bounds.part_bytes)?;
    Ok(book.sheets.into_iter().map(|(sheet, _)| sheet).collect())
}

/// The rows of one sheet.
#[derive(Debug)]
pub(super) struct XlsxRecords<R: Read> {
    rows: SheetRows<R>,
    /// Rows with a smaller number are passed over.
    from: u64,
}

impl<R: Read + Seek> XlsxRecords<R> {
    /// Opens the sheet that the dialect names.
    pub(super) fn open(
        source: R,
        dialect: &Dialect,
        limits: &Limits,
    ) -> Result<Self, TabularError> {
        let bounds = &limits.workbook;
        let mut archive = Archive::open(source, bounds)?;
        let book = Workbook::read(&mut archive, bounds.part_bytes)?;
        let path = book.choose(dialect.sheet.as_deref())?;
        let meanings = match &book.styles {
            Some(path) => styles::read(&mut archive, path, bounds.part_bytes)?,
            None => Vec::new(),
        };
        let strings = match &book.strings {
            Some(path) => Strings::read(
                &mut archive,
                path,
                bounds.strings_bytes,
                bounds.strings_in_memory,
                limits.cell_bytes,
            )?,
            None => Strings::default(),
        };
        let part = archive.into_part(path, bounds.sheet_bytes)?;
        Ok(Self {
            rows: SheetRows::new(part, strings, meanings, book.from_1904, limits),
            from: dialect.skip_lines + 1,
        })
    }

    /// Where the next row begins.
    pub(super) fn position(&self) -> Position {
        let number = self.rows.next_number().max(self.from);
        Position {
            number,
            line: number,
            byte: None,
        }
    }

    /// Goes forward to a row.
    pub(super) fn seek(&mut self, to: &Position) {
        self.from = self.from.max(to.number);
    }

    /// The next row that has anything in it.
    pub(super) fn next(&mut self) -> Result<Option<Record>, TabularError> {
        loop {
            match self.rows.next()? {
                Some(record) if record.number < self.from => {}
                other => return Ok(other),
            }
        }
    }
}
