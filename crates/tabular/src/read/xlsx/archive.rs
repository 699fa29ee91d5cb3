//! ZIP archives, read with bounds on what really comes out of them.
//!
//! Sizes that the archive claims are never believed: the bytes are counted as they are unpacked,
//! and their checksum is compared at the end.

use std::io::{self, BufReader, Read, Seek, SeekFrom, Take};

use flate2::Crc;
use flate2::bufread::DeflateDecoder;

use crate::error::TabularError;
use crate::limits::WorkbookLimits;

const END: &[u8; 4] = b"PK\x05\x06";
const END_64: &[u8; 4] = b"PK\x06\x06";
const LOCATOR_64: &[u8; 4] = b"PK\x06\x07";
const CENTRAL: &[u8; 4] = b"PK\x01\x02";
const LOCAL: &[u8; 4] = b"PK\x03\x04";
/// The longest end of an archive: its fixed part and a comment.
const LONGEST_END: u64 = 22 + 65_535;
/// The largest directory that is read.
const LARGEST_DIRECTORY: u64 = 8 << 20;

#[derive(Clone, Debug)]
struct Entry {
    /// In lower case, because programs disagree about it.
    name: String,
    deflated: bool,
    crc: u32,
    packed: u64,
    header: u64,
}

/// An archive with its directory.
#[derive(Debug)]
pub(super) struct Archive<R> {
    source: R,
    entries: Vec<Entry>,
    limits: WorkbookLimits,
    /// How many more bytes may be unpacked.
    left: u64,
}

impl<R: Read + Seek> Archive<R> {
    /// Reads the directory at the end of an archive.
    pub(super) fn open(mut source: R, limits: &WorkbookLimits) -> Result<Self, TabularError> {
        let entries = directory(&mut source, limits).map_err(|error| match error {
            TabularError::Io(error) if error.kind() == io::ErrorKind::UnexpectedEof => cut_off(),
            other => other,
        })?;
        Ok(Self {
            source,
            entries,
            limits: limits.clone(),
            left: limits.total_bytes,
        })
    }

    fn ratio(&self) -> (u64, u64) {
        (self.limits.ratio, self.limits.ratio_from)
    }

    /// Whether there is a part of that name.
    pub(super) fn has(&self, name: &str) -> bool {
        self.find(name).is_some()
    }

    fn find(&self, name: &str) -> Option<&Entry> {
        let name = name.trim_start_matches('/').to_ascii_lowercase();
        self.entries.iter().find(|entry| entry.name == name)
    }

    fn seek(&mut self, name: &str) -> Result<Entry, TabularError> {
        let entry = self
            .find(name)
            .cloned()
            .ok_or_else(|| TabularError::damaged(format!("the workbook lacks its part {name}")))?;
        let source = &mut self.source;
        source.seek(SeekFrom::Start(entry.header))?;
        let mut head = [0; 30];
        source.read_exact(&mut head).map_err(|_| cut_off())?;
        if !head.starts_with(LOCAL) {
            return Err(cut_off());
        }
        let skip = i64::from(short(&head, 26)) + i64::from(short(&head, 28));
        source.seek_relative(skip)?;
        Ok(entry)
    }

    /// Reads a part, of at most `limit` bytes.
    pub(super) fn read<T>(
        &mut self,
        name: &str,
        limit: u64,
        read: impl FnOnce(&mut Part<&mut R>) -> Result<T, TabularError>,
    ) -> Result<T, TabularError> {
        let entry = self.seek(name)?;
        let (left, ratio) = (self.left.min(limit), self.ratio());
        let mut part = Part::new(&mut self.source, &entry, left, ratio);
        let outcome = read(&mut part)?;
        let used = part.unpacked;
        self.left -= used;
        Ok(outcome)
    }

    /// Gives the archive up for one of its parts.
    pub(super) fn into_part(mut self, name: &str, limit: u64) -> Result<Part<R>, TabularError> {
        let entry = self.seek(name)?;
        let left = self.left.min(limit);
        let ratio = self.ratio();
        Ok(Part::new(self.source, &entry, left, ratio))
    }
}

/// One part of an archive, as it is unpacked.
#[derive(Debug)]
pub(super) struct Part<S> {
    packing: Packing<S>,
    crc: Crc,
    expected: u32,
    left: u64,
    unpacked: u64,
    ratio: (u64, u64),
}

#[derive(Debug)]
enum Packing<S> {
    Stored(Take<S>),
    Deflated(DeflateDecoder<BufReader<Take<S>>>),
}

impl<S: Read> Part<S> {
    fn new(source: S, entry: &Entry, left: u64, ratio: (u64, u64)) -> Self {
        let raw = source.take(entry.packed);
        let packing = if entry.deflated {
            Packing::Deflated(DeflateDecoder::new(BufReader::with_capacity(
                32 * 1024,
                raw,
            )))
        } else {
            Packing::Stored(raw)
        };
        Self {
            packing,
            crc: Crc::new(),
            expected: entry.crc,
            left,
            unpacked: 0,
            ratio,
        }
    }

    /// Reads the rest, only to compare the checksum.
    pub(super) fn drain(&mut self) -> Result<(), TabularError> {
        io::copy(self, &mut io::sink())?;
        Ok(())
    }

    fn check(&mut self, got: usize) -> Result<(), TabularError> {
        let got = got as u64;
        self.unpacked += got;
        if got > self.left {
            return Err(TabularError::limit(
                "The workbook unpacks to more data than is read. Split it, or send it as CSV.",
            ));
        }
        self.left -= got;
        if let Packing::Deflated(decoder) = &self.packing {
            let packed = decoder.total_in().max(1);
            let (most, from) = self.ratio;
            if self.unpacked > from && self.unpacked / packed > most {
                return Err(TabularError::limit(
                    "The workbook is packed so tightly that it is probably an attack. Send the table as CSV instead.",
                ));
            }
        }
        Ok(())
    }
}

impl<S: Read> Read for Part<S> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let got = match &mut self.packing {
            Packing::Stored(source) => source.read(buffer)?,
            Packing::Deflated(source) => source.read(buffer).map_err(|error| {
                let broken = matches!(
                    error.kind(),
                    io::ErrorKind::InvalidInput
                        | io::ErrorKind::InvalidData
                        | io::ErrorKind::UnexpectedEof
                );
                if broken { cut_off().into() } else { error }
            })?,
        };
        if got == 0 && !buffer.is_empty() {
            if self.crc.sum() != self.expected {
                return Err(cut_off().into());
            }
            return Ok(0);
        }
        self.check(got)?;
        self.crc.update(&buffer[..got]);
        Ok(got)
    }
}

fn cut_off() -> TabularError {
    TabularError::damaged("the workbook is incomplete or was changed on its way")
}

fn short(bytes: &[u8], at: usize) -> u16 {
    bytes
        .get(at..at + 2)
        .and_then(|pair| pair.try_into().ok())
        .map_or(0, u16::from_le_bytes)
}

fn word(bytes: &[u8], at: usize) -> u32 {
    u32::from(short(bytes, at)) | (u32::from(short(bytes, at + 2)) << 16)
}

fn long(bytes: &[u8], at: usize) -> u64 {
    u64::from(word(bytes, at)) | (u64::from(word(bytes, at + 4)) << 32)
}

fn directory<R: Read + Seek>(
    source: &mut R,
    limits: &WorkbookLimits,
) -> Result<Vec<Entry>, TabularError> {
    let length = source.seek(SeekFrom::End(0))?;
    let tail_at = length.saturating_sub(LONGEST_END);
    source.seek(SeekFrom::Start(tail_at))?;
    let mut tail = Vec::new();
    source.by_ref().take(LONGEST_END).read_to_end(&mut tail)?;
    let end = tail
        .windows(4)
        .rposition(|window| window == END)
        .filter(|end| tail.len() >= end + 22)
        .ok_or_else(cut_off)?;
    let mut end_at = tail_at + end as u64;
    let end = &tail[end..];
    let mut count = u64::from(short(end, 10));
    let mut size = u64::from(word(end, 12));
    let mut start = u64::from(word(end, 16));
    if let Some(large) = large_end(source, end_at)? {
        (end_at, count, size, start) = large;
    }
    let too_many = || TabularError::limit("The workbook is made of too many parts.");
    if count > limits.entries as u64 || size > LARGEST_DIRECTORY {
        return Err(too_many());
    }
    // Something may stand before the archive; then all its positions are off by that much.
    let shift = end_at
        .checked_sub(size)
        .and_then(|at| at.checked_sub(start))
        .ok_or_else(cut_off)?;
    source.seek(SeekFrom::Start(start + shift))?;
    let mut bytes = Vec::new();
    source.by_ref().take(size).read_to_end(&mut bytes)?;
    let mut entries = Vec::new();
    let mut rest = &bytes[..];
    while rest.starts_with(CENTRAL) {
        if entries.len() >= limits.entries {
            return Err(too_many());
        }
        let [name, extra, comment] = [28, 30, 32].map(|at| usize::from(short(rest, at)));
        let record = rest
            .get(..46 + name + extra + comment)
            .ok_or_else(cut_off)?;
        entries.extend(entry(record, name, extra, shift)?);
        rest = &rest[record.len()..];
    }
    Ok(entries)
}

/// The end of an archive in the 64-bit form: where it stands, entries, size and start.
fn large_end<R: Read + Seek>(
    source: &mut R,
    end_at: u64,
) -> Result<Option<(u64, u64, u64, u64)>, TabularError> {
    let Some(locator_at) = end_at.checked_sub(20) else {
        return Ok(None);
    };
    source.seek(SeekFrom::Start(locator_at))?;
    let mut locator = [0; 20];
    source.read_exact(&mut locator)?;
    if !locator.starts_with(LOCATOR_64) {
        return Ok(None);
    }
    let at = long(&locator, 8);
    source.seek(SeekFrom::Start(at))?;
    let mut end = [0; 56];
    source.read_exact(&mut end)?;
    if !end.starts_with(END_64) {
        return Err(cut_off());
    }
    Ok(Some((at, long(&end, 32), long(&end, 40), long(&end, 48))))
}

fn entry(
    record: &[u8],
    name: usize,
    extra: usize,
    shift: u64,
) -> Result<Option<Entry>, TabularError> {
    let (flags, method) = (short(record, 8), short(record, 10));
    let text = String::from_utf8_lossy(&record[46..46 + name]);
    let mut packed = u64::from(word(record, 20));
    let unpacked = word(record, 24);
    let mut header = u64::from(word(record, 42));
    let mut fields = &record[46 + name..46 + name + extra];
    while fields.len() >= 4 {
        let size = usize::from(short(fields, 2));
        if short(fields, 0) == 1 {
            // The 64-bit sizes stand here in order, each only if its short form is all ones.
            let mut at = 4;
            if unpacked == u32::MAX {
                at += 8;
            }
            if packed == u64::from(u32::MAX) {
                packed = long(fields, at);
                at += 8;
            }
            if header == u64::from(u32::MAX) {
                header = long(fields, at);
            }
        }
        fields = fields.get(4 + size..).unwrap_or_default();
    }
    let name = text.replace('\\', "/").to_ascii_lowercase();
    if flags & 1 != 0 {
        return Err(TabularError::Unsupported(
            "The workbook is protected by a password. Save it without one, or as CSV.".to_owned(),
        ));
    }
    // A part in another packing is only missed if it is needed.
    if method != 0 && method != 8 {
        return Ok(None);
    }
    Ok(Some(Entry {
        name,
        deflated: method == 8,
        crc: word(record, 16),
        packed,
        header: header.checked_add(shift).ok_or_else(cut_off)?,
    }))
}
