//! ZIP archives written straight to a receiver that can't be rewound.

use std::io::{self, Write};

use flate2::write::DeflateEncoder;
use flate2::{Compression, Crc};

use crate::error::TabularError;

/// 1 January 1980, the earliest date that the format knows: the same rows give the same bytes.
const DATE: u16 = 0x21;
/// The sizes follow the data, and names are UTF-8.
const FLAGS: u16 = 0x0808;
const DEFLATED: u16 = 8;
const VERSION: u16 = 20;

#[derive(Debug)]
struct Entry {
    name: String,
    crc: u32,
    packed: u32,
    unpacked: u32,
    header: u32,
}

/// An archive that is being written, part after part.
#[derive(Debug)]
pub(super) struct Zip<W: Write> {
    state: State<W>,
    entries: Vec<Entry>,
    name: String,
    crc: Crc,
    unpacked: u64,
    header: u64,
}

#[derive(Debug)]
enum State<W: Write> {
    Between(Counting<W>),
    Part(DeflateEncoder<Counting<W>>),
    /// Only while one state becomes the other, or after a failure in that.
    Lost,
}

impl<W: Write> Zip<W> {
    pub(super) fn new(sink: W) -> Self {
        Self {
            state: State::Between(Counting { sink, count: 0 }),
            entries: Vec::new(),
            name: String::new(),
            crc: Crc::new(),
            unpacked: 0,
            header: 0,
        }
    }

    /// Where the archive goes to.
    pub(super) fn sink_mut(&mut self) -> Option<&mut W> {
        match &mut self.state {
            State::Between(out) => Some(&mut out.sink),
            State::Part(encoder) => Some(&mut encoder.get_mut().sink),
            State::Lost => None,
        }
    }

    /// Begins a part.
    pub(super) fn start(&mut self, name: &str) -> Result<(), TabularError> {
        self.end()?;
        let State::Between(mut out) = std::mem::replace(&mut self.state, State::Lost) else {
            return Err(lost().into());
        };
        self.header = out.count;
        name.clone_into(&mut self.name);
        self.crc = Crc::new();
        self.unpacked = 0;
        let mut head = b"PK\x03\x04".to_vec();
        for short in [VERSION, FLAGS, DEFLATED, 0, DATE] {
            head.extend(short.to_le_bytes());
        }
        head.extend([0; 12]);
        head.extend(length(name)?.to_le_bytes());
        head.extend(0_u16.to_le_bytes());
        head.extend(name.as_bytes());
        out.write_all(&head)?;
        self.state = State::Part(DeflateEncoder::new(out, Compression::new(4)));
        Ok(())
    }

    /// Adds to the part.
    pub(super) fn write(&mut self, bytes: &[u8]) -> Result<(), TabularError> {
        let State::Part(encoder) = &mut self.state else {
            return Err(lost().into());
        };
        encoder.write_all(bytes)?;
        self.crc.update(bytes);
        self.unpacked += bytes.len() as u64;
        Ok(())
    }

    /// How much the part holds so far.
    pub(super) fn unpacked(&self) -> u64 {
        self.unpacked
    }

    /// Ends the part, if there is one.
    fn end(&mut self) -> Result<(), TabularError> {
        let encoder = match std::mem::replace(&mut self.state, State::Lost) {
            State::Part(encoder) => encoder,
            other => {
                self.state = other;
                return Ok(());
            }
        };
        let before = self.header + 30 + self.name.len() as u64;
        let mut out = encoder.finish()?;
        let entry = Entry {
            name: std::mem::take(&mut self.name),
            crc: self.crc.sum(),
            packed: small(out.count - before)?,
            unpacked: small(self.unpacked)?,
            header: small(self.header)?,
        };
        let mut tail = b"PK\x07\x08".to_vec();
        for word in [entry.crc, entry.packed, entry.unpacked] {
            tail.extend(word.to_le_bytes());
        }
        out.write_all(&tail)?;
        self.entries.push(entry);
        self.state = State::Between(out);
        Ok(())
    }

    /// Ends the archive with its directory.
    pub(super) fn finish(mut self) -> Result<W, TabularError> {
        self.end()?;
        let State::Between(mut out) = self.state else {
            return Err(lost().into());
        };
        let start = out.count;
        for entry in &self.entries {
            let mut record = b"PK\x01\x02".to_vec();
            for short in [VERSION, VERSION, FLAGS, DEFLATED, 0, DATE] {
                record.extend(short.to_le_bytes());
            }
            for word in [entry.crc, entry.packed, entry.unpacked] {
                record.extend(word.to_le_bytes());
            }
            record.extend(length(&entry.name)?.to_le_bytes());
            // Extra field, comment, disk and attributes.
            record.extend([0; 12]);
            record.extend(entry.header.to_le_bytes());
            record.extend(entry.name.as_bytes());
            out.write_all(&record)?;
        }
        let count = u16::try_from(self.entries.len()).map_err(|_| too_large())?;
        let mut end = b"PK\x05\x06\0\0\0\0".to_vec();
        end.extend(count.to_le_bytes());
        end.extend(count.to_le_bytes());
        end.extend(small(out.count - start)?.to_le_bytes());
        end.extend(small(start)?.to_le_bytes());
        end.extend(0_u16.to_le_bytes());
        out.write_all(&end)?;
        out.flush()?;
        Ok(out.sink)
    }
}

/// Counts what goes through.
#[derive(Debug)]
struct Counting<W> {
    sink: W,
    count: u64,
}

impl<W: Write> Write for Counting<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.sink.write(bytes)?;
        self.count += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.sink.flush()
    }
}

fn length(name: &str) -> Result<u16, TabularError> {
    u16::try_from(name.len()).map_err(|_| too_large())
}

fn small(size: u64) -> Result<u32, TabularError> {
    u32::try_from(size).map_err(|_| too_large())
}

fn too_large() -> TabularError {
    TabularError::limit("The workbook would be larger than 4 GiB. Take CSV instead.")
}

fn lost() -> io::Error {
    io::Error::other("the workbook was written to after a failure")
}
