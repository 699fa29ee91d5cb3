//! From records as JSON to the cells of a table.

use std::collections::HashMap;

use kith_tabular::Cell;
use rust_decimal::Decimal;
use serde_json::Value as Json;

use crate::catalog::{FieldType, Object};
use crate::value::Address;

/// What stands in the first row.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Headers {
    /// The fields' API names, by which the file can be imported again.
    #[default]
    Names,
    /// The labels that people see.
    Labels,
}

/// The columns of a table and where their cells come from.
#[derive(Debug)]
pub(crate) struct Columns {
    names: Vec<String>,
    /// The member of a record, and the member within it.
    paths: Vec<(String, Part)>,
}

#[derive(Clone, Debug)]
enum Part {
    /// The value itself.
    Whole,
    /// A number that JSON has as a text.
    Number,
    /// A member of it.
    Member(String),
    /// A member that is a number.
    Amount,
}

/// All of an object's fields, related records with their names.
pub(crate) fn all(object: &Object) -> String {
    let mut fields = Vec::new();
    for field in object.live_fields().filter(|field| !field.encrypted) {
        match &field.kind {
            FieldType::Relation { .. } | FieldType::User {} => {
                fields.push(format!("{}(name)", field.name));
            }
            _ => fields.push(field.name.clone()),
        }
    }
    fields.join(",")
}

impl Columns {
    /// The columns of `fields`, which the planner has accepted or will refuse.
    pub(crate) fn new(object: &Object, fields: &str, headers: Headers) -> Self {
        let mut columns = Self {
            names: Vec::new(),
            paths: Vec::new(),
        };
        columns.add("id", "id", Part::Whole);
        let mut seen = std::collections::HashSet::new();
        for (name, inner) in split(fields) {
            let names: Vec<&str> = match name {
                "*" => object
                    .live_fields()
                    .map(|field| field.name.as_str())
                    .collect(),
                name => vec![name],
            };
            for name in names {
                if name != "id" && seen.insert(name.to_owned()) {
                    columns.field(object, name, inner, headers);
                }
            }
        }
        columns
    }

    fn field(&mut self, object: &Object, name: &str, inner: Option<&str>, headers: Headers) {
        let Some(field) = object.field(name) else {
            return;
        };
        let shown = match headers {
            Headers::Names => name,
            Headers::Labels => field.label.as_str(),
        };
        let part = |part: &str| match headers {
            Headers::Names => format!("{shown}.{part}"),
            Headers::Labels => format!("{shown}: {}", part.replace('_', " ")),
        };
        match &field.kind {
            FieldType::Address {} => {
                for one in Address::PARTS {
                    self.add(&part(one), name, Part::Member(one.to_owned()));
                }
            }
            FieldType::Currency {} => {
                self.add(shown, name, Part::Amount);
                self.add(&part("currency"), name, Part::Member("currency".to_owned()));
            }
            FieldType::Relation { .. } | FieldType::User {} => {
                self.add(shown, name, Part::Member("id".to_owned()));
                let inner = inner.unwrap_or_default().split(',').map(str::trim);
                for one in inner.filter(|one| !one.is_empty() && *one != "id") {
                    self.add(&part(one), name, Part::Member(one.to_owned()));
                }
            }
            FieldType::AnyRelation {} => {
                self.add(shown, name, Part::Member("id".to_owned()));
                self.add(&part("object"), name, Part::Member("object".to_owned()));
            }
            FieldType::Decimal {} => self.add(shown, name, Part::Number),
            _ => self.add(shown, name, Part::Whole),
        }
    }

    fn add(&mut self, shown: &str, member: &str, part: Part) {
        self.names.push(shown.to_owned());
        self.paths.push((member.to_owned(), part));
    }

    /// The first row.
    pub(crate) fn names(&self) -> &[String] {
        &self.names
    }

    /// The cells of a record.
    pub(crate) fn cells(&self, record: &[u8]) -> Result<Vec<Cell>, std::io::Error> {
        let record: HashMap<String, Json> = serde_json::from_slice(record)?;
        let cells = self.paths.iter().map(|(member, part)| {
            let value = record.get(member).unwrap_or(&Json::Null);
            match part {
                Part::Whole => cell(value),
                Part::Number => number(value),
                Part::Member(name) => cell(value.get(name).unwrap_or(&Json::Null)),
                Part::Amount => number(value.get("amount").unwrap_or(&Json::Null)),
            }
        });
        Ok(cells.collect())
    }
}

fn number(value: &Json) -> Cell {
    match value.as_str().map(Decimal::from_str_exact) {
        Some(Ok(number)) => Cell::Number(number),
        _ => cell(value),
    }
}

fn cell(value: &Json) -> Cell {
    match value {
        Json::Null => Cell::Empty,
        Json::Bool(value) => Cell::Bool(*value),
        Json::Number(number) => match Decimal::from_str_exact(&number.to_string()) {
            Ok(number) => Cell::Number(number),
            Err(_) => Cell::text(number.to_string()),
        },
        Json::String(text) => Cell::text(text.as_str()),
        Json::Array(items) => {
            let text = |item: &Json| match item {
                Json::String(text) => text.clone(),
                Json::Object(members) => members
                    .get("id")
                    .and_then(Json::as_str)
                    .unwrap_or_default()
                    .to_owned(),
                other => other.to_string(),
            };
            Cell::text(items.iter().map(text).collect::<Vec<_>>().join("; "))
        }
        Json::Object(members) => match (members.get("amount"), members.get("currency")) {
            (Some(Json::String(amount)), Some(Json::String(currency))) => {
                Cell::text(format!("{amount} {currency}"))
            }
            _ => Cell::text(value.to_string()),
        },
    }
}

/// The names in `fields`, with what stands in brackets behind them.
fn split(fields: &str) -> Vec<(&str, Option<&str>)> {
    let mut found = Vec::new();
    let mut depth = 0_usize;
    let mut start = 0;
    for (at, c) in fields.char_indices().chain([(fields.len(), ',')]) {
        match c {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            ',' if depth == 0 || at == fields.len() => {
                let one = fields[start..at].trim();
                if !one.is_empty() {
                    found.push(match one.split_once('(') {
                        Some((name, inner)) => (name.trim(), Some(inner.trim_end_matches(')'))),
                        None => (one, None),
                    });
                }
                start = at + 1;
            }
            _ => {}
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::standard::OBJECTS;

    #[test]
    fn a_record_becomes_cells() {
        let deal = OBJECTS.iter().find(|object| object.key == "deal").unwrap();
        let columns = Columns::new(
            deal,
            "name,amount,company(name,industry),people",
            Headers::Names,
        );
        assert_eq!(
            columns.names().join(" "),
            "id name amount amount.currency company company.name company.industry people"
        );
        let record = br#"{"id":"7","name":"=A1","amount":{"amount":"12.50","currency":"EUR"},
            "company":{"id":"8","name":"Acme","industry":null},"people":[{"id":"1","role":null},{"id":"2","role":"x"}]}"#;
        let cells: Vec<String> = columns
            .cells(record)
            .unwrap()
            .iter()
            .map(|cell| cell.as_text().into_owned())
            .collect();
        assert_eq!(cells.join("|"), "7|=A1|12.50|EUR|8|Acme||1; 2");
        let labels = Columns::new(deal, "expected_close,amount", Headers::Labels);
        assert_eq!(
            labels.names().join("|"),
            "id|Expected close|Amount|Amount: currency"
        );
    }
}
