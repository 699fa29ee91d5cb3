//! Events of the log as those who want and may see them are shown them.

mod around;
mod filter;
mod past;
mod service;
mod show;
