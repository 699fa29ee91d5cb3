//! HTTP to addresses that users name: never into the network that Kith stands in.

mod address;
mod client;
mod connect;

pub use address::Allowed;
pub use client::{Client, Limits, Outcome, Refusal};
