//! Postal addresses.

use serde::{Deserialize, Serialize};

/// A postal address; every part is optional, at least one is there.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Address {
    /// Street and house number, of one or more lines.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub street: Option<String>,
    /// The city.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub city: Option<String>,
    /// The state, province or county.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    /// The postal code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub postal_code: Option<String>,
    /// The country, as it is written there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub country: Option<String>,
}

impl Address {
    /// The names of the parts.
    pub const PARTS: [&'static str; 5] = ["street", "city", "region", "postal_code", "country"];

    /// The parts in the order of [`Address::PARTS`].
    pub fn parts_mut(&mut self) -> [&mut Option<String>; 5] {
        [
            &mut self.street,
            &mut self.city,
            &mut self.region,
            &mut self.postal_code,
            &mut self.country,
        ]
    }
}

impl Address {
    /// Appends the address as JSON with every part, absent ones as null.
    pub(crate) fn render(&self, out: &mut String) -> std::fmt::Result {
        use std::fmt::Write as _;
        let parts = [
            &self.street,
            &self.city,
            &self.region,
            &self.postal_code,
            &self.country,
        ];
        let mut before = '{';
        for (name, part) in Self::PARTS.into_iter().zip(parts) {
            write!(out, "{before}\"{name}\":")?;
            match part {
                Some(text) => super::storage::write_string(text, out)?,
                None => out.write_str("null")?,
            }
            before = ',';
        }
        out.write_char('}')
    }
}
