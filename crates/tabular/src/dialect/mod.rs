//! How a file is written: its kind, encoding, delimiter and quotes.

mod delimiter;
mod encoding;
mod magic;
mod sniff;

use serde::{Deserialize, Serialize};

pub use encoding::Encoding;
pub use sniff::{Hint, SAMPLE, sniff, sniff_source};

use crate::error::TabularError;

/// The kinds of files that are read and written here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Text with delimiters.
    #[default]
    Csv,
    /// A workbook of Excel 2007 or newer.
    Xlsx,
    /// One JSON object per line.
    Ndjson,
}

/// How a quote within a quoted cell is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Escape {
    /// As two quotes.
    #[default]
    Doubled,
    /// With a backslash before it; two quotes are understood, too.
    Backslash,
}

/// What ends the lines. Informational: the reader takes all of them, also mixed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LineEnding {
    /// `\n`
    #[default]
    Lf,
    /// `\r\n`
    Crlf,
    /// `\r`
    Cr,
    /// Several of them.
    Mixed,
}

/// How a file is written. [`sniff`] finds it out; a user may override any field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Dialect {
    /// The kind of file.
    pub kind: Kind,
    /// The encoding of the text. A byte order mark is never part of the text. Not used for XLSX.
    pub encoding: Encoding,
    /// What separates cells in CSV: a punctuation character or tab of ASCII.
    pub delimiter: char,
    /// What may surround cells in CSV, if anything.
    pub quote: Option<char>,
    /// How a quote within quotes is written in CSV.
    pub escape: Escape,
    /// What ends lines. Informational.
    pub line_ending: LineEnding,
    /// Whether the first row names the columns. Otherwise they are `column_1`, `column_2`, ….
    /// Not used for NDJSON, whose keys name the columns.
    pub header: bool,
    /// How many lines (in XLSX rows) stand before the header.
    pub skip_lines: u64,
    /// The sheet of a workbook; the first visible one where none is named.
    pub sheet: Option<String>,
    /// Whether an apostrophe that protects a text from being run as a formula is removed from
    /// CSV cells; see [`crate::write::guard`] for the exact rule.
    pub unguard: bool,
}

impl Default for Dialect {
    fn default() -> Self {
        Self {
            kind: Kind::Csv,
            encoding: Encoding::Utf8,
            delimiter: ',',
            quote: Some('"'),
            escape: Escape::Doubled,
            line_ending: LineEnding::Lf,
            header: true,
            skip_lines: 0,
            sheet: None,
            unguard: true,
        }
    }
}

impl Dialect {
    /// The default dialect of a kind.
    pub fn of(kind: Kind) -> Self {
        Self {
            kind,
            ..Self::default()
        }
    }

    /// Whether the delimiter and the quote can be told apart from text.
    pub fn validate(&self) -> Result<(), TabularError> {
        let mark = |c: char| c == '\t' || (c.is_ascii_punctuation() && c != '\\');
        if !mark(self.delimiter) && self.delimiter != ' ' {
            return Err(TabularError::dialect(
                "delimiter",
                "The delimiter must be a tab, a space or one punctuation character of ASCII, such as a comma.",
            ));
        }
        if let Some(quote) = self.quote {
            if !mark(quote) || quote == '\t' {
                return Err(TabularError::dialect(
                    "quote",
                    "The quote must be one punctuation character of ASCII, such as \", or null.",
                ));
            }
            if quote == self.delimiter {
                return Err(TabularError::dialect(
                    "quote",
                    "The quote and the delimiter must be two different characters.",
                ));
            }
        }
        Ok(())
    }
}
