//! Kinds of files told by their first bytes, and what to say about those that are not read.

use crate::error::TabularError;

/// Whether the file is a workbook. An error says what the file is instead, and what to do.
pub(super) fn is_workbook(head: &[u8], name: &str) -> Result<bool, TabularError> {
    if head.starts_with(b"PK\x03\x04") {
        return zip(head, name).map(|()| true);
    }
    let refusal = match head {
        [0xd0, 0xcf, 0x11, 0xe0, ..] => {
            "This is an old Excel workbook (.xls) or one protected by a password. Save it as .xlsx without a password, or as CSV."
        }
        [b'P', b'K', 5..=8, ..] => "This is a ZIP archive. Unpack it and send the files in it.",
        [0x1f, 0x8b, ..] => "This is a gzip archive. Unpack it and send the file in it.",
        [b'%', b'P', b'D', b'F', ..] => {
            "This is a PDF. Send the table as CSV, XLSX or NDJSON instead."
        }
        [0x89, b'P', b'N', b'G', ..] | [0xff, 0xd8, 0xff, ..] | [b'G', b'I', b'F', b'8', ..] => {
            "This is a picture. Send the table as CSV, XLSX or NDJSON instead."
        }
        [b'{', b'\\', b'r', b't', b'f', ..] => {
            "This is a text document (RTF). Send the table as CSV, XLSX or NDJSON instead."
        }
        [0xff, 0xfe, 0, 0, ..] | [0, 0, 0xfe, 0xff, ..] => {
            "This file is in UTF-32. Save it in UTF-8 and send it again."
        }
        _ if is_markup(head) => {
            "This is an HTML or XML page, even if it is named .xls or .csv. Open it in a spreadsheet program and save it as XLSX or CSV."
        }
        _ => return Ok(false),
    };
    Err(TabularError::Unsupported(refusal.to_owned()))
}

fn is_markup(head: &[u8]) -> bool {
    let head = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head);
    let start: Vec<u8> = head
        .trim_ascii_start()
        .iter()
        .take(9)
        .map(u8::to_ascii_lowercase)
        .collect();
    let marks: [&[u8]; 4] = [b"<!doctype", b"<html", b"<?xml", b"<table"];
    marks.iter().any(|mark| start.starts_with(mark))
}

/// Whether a name, in lower case, has an extension.
fn named(name: &str, extension: &str) -> bool {
    name.rsplit_once('.')
        .is_some_and(|(_, last)| last == extension)
}

/// Tells a workbook from the other things that are ZIP archives, by the names of their entries.
fn zip(head: &[u8], name: &str) -> Result<(), TabularError> {
    let has = |needle: &[u8]| memchr::memmem::find(head, needle).is_some();
    let refusal = if has(b"xl/workbook.bin") || named(name, "xlsb") {
        "This is a binary Excel workbook (.xlsb). Save it as .xlsx or CSV."
    } else if has(b"xl/") {
        return Ok(());
    } else if has(b"application/vnd.oasis.opendocument") {
        "This is an OpenDocument file. Save it as .xlsx or CSV."
    } else if has(b"word/") || has(b"ppt/") {
        "This is a text document or a presentation. Send the table as CSV, XLSX or NDJSON instead."
    } else if has(b"Index/Document.iwa") || named(name, "numbers") {
        "This is a Numbers document. Export it as .xlsx or CSV."
    } else if has(b"[Content_Types].xml") || named(name, "xlsx") || named(name, "xlsm") {
        // The entries that would tell come after the sample.
        return Ok(());
    } else {
        "This is a ZIP archive. Unpack it and send the files in it."
    };
    Err(TabularError::Unsupported(refusal.to_owned()))
}

/// Refuses what is no text in any encoding.
pub(super) fn refuse_binary(text: &str) -> Result<(), TabularError> {
    let odd =
        |c: char| matches!(c, '\0'..='\u{8}' | '\u{e}'..='\u{1a}' | '\u{1c}'..='\u{1f}' | '\u{7f}');
    let count = text.chars().filter(|c| odd(*c)).count();
    if count > 8 && count * 20 > text.chars().count() {
        return Err(TabularError::Unsupported(
            "This is not a text file. Send a table as CSV, XLSX or NDJSON.".to_owned(),
        ));
    }
    Ok(())
}
