//! Finding one record in a window of bytes.
//!
//! A scan always starts at the beginning of a record and keeps no state, so that a record can be
//! scanned again: with more bytes, or with a quote known not to be one.

use memchr::{memchr, memchr2, memchr3};

/// The characters with a meaning.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Syntax {
    pub(crate) delimiter: u8,
    pub(crate) quote: Option<u8>,
    pub(crate) backslash: bool,
}

/// What bounds a scan.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bounds {
    /// The most lines of one quoted cell.
    pub(crate) quoted_lines: usize,
    /// How many cells are kept; further ones are only counted.
    pub(crate) cells: usize,
}

/// What a scan came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scan {
    /// A record of so many bytes, its end of line included.
    Record { used: usize },
    /// A line without anything in it, of so many bytes.
    Blank { used: usize },
    /// The record goes on past the window; perhaps within the quote that stands here.
    More { open: Option<usize> },
    /// The quote that stands here is not closed. `seen` bytes were looked at to find that out.
    Unclosed { at: usize, seen: usize },
    /// There is no further record.
    End,
}

/// The cells of a scanned record.
#[derive(Debug, Default)]
pub(crate) struct Cells {
    text: Vec<u8>,
    ends: Vec<usize>,
    /// How many cells there are, those not kept included.
    pub(crate) count: usize,
    /// The cells (from 0) in which a quote stands where none may.
    pub(crate) stray: Vec<usize>,
}

impl Cells {
    /// The bytes of a kept cell.
    pub(crate) fn get(&self, index: usize) -> &[u8] {
        let start = index.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.text[start..self.ends[index]]
    }

    /// How many cells are kept.
    pub(crate) fn kept(&self) -> usize {
        self.ends.len()
    }

    fn clear(&mut self) {
        self.text.clear();
        self.ends.clear();
        self.stray.clear();
        self.count = 0;
    }

    fn close(&mut self, keep: usize) {
        if self.count < keep {
            self.ends.push(self.text.len());
        } else {
            self.text
                .truncate(self.ends.last().copied().unwrap_or_default());
        }
        self.count += 1;
    }

    fn mark_stray(&mut self) {
        if self.stray.len() < 20 && self.stray.last() != Some(&self.count) {
            self.stray.push(self.count);
        }
    }
}

enum Quoted {
    Closed {
        next: usize,
    },
    /// It only looked like a quoted cell.
    Literal,
    More,
    Unclosed {
        seen: usize,
    },
}

/// Scans one record. `dead` lists, in ascending order, the quotes that are known not to open a
/// cell; they are left out. `ended` says that nothing follows `bytes`.
pub(crate) fn scan(
    bytes: &[u8],
    ended: bool,
    syntax: Syntax,
    dead: &[usize],
    bounds: Bounds,
    cells: &mut Cells,
) -> Scan {
    cells.clear();
    let mut at = match bytes {
        [] if ended => return Scan::End,
        [] => return Scan::More { open: None },
        [b'\r', b'\n', ..] => return Scan::Blank { used: 2 },
        [b'\r'] if !ended => return Scan::More { open: None },
        [b'\n' | b'\r', ..] => return Scan::Blank { used: 1 },
        _ => 0,
    };
    loop {
        let mut start = at;
        let mut quoted = false;
        if let Some(quote) = syntax.quote {
            let first = at + padding(&bytes[at..], syntax);
            match bytes.get(first) {
                None if !ended => return Scan::More { open: None },
                Some(byte) if *byte == quote => {
                    if dead.binary_search(&first).is_ok() {
                        start = first + 1;
                    } else {
                        match scan_quoted(bytes, ended, syntax, quote, first, bounds, cells) {
                            Quoted::Closed { next } => {
                                at = next;
                                quoted = true;
                            }
                            Quoted::Literal => cells.mark_stray(),
                            Quoted::More => return Scan::More { open: Some(first) },
                            Quoted::Unclosed { seen } => {
                                return Scan::Unclosed { at: first, seen };
                            }
                        }
                    }
                }
                _ => {}
            }
        }
        if !quoted {
            let length = memchr3(syntax.delimiter, b'\n', b'\r', &bytes[start..]);
            at = match length {
                Some(length) => start + length,
                None if ended => bytes.len(),
                None => return Scan::More { open: None },
            };
            cells.text.extend_from_slice(&bytes[start..at]);
        }
        cells.close(bounds.cells);
        match bytes[at..] {
            [] if ended => return Scan::Record { used: at },
            [] | [b'\r'] if !ended => return Scan::More { open: None },
            [b'\r', b'\n', ..] => return Scan::Record { used: at + 2 },
            [b'\n' | b'\r', ..] => return Scan::Record { used: at + 1 },
            // The delimiter.
            _ => at += 1,
        }
    }
}

/// Reads the quoted cell that opens at `open` into `cells`.
fn scan_quoted(
    bytes: &[u8],
    ended: bool,
    syntax: Syntax,
    quote: u8,
    open: usize,
    bounds: Bounds,
    cells: &mut Cells,
) -> Quoted {
    let kept = cells.text.len();
    let mut from = open + 1;
    let mut lines = 0;
    loop {
        let rest = &bytes[from..];
        let found = if syntax.backslash {
            memchr2(quote, b'\\', rest)
        } else {
            memchr(quote, rest)
        };
        let stop = found.map_or(bytes.len(), |length| from + length);
        lines += line_breaks(&bytes[from..stop]);
        if lines > bounds.quoted_lines {
            return Quoted::Unclosed { seen: stop };
        }
        if found.is_none() {
            return if ended {
                Quoted::Unclosed { seen: stop }
            } else {
                Quoted::More
            };
        }
        cells.text.extend_from_slice(&bytes[from..stop]);
        let Some(&next) = bytes.get(stop + 1) else {
            if !ended {
                return Quoted::More;
            }
            if bytes[stop] == quote {
                return Quoted::Closed { next: stop + 1 };
            }
            return Quoted::Unclosed { seen: stop };
        };
        if bytes[stop] != quote {
            // A backslash escapes only quotes and itself.
            if next != quote && next != b'\\' {
                cells.text.push(b'\\');
                from = stop + 1;
            } else {
                cells.text.push(next);
                from = stop + 2;
            }
            continue;
        }
        if next == quote {
            cells.text.push(quote);
            from = stop + 2;
            continue;
        }
        match ends_cell(bytes, ended, syntax, stop + 1) {
            None => return Quoted::More,
            Some(Some(next)) => return Quoted::Closed { next },
            Some(None) => {}
        }
        // Text follows the closing quote, so it is none.
        if stop > open + 1 && opens_cell(bytes, syntax, stop) {
            cells.text.truncate(kept);
            return Quoted::Unclosed { seen: stop };
        }
        match close_on_line(bytes, ended, syntax, quote, stop + 1) {
            None => return Quoted::More,
            Some(Some((close, next))) => {
                cells.mark_stray();
                push_collapsed(&mut cells.text, &bytes[stop..close], quote);
                return Quoted::Closed { next };
            }
            Some(None) if lines == 0 => {
                cells.text.truncate(kept);
                return Quoted::Literal;
            }
            Some(None) => {
                cells.mark_stray();
                cells.text.push(quote);
                from = stop + 1;
            }
        }
    }
}

/// Whether a cell ends at `at`, save for spaces: where its delimiter, line end or the end of the
/// file stands. The outer `None` means that more bytes are needed to tell.
#[expect(
    clippy::option_option,
    reason = "three answers: unknown, no, yes and where"
)]
fn ends_cell(bytes: &[u8], ended: bool, syntax: Syntax, at: usize) -> Option<Option<usize>> {
    let end = at + padding(&bytes[at..], syntax);
    match bytes.get(end) {
        None if ended => Some(Some(end)),
        None => None,
        Some(byte) if is_end(*byte, syntax) => Some(Some(end)),
        Some(_) => Some(None),
    }
}

/// Whether the quote at `at` stands where a cell begins.
fn opens_cell(bytes: &[u8], syntax: Syntax, at: usize) -> bool {
    at.checked_sub(1)
        .and_then(|before| bytes.get(before))
        .is_some_and(|byte| is_end(*byte, syntax))
}

/// Looks on the rest of the line for a quote that ends the cell, before one that opens another.
#[expect(
    clippy::option_option,
    reason = "three answers: unknown, no, yes and where"
)]
fn close_on_line(
    bytes: &[u8],
    ended: bool,
    syntax: Syntax,
    quote: u8,
    from: usize,
) -> Option<Option<(usize, usize)>> {
    let mut at = from;
    loop {
        let Some(length) = memchr3(quote, b'\n', b'\r', &bytes[at..]) else {
            return ended.then_some(None);
        };
        at += length;
        if bytes[at] != quote || opens_cell(bytes, syntax, at) {
            return Some(None);
        }
        if let Some(next) = ends_cell(bytes, ended, syntax, at + 1)? {
            return Some(Some((at, next)));
        }
        at += 1;
    }
}

fn push_collapsed(out: &mut Vec<u8>, text: &[u8], quote: u8) {
    let mut skip = false;
    for byte in text {
        if *byte == quote && out.last() == Some(&quote) && !skip {
            skip = true;
            continue;
        }
        skip = false;
        out.push(*byte);
    }
}

fn is_end(byte: u8, syntax: Syntax) -> bool {
    byte == syntax.delimiter || byte == b'\n' || byte == b'\r'
}

/// How many spaces stand before a quote or after one.
fn padding(bytes: &[u8], syntax: Syntax) -> usize {
    if syntax.delimiter == b' ' {
        return 0;
    }
    bytes.iter().take_while(|byte| **byte == b' ').count()
}

/// How many lines end within the bytes, whatever ends them.
pub(crate) fn line_breaks(bytes: &[u8]) -> usize {
    let mut count = 0;
    let mut at = 0;
    while let Some(length) = memchr2(b'\n', b'\r', &bytes[at..]) {
        at += length + 1;
        count += 1;
        if bytes[at - 1] == b'\r' && bytes.get(at) == Some(&b'\n') {
            at += 1;
        }
    }
    count
}
