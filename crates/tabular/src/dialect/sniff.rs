//! Finding out how a file is written.

use std::io::{Read, Seek, SeekFrom};

use crate::error::TabularError;
use crate::read::{flatten, separator_line};

use super::encoding::{Tally, detect};
use super::{Dialect, Encoding, Kind, LineEnding, delimiter, magic};

/// How many bytes of a file are looked at.
pub const SAMPLE: usize = 256 * 1024;

/// What the sender says about a file. The content has the last word.
#[derive(Clone, Copy, Debug, Default)]
pub struct Hint<'a> {
    /// The file's name.
    pub file_name: Option<&'a str>,
    /// The media type.
    pub content_type: Option<&'a str>,
}

impl Hint<'_> {
    fn name(&self) -> String {
        self.file_name.unwrap_or_default().to_ascii_lowercase()
    }

    fn says_json(&self) -> bool {
        let name = self.name();
        let by_name = [".ndjson", ".jsonl", ".json"]
            .iter()
            .any(|extension| name.ends_with(extension));
        by_name || self.content_type.is_some_and(|kind| kind.contains("json"))
    }
}

/// Finds out how a file is written from its first bytes (up to [`SAMPLE`] are used); `complete`
/// says that these are all of it. Refuses files that are no tables with a sentence that says what
/// they are and what to send instead.
pub fn sniff(head: &[u8], complete: bool, hint: &Hint<'_>) -> Result<Dialect, TabularError> {
    let complete = complete && head.len() <= SAMPLE;
    let head = &head[..head.len().min(SAMPLE)];
    if head.is_empty() {
        return Err(TabularError::Empty);
    }
    if magic::is_workbook(head, &hint.name())? {
        return Ok(Dialect::of(Kind::Xlsx));
    }
    let encoding = detect(head, complete);
    let text = encoding.preview(head);
    magic::refuse_binary(&text)?;
    if text.trim().is_empty() {
        return Err(TabularError::Empty);
    }
    let mut dialect = Dialect {
        encoding,
        line_ending: line_ending(&text),
        ..Dialect::default()
    };
    if is_ndjson(&text, complete, hint)? {
        dialect.kind = Kind::Ndjson;
        return Ok(dialect);
    }
    let found = delimiter::detect(text.as_bytes(), complete);
    dialect.delimiter = found.delimiter;
    dialect.quote = Some(found.quote);
    dialect.escape = found.escape;
    if let Some((mark, _)) = separator_line(text.as_bytes()) {
        let declared = Dialect {
            delimiter: char::from(mark),
            ..dialect.clone()
        };
        if declared.validate().is_ok() {
            dialect = declared;
        }
    }
    Ok(dialect)
}

/// Finds out how a stored file is written. Reads on past the sample for as long as it takes to see
/// a character that isn't ASCII, because that alone tells the encodings apart. The source is left
/// at its start.
pub fn sniff_source<R: Read + Seek>(
    source: &mut R,
    hint: &Hint<'_>,
) -> Result<Dialect, TabularError> {
    source.seek(SeekFrom::Start(0))?;
    let mut head = Vec::new();
    let more = SAMPLE as u64 + 1;
    source.by_ref().take(more).read_to_end(&mut head)?;
    let complete = head.len() <= SAMPLE;
    let mut dialect = sniff(&head, complete, hint)?;
    if dialect.kind != Kind::Xlsx && dialect.encoding == Encoding::Utf8 && !complete {
        dialect.encoding = settle(&head, source)?;
    }
    source.seek(SeekFrom::Start(0))?;
    Ok(dialect)
}

/// Reads until enough is seen to tell UTF-8 from Windows-1252.
fn settle<R: Read>(head: &[u8], source: &mut R) -> Result<Encoding, TabularError> {
    let mut tally = Tally::default();
    let mut cut = tally.add(head, false);
    let mut buffer = head[head.len() - cut..].to_vec();
    let mut chunk = vec![0; SAMPLE];
    while tally.is_ascii() {
        let got = source.read(&mut chunk)?;
        buffer.extend_from_slice(&chunk[..got]);
        cut = tally.add(&buffer, got == 0);
        if got == 0 {
            break;
        }
        buffer.drain(..buffer.len() - cut);
    }
    Ok(tally.verdict())
}

fn line_ending(text: &str) -> LineEnding {
    let crlf = text.matches("\r\n").count();
    let lf = text.matches('\n').count() - crlf;
    let cr = text.matches('\r').count() - crlf;
    match (lf > 0, crlf > 0, cr > 0) {
        (_, false, false) => LineEnding::Lf,
        (false, true, false) => LineEnding::Crlf,
        (false, false, true) => LineEnding::Cr,
        _ => LineEnding::Mixed,
    }
}

/// Whether the first line is a JSON object, or means to be one.
fn is_ndjson(text: &str, complete: bool, hint: &Hint<'_>) -> Result<bool, TabularError> {
    let text = text.trim_start();
    if text.starts_with('[') && is_array(text, hint) {
        return Err(TabularError::Unsupported(
            "This is one JSON array. Send NDJSON instead: one object per line, without brackets and commas around them."
                .to_owned(),
        ));
    }
    if !text.starts_with('{') {
        return Ok(false);
    }
    let mut lines = text.lines();
    let first = lines.next().unwrap_or_default();
    let whole = complete || lines.next().is_some();
    if flatten(first).is_ok() || (!whole && text[1..].trim_start().starts_with('"')) {
        return Ok(true);
    }
    if complete && serde_json::from_str::<serde::de::IgnoredAny>(text).is_ok() {
        return Err(TabularError::Unsupported(
            "This is one JSON object spread over several lines. Send NDJSON instead: each object on one line."
                .to_owned(),
        ));
    }
    Ok(hint.says_json())
}

fn is_array(text: &str, hint: &Hint<'_>) -> bool {
    let inside = text[1..].trim_start();
    hint.says_json()
        || inside.starts_with('{')
        || serde_json::from_str::<serde::de::IgnoredAny>(text).is_ok()
}
