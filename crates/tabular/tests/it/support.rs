//! What the tests share.

use std::io::Cursor;
use std::path::PathBuf;

use kith_tabular::{Cell, Dialect, Hint, Limits, Row, Rows, TabularError, sniff_source};

/// The folder of real files, or none (with a printed reason) where it isn't there.
pub(crate) fn real_data() -> Option<PathBuf> {
    let folder = std::env::var_os("KITH_TEST_DATA").map_or_else(
        || PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data")),
        PathBuf::from,
    );
    // A linked work tree may be one level deeper than the repository itself.
    let deeper = PathBuf::from(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../../../shared/data"
    ));
    for candidate in [folder, deeper] {
        if candidate.is_dir() {
            return Some(candidate);
        }
    }
    println!("skipped: no real files at ../shared/data and KITH_TEST_DATA is not set");
    None
}

/// A file's dialect, header and rows.
pub(crate) struct Table {
    pub(crate) dialect: Dialect,
    pub(crate) header: Vec<String>,
    pub(crate) rows: Vec<Row>,
}

impl Table {
    pub(crate) fn cells(&self) -> Vec<Vec<String>> {
        self.rows.iter().map(|row| texts(&row.cells)).collect()
    }
}

pub(crate) fn texts(cells: &[Cell]) -> Vec<String> {
    cells
        .iter()
        .map(|cell| cell.as_text().into_owned())
        .collect()
}

/// Sniffs and reads a whole file.
pub(crate) fn read(bytes: &[u8], name: &str) -> Result<Table, TabularError> {
    let hint = Hint {
        file_name: Some(name),
        content_type: None,
    };
    let dialect = sniff_source(&mut Cursor::new(bytes), &hint)?;
    read_as(bytes, &dialect)
}

/// Reads a whole file in a given dialect.
pub(crate) fn read_as(bytes: &[u8], dialect: &Dialect) -> Result<Table, TabularError> {
    let rows = Rows::open(Cursor::new(bytes), dialect, &Limits::default())?;
    let header = rows.header().to_vec();
    let rows = rows.collect::<Result<Vec<_>, _>>()?;
    Ok(Table {
        dialect: dialect.clone(),
        header,
        rows,
    })
}
