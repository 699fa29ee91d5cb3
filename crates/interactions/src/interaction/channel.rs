//! Channels and directions, and how much an interaction counts.

use serde::{Deserialize, Serialize};

/// The channels that every workspace has; others are interaction types of the workspace.
pub const BUILT_IN: [&str; 9] = [
    "email", "call", "meeting", "chat", "visit", "form", "note", "payment", "ticket",
];

/// Who turned to whom.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// The customer to us.
    Inbound,
    /// We to the customer.
    Outbound,
    /// Among ourselves.
    Internal,
    /// Neither, as with a meeting or a note.
    #[default]
    None,
}

impl Direction {
    /// Every direction, as it is written.
    pub const NAMES: [&str; 4] = ["inbound", "outbound", "internal", "none"];

    /// As it is written.
    pub fn as_str(self) -> &'static str {
        let [inbound, outbound, internal, none] = Self::NAMES;
        match self {
            Self::Inbound => inbound,
            Self::Outbound => outbound,
            Self::Internal => internal,
            Self::None => none,
        }
    }
}

/// Whether an interaction is a contact with the customer: notes, payments and visits to a page are
/// not, nor is what we do among ourselves.
pub(crate) fn is_contact(channel: &str, direction: Direction) -> bool {
    match (channel, direction) {
        (_, Direction::Internal) | ("note" | "payment" | "visit", _) => false,
        ("call" | "meeting", _) | (_, Direction::Inbound | Direction::Outbound) => true,
        (_, Direction::None) => false,
    }
}

/// How much an interaction adds to engagement and to relationships: more where it takes people more
/// time, and twice as much where the customer began it.
pub(crate) fn weight(channel: &str, direction: Direction) -> f64 {
    let weight = match channel {
        "meeting" => 5.0,
        "call" | "payment" => 3.0,
        "form" => 2.0,
        "visit" => 0.5,
        "note" => 0.0,
        _ => 1.0,
    };
    match direction {
        Direction::Inbound => 2.0 * weight,
        Direction::Internal => 0.0,
        Direction::Outbound | Direction::None => weight,
    }
}
