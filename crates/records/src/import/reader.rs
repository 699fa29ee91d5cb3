//! The thread that reads a file and converts its rows, a chunk at a time.

use std::path::PathBuf;
use std::sync::Arc;

use kith_kernel::WorkspaceSettings;
use kith_tabular::{Dialect, Limits, Position, Rows, TabularError};
use tokio::sync::mpsc;

use super::convert::{Converter, Prepared};
use super::plan::Compiled;

/// The most rows of a chunk.
pub(crate) const CHUNK_ROWS: usize = 2_000;
/// The most bytes of cells in a chunk, roughly.
const CHUNK_BYTES: usize = 8 << 20;

/// Some rows, one after another, and where the file goes on after them.
#[derive(Debug)]
pub(crate) struct Chunk {
    pub(crate) rows: Vec<Prepared>,
    pub(crate) end: Position,
    pub(crate) last: bool,
}

/// What is read, and from where.
#[derive(Clone)]
pub(crate) struct Reading {
    pub(crate) path: PathBuf,
    pub(crate) dialect: Dialect,
    pub(crate) compiled: Arc<Compiled>,
    pub(crate) settings: Arc<WorkspaceSettings>,
    pub(crate) start: Option<Position>,
}

impl Reading {
    /// Starts the thread. At most two chunks wait to be taken; it ends when nobody takes any.
    pub(crate) fn start(self) -> mpsc::Receiver<Result<Chunk, TabularError>> {
        let (sender, receiver) = mpsc::channel(1);
        tokio::task::spawn_blocking(move || {
            if let Err(error) = self.run(&sender) {
                let _ = sender.blocking_send(Err(error));
            }
        });
        receiver
    }

    fn run(self, sender: &mpsc::Sender<Result<Chunk, TabularError>>) -> Result<(), TabularError> {
        let mut rows = Rows::open_path(&self.path, &self.dialect, &Limits::default())?;
        if let Some(start) = &self.start {
            rows.resume(start)?;
        }
        let converter = Converter {
            compiled: &self.compiled,
            settings: &self.settings,
        };
        let mut chunk = Vec::with_capacity(CHUNK_ROWS);
        let mut bytes = 0;
        loop {
            let row = rows.next().transpose()?;
            let last = row.is_none();
            if let Some(row) = row {
                bytes += row.cells.iter().map(size).sum::<usize>();
                chunk.extend(converter.row(row));
            }
            if last || chunk.len() >= CHUNK_ROWS || bytes >= CHUNK_BYTES {
                bytes = 0;
                let rows_of_chunk = std::mem::replace(&mut chunk, Vec::with_capacity(CHUNK_ROWS));
                let end = rows.position();
                let full = Chunk {
                    rows: rows_of_chunk,
                    end,
                    last,
                };
                if sender.blocking_send(Ok(full)).is_err() || last {
                    return Ok(());
                }
            }
        }
    }
}

fn size(cell: &kith_tabular::Cell) -> usize {
    match cell {
        kith_tabular::Cell::Text(text) => text.len(),
        // More than the text has, but nested.
        kith_tabular::Cell::Json(json) => json.to_string().len() * 2,
        _ => 8,
    }
}
