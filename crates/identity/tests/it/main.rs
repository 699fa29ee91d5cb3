//! Identity over HTTP, against a real database.

mod app;
mod login;
