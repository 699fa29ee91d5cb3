//! XML, one event at a time, each of bounded size.

use std::io::{self, BufRead, BufReader, Read};

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use crate::error::TabularError;

/// How deep elements may nest.
const DEPTH: usize = 100;

/// A reader of XML events.
#[derive(Debug)]
pub(super) struct Xml<S: Read> {
    reader: Reader<Metered<S>>,
    buffer: Vec<u8>,
    depth: usize,
}

impl<S: Read> Xml<S> {
    /// Reads XML whose tags and texts are each no longer than `limit` bytes.
    pub(super) fn new(source: S, limit: usize) -> Self {
        Self {
            reader: Reader::from_reader(Metered {
                source: BufReader::with_capacity(64 * 1024, source),
                event: 0,
                limit,
                refusal: None,
            }),
            buffer: Vec::new(),
            depth: 0,
        }
    }

    /// The next event.
    pub(super) fn next(&mut self) -> Result<Event<'_>, TabularError> {
        self.buffer.clear();
        self.reader.get_mut().event = 0;
        match self.reader.read_event_into(&mut self.buffer) {
            Ok(event) => {
                match event {
                    Event::Start(_) => self.depth += 1,
                    Event::End(_) => self.depth = self.depth.saturating_sub(1),
                    Event::DocType(_) => {
                        return Err(TabularError::damaged("it has a document type"));
                    }
                    _ => {}
                }
                if self.depth > DEPTH {
                    return Err(TabularError::damaged("its elements nest too deeply"));
                }
                Ok(event)
            }
            Err(error) => {
                Err(self.reader.get_mut().refusal.take().unwrap_or_else(|| {
                    TabularError::damaged(format!("it is no valid XML ({error})"))
                }))
            }
        }
    }

    /// The source, for what follows the XML that was of interest.
    pub(super) fn into_source(self) -> S {
        self.reader.into_inner().source.into_inner()
    }
}

/// Counts the bytes of one event, and keeps the true reason of a failure.
#[derive(Debug)]
struct Metered<S> {
    source: BufReader<S>,
    event: usize,
    limit: usize,
    refusal: Option<TabularError>,
}

impl<S: Read> Read for Metered<S> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let got = self.fill_buf()?.read(buffer)?;
        self.consume(got);
        Ok(got)
    }
}

impl<S: Read> BufRead for Metered<S> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.event > self.limit {
            self.refusal = Some(TabularError::limit(format!(
                "The workbook has a text longer than {} bytes.",
                self.limit
            )));
            return Err(io::ErrorKind::InvalidData.into());
        }
        if let Err(error) = self.source.fill_buf() {
            if error.kind() != io::ErrorKind::Interrupted {
                self.refusal = Some(error.into());
            }
            return Err(io::ErrorKind::Other.into());
        }
        self.source.fill_buf()
    }

    fn consume(&mut self, amount: usize) {
        self.event += amount;
        self.source.consume(amount);
    }
}

/// An attribute by its name without prefix.
pub(super) fn attribute(element: &BytesStart<'_>, name: &str) -> Option<String> {
    element
        .attributes()
        .with_checks(false)
        .flatten()
        .find(|attribute| attribute.key.local_name().as_ref() == name)
        .map(|attribute| {
            let raw = attribute.value;
            match quick_xml::escape::unescape(&raw) {
                Ok(text) => text.into_owned(),
                Err(_) => raw.into_owned(),
            }
        })
}

/// Appends what an event has of text, until `limit` bytes are passed.
pub(super) fn append_text(event: &Event<'_>, out: &mut String, limit: usize) {
    if out.len() > limit {
        return;
    }
    match event {
        Event::Text(text) => out.push_str(&text.xml10_content()),
        Event::CData(text) => out.push_str(&text.xml10_content()),
        Event::GeneralRef(reference) => match reference.resolve_char_ref() {
            Ok(Some(character)) => out.push(character),
            _ => {
                if let Some(text) = quick_xml::escape::resolve_predefined_entity(reference) {
                    out.push_str(text);
                } else {
                    out.push('&');
                    out.push_str(reference);
                    out.push(';');
                }
            }
        },
        _ => {}
    }
    if out.len() > limit {
        out.truncate(out.floor_char_boundary(limit + 4));
    }
}

/// Undoes the `_x000D_` notation by which workbooks write characters that XML can't hold.
pub(super) fn unescape_characters(text: String) -> String {
    if !text.contains("_x") {
        return text;
    }
    let mut units: Vec<u16> = Vec::with_capacity(text.len());
    let mut rest = &text[..];
    while let Some(at) = rest.find("_x") {
        let (before, from) = rest.split_at(at);
        units.extend(before.encode_utf16());
        let code = from
            .get(2..7)
            .and_then(|code| code.strip_suffix('_'))
            .and_then(|digits| u16::from_str_radix(digits, 16).ok());
        if let Some(unit) = code {
            units.push(unit);
            rest = &from[7..];
        } else {
            units.extend("_x".encode_utf16());
            rest = &from[2..];
        }
    }
    units.extend(rest.encode_utf16());
    String::from_utf16_lossy(&units)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escaped_characters_are_restored() {
        for (text, expected) in [
            ("a_x000D_\nb", "a\r\nb"),
            ("_x005F_x000D_", "_x000D_"),
            ("_x00", "_x00"),
            ("_xÄÖ_", "_xÄÖ_"),
            ("_xD83D__xDE00_", "😀"),
        ] {
            assert_eq!(unescape_characters(text.to_owned()), expected);
        }
    }
}
