//! The catalog as the API shows it.

use serde_json::{Map, Value as Json, json};

use super::{Catalog, Field, FieldType, Object};

/// An object with its fields.
pub fn show_object(catalog: &Catalog, object: &Object) -> Json {
    let fields: Vec<Json> = (object.fields().iter())
        .map(|field| show_field(catalog, field))
        .collect();
    json!({
        "id": object.id,
        "key": object.key,
        "name": object.name,
        "plural": object.plural,
        "label": object.label,
        "label_plural": object.label_plural,
        "description": object.description,
        "standard": object.standard,
        "retired": object.retired,
        "version": object.version,
        "fields": fields,
    })
}

/// A field: its properties, with the members of its type among them.
pub fn show_field(catalog: &Catalog, field: &Field) -> Json {
    let mut shown = Map::new();
    if let Ok(Json::Object(kind)) = serde_json::to_value(&field.kind) {
        shown.extend(kind);
    }
    named_by_api(catalog, &field.kind, &mut shown);
    for (member, value) in [
        ("id", json!(field.id)),
        ("key", json!(field.key)),
        ("name", json!(field.name)),
        ("label", json!(field.label)),
        ("description", json!(field.description)),
        ("standard", json!(field.standard)),
        ("read_only", json!(field.read_only)),
        ("required", json!(field.required)),
        ("unique", json!(field.unique)),
        ("indexed", json!(field.indexed)),
        ("building", json!(field.building)),
        ("build_error", json!(field.build_error)),
        ("default", json!(field.default)),
        ("validation", json!(field.validation)),
        ("validation_message", json!(field.validation_message)),
        ("retired", json!(field.retired)),
        ("version", json!(field.version)),
    ] {
        shown.insert(member.to_owned(), value);
    }
    Json::Object(shown)
}

/// Puts API names where a type has keys.
fn named_by_api(catalog: &Catalog, kind: &FieldType, shown: &mut Map<String, Json>) {
    let target = match kind {
        FieldType::RollUp { object, .. } => Some(object.as_str()),
        kind => kind.target(),
    };
    let Some(object) = target.and_then(|key| catalog.by_key(key)) else {
        return;
    };
    shown.insert("object".to_owned(), json!(object.name));
    for member in ["relation", "field"] {
        if let Some(Json::String(key)) = shown.get(member)
            && let Some(field) = object.field_by_key(key)
        {
            let name = json!(field.name);
            shown.insert(member.to_owned(), name);
        }
    }
}
