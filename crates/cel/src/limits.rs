//! The bounds that hold for every expression, whoever wrote it.

/// The longest source, in bytes.
pub const MAX_SOURCE: usize = 16 * 1024;

/// The greatest height of an expression's tree. A chain of `&&` or `||` is one level,
/// however long it is.
pub const MAX_DEPTH: usize = 64;

/// The greatest number of nodes in an expression's tree.
pub const MAX_NODES: usize = 2_000;

/// How deeply `exists` and `all` may be nested in each other.
pub const MAX_QUANTIFIERS: usize = 3;

/// How many nodes one evaluation may visit, the elements of lists included.
pub const MAX_STEPS: u32 = 1_000_000;

/// How many parentheses and operators the parser may have open at once: writing a tree of
/// [`MAX_DEPTH`] takes at most one pair of parentheses per level.
pub(crate) const MAX_OPEN: usize = 2 * MAX_DEPTH + 2;
