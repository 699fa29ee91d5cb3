//! A window of bytes over a file, in which every encoding looks like ASCII with extras.
//!
//! UTF-8 and the single-byte encodings pass unchanged. UTF-16 becomes UTF-8 on the way; a lone
//! surrogate becomes its three-byte form, which no UTF-8 decoder accepts, so that it is reported
//! like any other undecodable byte, and so that positions in the file can still be computed.

use std::io::{self, Read, Seek, SeekFrom};

use crate::dialect::Encoding;

const CHUNK: usize = 64 * 1024;
/// What half a character of UTF-16 at the end of the file becomes.
const HALF: u8 = 0xff;

/// A growing window over a source; its owner consumes it from the front.
#[derive(Debug)]
pub(super) struct Window<R> {
    source: R,
    encoding: Encoding,
    buffer: Vec<u8>,
    start: usize,
    /// Raw bytes of UTF-16 that wait for their other half.
    carry: Vec<u8>,
    chunk: Vec<u8>,
    /// Where in the file the window starts.
    offset: u64,
    ended: bool,
}

impl<R: Read + Seek> Window<R> {
    /// A window at the beginning of the file, past a byte order mark.
    pub(super) fn new(source: R, encoding: Encoding) -> io::Result<Self> {
        let mut window = Self {
            source,
            encoding,
            buffer: Vec::new(),
            start: 0,
            carry: Vec::new(),
            chunk: vec![0; CHUNK],
            offset: 0,
            ended: false,
        };
        window.rewind()?;
        Ok(window)
    }

    /// Back to the beginning of the file, past a byte order mark.
    pub(super) fn rewind(&mut self) -> io::Result<()> {
        self.source.seek(SeekFrom::Start(0))?;
        let mut mark = [0; 3];
        let mut got = 0;
        while got < mark.len() {
            match self.source.read(&mut mark[got..])? {
                0 => break,
                n => got += n,
            }
        }
        let skip = match (self.encoding, &mark[..got]) {
            (Encoding::Utf8, [0xef, 0xbb, 0xbf]) => 3,
            (Encoding::Utf16Le, [0xff, 0xfe, ..]) | (Encoding::Utf16Be, [0xfe, 0xff, ..]) => 2,
            _ => 0,
        };
        self.seek(skip)
    }

    /// Moves to a byte of the file, which must be the start of a character.
    pub(super) fn seek(&mut self, offset: u64) -> io::Result<()> {
        self.source.seek(SeekFrom::Start(offset))?;
        self.buffer.clear();
        self.carry.clear();
        self.start = 0;
        self.offset = offset;
        self.ended = false;
        Ok(())
    }

    /// What has been read and not consumed.
    pub(super) fn bytes(&self) -> &[u8] {
        &self.buffer[self.start..]
    }

    /// Whether nothing follows the bytes in the window.
    pub(super) fn ended(&self) -> bool {
        self.ended
    }

    /// The byte of the file at which the window starts.
    pub(super) fn offset(&self) -> u64 {
        self.offset
    }

    /// Reads more, about as much as there is already, so that rescanning stays linear.
    pub(super) fn fill(&mut self) -> io::Result<()> {
        if self.start > 0 {
            self.buffer.drain(..self.start);
            self.start = 0;
        }
        let mut want = CHUNK.max(self.buffer.len());
        let mut chunk = std::mem::take(&mut self.chunk);
        let mut outcome = Ok(());
        while want > 0 && !self.ended && outcome.is_ok() {
            let size = chunk.len().min(want);
            match self.source.read(&mut chunk[..size]) {
                Ok(got) => {
                    want -= got;
                    self.append(&chunk[..got]);
                    self.ended = got == 0;
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => outcome = Err(error),
            }
        }
        self.chunk = chunk;
        outcome
    }

    /// Consumes from the front of the window.
    pub(super) fn consume(&mut self, count: usize) {
        let gone = &self.buffer[self.start..self.start + count];
        self.offset += match self.encoding {
            Encoding::Utf16Le | Encoding::Utf16Be => gone.iter().copied().map(width).sum(),
            _ => count as u64,
        };
        self.start += count;
    }

    fn append(&mut self, chunk: &[u8]) {
        match self.encoding {
            Encoding::Utf16Le => self.widen(chunk, u16::from_le_bytes),
            Encoding::Utf16Be => self.widen(chunk, u16::from_be_bytes),
            _ => self.buffer.extend_from_slice(chunk),
        }
    }

    /// Appends UTF-16 as UTF-8; an empty chunk is the end.
    fn widen(&mut self, chunk: &[u8], unit: fn([u8; 2]) -> u16) {
        if chunk.is_empty() {
            match self.carry[..] {
                [a, b] => push_unit(&mut self.buffer, unit([a, b])),
                [a, b, _] => {
                    push_unit(&mut self.buffer, unit([a, b]));
                    self.buffer.push(HALF);
                }
                [_] => self.buffer.push(HALF),
                _ => {}
            }
            self.carry.clear();
            return;
        }
        let mut bytes = std::mem::take(&mut self.carry);
        bytes.extend_from_slice(chunk);
        let mut rest = &bytes[..];
        while let [a, b, tail @ ..] = rest {
            let first = unit([*a, *b]);
            match (first, tail) {
                (0xd800..=0xdbff, [c, d, after @ ..]) => {
                    let second = unit([*c, *d]);
                    let pair = char::decode_utf16([first, second]).next();
                    if let Some(Ok(character)) = pair {
                        let mut utf8 = [0; 4];
                        self.buffer
                            .extend_from_slice(character.encode_utf8(&mut utf8).as_bytes());
                        rest = after;
                        continue;
                    }
                    push_unit(&mut self.buffer, first);
                }
                // The other half of the pair has not been read yet.
                (0xd800..=0xdbff, _) => break,
                _ => push_unit(&mut self.buffer, first),
            }
            rest = tail;
        }
        self.carry = rest.to_vec();
    }
}

/// One unit in the (generalised) UTF-8 form of up to three bytes.
fn push_unit(out: &mut Vec<u8>, unit: u16) {
    let [high, low] = unit.to_be_bytes();
    match unit {
        0..=0x7f => out.push(low),
        0x80..=0x7ff => out.extend([0xc0 | (high << 2) | (low >> 6), 0x80 | (low & 0x3f)]),
        _ => out.extend([
            0xe0 | (high >> 4),
            0x80 | ((high & 0x0f) << 2) | (low >> 6),
            0x80 | (low & 0x3f),
        ]),
    }
}

/// How many bytes of UTF-16 a byte of the UTF-8 form stands for.
fn width(byte: u8) -> u64 {
    match byte {
        0x80..=0xbf => 0,
        0xf0..=0xf7 => 4,
        HALF => 1,
        _ => 2,
    }
}
