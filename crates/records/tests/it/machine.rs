//! A custom object with a field of every type.

use serde_json::json;

use crate::app::App;

/// The fields of the object `machine` by type, as they are made; relations point to companies.
pub const FIELDS: [(&str, &str); 22] = [
    ("text", r#"{"type": "text"}"#),
    ("plate", r#"{"type": "text", "indexed": true}"#),
    ("story", r#"{"type": "long_text"}"#),
    ("seats", r#"{"type": "number", "indexed": true}"#),
    ("weight", r#"{"type": "decimal"}"#),
    ("price", r#"{"type": "currency", "indexed": true}"#),
    ("electric", r#"{"type": "boolean"}"#),
    ("built", r#"{"type": "date"}"#),
    ("seen", r#"{"type": "datetime", "indexed": true}"#),
    (
        "color",
        r#"{"type": "select", "options": ["Deep red", "Blue"]}"#,
    ),
    (
        "extras",
        r#"{"type": "multi_select", "options": ["Radio", "Hook"]}"#,
    ),
    ("tags", r#"{"type": "multi_select", "options": []}"#),
    ("mails", r#"{"type": "emails"}"#),
    ("calls", r#"{"type": "phones"}"#),
    ("sites", r#"{"type": "links"}"#),
    ("garage", r#"{"type": "address"}"#),
    ("stars", r#"{"type": "rating", "max": 5}"#),
    ("driver", r#"{"type": "user"}"#),
    ("maker", r#"{"type": "relation", "object": "company"}"#),
    ("dealers", r#"{"type": "relations", "object": "company"}"#),
    ("subject", r#"{"type": "any_relation"}"#),
    ("raw", r#"{"type": "json"}"#),
];

/// Makes the object `machine`, whose records are at `/machines`.
pub async fn make(app: &App) {
    let object = json!({"name": "machine", "label": "Machine"});
    app.post("/objects", &object).await.ok();
    for (name, kind) in FIELDS {
        let mut field: serde_json::Value = serde_json::from_str(kind).expect("JSON");
        field["name"] = json!(name);
        app.post("/objects/machine/fields", &field).await.ok();
    }
}
