//! Encodings: telling them apart, and decoding with a note of what could not be decoded.

use std::borrow::Cow;
use std::fmt::Write;

use serde::{Deserialize, Serialize};

/// The encodings that are read. Only the first four are ever detected; the others are for users
/// who know better.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum Encoding {
    /// UTF-8, with or without byte order mark.
    #[default]
    #[serde(rename = "utf-8")]
    Utf8,
    /// UTF-16, low byte first.
    #[serde(rename = "utf-16le")]
    Utf16Le,
    /// UTF-16, high byte first.
    #[serde(rename = "utf-16be")]
    Utf16Be,
    /// Windows for Western Europe, a superset of Latin-1.
    #[serde(rename = "windows-1252")]
    Windows1252,
    /// Windows for Central Europe.
    #[serde(rename = "windows-1250")]
    Windows1250,
    /// Windows for Cyrillic.
    #[serde(rename = "windows-1251")]
    Windows1251,
    /// Windows for Greek.
    #[serde(rename = "windows-1253")]
    Windows1253,
    /// Windows for Turkish.
    #[serde(rename = "windows-1254")]
    Windows1254,
    /// Latin-2.
    #[serde(rename = "iso-8859-2")]
    Iso8859_2,
    /// Latin-9, which has the euro sign.
    #[serde(rename = "iso-8859-15")]
    Iso8859_15,
    /// Classic Mac OS.
    #[serde(rename = "macintosh")]
    Macintosh,
}

impl Encoding {
    /// The single-byte table, or none for the Unicode forms.
    fn table(self) -> Option<&'static encoding_rs::Encoding> {
        Some(match self {
            Self::Utf8 | Self::Utf16Le | Self::Utf16Be => return None,
            Self::Windows1252 => encoding_rs::WINDOWS_1252,
            Self::Windows1250 => encoding_rs::WINDOWS_1250,
            Self::Windows1251 => encoding_rs::WINDOWS_1251,
            Self::Windows1253 => encoding_rs::WINDOWS_1253,
            Self::Windows1254 => encoding_rs::WINDOWS_1254,
            Self::Iso8859_2 => encoding_rs::ISO_8859_2,
            Self::Iso8859_15 => encoding_rs::ISO_8859_15,
            Self::Macintosh => encoding_rs::MACINTOSH,
        })
    }

    /// Decodes bytes as they come out of [`crate::read`]'s source, where UTF-16 has already become
    /// UTF-8. The second value lists, in hexadecimal, up to 16 bytes that are no text.
    pub(crate) fn decode(self, bytes: &[u8]) -> (Cow<'_, str>, Option<String>) {
        match self.table() {
            None => match std::str::from_utf8(bytes) {
                Ok(text) => (Cow::Borrowed(text), None),
                Err(_) => (String::from_utf8_lossy(bytes), Some(invalid_utf8(bytes))),
            },
            Some(table) => {
                let (text, _) = table.decode_without_bom_handling(bytes);
                // The web's tables turn unassigned bytes of Windows code pages into C1 controls,
                // which no one ever typed; elsewhere into U+FFFD.
                let undecodable = |c: char| matches!(c, '\u{80}'..='\u{9f}' | '\u{fffd}');
                if text.is_ascii() || !text.chars().any(undecodable) {
                    return (text, None);
                }
                let mut bad = String::new();
                for (byte, c) in bytes.iter().zip(text.chars()) {
                    if undecodable(c) && bad.len() < 48 {
                        push_hex(&mut bad, *byte);
                    }
                }
                let text = text.replace(undecodable, "\u{fffd}");
                (Cow::Owned(text), Some(bad))
            }
        }
    }

    /// The start of a file as text, whatever is in it.
    pub(crate) fn preview(self, head: &[u8]) -> String {
        let table = match self {
            Self::Utf8 => encoding_rs::UTF_8,
            Self::Utf16Le => encoding_rs::UTF_16LE,
            Self::Utf16Be => encoding_rs::UTF_16BE,
            other => other.table().unwrap_or(encoding_rs::UTF_8),
        };
        table.decode_with_bom_removal(head).0.into_owned()
    }
}

fn push_hex(out: &mut String, byte: u8) {
    if !out.is_empty() {
        out.push(' ');
    }
    // Writing to a String can't fail.
    let _ = write!(out, "{byte:02X}");
}

fn invalid_utf8(bytes: &[u8]) -> String {
    let mut bad = String::new();
    for chunk in bytes.utf8_chunks() {
        for byte in chunk.invalid() {
            if bad.len() >= 48 {
                return bad;
            }
            push_hex(&mut bad, *byte);
        }
    }
    bad
}

/// The encoding of a file, judged by its start. `complete` says whether that is all of it.
pub(super) fn detect(head: &[u8], complete: bool) -> Encoding {
    match head {
        [0xef, 0xbb, 0xbf, ..] => return Encoding::Utf8,
        [0xff, 0xfe, ..] => return Encoding::Utf16Le,
        [0xfe, 0xff, ..] => return Encoding::Utf16Be,
        _ => {}
    }
    if let Some(wide) = utf16_without_mark(head) {
        return wide;
    }
    let mut tally = Tally::default();
    tally.add(head, complete);
    tally.verdict()
}

/// Counts what speaks for and against UTF-8.
#[derive(Default)]
pub(super) struct Tally {
    sequences: u64,
    errors: u64,
}

impl Tally {
    /// Adds bytes; returns how many at the end belong to a character cut in two.
    pub(super) fn add(&mut self, bytes: &[u8], complete: bool) -> usize {
        if bytes.is_ascii() {
            return 0;
        }
        let mut chunks = bytes.utf8_chunks().peekable();
        let mut cut = 0;
        while let Some(chunk) = chunks.next() {
            let wide = chunk.valid().bytes().filter(|byte| *byte >= 0xc0).count();
            self.sequences += wide as u64;
            if chunk.invalid().is_empty() {
                continue;
            }
            let unfinished = std::str::from_utf8(chunk.invalid())
                .is_err_and(|error| error.error_len().is_none());
            if chunks.peek().is_none() && unfinished && !complete {
                cut = chunk.invalid().len();
            } else {
                self.errors += 1;
            }
        }
        cut
    }

    /// Whether anything but ASCII was seen.
    pub(super) fn is_ascii(&self) -> bool {
        self.sequences == 0 && self.errors == 0
    }

    /// A few broken bytes among many good sequences are damage, not another encoding.
    pub(super) fn verdict(&self) -> Encoding {
        if self.errors * 10 <= self.sequences {
            Encoding::Utf8
        } else {
            Encoding::Windows1252
        }
    }
}

/// UTF-16 without a mark betrays itself by zero bytes at every other place.
fn utf16_without_mark(head: &[u8]) -> Option<Encoding> {
    let pairs = head.len() / 2;
    let even = head.iter().step_by(2).filter(|byte| **byte == 0).count();
    let odd = head
        .iter()
        .skip(1)
        .step_by(2)
        .filter(|byte| **byte == 0)
        .count();
    if pairs < 2 || (even + odd) * 20 < pairs {
        return None;
    }
    if odd > 0 && even * 20 <= odd {
        Some(Encoding::Utf16Le)
    } else if even > 0 && odd * 20 <= even {
        Some(Encoding::Utf16Be)
    } else {
        None
    }
}
