//! Importing files of records: CSV, XLSX and NDJSON.
//!
//! A file is sent, looked at, mapped by a plan, tried in a dry run, imported by a worker that
//! survives its process, and undone if need be.

mod analyse;
mod batch;
mod convert;
mod counts;
mod describe;
mod dry;
pub(crate) mod http;
mod model;
mod plan;
mod preset;
mod reader;
mod report;
mod resolve;
mod run;
mod service;
mod store;
mod undo;
mod upload;
mod worker;

pub use analyse::{Analysis, ColumnAnalysis};
pub use convert::Reason;
pub use counts::Counts;
pub use dry::{DryRunReport, FieldChange, Sample};
pub use model::{Import, State};
pub use plan::{ColumnPlan, Empty, Lists, Mode, OnAmbiguous, OnInvalid, OnMissing, Plan};
pub use undo::{Left, UndoReport};
pub use upload::ImportConfig;

pub(crate) use worker::Working;
