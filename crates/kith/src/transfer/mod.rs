//! `kith import` and `kith export`: files in and out, through a server.

mod export;
mod import;
mod options;
mod progress;
mod summary;
mod upload;

pub(crate) use export::Export;
pub(crate) use import::Import;
