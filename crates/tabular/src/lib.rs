//! Tables in files: CSV, XLSX and NDJSON read and written as streams of rows.
//!
//! This crate knows files, not records. [`sniff`] finds out how a file is written, [`Rows`] reads
//! it, [`mapping`] guesses what its columns hold, and [`Writer`] writes one. Memory stays bounded
//! whatever the file holds, and nothing of a file is lost without a [`RowIssue`] saying so.

mod cell;
mod dialect;
mod error;
mod limits;
pub mod mapping;
pub mod read;
pub mod write;

pub use cell::{Cell, Row, RowIssue};
pub use dialect::{Dialect, Encoding, Escape, Hint, Kind, LineEnding, SAMPLE, sniff, sniff_source};
pub use error::TabularError;
pub use limits::{Limits, WorkbookLimits};
pub use read::{Position, Rows};
pub use write::{Format, Writer, Written};
