//! Workbooks, written row by row: strings stand in their cells, so nothing has to be kept.
//!
//! Libraries that write workbooks in constant memory collect them in a temporary file first; here
//! the first bytes leave with the first rows, as a response that streams needs it.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::io::Write;

use jiff::civil::{Date, DateTime, date};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

use crate::cell::Cell;
use crate::error::TabularError;

use super::guard;
use super::zip::Zip;

/// Excel's own bounds.
const ROWS: u32 = 1_048_576;
const COLUMNS: usize = 16_384;
const TEXT: usize = 32_767;
/// A part of the archive may hold 4 GiB; the next sheet is begun well before.
const SHEET: u64 = 3 << 30;
/// The most digits that Excel keeps of a number.
const DIGITS: u32 = 15;

/// Cell formats by their place in the style sheet.
const HEAD: u8 = 1;
const DATE: u8 = 2;
const MOMENT: u8 = 3;
const QUOTED: u8 = 4;
const QUOTED_HEAD: u8 = 5;

const TYPES: &str = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/><Override PartName="/xl/styles.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"/></Types>"#;

const RELATIONS: &str = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>"#;

const STYLES: &str = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><numFmts count="2"><numFmt numFmtId="164" formatCode="yyyy\-mm\-dd"/><numFmt numFmtId="165" formatCode="yyyy\-mm\-dd\ hh:mm:ss"/></numFmts><fonts count="2"><font><sz val="11"/><name val="Calibri"/></font><font><b/><sz val="11"/><name val="Calibri"/></font></fonts><fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills><borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders><cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs><cellXfs count="6"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/><xf numFmtId="0" fontId="1" fillId="0" borderId="0" xfId="0" applyFont="1"/><xf numFmtId="164" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/><xf numFmtId="165" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0" quotePrefix="1"/><xf numFmtId="0" fontId="1" fillId="0" borderId="0" xfId="0" quotePrefix="1" applyFont="1"/></cellXfs><cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>"#;

const SHEET_START: &str = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews><sheetData>"#;
const SHEET_END: &str = "</sheetData></worksheet>";

/// A workbook that is being written.
#[derive(Debug)]
pub(super) struct Book<W: Write> {
    zip: Zip<W>,
    header: Vec<Cell>,
    name: String,
    sheets: u32,
    row: u32,
    most_rows: u32,
    guard: bool,
    line: String,
    /// Cells that were cut to Excel's longest text.
    pub(super) cut: u64,
}

impl<W: Write> Book<W> {
    /// Begins a workbook with the first row of its first sheet.
    pub(super) fn new(
        sink: W,
        name: &str,
        guard: bool,
        header: Vec<Cell>,
    ) -> Result<Self, TabularError> {
        if header.len() > COLUMNS {
            return Err(TabularError::limit(format!(
                "A workbook takes at most {COLUMNS} columns. Take CSV instead."
            )));
        }
        let mut zip = Zip::new(sink);
        for (part, content) in [
            ("[Content_Types].xml", TYPES),
            ("_rels/.rels", RELATIONS),
            ("xl/styles.xml", STYLES),
        ] {
            zip.start(part)?;
            zip.write(content.as_bytes())?;
        }
        let mut book = Self {
            zip,
            header,
            name: sheet_name(name),
            sheets: 0,
            row: 0,
            most_rows: ROWS,
            guard,
            line: String::new(),
            cut: 0,
        };
        book.start_sheet()?;
        Ok(book)
    }

    pub(super) fn sink_mut(&mut self) -> Option<&mut W> {
        self.zip.sink_mut()
    }

    /// Writes a row; on a new sheet where the current one is full.
    pub(super) fn row(&mut self, cells: &[Cell]) -> Result<(), TabularError> {
        if self.row >= self.most_rows || self.zip.unpacked() > SHEET {
            self.zip.write(SHEET_END.as_bytes())?;
            self.start_sheet()?;
        }
        self.put(cells, false)
    }

    fn start_sheet(&mut self) -> Result<(), TabularError> {
        self.sheets += 1;
        self.row = 0;
        let part = format!("xl/worksheets/sheet{}.xml", self.sheets);
        self.zip.start(&part)?;
        self.zip.write(SHEET_START.as_bytes())?;
        let header = std::mem::take(&mut self.header);
        self.put(&header, true)?;
        self.header = header;
        Ok(())
    }

    fn put(&mut self, cells: &[Cell], head: bool) -> Result<(), TabularError> {
        self.row += 1;
        let mut line = std::mem::take(&mut self.line);
        line.clear();
        // Writing to a String can't fail.
        let _ = write!(line, r#"<row r="{}">"#, self.row);
        for (index, cell) in cells.iter().enumerate() {
            self.cell(&mut line, index, cell, head);
        }
        line.push_str("</row>");
        let outcome = self.zip.write(line.as_bytes());
        self.line = line;
        outcome
    }

    fn cell(&mut self, line: &mut String, index: usize, cell: &Cell, head: bool) {
        let start = line.len();
        line.push_str("<c r=\"");
        push_column(line, index);
        let _ = write!(line, "{}\"", self.row);
        let done = match cell {
            Cell::Empty => {
                line.truncate(start);
                return;
            }
            Cell::Bool(value) => write!(line, r#" t="b"><v>{}</v></c>"#, u8::from(*value)).is_ok(),
            Cell::Number(number) if fits(*number) => {
                write!(line, "><v>{}</v></c>", number.normalize()).is_ok()
            }
            Cell::Date(date) => serial(DateTime::from(*date))
                .is_some_and(|serial| write!(line, r#" s="{DATE}"><v>{serial}</v></c>"#).is_ok()),
            Cell::DateTime(moment) => serial(*moment)
                .is_some_and(|serial| write!(line, r#" s="{MOMENT}"><v>{serial}</v></c>"#).is_ok()),
            _ => false,
        };
        if done {
            return;
        }
        let text = cell.as_text();
        let quoted = self.guard && guard::needs_guard(&text);
        let style = match (head, quoted) {
            (false, false) => 0,
            (true, false) => HEAD,
            (false, true) => QUOTED,
            (true, true) => QUOTED_HEAD,
        };
        if style > 0 {
            let _ = write!(line, r#" s="{style}""#);
        }
        line.push_str(r#" t="inlineStr"><is><t xml:space="preserve">"#);
        let (text, whole) = shorten(&text);
        self.cut += u64::from(!whole);
        push_escaped(line, text);
        line.push_str("</t></is></c>");
    }

    /// Ends the workbook with the list of its sheets.
    pub(super) fn finish(mut self) -> Result<W, TabularError> {
        self.zip.write(SHEET_END.as_bytes())?;
        let mut sheets = String::new();
        let mut targets = String::new();
        for number in 1..=self.sheets {
            let name = if number == 1 {
                Cow::Borrowed(self.name.as_str())
            } else {
                Cow::Owned(format!("{} {number}", self.name))
            };
            sheets.push_str("<sheet name=\"");
            push_escaped(&mut sheets, &name);
            let _ = write!(sheets, r#"" sheetId="{number}" r:id="rId{number}"/>"#);
            let _ = write!(
                targets,
                r#"<Relationship Id="rId{number}" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet{number}.xml"/>"#
            );
        }
        let styles = self.sheets + 1;
        self.zip.start("xl/workbook.xml")?;
        self.zip.write(
            format!(
                r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets>{sheets}</sheets></workbook>"#
            )
            .as_bytes(),
        )?;
        self.zip.start("xl/_rels/workbook.xml.rels")?;
        self.zip.write(
            format!(
                r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{targets}<Relationship Id="rId{styles}" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles" Target="styles.xml"/></Relationships>"#
            )
            .as_bytes(),
        )?;
        self.zip.finish()
    }
}

/// Whether Excel keeps all digits of a number.
fn fits(number: Decimal) -> bool {
    let digits = number.normalize().mantissa().unsigned_abs();
    digits < 10_u128.pow(DIGITS)
}

/// Days since 1900 as Excel counts them. Before March 1900 it counts wrongly, so such dates, and
/// those with more than milliseconds, are written as text.
fn serial(moment: DateTime) -> Option<Decimal> {
    let epoch = date(1899, 12, 30);
    if moment.date() < date(1900, 3, 1) || moment.subsec_nanosecond() % 1_000_000 != 0 {
        return None;
    }
    let days = days_between(epoch, moment.date())?;
    let time = moment.time();
    let seconds =
        i64::from(time.hour()) * 3_600 + i64::from(time.minute()) * 60 + i64::from(time.second());
    let millis = seconds * 1_000 + i64::from(time.millisecond());
    let fraction = Decimal::from(millis) / Decimal::from(86_400_000);
    Some((Decimal::from(days) + fraction).round_dp(12).normalize())
}

fn days_between(from: Date, to: Date) -> Option<i64> {
    from.until(to).ok().map(|span| i64::from(span.get_days()))
}

/// A name that Excel takes: at most 31 characters (room is left for a number), some not.
fn sheet_name(name: &str) -> String {
    let plain: String = name
        .chars()
        .map(|c| match c {
            '[' | ']' | ':' | '*' | '?' | '/' | '\\' => ' ',
            c if c.is_control() => ' ',
            c => c,
        })
        .collect();
    let mut short = String::new();
    for c in plain.trim().trim_matches('\'').chars() {
        if short.encode_utf16().count() + c.len_utf16() > 26 {
            break;
        }
        short.push(c);
    }
    let short = short.trim();
    if short.is_empty() {
        "Data".to_owned()
    } else {
        short.to_owned()
    }
}

/// The text up to what a cell takes, and whether that is all of it.
fn shorten(text: &str) -> (&str, bool) {
    if text.len() <= TEXT {
        return (text, true);
    }
    let mut units = 0;
    for (at, c) in text.char_indices() {
        units += c.len_utf16();
        if units > TEXT {
            return (&text[..at], false);
        }
    }
    (text, true)
}

fn push_column(out: &mut String, index: usize) {
    if index >= 26 {
        push_column(out, index / 26 - 1);
    }
    let letter = (index % 26).to_u8().unwrap_or_default();
    out.push(char::from(b'A' + letter));
}

/// Escapes text for XML, with what XML can't hold as `_x0001_`.
fn push_escaped(out: &mut String, text: &str) {
    for (at, c) in text.char_indices() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\t' | '\n' => out.push(c),
            '\0'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => {
                let _ = write!(out, "_x{:04X}_", u32::from(c));
            }
            // What only looks like that notation.
            '_' if is_notation(&text[at..]) => out.push_str("_x005F_"),
            c => out.push(c),
        }
    }
}

fn is_notation(text: &str) -> bool {
    text.as_bytes().get(..7).is_some_and(|bytes| {
        bytes[1] == b'x' && bytes[6] == b'_' && bytes[2..6].iter().all(u8::is_ascii_hexdigit)
    })
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;
    use crate::{Dialect, Kind, Limits, Rows};

    #[test]
    fn a_full_sheet_is_followed_by_another() {
        let header = vec![Cell::text("n")];
        let mut book = Book::new(Vec::new(), "Data", true, header).unwrap();
        book.most_rows = 3;
        let mut streamed = Vec::new();
        for number in 0..5 {
            book.row(&[Cell::Number(number.into())]).unwrap();
            streamed.append(book.sink_mut().unwrap());
        }
        streamed.append(&mut book.finish().unwrap());
        for (sheet, expected) in [
            ("Data", vec!["0", "1"]),
            ("Data 2", vec!["2", "3"]),
            ("Data 3", vec!["4"]),
        ] {
            let dialect = Dialect {
                sheet: Some(sheet.to_owned()),
                ..Dialect::of(Kind::Xlsx)
            };
            let source = Cursor::new(&streamed);
            let rows = Rows::open(source, &dialect, &Limits::default()).unwrap();
            assert_eq!(rows.header(), ["n"]);
            let cells: Vec<_> = rows
                .map(|row| row.unwrap().cells[0].as_text().into_owned())
                .collect();
            assert_eq!(cells, expected);
        }
    }

    #[test]
    fn sheet_names_are_such_as_excel_takes() {
        for (name, expected) in [
            ("People", "People"),
            ("a/b:c", "a b c"),
            ("", "Data"),
            ("'x'", "x"),
            (
                "A name that is far longer than thirty-one",
                "A name that is far longer",
            ),
        ] {
            assert_eq!(sheet_name(name), expected);
        }
    }

    #[test]
    fn columns_are_lettered() {
        for (index, expected) in [
            (0, "A"),
            (25, "Z"),
            (26, "AA"),
            (701, "ZZ"),
            (702, "AAA"),
            (16_383, "XFD"),
        ] {
            let mut out = String::new();
            push_column(&mut out, index);
            assert_eq!(out, expected);
        }
    }
}
