//! The tree of a filter, and how clients write it.

use serde_json::{Map, Value, json};

use super::chip::Operator;
use super::operand::Operand;

/// How deep groups stand in each other.
pub(super) const DEPTH: usize = 20;
/// How many groups and conditions a tree has.
pub(super) const NODES: usize = 500;

/// A part of a filter.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Tree {
    /// All of these hold.
    All(Vec<Tree>),
    /// At least one of these holds.
    Any(Vec<Tree>),
    /// This does not hold.
    Not(Box<Tree>),
    /// A condition on a field.
    Chip(Chip),
    /// What no condition can show.
    Expression(String),
}

/// A condition on a field.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Chip {
    /// The path, such as `company.industry`.
    pub(super) field: String,
    pub(super) operator: Operator,
    pub(super) value: Option<Operand>,
}

/// What is wrong with a part of a tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Fault {
    /// The part: `tree.items[1].value`.
    pub(super) place: String,
    pub(super) code: &'static str,
    pub(super) message: String,
}

impl Fault {
    pub(super) fn new(
        place: impl Into<String>,
        code: &'static str,
        message: impl Into<String>,
    ) -> Self {
        Self {
            place: place.into(),
            code,
            message: message.into(),
        }
    }
}

impl Tree {
    /// As clients read it.
    pub(super) fn json(&self) -> Value {
        let items = |items: &[Self]| -> Vec<Value> { items.iter().map(Self::json).collect() };
        match self {
            Self::All(parts) => json!({ "op": "and", "items": items(parts) }),
            Self::Any(parts) => json!({ "op": "or", "items": items(parts) }),
            Self::Not(part) => json!({ "op": "not", "item": part.json() }),
            Self::Expression(text) => json!({ "expression": text }),
            Self::Chip(chip) => {
                let mut shown = json!({ "field": chip.field, "operator": chip.operator.as_str() });
                if let Some(value) = &chip.value {
                    shown["value"] = value.json();
                }
                shown
            }
        }
    }
}

/// A tree as a client wrote it: its shape is right, its fields and values are not looked at yet.
#[derive(Clone, Debug)]
pub(super) enum Draft<'a> {
    All(Vec<Draft<'a>>),
    Any(Vec<Draft<'a>>),
    Not(Box<Draft<'a>>),
    Chip {
        place: String,
        field: &'a str,
        operator: &'a str,
        value: Option<&'a Value>,
    },
    Expression {
        place: String,
        text: &'a str,
    },
}

/// Reads the shape of a tree.
pub(super) fn read(json: &Value, place: String) -> Result<Draft<'_>, Fault> {
    let mut nodes = 0;
    read_part(json, place, 0, &mut nodes)
}

fn read_part<'a>(
    json: &'a Value,
    place: String,
    depth: usize,
    nodes: &mut usize,
) -> Result<Draft<'a>, Fault> {
    *nodes += 1;
    if depth > DEPTH || *nodes > NODES {
        let message = format!("A filter has at most {NODES} parts, at most {DEPTH} levels deep.");
        return Err(Fault::new(place, "too_large", message));
    }
    let Value::Object(members) = json else {
        return Err(Fault::new(place, "wrong_type", SHAPE));
    };
    let known = |names: &[&str]| match members.keys().find(|key| !names.contains(&key.as_str())) {
        None => Ok(()),
        Some(_) => Err(Fault::new(place.clone(), "unknown_member", SHAPE)),
    };
    match members.get("op").map(Value::as_str) {
        Some(Some(op @ ("and" | "or"))) => {
            known(&["op", "items"])?;
            let Some(Value::Array(items)) = members.get("items") else {
                let message = "A group has a list of `items`.";
                return Err(Fault::new(format!("{place}.items"), "required", message));
            };
            let parts = (items.iter().enumerate())
                .map(|(at, item)| read_part(item, format!("{place}.items[{at}]"), depth + 1, nodes))
                .collect::<Result<Vec<_>, _>>()?;
            Ok(match op {
                "and" => Draft::All(parts),
                _ => Draft::Any(parts),
            })
        }
        Some(Some("not")) => {
            known(&["op", "item"])?;
            let Some(item) = members.get("item") else {
                let message = "`not` has one `item`.";
                return Err(Fault::new(format!("{place}.item"), "required", message));
            };
            let part = read_part(item, format!("{place}.item"), depth + 1, nodes)?;
            Ok(Draft::Not(Box::new(part)))
        }
        Some(_) => {
            let message = "`op` is \"and\", \"or\" or \"not\".";
            Err(Fault::new(format!("{place}.op"), "invalid_value", message))
        }
        None if members.contains_key("expression") => {
            known(&["expression"])?;
            let text = text(members, &place, "expression")?;
            Ok(Draft::Expression {
                place: format!("{place}.expression"),
                text,
            })
        }
        None => {
            known(&["field", "operator", "value"])?;
            Ok(Draft::Chip {
                field: text(members, &place, "field")?,
                operator: text(members, &place, "operator")?,
                value: members.get("value").filter(|value| !value.is_null()),
                place,
            })
        }
    }
}

const SHAPE: &str = "A part of a filter is a group {\"op\", \"items\"}, a negation {\"op\": \"not\", \"item\"}, \
    a condition {\"field\", \"operator\", \"value\"} or an {\"expression\"}.";

fn text<'a>(members: &'a Map<String, Value>, place: &str, name: &str) -> Result<&'a str, Fault> {
    (members.get(name).and_then(Value::as_str))
        .ok_or_else(|| Fault::new(format!("{place}.{name}"), "required", SHAPE))
}
