//! What a workbook consists of: its sheets, and which system of dates it uses.

use std::io::{Read, Seek};

use quick_xml::events::Event;
use serde::Serialize;

use crate::error::TabularError;

use super::archive::Archive;
use super::xml::{Xml, attribute};

/// How long a tag in the small parts may be.
const TAG: usize = 64 * 1024;
/// The most sheets that are looked at.
const SHEETS: usize = 2_000;

/// A sheet of a workbook.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Sheet {
    /// Its name.
    pub name: String,
    /// Whether it is shown, not hidden.
    pub visible: bool,
}

/// A workbook's table of contents.
#[derive(Debug, Default)]
pub(super) struct Workbook {
    /// The sheets with the path of their part.
    pub(super) sheets: Vec<(Sheet, String)>,
    /// Whether days count from 1904 instead of 1900.
    pub(super) from_1904: bool,
    pub(super) strings: Option<String>,
    pub(super) styles: Option<String>,
}

struct Relation {
    id: String,
    kind: String,
    target: String,
}

impl Workbook {
    /// Reads the table of contents.
    pub(super) fn read<R: Read + Seek>(
        archive: &mut Archive<R>,
        limit: u64,
    ) -> Result<Self, TabularError> {
        let path = relations(archive, "_rels/.rels", "", limit)?
            .into_iter()
            .find(|relation| relation.kind == "officeDocument")
            .map(|relation| relation.target)
            .filter(|path| archive.has(path))
            .ok_or_else(|| {
                TabularError::Unsupported(
                    "This is no Excel workbook. Send the table as CSV, XLSX or NDJSON.".to_owned(),
                )
            })?;
        let (folder, file) = path.rsplit_once('/').unwrap_or(("", &path));
        let rels = format!("{folder}/_rels/{file}.rels");
        let relations = relations(archive, rels.trim_start_matches('/'), folder, limit)?;
        let mut book = Self::default();
        let target = |kind: &str| {
            let relation = relations.iter().find(|relation| relation.kind == kind);
            relation.map(|relation| relation.target.clone())
        };
        book.strings = target("sharedStrings").filter(|path| archive.has(path));
        book.styles = target("styles").filter(|path| archive.has(path));
        archive.read(&path, limit, |part| {
            let mut xml = Xml::new(part, TAG);
            loop {
                match xml.next()? {
                    Event::Eof => return Ok(()),
                    Event::Start(tag) | Event::Empty(tag) => match tag.local_name().as_ref() {
                        "workbookPr" => {
                            let flag = attribute(&tag, "date1904");
                            book.from_1904 = matches!(flag.as_deref(), Some("1" | "true"));
                        }
                        "sheet" if book.sheets.len() < SHEETS => {
                            let id = attribute(&tag, "id").unwrap_or_default();
                            let part = relations
                                .iter()
                                .find(|relation| relation.id == id && relation.kind == "worksheet");
                            if let Some(part) = part {
                                let state = attribute(&tag, "state");
                                let sheet = Sheet {
                                    name: attribute(&tag, "name").unwrap_or_default(),
                                    visible: state.is_none_or(|state| state == "visible"),
                                };
                                book.sheets.push((sheet, part.target.clone()));
                            }
                        }
                        _ => {}
                    },
                    _ => {}
                }
            }
        })?;
        Ok(book)
    }

    /// The path of a sheet by its name, or of the first visible one.
    pub(super) fn choose(&self, name: Option<&str>) -> Result<&str, TabularError> {
        let Some(name) = name else {
            let mut sheets = self.sheets.iter();
            return sheets
                .find(|(sheet, _)| sheet.visible)
                .or(self.sheets.first())
                .map(|(_, path)| path.as_str())
                .ok_or_else(|| TabularError::damaged("the workbook has no sheets"));
        };
        self.sheets
            .iter()
            .find(|(sheet, _)| sheet.name == name)
            .or_else(|| {
                let folded = name.trim().to_lowercase();
                self.sheets
                    .iter()
                    .find(|(sheet, _)| sheet.name.trim().to_lowercase() == folded)
            })
            .map(|(_, path)| path.as_str())
            .ok_or_else(|| {
                let names: Vec<_> = self
                    .sheets
                    .iter()
                    .take(20)
                    .map(|(sheet, _)| sheet.name.as_str())
                    .collect();
                let names = names.join(", ");
                TabularError::dialect(
                    "sheet",
                    format!("The workbook has no such sheet. It has: {names}."),
                )
            })
    }
}

fn relations<R: Read + Seek>(
    archive: &mut Archive<R>,
    path: &str,
    folder: &str,
    limit: u64,
) -> Result<Vec<Relation>, TabularError> {
    if !archive.has(path) {
        return Ok(Vec::new());
    }
    archive.read(path, limit, |part| {
        let mut xml = Xml::new(part, TAG);
        let mut relations = Vec::new();
        loop {
            match xml.next()? {
                Event::Eof => return Ok(relations),
                Event::Start(tag) | Event::Empty(tag)
                    if tag.local_name().as_ref() == "Relationship"
                        && relations.len() < 2 * SHEETS =>
                {
                    let kind = attribute(&tag, "Type").unwrap_or_default();
                    let target = attribute(&tag, "Target").unwrap_or_default();
                    relations.push(Relation {
                        id: attribute(&tag, "Id").unwrap_or_default(),
                        kind: kind.rsplit('/').next().unwrap_or_default().to_owned(),
                        target: resolve(folder, &target),
                    });
                }
                _ => {}
            }
        }
    })
}

/// A target relative to a folder, or absolute.
fn resolve(folder: &str, target: &str) -> String {
    let target = target.replace('\\', "/");
    if let Some(absolute) = target.strip_prefix('/') {
        return absolute.to_owned();
    }
    let mut steps: Vec<&str> = folder.split('/').filter(|step| !step.is_empty()).collect();
    for step in target.split('/') {
        match step {
            "" | "." => {}
            ".." => {
                steps.pop();
            }
            step => steps.push(step),
        }
    }
    steps.join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn targets_are_resolved() {
        for (folder, target, expected) in [
            ("xl", "worksheets/sheet1.xml", "xl/worksheets/sheet1.xml"),
            (
                "xl",
                "/xl/worksheets/sheet1.xml",
                "xl/worksheets/sheet1.xml",
            ),
            ("", "xl/workbook.xml", "xl/workbook.xml"),
            ("xl", "../a\\b.xml", "a/b.xml"),
        ] {
            assert_eq!(resolve(folder, target), expected);
        }
    }
}
