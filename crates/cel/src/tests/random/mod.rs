//! Properties that hold for every expression.

mod laws;
mod logic;
mod records;
mod robustness;
mod sources;
mod trees;
