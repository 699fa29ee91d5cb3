//! One service's part of the document.

use std::collections::BTreeMap;

use http::Method;
use serde_json::{Map, Value};

use super::{Operation, Schema};
use crate::Access;

/// What one service adds to the document.
#[derive(Clone, Debug, Default)]
pub struct OpenApiPart {
    pub(super) tags: Vec<(String, String)>,
    /// By path, then by method in lower case.
    pub(super) paths: BTreeMap<String, BTreeMap<String, Value>>,
    pub(super) schemas: Map<String, Value>,
    pub(super) parameters: Map<String, Value>,
}

impl OpenApiPart {
    /// Describes a group of operations.
    pub fn tag(&mut self, name: &str, description: &str) {
        if !self.tags.iter().any(|(known, _)| known == name) {
            self.tags.push((name.to_owned(), description.to_owned()));
        }
    }

    /// Adds an operation. `path` is the one below `/api/v1`.
    pub fn operation(
        &mut self,
        tag: &str,
        method: &Method,
        path: &str,
        access: Access,
        what: Operation,
    ) {
        let object = what.object(tag, method, access);
        let methods = self.paths.entry(path.to_owned()).or_default();
        methods.insert(method.as_str().to_ascii_lowercase(), object);
    }

    /// Adds a schema that operations refer to by [`Schema::named`].
    pub fn schema(&mut self, name: &str, schema: Schema) {
        self.schemas.insert(name.to_owned(), schema.into());
    }

    /// Adds a parameter object that operations refer to by [`Operation::shared`].
    pub fn parameter(&mut self, name: &str, parameter: Value) {
        self.parameters.insert(name.to_owned(), parameter);
    }

    /// Adds all of another part.
    pub fn merge(&mut self, other: Self) {
        for (name, description) in other.tags {
            self.tag(&name, &description);
        }
        for (path, methods) in other.paths {
            self.paths.entry(path).or_default().extend(methods);
        }
        self.schemas.extend(other.schemas);
        self.parameters.extend(other.parameters);
    }
}
