//! A part of JSON Schema (2020-12), by which bodies are checked.
//!
//! The keywords are those with which one says what a form's answers or a payment look like: `type`,
//! `enum`, `const`, `properties`, `required`, `additionalProperties`, `items`, bounds of numbers,
//! texts and lists, `pattern` and `format`. A schema with any other keyword is refused, so that
//! nobody relies on what isn't checked.

use regex::{Regex, RegexBuilder};
use serde_json::{Map, Value};

/// How deep a schema may be nested.
const DEPTH: usize = 12;
/// How large a pattern may become, in bytes.
const PATTERN: usize = 64 * 1024;
/// Words that say nothing of what is accepted.
const ANNOTATIONS: [&str; 8] = [
    "$schema",
    "$id",
    "$comment",
    "title",
    "description",
    "default",
    "examples",
    "deprecated",
];
const TYPES: [&str; 7] = [
    "null", "boolean", "object", "array", "number", "integer", "string",
];
const FORMATS: [&str; 5] = ["date", "date-time", "email", "uuid", "uri"];

/// What is wrong with a schema or a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Fault {
    /// Where, such as `.lines[2].amount`; empty for all of it.
    pub(crate) path: String,
    /// What would be accepted.
    pub(crate) message: String,
}

/// A schema that can be checked against.
#[derive(Debug, Default)]
pub(crate) struct Schema {
    never: bool,
    types: Vec<&'static str>,
    options: Option<Vec<Value>>,
    properties: Vec<(String, Schema)>,
    required: Vec<String>,
    additional: Option<Box<Schema>>,
    items: Option<Box<Schema>>,
    minimum: Option<f64>,
    maximum: Option<f64>,
    above: Option<f64>,
    below: Option<f64>,
    least: Option<u64>,
    most: Option<u64>,
    shortest: Option<u64>,
    longest: Option<u64>,
    pattern: Option<Regex>,
    format: Option<&'static str>,
}

impl Schema {
    /// Reads a schema.
    ///
    /// # Errors
    /// Where it has a keyword that is not checked here, or one with a wrong value.
    pub(crate) fn compile(schema: &Value) -> Result<Self, Fault> {
        compile(schema, "", DEPTH)
    }

    /// What is wrong with a value, if anything.
    pub(crate) fn fault(&self, value: &Value) -> Option<Fault> {
        self.check(value, &mut String::new())
    }

    fn check(&self, value: &Value, path: &mut String) -> Option<Fault> {
        let fault = |message: String| {
            let path = path.clone();
            Some(Fault { path, message })
        };
        if self.never {
            return fault("must not be there".to_owned());
        }
        if !self.types.is_empty() && !self.types.iter().any(|kind| is(kind, value)) {
            return fault(format!("must be of type {}", self.types.join(" or ")));
        }
        if let Some(options) = &self.options
            && !options.contains(value)
        {
            let options: Vec<String> = options.iter().map(Value::to_string).collect();
            return fault(format!("must be one of {}", options.join(", ")));
        }
        let wrong = match value {
            Value::Number(number) => self.number(number.as_f64().unwrap_or_default()),
            Value::String(text) => self.text(text),
            Value::Array(items) => size("items", items.len(), self.least, self.most),
            Value::Object(members) => self.missing(members),
            _ => None,
        };
        if let Some(message) = wrong {
            return fault(message);
        }
        match value {
            Value::Array(items) => {
                let schema = self.items.as_ref()?;
                (items.iter().enumerate())
                    .find_map(|(at, item)| within(path, &format!("[{at}]"), schema, item))
            }
            Value::Object(members) => (members.iter()).find_map(|(name, member)| {
                let known = self.properties.iter().find(|(known, _)| known == name);
                let schema = known
                    .map(|(_, schema)| schema)
                    .or(self.additional.as_deref())?;
                within(path, &format!(".{name}"), schema, member)
            }),
            _ => None,
        }
    }

    fn missing(&self, members: &Map<String, Value>) -> Option<String> {
        let missing = self
            .required
            .iter()
            .find(|name| !members.contains_key(*name))?;
        Some(format!("must have the member {missing:?}"))
    }

    fn number(&self, number: f64) -> Option<String> {
        let bounds = [
            (
                "at least",
                self.minimum,
                number < self.minimum.unwrap_or(number),
            ),
            (
                "at most",
                self.maximum,
                number > self.maximum.unwrap_or(number),
            ),
            (
                "greater than",
                self.above,
                self.above.is_some_and(|above| number <= above),
            ),
            (
                "less than",
                self.below,
                self.below.is_some_and(|below| number >= below),
            ),
        ];
        let (word, bound, _) = bounds.into_iter().find(|(.., broken)| *broken)?;
        Some(format!("must be {word} {}", bound?))
    }

    fn text(&self, text: &str) -> Option<String> {
        let length = text.chars().count();
        if let Some(wrong) = size("characters", length, self.shortest, self.longest) {
            return Some(wrong);
        }
        if let Some(pattern) = &self.pattern
            && !pattern.is_match(text)
        {
            return Some(format!("must match the pattern {}", pattern.as_str()));
        }
        let format = self.format?;
        let suits = match format {
            "date" => text.parse::<jiff::civil::Date>().is_ok(),
            "date-time" => text.parse::<jiff::Timestamp>().is_ok(),
            "uuid" => uuid::Uuid::parse_str(text).is_ok(),
            "uri" => text
                .parse::<http::Uri>()
                .is_ok_and(|uri| uri.scheme().is_some()),
            _ => text
                .split_once('@')
                .is_some_and(|(a, b)| !a.is_empty() && b.contains('.')),
        };
        (!suits).then(|| format!("must be in the format {format}"))
    }
}

fn within(path: &mut String, step: &str, schema: &Schema, value: &Value) -> Option<Fault> {
    let length = path.len();
    path.push_str(step);
    let fault = schema.check(value, path);
    path.truncate(length);
    fault
}

fn is(kind: &str, value: &Value) -> bool {
    match value {
        Value::Null => kind == "null",
        Value::Bool(_) => kind == "boolean",
        Value::Object(_) => kind == "object",
        Value::Array(_) => kind == "array",
        Value::String(_) => kind == "string",
        Value::Number(number) => {
            let whole = number.is_i64()
                || number.is_u64()
                || number.as_f64().is_some_and(|n| n.fract() == 0.0);
            kind == "number" || (kind == "integer" && whole)
        }
    }
}

fn size(of: &str, size: usize, least: Option<u64>, most: Option<u64>) -> Option<String> {
    let size = size as u64;
    match (least, most) {
        (Some(least), _) if size < least => Some(format!("must have at least {least} {of}")),
        (_, Some(most)) if size > most => Some(format!("must have at most {most} {of}")),
        _ => None,
    }
}

fn compile(schema: &Value, path: &str, depth: usize) -> Result<Schema, Fault> {
    let fault = |path: String, message: &str| Fault {
        path,
        message: message.to_owned(),
    };
    let keywords = match schema {
        Value::Bool(all) => {
            return Ok(Schema {
                never: !all,
                ..Schema::default()
            });
        }
        Value::Object(keywords) if depth > 0 => keywords,
        Value::Object(_) => {
            return Err(fault(path.to_owned(), "must not be nested more deeply"));
        }
        _ => return Err(fault(path.to_owned(), "must be an object, true or false")),
    };
    let mut compiled = Schema::default();
    for (keyword, value) in keywords {
        let here = format!("{path}.{keyword}");
        let bad = |message: &str| fault(here.clone(), message);
        let number = || value.as_f64().ok_or_else(|| bad("must be a number"));
        let count = || {
            value
                .as_u64()
                .ok_or_else(|| bad("must be a whole number from 0"))
        };
        let text = || value.as_str().ok_or_else(|| bad("must be a text"));
        let below = |schema: &Value| compile(schema, &here, depth - 1);
        match keyword.as_str() {
            "type" => {
                compiled.types =
                    types(value).ok_or_else(|| bad("must be a type of JSON, or a list of them"))?;
            }
            "enum" => {
                let options = value
                    .as_array()
                    .filter(|list| !list.is_empty() && list.len() <= 500);
                let options = options.ok_or_else(|| bad("must be a list of 1 to 500 values"))?;
                compiled.options = Some(options.clone());
            }
            "const" => compiled.options = Some(vec![value.clone()]),
            "required" => {
                let names = value
                    .as_array()
                    .ok_or_else(|| bad("must be a list of names"))?;
                let names = names.iter().map(|name| name.as_str().map(str::to_owned));
                compiled.required = names
                    .collect::<Option<_>>()
                    .ok_or_else(|| bad("must be a list of names"))?;
            }
            "properties" => {
                let members = value
                    .as_object()
                    .ok_or_else(|| bad("must be an object of schemas"))?;
                for (name, schema) in members {
                    let member = compile(schema, &format!("{here}.{name}"), depth - 1)?;
                    compiled.properties.push((name.clone(), member));
                }
            }
            "additionalProperties" => compiled.additional = Some(Box::new(below(value)?)),
            "items" => compiled.items = Some(Box::new(below(value)?)),
            "minimum" => compiled.minimum = Some(number()?),
            "maximum" => compiled.maximum = Some(number()?),
            "exclusiveMinimum" => compiled.above = Some(number()?),
            "exclusiveMaximum" => compiled.below = Some(number()?),
            "minItems" => compiled.least = Some(count()?),
            "maxItems" => compiled.most = Some(count()?),
            "minLength" => compiled.shortest = Some(count()?),
            "maxLength" => compiled.longest = Some(count()?),
            "pattern" => {
                let pattern = RegexBuilder::new(text()?).size_limit(PATTERN).build();
                compiled.pattern = Some(
                    pattern.map_err(|_| bad("must be a regular expression of moderate size"))?,
                );
            }
            "format" => {
                let known = FORMATS.into_iter().find(|known| value == known);
                compiled.format =
                    Some(known.ok_or_else(|| bad("must be date, date-time, email, uuid or uri"))?);
            }
            known if ANNOTATIONS.contains(&known) => {}
            _ => return Err(bad("is a keyword that is not checked here; leave it out")),
        }
    }
    Ok(compiled)
}

fn types(value: &Value) -> Option<Vec<&'static str>> {
    let known = |name: &Value| TYPES.into_iter().find(|known| name == known);
    match value {
        Value::Array(names) if !names.is_empty() => names.iter().map(known).collect(),
        name => known(name).map(|name| vec![name]),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn schema() -> Schema {
        Schema::compile(&json!({
            "type": "object",
            "required": ["amount"],
            "additionalProperties": false,
            "properties": {
                "amount": {"type": "number", "exclusiveMinimum": 0, "maximum": 10},
                "count": {"type": ["integer", "null"], "minimum": 1},
                "state": {"enum": ["new", "paid"]},
                "code": {"type": "string", "pattern": "^[A-Z]+$", "minLength": 2, "maxLength": 4},
                "on": {"type": "string", "format": "date"},
                "lines": {"type": "array", "maxItems": 2, "items": {"type": "object", "required": ["n"]}}
            }
        }))
        .unwrap()
    }

    #[test]
    fn what_suits_has_no_fault() {
        for value in [
            json!({"amount": 1}),
            json!({"amount": 9.5, "count": null, "state": "paid", "code": "AB"}),
            json!({"amount": 10, "count": 2.0, "on": "2026-02-28", "lines": [{"n": 1}, {"n": {}}]}),
        ] {
            assert_eq!(schema().fault(&value), None, "{value}");
        }
        assert_eq!(
            Schema::compile(&json!(true)).unwrap().fault(&json!(1)),
            None
        );
    }

    #[test]
    fn each_fault_is_named_by_its_place() {
        for (value, path) in [
            (json!(null), ""),
            (json!({}), ""),
            (json!({"amount": 0}), ".amount"),
            (json!({"amount": 11}), ".amount"),
            (json!({"amount": "1"}), ".amount"),
            (json!({"amount": 1, "other": 1}), ".other"),
            (json!({"amount": 1, "count": 1.5}), ".count"),
            (json!({"amount": 1, "count": 0}), ".count"),
            (json!({"amount": 1, "state": "old"}), ".state"),
            (json!({"amount": 1, "code": "A"}), ".code"),
            (json!({"amount": 1, "code": "ABCDE"}), ".code"),
            (json!({"amount": 1, "code": "ab"}), ".code"),
            (json!({"amount": 1, "on": "2026-02-30"}), ".on"),
            (json!({"amount": 1, "lines": [1]}), ".lines[0]"),
            (json!({"amount": 1, "lines": [{"n": 1}, {}]}), ".lines[1]"),
            (
                json!({"amount": 1, "lines": [{"n": 1}, {"n": 1}, {"n": 1}]}),
                ".lines",
            ),
        ] {
            let fault = schema().fault(&value);
            assert_eq!(
                fault.map(|fault| fault.path).as_deref(),
                Some(path),
                "{value}"
            );
        }
    }

    #[test]
    fn a_schema_that_promises_more_than_is_checked_is_refused() {
        let mut deep = json!({});
        for _ in 0..20 {
            deep = json!({"items": deep});
        }
        for bad in [
            json!(1),
            json!({"anyOf": []}),
            json!({"type": "text"}),
            json!({"type": []}),
            json!({"enum": []}),
            json!({"required": [1]}),
            json!({"properties": {"a": {"$ref": "#"}}}),
            json!({"pattern": "("}),
            json!({"pattern": "(a{1000}){1000}"}),
            json!({"minLength": -1}),
            json!({"format": "colour"}),
            deep,
        ] {
            assert!(Schema::compile(&bad).is_err(), "{bad}");
        }
    }
}
