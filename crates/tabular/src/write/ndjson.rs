//! One JSON object per line.

use std::io::{self, Write};

use crate::cell::Cell;

/// Writes one object; `keys` are JSON strings already.
pub(super) fn object<'a, W: Write>(
    sink: &mut W,
    keys: &[String],
    cells: impl Iterator<Item = &'a Cell>,
) -> io::Result<()> {
    let mut before = "{";
    for (key, cell) in keys.iter().zip(cells) {
        sink.write_all(before.as_bytes())?;
        sink.write_all(key.as_bytes())?;
        sink.write_all(b":")?;
        match cell {
            Cell::Empty => sink.write_all(b"null")?,
            Cell::Number(_) | Cell::Bool(_) | Cell::Json(_) => {
                sink.write_all(cell.as_text().as_bytes())?;
            }
            Cell::Text(_) | Cell::Date(_) | Cell::DateTime(_) | Cell::Error(_) => {
                serde_json::to_writer(&mut *sink, cell.as_text().as_ref())?;
            }
        }
        before = ",";
    }
    if keys.is_empty() {
        sink.write_all(b"{")?;
    }
    sink.write_all(b"}\n")
}
