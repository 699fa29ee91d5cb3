//! Demo data: a workspace full of invented companies, people and deals, and its removal.

mod block;
mod company;
mod deal;
mod fill;
mod forget;
pub(crate) mod http;
mod log;
mod model;
mod person;
mod pointer;
mod random;
mod remove;
mod service;
mod show;
mod store;
mod talk;
mod words;
mod worker;
mod world;

pub use model::{DemoId, DemoRequest, LIMIT, Sizes, State};
pub(crate) use worker::Working;
