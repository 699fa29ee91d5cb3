//! Writing rows as files, in memory that doesn't grow with their number.

mod csv;
pub mod guard;
mod ndjson;
mod xlsx;
mod zip;

use std::io::Write;

use crate::cell::Cell;
use crate::dialect::{Dialect, Kind};
use crate::error::TabularError;

/// How a file is to be written.
#[derive(Clone, Debug)]
pub struct Format {
    /// The kind of file.
    pub kind: Kind,
    /// What separates cells in CSV.
    pub delimiter: char,
    /// Whether CSV starts with a byte order mark, without which Excel takes it for Windows-1252.
    pub bom: bool,
    /// Whether lines of CSV end in `\r\n` instead of `\n`.
    pub crlf: bool,
    /// Whether text that a spreadsheet would run is neutralised; see [`guard`].
    pub guard: bool,
    /// The name of the sheet in XLSX; further sheets are numbered.
    pub sheet: String,
}

impl Default for Format {
    fn default() -> Self {
        Self {
            kind: Kind::Csv,
            delimiter: ',',
            bom: false,
            crlf: true,
            guard: true,
            sheet: "Data".to_owned(),
        }
    }
}

impl Format {
    /// The default format of a kind.
    pub fn of(kind: Kind) -> Self {
        Self {
            kind,
            ..Self::default()
        }
    }

    /// The media type of such files.
    pub fn content_type(&self) -> &'static str {
        match self.kind {
            Kind::Csv => "text/csv; charset=utf-8",
            Kind::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Kind::Ndjson => "application/x-ndjson",
        }
    }

    /// The extension of such files' names, without a dot.
    pub fn extension(&self) -> &'static str {
        match self.kind {
            Kind::Csv => "csv",
            Kind::Xlsx => "xlsx",
            Kind::Ndjson => "ndjson",
        }
    }
}

/// What was written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Written {
    /// The rows, without the header.
    pub rows: u64,
    /// How many cells were cut because Excel takes at most 32,767 characters.
    pub cut: u64,
}

/// Writes a file row by row. With a `Vec<u8>` as sink, take its bytes between rows to stream them.
#[derive(Debug)]
pub struct Writer<W: Write> {
    target: Target<W>,
    format: Format,
    width: usize,
    rows: u64,
}

#[derive(Debug)]
enum Target<W: Write> {
    Csv(W),
    /// With the keys as JSON strings.
    Ndjson(W, Vec<String>),
    Xlsx(Box<xlsx::Book<W>>),
}

impl<W: Write> Writer<W> {
    /// Starts a file with the names of its columns.
    pub fn new<S: AsRef<str>>(
        mut sink: W,
        format: &Format,
        header: &[S],
    ) -> Result<Self, TabularError> {
        let names = header.iter().map(|name| Cell::text(name.as_ref()));
        let names: Vec<_> = names.collect();
        let target = match format.kind {
            Kind::Csv => {
                let dialect = Dialect {
                    delimiter: format.delimiter,
                    ..Dialect::default()
                };
                dialect.validate()?;
                if format.bom {
                    sink.write_all("\u{feff}".as_bytes())?;
                }
                csv::record(&mut sink, format, true, names.iter())?;
                Target::Csv(sink)
            }
            Kind::Ndjson => {
                let keys = header.iter().map(|name| {
                    let name = serde_json::Value::from(name.as_ref());
                    name.to_string()
                });
                Target::Ndjson(sink, keys.collect())
            }
            Kind::Xlsx => {
                let book = xlsx::Book::new(sink, &format.sheet, format.guard, names)?;
                Target::Xlsx(Box::new(book))
            }
        };
        Ok(Self {
            target,
            format: format.clone(),
            width: header.len(),
            rows: 0,
        })
    }

    /// Writes a row, which must be as wide as the header.
    pub fn write(&mut self, cells: &[Cell]) -> Result<(), TabularError> {
        if cells.len() != self.width {
            return Err(TabularError::damaged(format!(
                "a row of {} cells was to be written under a header of {}",
                cells.len(),
                self.width
            )));
        }
        match &mut self.target {
            Target::Csv(sink) => csv::record(sink, &self.format, false, cells.iter())?,
            Target::Ndjson(sink, keys) => ndjson::object(sink, keys, cells.iter())?,
            Target::Xlsx(book) => book.row(cells)?,
        }
        self.rows += 1;
        Ok(())
    }

    /// Where the file goes to; none after a failure.
    pub fn sink_mut(&mut self) -> Option<&mut W> {
        match &mut self.target {
            Target::Csv(sink) | Target::Ndjson(sink, _) => Some(sink),
            Target::Xlsx(book) => book.sink_mut(),
        }
    }

    /// Completes the file. Without this an XLSX file can't be opened.
    pub fn finish(self) -> Result<(W, Written), TabularError> {
        let mut written = Written {
            rows: self.rows,
            cut: 0,
        };
        let sink = match self.target {
            Target::Csv(mut sink) | Target::Ndjson(mut sink, _) => {
                sink.flush()?;
                sink
            }
            Target::Xlsx(book) => {
                written.cut = book.cut;
                book.finish()?
            }
        };
        Ok((sink, written))
    }
}
