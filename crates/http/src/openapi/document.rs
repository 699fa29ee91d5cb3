//! The document as a whole.

use serde_json::{Map, Value, json};

use super::{OpenApiPart, components};

/// What the document says of itself.
#[derive(Clone, Copy, Debug)]
pub struct Info<'a> {
    /// The title.
    pub title: &'a str,
    /// The server's version.
    pub version: &'a str,
    /// An introduction; Markdown.
    pub description: &'a str,
}

/// The OpenAPI 3.1 document of these parts. Its paths are relative to `/api/v1`.
pub fn document(info: Info<'_>, parts: impl IntoIterator<Item = OpenApiPart>) -> Value {
    let mut all = OpenApiPart::default();
    for part in parts {
        all.merge(part);
    }
    let mut schemas = components::schemas();
    schemas.extend(all.schemas);
    let mut parameters = components::parameters();
    parameters.extend(all.parameters);
    let paths: Map<String, Value> = all
        .paths
        .into_iter()
        .map(|(path, methods)| (path, methods.into_iter().collect::<Map<_, _>>().into()))
        .collect();
    let tags: Vec<Value> = all
        .tags
        .into_iter()
        .map(|(name, description)| json!({ "name": name, "description": description }))
        .collect();
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": info.title,
            "version": info.version,
            "description": info.description,
            "license": { "name": "Apache-2.0", "identifier": "Apache-2.0" },
        },
        "servers": [{ "url": "/api/v1" }],
        "tags": tags,
        "paths": paths,
        "components": {
            "schemas": schemas,
            "parameters": parameters,
            "responses": components::responses(),
            "securitySchemes": components::security_schemes(),
        },
    })
}
