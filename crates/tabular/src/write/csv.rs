//! CSV as RFC 4180 has it.

use std::io::{self, Write};

use crate::cell::Cell;

use super::{Format, guard};

/// Writes one record.
pub(super) fn record<'a, W: Write>(
    sink: &mut W,
    format: &Format,
    first: bool,
    cells: impl ExactSizeIterator<Item = &'a Cell>,
) -> io::Result<()> {
    let alone = cells.len() == 1;
    let mut mark = [0; 4];
    let delimiter = format.delimiter.encode_utf8(&mut mark).as_bytes();
    for (index, cell) in cells.enumerate() {
        if index > 0 {
            sink.write_all(delimiter)?;
        }
        let mut text = cell.as_text();
        // Only text can be a formula: a number's or a date's own signs are harmless.
        let harmless = matches!(
            cell,
            Cell::Number(_) | Cell::Bool(_) | Cell::Date(_) | Cell::DateTime(_)
        );
        if format.guard && !harmless && guard::needs_guard(&text) {
            text = format!("'{text}").into();
        }
        // An empty line would not be read as a row.
        let quoted = needs_quotes(&text, format.delimiter)
            || (alone && text.is_empty())
            || (first && index == 0 && is_special_start(&text));
        if quoted {
            sink.write_all(b"\"")?;
            sink.write_all(text.replace('"', "\"\"").as_bytes())?;
            sink.write_all(b"\"")?;
        } else {
            sink.write_all(text.as_bytes())?;
        }
    }
    sink.write_all(if format.crlf { b"\r\n" } else { b"\n" })
}

/// Delimiters of other dialects are quoted, too, so that a program that guesses wrongly doesn't
/// see further cells (and formulas in them).
fn needs_quotes(text: &str, delimiter: char) -> bool {
    text.starts_with(char::is_whitespace)
        || text.ends_with(char::is_whitespace)
        || text.contains(['"', '\n', '\r', ',', ';', '\t', '|', delimiter])
}

/// What would mean something else at the very start of a file.
fn is_special_start(text: &str) -> bool {
    let sep = text.get(..4);
    text.starts_with('\u{feff}') || sep.is_some_and(|head| head.eq_ignore_ascii_case("sep="))
}
