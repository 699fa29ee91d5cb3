//! The shape of every list's answer.

use serde::{Deserialize, Serialize};

/// One page of a list.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Page<T> {
    /// The items, in the order asked for.
    pub data: Vec<T>,
    /// How to go on.
    pub page: PageInfo,
    /// How many there are in all.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub count: Option<Count>,
}

/// How to go on after a page.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PageInfo {
    /// The opaque cursor of the next page; null on the last one.
    pub next_cursor: Option<String>,
    /// Whether there is a next page.
    pub has_more: bool,
}

/// How many items match.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Count {
    /// The number of items, or a lower bound of it.
    pub value: u64,
    /// Whether `value` is the number itself; if not, there are at least that many.
    pub exact: bool,
}

/// How a list counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CountMode {
    /// Up to a cap and within a budget of time.
    #[default]
    Capped,
    /// To the last one.
    Exact,
    /// Not at all.
    None,
}
