//! The record platform over HTTP, on a database of its own for each test.

mod app;
mod catalog;
mod write;
