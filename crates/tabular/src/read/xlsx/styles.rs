//! Which cells show their number as a date or a time: a workbook tells only by their format.

use std::collections::HashMap;
use std::io::{Read, Seek};

use quick_xml::events::Event;

use crate::error::TabularError;

use super::archive::Archive;
use super::xml::{Xml, attribute};

/// How long a tag may be.
const TAG: usize = 64 * 1024;
/// Excel's own bound on cell formats.
const FORMATS: usize = 65_536;

/// What a number stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub(super) enum Meaning {
    /// Itself.
    #[default]
    Number,
    /// A day.
    Date,
    /// A day and a time of day.
    DateTime,
    /// A time of day.
    Time,
    /// A length of time, such as 25:30.
    Duration,
}

/// The meaning of numbers by the index of their cell's style.
pub(super) fn read<R: Read + Seek>(
    archive: &mut Archive<R>,
    path: &str,
    limit: u64,
) -> Result<Vec<Meaning>, TabularError> {
    archive.read(path, limit, |part| {
        let mut xml = Xml::new(part, TAG);
        let mut custom = HashMap::new();
        let mut meanings = Vec::new();
        let mut in_cells = false;
        loop {
            match xml.next()? {
                Event::Eof => return Ok(meanings),
                Event::Start(tag) | Event::Empty(tag) => {
                    let id = || attribute(&tag, "numFmtId").and_then(|id| id.parse::<u32>().ok());
                    match tag.local_name().as_ref() {
                        "numFmt" if custom.len() < FORMATS => {
                            if let (Some(id), Some(code)) = (id(), attribute(&tag, "formatCode")) {
                                custom.insert(id, meaning_of(&code));
                            }
                        }
                        "cellXfs" => in_cells = true,
                        "xf" if in_cells && meanings.len() < FORMATS => {
                            let id = id().unwrap_or_default();
                            let meaning = custom.get(&id).copied();
                            meanings.push(meaning.unwrap_or_else(|| built_in(id)));
                        }
                        _ => {}
                    }
                }
                Event::End(tag) if tag.local_name().as_ref() == "cellXfs" => in_cells = false,
                _ => {}
            }
        }
    })
}

/// ECMA-376 part 1, 18.8.30; 27 to 36 and 50 to 58 are dates in East Asian locales.
fn built_in(id: u32) -> Meaning {
    match id {
        14..=17 | 27..=31 | 34..=36 | 50..=58 => Meaning::Date,
        18..=21 | 32 | 33 | 45 | 47 => Meaning::Time,
        22 => Meaning::DateTime,
        46 => Meaning::Duration,
        _ => Meaning::Number,
    }
}

/// What a format code such as `dd.mm.yyyy hh:mm` shows.
fn meaning_of(code: &str) -> Meaning {
    let (mut date, mut time, mut months) = (false, false, 0);
    let mut characters = code.chars();
    while let Some(c) = characters.next() {
        match c.to_ascii_lowercase() {
            // Only the form for positive numbers counts.
            ';' => break,
            '"' => {
                characters.by_ref().find(|c| *c == '"');
            }
            // An escaped character, a space as wide as a character, a filler.
            '\\' | '_' | '*' => {
                characters.next();
            }
            '[' => {
                let inside: String = characters.by_ref().take_while(|c| *c != ']').collect();
                let inside = inside.to_ascii_lowercase();
                let mut letters = inside.chars();
                if let Some(first @ ('h' | 'm' | 's')) = letters.next()
                    && letters.all(|c| c == first)
                {
                    return Meaning::Duration;
                }
            }
            'y' | 'd' => date = true,
            'h' | 's' => time = true,
            'a' if characters.as_str().to_ascii_lowercase().starts_with("m/pm") => time = true,
            'm' => months += 1,
            'g' if characters
                .as_str()
                .to_ascii_lowercase()
                .starts_with("eneral") =>
            {
                return Meaning::Number;
            }
            _ => {}
        }
    }
    match (date, time) {
        (true, true) => Meaning::DateTime,
        (true, false) => Meaning::Date,
        (false, true) => Meaning::Time,
        (false, false) if months > 0 => Meaning::Date,
        (false, false) => Meaning::Number,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_tell_dates_from_numbers() {
        for (code, expected) in [
            ("General", Meaning::Number),
            ("0.00E+00", Meaning::Number),
            ("#,##0.00 [$€-407];[Red]-#,##0.00 [$€-407]", Meaning::Number),
            ("0 \"days\"", Meaning::Number),
            ("0\\d", Meaning::Number),
            ("dd.mm.yyyy", Meaning::Date),
            ("[$-409]mmmm", Meaning::Date),
            ("[$-F800]dddd, mmmm dd, yyyy", Meaning::Date),
            ("yyyy\\-mm\\-dd hh:mm:ss", Meaning::DateTime),
            ("h:mm AM/PM", Meaning::Time),
            ("mm:ss", Meaning::Time),
            ("[h]:mm", Meaning::Duration),
            ("@", Meaning::Number),
        ] {
            assert_eq!(meaning_of(code), expected, "{code}");
        }
    }
}
