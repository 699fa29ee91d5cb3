//! Text that has broken other software goes through every kind of text field, and comes back
//! byte for byte or is refused with a reason.

use std::collections::{HashMap, HashSet};

use kith_testkit::test_data;
use serde_json::{Map, Value, json};

use crate::app::App;
use crate::machine;
use crate::query::encoded;

/// What is documented of a text: spaces around it go, blank is no value, one line where it says
/// so, no control characters, and only so long.
fn accepted(text: &str, limit: usize, lines: bool) -> Result<Option<&str>, &'static str> {
    let blank = text.trim().is_empty();
    if blank {
        return match text.contains('\0') {
            true => Err("control_character"),
            false => Ok(None),
        };
    }
    let kept = if lines { text } else { text.trim() };
    let forbidden = |c: char| c.is_control() && !"\t\r\n".contains(c);
    if !lines && kept.contains(['\r', '\n']) {
        Err("one_line")
    } else if kept.contains(forbidden) {
        Err("control_character")
    } else if kept.chars().count() > limit {
        Err("too_long")
    } else {
        Ok(Some(kept))
    }
}

/// The list of naughty strings, and some that it lacks.
fn strings() -> Vec<String> {
    let list = test_data("nasty/blns.json").unwrap_or_else(|| "[]".to_owned());
    let mut all: Vec<String> = serde_json::from_str(&list).expect("a list of texts");
    all.extend(
        [
            "a\u{1}b",
            "two\nlines",
            "two\r\nlines",
            "tab\tinside",
            "\u{feff}mark before",
            "\u{202e}turned round",
            "\u{1f468}\u{200d}\u{1f469}\u{200d}\u{1f467}",
            "I\u{307}stanbul ẞ ΣΑΣ ﬁ Ω",
            "e\u{301} and é",
            "\u{fffd}\u{ffff}\u{10ffff}",
            "%00%ff%s%n{0}${x}",
            "{\"$ref\": \"#\"}",
            "__proto__",
            "=cmd|' /C calc'!A0",
            "\\u0000",
            "' OR 1=1; DROP SCHEMA records CASCADE; --",
        ]
        .map(str::to_owned),
    );
    all.push("x".repeat(1_000));
    all.push("x".repeat(1_001));
    all.push("\u{1f600}".repeat(1_000));
    all
}

/// What a record with this text in all of its fields has to show, and the fields that refuse it.
fn expectation(text: &str) -> (Map<String, Value>, Map<String, Value>) {
    let mut shown = Map::new();
    let mut refused = Map::new();
    for (field, limit, lines) in [
        ("text", 1_000, false),
        ("plate", 1_000, false),
        ("story", 100_000, true),
        ("external_id", 1_000, false),
        ("tags", 100, false),
        ("garage.street", 100_000, true),
        ("garage.city", 200, false),
    ] {
        match accepted(text, limit, lines) {
            Ok(Some(kept)) => shown.insert(field.to_owned(), json!(kept)),
            Ok(None) => shown.insert(field.to_owned(), Value::Null),
            Err(code) => refused.insert(field.to_owned(), json!(code)),
        };
    }
    (shown, refused)
}

fn body(text: &str, fields: &Map<String, Value>) -> Map<String, Value> {
    let mut body = Map::new();
    let mut garage = Map::new();
    for field in fields.keys() {
        match field.strip_prefix("garage.") {
            Some(part) => drop(garage.insert(part.to_owned(), json!(text))),
            None if field == "tags" => drop(body.insert(field.clone(), json!([text]))),
            None => drop(body.insert(field.clone(), json!(text))),
        }
    }
    if !garage.is_empty() {
        body.insert("garage".to_owned(), Value::Object(garage));
    }
    body
}

/// The value of `garage.city` and the like.
fn member<'a>(record: &'a Value, field: &str) -> &'a Value {
    field.split('.').fold(record, |value, name| &value[name])
}

#[track_caller]
fn agrees(record: &Value, shown: &Map<String, Value>, text: &str) {
    for (field, wanted) in shown {
        let seen = match member(record, field) {
            Value::Array(items) => items.first().unwrap_or(&Value::Null),
            value => value,
        };
        assert_eq!(seen, wanted, "{field} of {text:?}");
    }
}

#[tokio::test]
async fn text_fields_give_back_what_they_take() {
    let app = App::start().await;
    machine::make(&app).await;
    let strings = strings();
    // Those that a field refuses are refused with the field and the reason.
    for text in &strings {
        let (_, refused) = expectation(text);
        if refused.is_empty() {
            continue;
        }
        let mut body = body(text, &refused);
        body.insert("name".to_owned(), json!("x"));
        let reply = app.post("/machines", &Value::Object(body)).await;
        if text.contains('\0') {
            assert_eq!(reply.refusal(), (400, "invalid_request".to_owned()));
            continue;
        }
        assert_eq!(reply.refusal().0, 422, "{text:?}");
        let errors = reply.json()["errors"].clone();
        for error in errors.as_array().expect("errors") {
            let field = error["field"].as_str().expect("a field");
            assert_eq!(Some(&error["code"]), refused.get(field), "{field} {text:?}");
        }
    }
    // The others, 100 in a transaction.
    let mut kept: HashMap<String, (&str, Value)> = HashMap::new();
    let texts: Vec<&String> = strings.iter().filter(|text| !text.contains('\0')).collect();
    for chunk in texts.chunks(100) {
        let operations: Vec<Value> = (chunk.iter())
            .map(|text| {
                let (shown, _) = expectation(text);
                let mut data = body(text, &shown);
                data.insert("name".to_owned(), json!("x"));
                data.insert("raw".to_owned(), json!({ text.as_str(): [text] }));
                let upsert = shown.get("external_id").is_some_and(Value::is_string);
                match upsert {
                    true => {
                        json!({"op": "upsert", "object": "machines", "by": "external_id", "data": data})
                    }
                    false => json!({"op": "create", "object": "machines", "data": data}),
                }
            })
            .collect();
        let answer = app
            .post("/batch", &json!({ "operations": operations }))
            .await;
        let results = answer.ok()["results"].clone();
        for (text, result) in chunk.iter().zip(results.as_array().expect("results")) {
            let (shown, _) = expectation(text);
            let record = &result["record"];
            agrees(record, &shown, text);
            assert_eq!(record["raw"], json!({ text.as_str(): [text] }));
            // Unique values differ by more than their case.
            if let Some(Value::String(key)) = shown.get("external_id") {
                let known = kept.insert(key.to_lowercase(), (text, record["id"].clone()));
                assert_eq!(known.is_some(), result["result"] != "created", "{text:?}");
                assert!(known.is_none_or(|(_, id)| id == record["id"]), "{text:?}");
            }
        }
    }
    walk(&app).await;
    for (text, id) in kept.values() {
        find(&app, text, id.as_str().expect("an id")).await;
    }
    for text in &strings {
        send_everywhere(&app, text).await;
    }
}

/// Pages through everything in the order of a text, both ways: each record comes once, as it is
/// when it is read alone.
async fn walk(app: &App) {
    let exact = app.get("/machines?count=exact&limit=1").await.ok();
    for sort in ["plate", "-plate", "-text", "external_id,-name"] {
        let mut seen = HashSet::new();
        let mut cursor = String::new();
        loop {
            let path = format!("/machines?limit=40&sort={}{cursor}", encoded(sort));
            let page = app.get(&path).await.ok();
            for record in page["data"].as_array().expect("data") {
                let id = record["id"].as_str().expect("an id");
                assert!(seen.insert(id.to_owned()), "{sort}: twice: {record}");
            }
            let Some(next) = page["page"]["next_cursor"].as_str() else {
                break;
            };
            cursor = format!("&cursor={}", encoded(next));
        }
        assert_eq!(json!(seen.len()), exact["count"]["value"], "{sort}");
    }
}

/// Finds the record with a text by filters that name it, and asks for it in every other way.
async fn find(app: &App, text: &str, id: &str) {
    let literal = json!(text.trim()).to_string();
    let conditions = [
        format!("plate == {literal}"),
        format!("text in [\"\", {literal}]"),
        format!("external_id == {literal}"),
        format!("story.contains({literal})"),
        format!("{literal} in tags"),
    ];
    // A tag has at most 100 characters.
    let count = 4 + usize::from(text.trim().chars().count() <= 100);
    let request = json!({"filter": conditions[..count].join(" && "), "fields": "id"});
    let found = app.post("/machines/query", &request).await.ok();
    assert_eq!(found["data"], json!([{ "id": id }]), "{request}");
}

/// Sends a text wherever a request takes one. Most are refused; none is a defect.
async fn send_everywhere(app: &App, text: &str) {
    let text = encoded(text);
    for path in [
        format!("/search?q={text}"),
        format!("/machines/{text}"),
        format!("/machines?cursor={text}"),
        format!("/machines?sort={text}"),
        format!("/machines?fields={text}"),
        format!("/machines?filter={text}"),
        format!("/machines/aggregate?group_by={text}"),
        format!("/machines/aggregate?metrics={text}"),
        format!("/objects/{text}"),
        format!("/{text}"),
    ] {
        let reply = app.get(&path).await;
        assert!(reply.status.as_u16() < 500, "{path}: {}", reply.text);
    }
}

#[tokio::test]
async fn labels_and_roles_keep_what_they_take() {
    let app = App::start().await;
    let company = app.post("/companies", &json!({"name": "Acme"})).await.id();
    let strings = strings();
    for (number, chunk) in strings.chunks(60).enumerate() {
        // The values of options come out of their labels: they may collide, the labels may not be blank.
        let options: Vec<Value> = (chunk.iter().enumerate())
            .filter(|(_, text)| matches!(accepted(text, 100, false), Ok(Some(_))))
            .filter(|(_, text)| !text.contains('\t'))
            .map(|(place, text)| json!({"value": format!("v{place}"), "label": text}))
            .collect();
        let field =
            json!({"name": format!("choice{number}"), "type": "select", "options": options});
        let made = app.post("/objects/company/fields", &field).await.ok();
        for (given, shown) in options
            .iter()
            .zip(made["options"].as_array().expect("options"))
        {
            let label = given["label"].as_str().map(str::trim);
            assert_eq!(shown["label"].as_str(), label);
        }
    }
    for text in &strings {
        let body = json!({"last_name": "L", "companies": [{"id": company, "role": text}]});
        let reply = app.post("/people", &body).await;
        match accepted(text, 100, false) {
            _ if text.contains('\0') => assert_eq!(reply.refusal().0, 400),
            Ok(role) => assert_eq!(reply.ok()["companies"][0]["role"], json!(role)),
            Err(_) => assert_eq!(reply.refusal().0, 422, "{text:?}"),
        }
        let body = json!({"name": "choice", "label": text, "type": "select", "options": [text]});
        let reply = app.post("/objects/company/fields", &body).await;
        assert!(reply.status.as_u16() < 500, "{text:?}: {}", reply.text);
    }
}
