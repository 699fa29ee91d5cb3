//! JSON Schemas (2020-12, as OpenAPI 3.1 has them).

use serde_json::{Map, Value, json};

/// A JSON Schema, built step by step.
#[derive(Clone, Debug, PartialEq)]
pub struct Schema(Value);

impl From<Schema> for Value {
    fn from(schema: Schema) -> Self {
        schema.0
    }
}

impl Schema {
    /// Any schema, written out.
    pub fn raw(value: Value) -> Self {
        Self(value)
    }

    /// Any JSON value.
    pub fn any() -> Self {
        Self(json!({}))
    }

    /// A text.
    pub fn string() -> Self {
        Self(json!({ "type": "string" }))
    }

    /// A text of a format, such as `email` or `uri`.
    pub fn format(format: &str) -> Self {
        Self(json!({ "type": "string", "format": format }))
    }

    /// A UUID.
    pub fn uuid() -> Self {
        Self::format("uuid")
    }

    /// A moment, RFC 3339.
    pub fn date_time() -> Self {
        Self::format("date-time")
    }

    /// A day, `2026-11-21`.
    pub fn date() -> Self {
        Self::format("date")
    }

    /// One of these texts.
    pub fn one_of_texts(values: &[&str]) -> Self {
        Self(json!({ "type": "string", "enum": values }))
    }

    /// An integer of 64 bits.
    pub fn integer() -> Self {
        Self(json!({ "type": "integer", "format": "int64" }))
    }

    /// A number.
    pub fn number() -> Self {
        Self(json!({ "type": "number" }))
    }

    /// True or false.
    pub fn boolean() -> Self {
        Self(json!({ "type": "boolean" }))
    }

    /// A list.
    pub fn array(items: Self) -> Self {
        Self(json!({ "type": "array", "items": Value::from(items) }))
    }

    /// An object without members yet; see [`Schema::required`] and [`Schema::optional`].
    pub fn object() -> Self {
        Self(json!({ "type": "object", "properties": {} }))
    }

    /// An object whose members all have one schema.
    pub fn map(values: Self) -> Self {
        Self(json!({ "type": "object", "additionalProperties": Value::from(values) }))
    }

    /// A schema of the document's components, by name.
    pub fn named(name: &str) -> Self {
        Self(json!({ "$ref": format!("#/components/schemas/{name}") }))
    }

    /// One page of a list: `data`, `page` and, where asked for, `count`.
    pub fn page_of(item: Self) -> Self {
        Self::object()
            .required("data", Self::array(item))
            .required("page", Self::named("PageInfo"))
            .optional("count", Self::named("Count"))
    }

    /// Any one of these.
    pub fn any_of(schemas: impl IntoIterator<Item = Self>) -> Self {
        let schemas: Vec<Value> = schemas.into_iter().map(Value::from).collect();
        Self(json!({ "anyOf": schemas }))
    }

    /// Adds a member that is always there.
    #[must_use]
    pub fn required(self, name: &str, schema: Self) -> Self {
        let mut object = self.optional(name, schema);
        if let Some(map) = object.0.as_object_mut() {
            let required = map.entry("required").or_insert_with(|| json!([]));
            if let Some(names) = required.as_array_mut() {
                names.push(name.into());
            }
        }
        object
    }

    /// Adds a member that may be absent.
    #[must_use]
    pub fn optional(mut self, name: &str, schema: Self) -> Self {
        if let Some(map) = self.0.as_object_mut() {
            let members = map.entry("properties").or_insert_with(|| json!({}));
            if let Some(members) = members.as_object_mut() {
                members.insert(name.to_owned(), schema.0);
            }
        }
        self
    }

    /// Says that an object has no other members, as every request body should.
    #[must_use]
    pub fn closed(self) -> Self {
        self.with("additionalProperties", false)
    }

    /// Allows null too.
    #[must_use]
    pub fn nullable(mut self) -> Self {
        let map = self.0.as_object_mut();
        match map.and_then(|map| map.get_mut("type")) {
            Some(Value::String(name)) => {
                let both = json!([name, "null"]);
                let nullable = self.with("type", both);
                nullable.allow_null_in_enum()
            }
            _ => Self::any_of([self, Self(json!({ "type": "null" }))]),
        }
    }

    fn allow_null_in_enum(mut self) -> Self {
        if let Some(values) = self.0.get_mut("enum").and_then(Value::as_array_mut) {
            values.push(Value::Null);
        }
        self
    }

    /// Says what it is. Markdown is shown as text.
    #[must_use]
    pub fn about(self, description: &str) -> Self {
        self.with("description", description)
    }

    /// Gives an example.
    #[must_use]
    pub fn example(self, example: impl Into<Value>) -> Self {
        self.with("examples", vec![example.into()])
    }

    /// Adds any other keyword, such as `maxLength`.
    #[must_use]
    pub fn with(mut self, keyword: &str, value: impl Into<Value>) -> Self {
        match self.0.as_object_mut() {
            Some(map) => {
                map.insert(keyword.to_owned(), value.into());
                self
            }
            None => Self(Value::Object(Map::from_iter([(
                keyword.to_owned(),
                value.into(),
            )]))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn schemas_are_built_step_by_step() {
        let person = Schema::object()
            .required("id", Schema::uuid())
            .optional("kind", Schema::one_of_texts(&["a", "b"]).nullable())
            .optional("company", Schema::named("Company").nullable())
            .closed();
        insta::assert_snapshot!(Value::from(person), @r##"{"additionalProperties":false,"properties":{"company":{"anyOf":[{"$ref":"#/components/schemas/Company"},{"type":"null"}]},"id":{"format":"uuid","type":"string"},"kind":{"enum":["a","b",null],"type":["string","null"]}},"required":["id"],"type":"object"}"##);
    }
}
