//! The table of shared strings: large in memory up to a bound, then in a temporary file.

use std::fs::File;
use std::io::{self, BufWriter, Read, Seek, SeekFrom, Write};

use quick_xml::events::Event;

use crate::error::TabularError;

use super::archive::Archive;
use super::xml::{Xml, append_text, unescape_characters};

/// The place of only every sixteenth string is noted; the others are found from there.
const STRIDE: usize = 16;
const PAGE: usize = 64 * 1024;
const PAGES: usize = 128;

/// Strings by their number. Each is stored as its length (four bytes) and its bytes.
#[derive(Debug, Default)]
pub(super) struct Strings {
    memory: Vec<u8>,
    places: Vec<u64>,
    count: usize,
    length: u64,
    file: Option<Paged>,
}

impl Strings {
    /// Reads the table; strings longer than `cell` bytes are cut a little above that.
    pub(super) fn read<R: Read + Seek>(
        archive: &mut Archive<R>,
        path: &str,
        limit: u64,
        in_memory: usize,
        cell: usize,
    ) -> Result<Self, TabularError> {
        archive.read(path, limit, |part| {
            let mut strings = Self::default();
            let mut spill: Option<BufWriter<File>> = None;
            let mut xml = Xml::new(part, 16 << 20);
            let mut text = String::new();
            let (mut in_text, mut phonetic) = (false, false);
            loop {
                let event = xml.next()?;
                match &event {
                    Event::Eof => break,
                    Event::Start(tag) => match tag.local_name().as_ref() {
                        "si" => text.clear(),
                        "rPh" => phonetic = true,
                        "t" => in_text = !phonetic,
                        _ => {}
                    },
                    Event::Empty(tag) if tag.local_name().as_ref() == "si" => {
                        strings.push("", &mut spill)?;
                    }
                    Event::End(tag) => match tag.local_name().as_ref() {
                        "si" => {
                            let whole = unescape_characters(std::mem::take(&mut text));
                            strings.push(&whole, &mut spill)?;
                            if strings.memory.len() > in_memory {
                                strings.start_spill(&mut spill)?;
                            }
                        }
                        "rPh" => phonetic = false,
                        "t" => in_text = false,
                        _ => {}
                    },
                    other if in_text => append_text(other, &mut text, cell),
                    _ => {}
                }
            }
            if let Some(writer) = spill {
                let file = writer
                    .into_inner()
                    .map_err(io::IntoInnerError::into_error)?;
                strings.file = Some(Paged::new(file));
            }
            Ok(strings)
        })
    }

    fn push(&mut self, text: &str, spill: &mut Option<BufWriter<File>>) -> io::Result<()> {
        if self.count.is_multiple_of(STRIDE) {
            self.places.push(self.length);
        }
        let size = u32::try_from(text.len()).map_err(io::Error::other)?;
        let size = size.to_le_bytes();
        if let Some(writer) = spill {
            writer.write_all(&size)?;
            writer.write_all(text.as_bytes())?;
        } else {
            self.memory.extend_from_slice(&size);
            self.memory.extend_from_slice(text.as_bytes());
        }
        self.length += (size.len() + text.len()) as u64;
        self.count += 1;
        Ok(())
    }

    fn start_spill(&mut self, spill: &mut Option<BufWriter<File>>) -> io::Result<()> {
        let mut writer = BufWriter::with_capacity(PAGE, tempfile::tempfile()?);
        writer.write_all(&self.memory)?;
        self.memory = Vec::new();
        *spill = Some(writer);
        Ok(())
    }

    /// A string by its number.
    pub(super) fn get(&mut self, index: usize) -> Result<Option<String>, TabularError> {
        if index >= self.count {
            return Ok(None);
        }
        let mut at = self.places[index / STRIDE];
        let mut size = [0; 4];
        for _ in 0..index % STRIDE {
            self.copy(at, &mut size)?;
            at += 4 + u64::from(u32::from_le_bytes(size));
        }
        self.copy(at, &mut size)?;
        let mut bytes = vec![0; u32::from_le_bytes(size) as usize];
        self.copy(at + 4, &mut bytes)?;
        String::from_utf8(bytes)
            .map(Some)
            .map_err(|error| io::Error::other(error).into())
    }

    fn copy(&mut self, at: u64, out: &mut [u8]) -> io::Result<()> {
        if let Some(file) = &mut self.file {
            return file.copy(at, out);
        }
        let start = usize::try_from(at).map_err(io::Error::other)?;
        out.copy_from_slice(&self.memory[start..start + out.len()]);
        Ok(())
    }
}

/// A file read through a small cache of pages.
#[derive(Debug)]
struct Paged {
    file: File,
    pages: Vec<(u64, Vec<u8>)>,
}

impl Paged {
    fn new(file: File) -> Self {
        Self {
            file,
            pages: vec![(u64::MAX, Vec::new()); PAGES],
        }
    }

    fn copy(&mut self, mut at: u64, mut out: &mut [u8]) -> io::Result<()> {
        while !out.is_empty() {
            let number = at / PAGE as u64;
            let within = usize::try_from(at % PAGE as u64).map_err(io::Error::other)?;
            let page = self.page(number)?;
            let available = page.get(within..).unwrap_or_default();
            let count = available.len().min(out.len());
            if count == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            let (now, later) = out.split_at_mut(count);
            now.copy_from_slice(&available[..count]);
            out = later;
            at += count as u64;
        }
        Ok(())
    }

    fn page(&mut self, number: u64) -> io::Result<&[u8]> {
        let slot = usize::try_from(number % PAGES as u64).map_err(io::Error::other)?;
        let (held, bytes) = &mut self.pages[slot];
        if *held != number {
            *held = u64::MAX;
            self.file.seek(SeekFrom::Start(number * PAGE as u64))?;
            bytes.clear();
            (&self.file).take(PAGE as u64).read_to_end(bytes)?;
            *held = number;
        }
        Ok(bytes)
    }
}
