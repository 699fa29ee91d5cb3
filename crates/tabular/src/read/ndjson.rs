//! NDJSON: one object per line, nested objects flattened as `a.b`.

use std::collections::HashMap;
use std::fmt;
use std::io::{Read, Seek};

use rust_decimal::Decimal;
use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use crate::cell::{Cell, NAMED, RowIssue, excerpt};
use crate::dialect::{Dialect, Encoding};
use crate::error::TabularError;
use crate::limits::Limits;

use super::header::header_names;
use super::source::Window;
use super::{Position, Record};

/// How deep objects are flattened; what is deeper stays JSON.
const DEPTH: usize = 16;
/// From how many objects the columns are collected.
const SAMPLE: usize = 1_000;

/// The objects of an NDJSON file.
#[derive(Debug)]
pub(super) struct NdjsonRecords<R> {
    window: Window<R>,
    encoding: Encoding,
    limits: Limits,
    skip: u64,
    columns: HashMap<String, usize>,
    line: u64,
}

impl<R: Read + Seek> NdjsonRecords<R> {
    /// Opens the file and collects the columns from its first objects.
    pub(super) fn open(
        source: R,
        dialect: &Dialect,
        limits: &Limits,
    ) -> Result<(Self, Vec<String>), TabularError> {
        let mut records = Self {
            window: Window::new(source, dialect.encoding)?,
            encoding: dialect.encoding,
            limits: limits.clone(),
            skip: dialect.skip_lines,
            columns: HashMap::new(),
            line: 1,
        };
        let mut keys = Vec::new();
        records.start()?;
        let mut count = 0;
        while count < SAMPLE {
            let Some(line) = records.next_line()? else {
                break;
            };
            count += 1;
            let Ok(text) = line else { continue };
            let (text, _) = records.encoding.decode(&text);
            let Ok(pairs) = flatten(&text) else { continue };
            for (key, _) in pairs {
                if !records.columns.contains_key(&key) {
                    records.columns.insert(key.clone(), keys.len());
                    keys.push(key);
                }
            }
            if keys.len() > limits.columns {
                return Err(super::too_many_columns(limits.columns));
            }
        }
        records.start()?;
        Ok((records, header_names(&keys)))
    }

    fn start(&mut self) -> Result<(), TabularError> {
        self.window.rewind()?;
        self.line = 1;
        for _ in 0..self.skip {
            if self.next_line()?.is_none() {
                break;
            }
        }
        Ok(())
    }

    /// Where the next line begins.
    pub(super) fn position(&self) -> Position {
        Position {
            number: self.line,
            line: self.line,
            byte: Some(self.window.offset()),
        }
    }

    /// Goes to where a line begins.
    pub(super) fn seek(&mut self, to: &Position) -> Result<(), TabularError> {
        if let Some(byte) = to.byte {
            self.window.seek(byte)?;
        }
        self.line = to.line;
        Ok(())
    }

    /// The object on the next line that is not blank.
    pub(super) fn next(&mut self) -> Result<Option<Record>, TabularError> {
        loop {
            let line = self.line;
            let Some(bytes) = self.next_line()? else {
                return Ok(None);
            };
            let mut record = Record {
                number: line,
                line,
                given: 0,
                cells: Vec::new(),
                issues: Vec::new(),
            };
            match bytes {
                Err(issue) => record.issues.push(issue),
                Ok(bytes) if bytes.trim_ascii().is_empty() => continue,
                Ok(bytes) => self.read(&bytes, &mut record),
            }
            return Ok(Some(record));
        }
    }

    fn read(&self, bytes: &[u8], record: &mut Record) {
        let (text, bad) = self.encoding.decode(bytes);
        if let Some(bytes) = bad {
            let column = None;
            record.issues.push(RowIssue::Undecodable { column, bytes });
        }
        let pairs = match flatten(&text) {
            Ok(pairs) => pairs,
            Err(message) => {
                record.issues.push(RowIssue::Malformed { message });
                return;
            }
        };
        record.given = pairs.len();
        record.cells.resize(self.columns.len(), Cell::Empty);
        let mut seen = vec![false; self.columns.len()];
        let mut unknown = Vec::new();
        for (key, cell) in pairs {
            let Some(&index) = self.columns.get(&key) else {
                if cell != Cell::Empty && unknown.len() < NAMED {
                    unknown.push(excerpt(&key));
                }
                continue;
            };
            if std::mem::replace(&mut seen[index], true) {
                let key = excerpt(&key);
                record.issues.push(RowIssue::DuplicateKey { key });
            }
            record.cells[index] = self.bound(cell, index + 1, &mut record.issues);
        }
        if !unknown.is_empty() {
            record.issues.push(RowIssue::UnknownKeys { keys: unknown });
        }
    }

    fn bound(&self, cell: Cell, column: usize, issues: &mut Vec<RowIssue>) -> Cell {
        let Cell::Text(mut text) = cell else {
            return cell;
        };
        let limit = self.limits.cell_bytes;
        if text.len() > limit {
            text.truncate(text.floor_char_boundary(limit));
            issues.push(RowIssue::CellTooLong { column, limit });
        }
        if text.contains('\0') {
            text = text.replace('\0', "\u{fffd}");
            issues.push(RowIssue::NulReplaced { column });
        }
        Cell::Text(text)
    }

    /// The bytes of the next line without its end, or that it is too long.
    fn next_line(&mut self) -> Result<Option<Result<Vec<u8>, RowIssue>>, TabularError> {
        let limit = self.limits.row_bytes;
        let mut scanned = 0;
        let mut too_long = false;
        loop {
            let bytes = self.window.bytes();
            let end = memchr::memchr(b'\n', &bytes[scanned..]).map(|length| scanned + length);
            let (text, used) = match end {
                Some(at) => (&bytes[..at], at + 1),
                None if self.window.ended() && bytes.is_empty() && !too_long => return Ok(None),
                None if self.window.ended() => (bytes, bytes.len()),
                None => {
                    scanned = bytes.len();
                    if scanned > limit {
                        too_long = true;
                        self.window.consume(scanned);
                        scanned = 0;
                    }
                    self.window.fill()?;
                    continue;
                }
            };
            let line = if too_long || text.len() > limit {
                Err(RowIssue::RowTooLong { limit })
            } else {
                Ok(text.to_vec())
            };
            self.window.consume(used);
            self.line += 1;
            return Ok(Some(line));
        }
    }
}

/// The keys and values of a line, in the order of the file.
pub(crate) fn flatten(line: &str) -> Result<Vec<(String, Cell)>, String> {
    let mut pairs = Vec::new();
    let text = line.trim_matches(|c: char| c.is_ascii_whitespace() || c == '\u{feff}');
    if !text.starts_with('{') {
        return Err("every line must be one JSON object".to_owned());
    }
    flatten_into(text, "", 0, &mut pairs)?;
    Ok(pairs)
}

fn flatten_into(
    text: &str,
    prefix: &str,
    depth: usize,
    pairs: &mut Vec<(String, Cell)>,
) -> Result<(), String> {
    let mut reader = serde_json::Deserializer::from_str(text);
    let members = reader
        .deserialize_map(Members)
        .and_then(|members| reader.end().map(|()| members))
        .map_err(|error| plain(&error))?;
    for (key, value) in members {
        let key = format!("{prefix}{key}");
        let value = value.get();
        match value.as_bytes().first() {
            Some(b'{') if depth < DEPTH => {
                flatten_into(value, &format!("{key}."), depth + 1, pairs)?;
            }
            Some(b'{' | b'[') => {
                let value = serde_json::from_str(value).map_err(|error| plain(&error))?;
                pairs.push((key, Cell::Json(value)));
            }
            Some(b'"') => {
                let text = serde_json::from_str(value).map_err(|error| plain(&error))?;
                pairs.push((key, Cell::Text(text)));
            }
            Some(b't') => pairs.push((key, Cell::Bool(true))),
            Some(b'f') => pairs.push((key, Cell::Bool(false))),
            Some(b'n') => pairs.push((key, Cell::Empty)),
            _ => pairs.push((key, number(value))),
        }
    }
    Ok(())
}

/// A number exactly as it is written; as text where it has too many digits.
fn number(text: &str) -> Cell {
    let exact = if text.contains(['e', 'E']) {
        Decimal::from_scientific(text)
    } else {
        Decimal::from_str_exact(text)
    };
    exact.map_or_else(|_| Cell::Text(text.to_owned()), Cell::Number)
}

/// The message of a JSON error, which always says "line 1", without that.
fn plain(error: &serde_json::Error) -> String {
    let message = error.to_string();
    match message.split_once(" at line ") {
        Some((what, _)) => format!("{what} at character {}", error.column()),
        None => message,
    }
}

/// An object's members in order, duplicates included.
struct Members;

impl<'de> Visitor<'de> for Members {
    type Value = Vec<(String, &'de RawValue)>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut members = Vec::new();
        while let Some(member) = map.next_entry()? {
            members.push(member);
        }
        Ok(members)
    }
}
