//! Custom objects and fields.

use http::Method;
use serde_json::json;

use crate::app::App;

#[tokio::test]
async fn a_field_of_each_type_keeps_its_values() {
    let app = App::start().await;
    let company = app.post("/companies", &json!({"name": "Acme"})).await.id();
    app.post("/objects", &json!({"name": "vehicle", "label": "Vehicle"}))
        .await
        .ok();
    for (name, kind, value, shown) in [
        (
            "note",
            json!({"type": "text", "indexed": true}),
            json!(" Fast "),
            json!("Fast"),
        ),
        (
            "story",
            json!({"type": "long_text"}),
            json!("a\nb"),
            json!("a\nb"),
        ),
        (
            "seats",
            json!({"type": "number", "indexed": true}),
            json!(5),
            json!(5),
        ),
        (
            "weight",
            json!({"type": "decimal", "indexed": true}),
            json!("1234567890123456.123456789"),
            json!("1234567890123456.123456789"),
        ),
        (
            "price",
            json!({"type": "currency", "indexed": true}),
            json!("9.90 EUR"),
            json!({"amount": "9.90", "currency": "EUR"}),
        ),
        (
            "electric",
            json!({"type": "boolean"}),
            json!(true),
            json!(true),
        ),
        (
            "built",
            json!({"type": "date", "indexed": true}),
            json!("2020-02-29"),
            json!("2020-02-29"),
        ),
        (
            "seen",
            json!({"type": "datetime"}),
            json!("2020-02-29T10:00:00+01:00"),
            json!("2020-02-29T09:00:00.000Z"),
        ),
        (
            "color",
            json!({"type": "select", "indexed": true, "options": ["Deep red", "Blue"]}),
            json!("deep red"),
            json!("deep_red"),
        ),
        (
            "extras",
            json!({"type": "multi_select", "options": ["Radio", "Hook"]}),
            json!(["hook", "radio"]),
            json!(["hook", "radio"]),
        ),
        (
            "mails",
            json!({"type": "emails"}),
            json!("A@x.de"),
            json!(["a@x.de"]),
        ),
        (
            "calls",
            json!({"type": "phones"}),
            json!(["2024561111"]),
            json!(["+12024561111"]),
        ),
        (
            "sites",
            json!({"type": "links"}),
            json!(["x.de"]),
            json!(["https://x.de"]),
        ),
        (
            "garage",
            json!({"type": "address"}),
            json!({"city": "Ulm"}),
            json!({"street": null, "city": "Ulm", "region": null, "postal_code": null, "country": null}),
        ),
        (
            "stars",
            json!({"type": "rating", "max": 5}),
            json!(4),
            json!(4),
        ),
        (
            "driver",
            json!({"type": "user", "indexed": true}),
            json!(null),
            json!(null),
        ),
        (
            "maker",
            json!({"type": "relation", "object": "company", "indexed": true}),
            json!(company),
            json!({"id": company}),
        ),
        (
            "dealers",
            json!({"type": "relations", "object": "company"}),
            json!([company]),
            json!([{"id": company, "role": null}]),
        ),
        (
            "subject",
            json!({"type": "any_relation"}),
            json!({"object": "company", "id": company}),
            json!({"object": "company", "id": company}),
        ),
        (
            "raw",
            json!({"type": "json"}),
            json!({"a": [1, null]}),
            json!({"a": [1, null]}),
        ),
    ] {
        let mut field = kind;
        field["name"] = json!(name);
        let field = app.post("/objects/vehicle/fields", &field).await.ok();
        assert_eq!(field["name"], name);
        let made = app
            .post("/vehicles", &json!({"name": "Car", name: value}))
            .await
            .ok();
        assert_eq!(made[name], shown, "{name}");
        let path = format!("/vehicles/{}", made["id"].as_str().unwrap());
        let again = app.patch(&path, &json!({"name": "Van"})).await.ok();
        assert_eq!(again[name], shown, "{name} after a change of another field");
        assert_eq!(app.get(&path).await.ok(), again, "{name} as it is read");
    }
}

#[tokio::test]
async fn autonumbers_count_up() {
    let app = App::start().await;
    let field = json!({"name": "number", "type": "autonumber", "prefix": "C-", "digits": 4});
    app.post("/objects/company/fields", &field).await.ok();
    let make = async || app.post("/companies", &json!({"name": "x"})).await.ok()["number"].clone();
    assert_eq!(make().await, "C-0001");
    assert_eq!(make().await, "C-0002");
}

#[tokio::test]
async fn a_field_is_renamed_and_retired_without_losing_values() {
    let app = App::start().await;
    let field = json!({"name": "tier", "type": "text", "required": false, "default": "gold"});
    app.post("/objects/company/fields", &field).await.ok();
    let company = app.post("/companies", &json!({"name": "Acme"})).await.ok();
    assert_eq!(company["tier"], "gold");
    let path = format!("/companies/{}", company["id"].as_str().unwrap());
    let renamed = app
        .patch("/objects/company/fields/tier", &json!({"name": "level"}))
        .await
        .ok();
    let company = app.patch(&path, &json!({"industry": "tech"})).await.ok();
    assert_eq!(company["level"], "gold");
    assert!(company.get("tier").is_none());
    app.patch("/objects/company/fields/level", &json!({"retired": true}))
        .await
        .ok();
    let reply = app.patch(&path, &json!({"level": "x"})).await;
    assert_eq!(reply.json()["errors"][0]["code"], "unknown_field");
    let key = renamed["key"].as_str().unwrap();
    app.patch(
        &format!("/objects/company/fields/{key}"),
        &json!({"retired": false}),
    )
    .await
    .ok();
    let company = app.patch(&path, &json!({"industry": "steel"})).await.ok();
    assert_eq!(company["level"], "gold");
}

#[tokio::test]
async fn a_field_becomes_unique_and_indexed_for_older_records() {
    let app = App::start().await;
    app.post(
        "/objects/company/fields",
        &json!({"name": "code", "type": "text"}),
    )
    .await
    .ok();
    for code in ["A", "B"] {
        app.post("/companies", &json!({"name": code, "code": code}))
            .await
            .ok();
    }
    app.post("/companies", &json!({"name": "none"})).await.ok();
    let marked = json!({"unique": true, "indexed": true});
    let field = app
        .patch("/objects/company/fields/code", &marked)
        .await
        .ok();
    assert_eq!(
        (&field["building"], &field["indexed"]),
        (&json!(true), &json!(false))
    );
    // Uniqueness holds for new records at once, for older ones after the building.
    app.records.tidy().await.unwrap();
    let object = app.get("/objects/company").await.ok();
    let fields = object["fields"].as_array().unwrap();
    let field = fields.iter().find(|field| field["name"] == "code").unwrap();
    assert_eq!(
        (&field["building"], &field["indexed"]),
        (&json!(false), &json!(true))
    );
    let reply = app
        .post("/companies", &json!({"name": "x", "code": "b"}))
        .await;
    assert_eq!(reply.refusal(), (409, "duplicate".to_owned()));
    let upsert = json!({"by": "code", "data": {"code": "a", "industry": "tech"}});
    assert_eq!(
        app.post("/companies/upsert", &upsert).await.ok()["name"],
        "A"
    );
    let client = app.db.superuser().await;
    let filled = client
        .query_one("SELECT count(t1) FROM records.company", &[])
        .await
        .unwrap();
    assert_eq!(filled.get::<_, i64>(0), 2);
}

#[tokio::test]
async fn a_field_with_equal_values_does_not_become_unique() {
    let app = App::start().await;
    app.post(
        "/objects/company/fields",
        &json!({"name": "code", "type": "text"}),
    )
    .await
    .ok();
    for name in ["one", "two"] {
        app.post("/companies", &json!({"name": name, "code": "same"}))
            .await
            .ok();
    }
    app.patch("/objects/company/fields/code", &json!({"unique": true}))
        .await
        .ok();
    app.records.tidy().await.unwrap();
    let object = app.get("/objects/company").await.ok();
    let fields = object["fields"].as_array().unwrap();
    let field = fields.iter().find(|field| field["name"] == "code").unwrap();
    assert_eq!(field["unique"], false);
    assert!(field["build_error"].as_str().unwrap().contains("`same`"));
}

#[tokio::test]
async fn definitions_that_make_no_sense_are_refused() {
    let app = App::start().await;
    for (path, body, code) in [
        ("/objects", json!({"name": "person"}), "duplicate"),
        ("/objects", json!({"name": "Person"}), "invalid_name"),
        ("/objects", json!({"name": "search"}), "reserved_name"),
        ("/objects", json!({}), "required"),
        (
            "/objects/person/fields",
            json!({"name": "x", "type": "blob"}),
            "invalid_type",
        ),
        (
            "/objects/person/fields",
            json!({"name": "x", "type": "text", "max": 5}),
            "invalid_type",
        ),
        (
            "/objects/person/fields",
            json!({"name": "emails", "type": "text"}),
            "duplicate",
        ),
        (
            "/objects/person/fields",
            json!({"name": "x", "type": "relation", "object": "ghost"}),
            "unknown_object",
        ),
        (
            "/objects/person/fields",
            json!({"name": "x", "type": "json", "indexed": true}),
            "unsuitable_type",
        ),
        (
            "/objects/person/fields",
            json!({"name": "x", "type": "date", "unique": true}),
            "unsuitable_type",
        ),
        (
            "/objects/person/fields",
            json!({"name": "x", "type": "number", "default": "many"}),
            "invalid_number",
        ),
        (
            "/objects/person/fields",
            json!({"name": "x", "type": "select", "options": ["A", "a"]}),
            "invalid_option",
        ),
        (
            "/objects/company/fields",
            json!({"name": "x", "type": "roll_up", "object": "deal", "relation": "stage", "function": "count"}),
            "not_a_relation",
        ),
        (
            "/objects/company/fields",
            json!({"name": "x", "type": "roll_up", "object": "deal", "relation": "company", "function": "sum", "field": "name"}),
            "unsuitable_field",
        ),
    ] {
        let reply = app.post(path, &body).await;
        let error = &reply.json()["errors"][0]["code"];
        assert_eq!(error, code, "{path} {body} {reply:?}");
    }
    let reply = app
        .patch("/objects/person/fields/emails", &json!({"retired": true}))
        .await;
    assert!(reply.status.is_success(), "{reply:?}");
    let reply = app
        .patch("/objects/company/fields/name", &json!({"retired": true}))
        .await;
    assert_eq!(reply.json()["errors"][0]["code"], "fixed");
}

#[tokio::test]
async fn only_administrators_shape_the_catalog() {
    let app = App::start().await;
    let json_type = [("content-type", "application/json")];
    let body = || axum::body::Body::from(r#"{"name":"vehicle"}"#);
    let reply = app
        .raw("member", Method::POST, "/objects", &json_type, body())
        .await;
    assert_eq!(reply.status, 403);
    app.raw("admin", Method::POST, "/objects", &json_type, body())
        .await
        .ok();
    let reply = app
        .raw(
            "stranger",
            Method::GET,
            "/objects/vehicle",
            &[],
            axum::body::Body::empty(),
        )
        .await;
    assert_eq!(reply.status, 404);
}

#[tokio::test]
async fn history_tells_each_change_in_the_words_of_today() {
    let app = App::start().await;
    let id = app.post("/companies", &json!({"name": "Acme"})).await.id();
    let path = format!("/companies/{id}");
    app.db.clock.advance(jiff::SignedDuration::from_secs(60));
    app.patch(
        &path,
        &json!({"industry": "tech", "annual_revenue": "5.00"}),
    )
    .await
    .ok();
    app.db.clock.advance(jiff::SignedDuration::from_secs(60));
    app.patch(&path, &json!({"industry": "steel"})).await.ok();
    app.delete(&path).await;
    let page = app.get(&format!("{path}/history?limit=3")).await.ok();
    let events = page["data"].as_array().unwrap();
    let types: Vec<_> = events
        .iter()
        .map(|event| event["type"].as_str().unwrap())
        .collect();
    assert_eq!(types, ["deleted", "updated", "updated"]);
    assert_eq!(
        events[1]["changes"],
        json!([{"field": "industry", "from": "tech", "to": "steel"}])
    );
    assert_eq!(
        events[2]["changes"][1],
        json!({"field": "annual_revenue", "from": null, "to": {"amount": "5.00", "currency": "USD"}})
    );
    let next = page["page"]["next_cursor"].as_str().unwrap();
    let rest = app.get(&format!("{path}/history?cursor={next}")).await.ok();
    assert_eq!(rest["data"][0]["type"], "created");
    assert_eq!(rest["page"]["has_more"], false);
}

#[tokio::test]
async fn rules_hold_formulas_compute_and_roll_ups_add_up() {
    let app = App::start().await;
    for (object, field) in [
        (
            "company",
            json!({"name": "discount", "type": "number", "validation": "discount >= 0 && discount <= 50", "validation_message": "must be from 0 to 50"}),
        ),
        (
            "company",
            json!({"name": "per_head", "type": "formula", "expression": "annual_revenue / employees"}),
        ),
        (
            "company",
            json!({"name": "pipeline_value", "type": "roll_up", "object": "deal", "relation": "company", "function": "sum", "field": "amount", "filter": "stage.kind == \"open\""}),
        ),
        (
            "company",
            json!({"name": "deal_count", "type": "roll_up", "object": "deal", "relation": "company", "function": "count"}),
        ),
    ] {
        app.post(&format!("/objects/{object}/fields"), &field)
            .await
            .ok();
    }
    let refused = app
        .post("/companies", &json!({"name": "x", "discount": 51}))
        .await;
    assert_eq!(
        refused.json()["errors"][0],
        json!({"field": "discount", "code": "validation_rule", "message": "must be from 0 to 50"})
    );
    let company = json!({"name": "Acme", "annual_revenue": "1000.00", "employees": 8});
    let id = app.post("/companies", &company).await.id();
    for amount in ["10.50", "20.00"] {
        app.post(
            "/deals",
            &json!({"name": "d", "amount": amount, "company": id}),
        )
        .await
        .ok();
    }
    let company = app.get(&format!("/companies/{id}")).await.ok();
    let change = json!({"industry": null});
    let written = app.patch(&format!("/companies/{id}"), &change).await.ok();
    assert_eq!(written, company, "a write shows what a read shows");
    assert_eq!(
        company["per_head"],
        json!({"amount": "125.00", "currency": "USD"})
    );
    assert_eq!(
        company["pipeline_value"],
        json!({"amount": "30.50", "currency": "USD"})
    );
    assert_eq!(company["deal_count"], 2);
    let found = app
        .get(
            "/companies?filter=per_head%20%3E%20100%20%26%26%20deal_count%20%3D%3D%202&count=exact",
        )
        .await
        .ok();
    assert_eq!(found["count"], json!({"value": 1, "exact": true}));
    // A field that an expression speaks of can't be renamed under it.
    app.post(
        "/objects/company/fields",
        &json!({"name": "base", "type": "number"}),
    )
    .await
    .ok();
    app.post(
        "/objects/company/fields",
        &json!({"name": "twice", "type": "formula", "expression": "base * 2"}),
    )
    .await
    .ok();
    let refused = app
        .patch("/objects/company/fields/base", &json!({"name": "root"}))
        .await;
    assert_eq!(refused.refusal(), (400, "invalid_expression".to_owned()));
    for (expression, position) in [("base +", 6), ("nothing * 2", 0)] {
        let field = json!({"name": "f", "type": "formula", "expression": expression});
        let refused = app.post("/objects/company/fields", &field).await;
        assert_eq!(
            refused.json()["position"]["offset"],
            position,
            "{refused:?}"
        );
    }
    let cyclic = json!({"expression": "twice + 1"});
    app.post(
        "/objects/company/fields",
        &json!({"name": "more", "type": "formula", "expression": "twice + 1"}),
    )
    .await
    .ok();
    let refused = app
        .patch(
            "/objects/company/fields/twice",
            &json!({"type": "formula", "expression": "more * 2"}),
        )
        .await;
    assert_eq!(refused.status, 400, "{cyclic} {refused:?}");
    let related = json!({"name": "v", "type": "text", "validation": "parent.name == \"x\""});
    let refused = app.post("/objects/company/fields", &related).await;
    assert_eq!(refused.refusal(), (400, "invalid_expression".to_owned()));
}

#[tokio::test]
async fn a_record_is_shown_as_it_was() {
    let app = App::start().await;
    let company = app.post("/companies", &json!({"name": "Acme"})).await.id();
    let person = json!({"first_name": "Ada", "companies": [company]});
    let first = app.post("/people", &person).await.ok();
    let path = format!("/people/{}", first["id"].as_str().unwrap());
    app.db.clock.advance(jiff::SignedDuration::from_secs(60));
    let changes = json!({"first_name": "Eve", "companies": [], "emails": ["eve@x.de"]});
    app.patch(&path, &changes).await.ok();
    app.db.clock.advance(jiff::SignedDuration::from_secs(60));
    app.delete(&path).await;
    app.db.clock.advance(jiff::SignedDuration::from_secs(60));
    app.post(&format!("{path}/restore"), &json!({})).await.ok();
    let at = |moment: &str| app.get_owned(format!("{path}?as_of=2026-06-01T{moment}Z"));
    assert_eq!(at("12:00:30").await.ok(), first);
    assert_eq!(at("12:01:30").await.ok()["name"], "Eve");
    assert_eq!(at("12:02:30").await.status, 404, "in the recycle bin");
    assert_eq!(at("12:03:30").await.ok()["version"], 4);
    assert_eq!(at("11:59:00").await.status, 404, "not there yet");
    assert_eq!(
        app.get(&format!("{path}?as_of=yesterday")).await.status,
        400
    );
}
