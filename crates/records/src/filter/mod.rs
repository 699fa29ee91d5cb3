//! Filters as they are built by clicking: a tree of conditions, and the expression that says the
//! same. What no condition can show stands in the tree as an expression.

mod chip;
pub(crate) mod http;
mod operand;
mod parse;
mod render;
mod tree;

#[cfg(test)]
mod tests;
