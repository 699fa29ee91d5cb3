//! Custom fields, and their values in a tenth of the records.

use std::fmt::Write as _;

use kith_records::search::text::sort_key;
use serde_json::{Value, json};

use super::copy::Rows;
use crate::random::Random;

/// What a custom field's values are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Values {
    /// One of these.
    Choice(&'static [&'static str]),
    /// A whole number below this.
    Number(u64),
    /// Any of these texts.
    Text(&'static [&'static str]),
    Date,
    Boolean,
}

/// A custom field as it is wanted.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Wanted {
    pub(crate) name: &'static str,
    pub(crate) values: Values,
    pub(crate) indexed: bool,
}

/// A custom field as the catalog has it.
#[derive(Clone, Debug)]
pub(crate) struct CustomField {
    pub(crate) key: String,
    pub(crate) slot: Option<String>,
    pub(crate) values: Values,
}

const TIERS: &[&str] = &["gold", "silver", "bronze", "basic"];
const LANGUAGES: &[&str] = &["de", "en", "es", "fr", "it", "nl", "pl", "pt", "sv", "tr"];
const REGIONS: &[&str] = &[
    "North", "East", "South", "West", "Alps", "Baltic", "Benelux", "Iberia", "Nordics", "Balkans",
];
const PHRASES: &[&str] = &[
    "met at the fair",
    "asked for a quote",
    "knows the product",
    "prefers e-mail",
    "call in the morning",
    "long-standing contact",
    "new in the role",
    "decides with the board",
];

/// The twenty custom fields of each object.
pub(crate) const WANTED: [Wanted; 20] = [
    wanted("tier", Values::Choice(TIERS), true),
    wanted("score", Values::Number(1_000), true),
    wanted("region", Values::Text(REGIONS), true),
    wanted("last_visit", Values::Date, true),
    wanted("language", Values::Choice(LANGUAGES), false),
    wanted("newsletter", Values::Boolean, false),
    wanted("visits", Values::Number(50), false),
    wanted("rating_2024", Values::Number(6), false),
    wanted("rating_2025", Values::Number(6), false),
    wanted("remark", Values::Text(PHRASES), false),
    wanted("first_contact", Values::Date, false),
    wanted("contract_end", Values::Date, false),
    wanted("partner", Values::Boolean, false),
    wanted("territory", Values::Text(REGIONS), false),
    wanted("habits", Values::Text(PHRASES), false),
    wanted("orders", Values::Number(500), false),
    wanted("returns", Values::Number(20), false),
    wanted("segment", Values::Choice(TIERS), false),
    wanted("reference_customer", Values::Boolean, false),
    wanted("next_review", Values::Date, false),
];

const fn wanted(name: &'static str, values: Values, indexed: bool) -> Wanted {
    Wanted {
        name,
        values,
        indexed,
    }
}

impl Wanted {
    /// The request by which the field is made.
    pub(crate) fn request(&self) -> Value {
        let mut request = json!({ "name": self.name, "label": self.name, "indexed": self.indexed });
        let kind = match self.values {
            Values::Choice(keys) => {
                let options: Vec<Value> = keys
                    .iter()
                    .map(|key| json!({ "value": key, "label": key }))
                    .collect();
                json!({ "type": "select", "options": options })
            }
            Values::Number(_) => json!({ "type": "number" }),
            Values::Text(_) => json!({ "type": "text" }),
            Values::Date => json!({ "type": "date" }),
            Values::Boolean => json!({ "type": "boolean" }),
        };
        if let (Some(request), Value::Object(kind)) = (request.as_object_mut(), kind) {
            request.extend(kind);
        }
        request
    }
}

/// Adds the columns `custom` and the fields' slots of the record with this index; a tenth of the
/// records have values.
pub(super) fn push(fields: &[CustomField], index: u64, random: &mut Random, rows: &mut Rows) {
    let given = index.is_multiple_of(10) && !fields.is_empty();
    if !given {
        rows.plain("{}");
        for _ in fields.iter().filter(|field| field.slot.is_some()) {
            rows.maybe(None::<&str>);
        }
        return;
    }
    let mut custom = String::from("{");
    let mut slots = Vec::new();
    for field in fields {
        if custom.len() > 1 {
            custom.push(',');
        }
        let (json, slot) = value(field.values, random);
        let _ = write!(custom, "\"{}\":{json}", field.key);
        if field.slot.is_some() {
            slots.push(slot);
        }
    }
    custom.push('}');
    rows.text(&custom);
    for slot in slots {
        rows.text(&slot);
    }
}

/// A value as JSON, and as its slot holds it.
fn value(values: Values, random: &mut Random) -> (String, String) {
    match values {
        Values::Choice(texts) | Values::Text(texts) => {
            let text = random.pick(texts);
            (format!("\"{text}\""), sort_key(text))
        }
        Values::Number(bound) => {
            let number = random.below(bound).to_string();
            (number.clone(), number)
        }
        Values::Date => {
            let date = date(random, 2022, 4);
            (format!("\"{date}\""), format!("{date}T00:00:00Z"))
        }
        Values::Boolean => {
            let value = random.chance(50).to_string();
            (value.clone(), value)
        }
    }
}

/// A day in one of `years` years from `first` on.
pub(super) fn date(random: &mut Random, first: u64, years: u64) -> String {
    let (year, month, day) = (random.below(years), random.below(12), random.below(28));
    format!("{}-{:02}-{:02}", first + year, month + 1, day + 1)
}
