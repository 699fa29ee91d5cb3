//! Filters taken apart and put together.

use serde_json::{Value, json};

use crate::app::{App, user};

async fn render(app: &App, tree: Value) -> Value {
    let body = json!({"object": "deals", "tree": tree});
    app.post("/filters/render", &body).await.ok()["filter"].clone()
}

async fn parse(app: &App, filter: Value) -> Value {
    let body = json!({"object": "deals", "filter": filter});
    app.post("/filters/parse", &body).await.ok()
}

#[tokio::test]
async fn a_filter_that_is_clicked_together_finds_what_it_says() {
    let app = App::start().await;
    let owner = user("admin").to_string();
    let deals = [
        json!({"name": "small", "amount": 10, "owner": owner, "expected_close": "2026-06-01"}),
        json!({"name": "large", "amount": 20000, "source": "Web", "expected_close": "2026-05-31"}),
        json!({"name": "none", "source": "web"}),
    ];
    for deal in &deals {
        app.post("/deals", deal).await.ok();
    }
    let mut found = Vec::new();
    for chip in [
        json!({"field": "amount", "operator": "gt", "value": 100}),
        json!({"field": "amount", "operator": "is_not", "value": 10}),
        json!({"field": "amount", "operator": "is_other", "value": 10}),
        json!({"field": "amount", "operator": "between", "value": ["9.50", {"amount": "10", "currency": "USD"}]}),
        json!({"field": "amount", "operator": "empty"}),
        json!({"field": "owner", "operator": "is", "value": "me"}),
        json!({"field": "owner", "operator": "none_of", "value": ["me"]}),
        json!({"field": "source", "operator": "starts_with", "value": "WE"}),
        json!({"field": "source", "operator": "not_contains", "value": "EB"}),
        json!({"field": "expected_close", "operator": "is", "value": {"days_from_today": 0}}),
        json!({"field": "expected_close", "operator": "during", "value": {"unit": "month", "offset": -1}}),
        json!({"field": "expected_close", "operator": "during", "value": {"unit": "week", "offset": 0}}),
        json!({"field": "created_at", "operator": "is", "value": "2026-06-01"}),
        json!({"field": "created_at", "operator": "after", "value": "2026-06-01"}),
        json!({"op": "not", "item": {"field": "amount", "operator": "gt", "value": 100}}),
    ] {
        let filter = render(&app, json!({"op": "and", "items": [chip.clone()]})).await;
        let list = json!({"filter": filter, "sort": "name", "fields": "name"});
        let list = app.post("/deals/query", &list).await.ok();
        let names: Vec<&str> = (list["data"].as_array().unwrap().iter())
            .map(|deal| deal["name"].as_str().unwrap())
            .collect();
        found.push(format!("{}: {}", filter.as_str().unwrap(), names.join(" ")));
        let parsed = parse(&app, filter.clone()).await;
        assert_eq!(parsed["filter"], filter);
        assert_eq!(render(&app, parsed["tree"].clone()).await, filter);
    }
    insta::assert_snapshot!(found.join("\n"), @r#"
    amount > 100: large
    amount == null || amount != 10: large none
    amount != 10: large
    amount >= 9.5 && amount <= "10.00 USD": small
    amount == null: none
    owner == me(): small
    owner == null || !(owner in [me()]): large none
    lower(source).startsWith(lower("WE")): large none
    source == null || !source.icontains("EB"): small
    expected_close == today(): small
    expected_close.getFullYear() * 12 + expected_close.getMonth() == today().getFullYear() * 12 + today().getMonth() - 1: large
    expected_close - (expected_close.getDayOfWeek() + 6) % 7 == today() - (today().getDayOfWeek() + 6) % 7: small
    date(created_at) == "2026-06-01": large none small
    date(created_at) > "2026-06-01": 
    !(amount > 100): small
    "#);
}

#[tokio::test]
async fn what_is_wrong_with_a_filter_is_told_with_its_place() {
    let app = App::start().await;
    let mut told = Vec::new();
    for filter in [
        "indutsry == 1",
        "amount >",
        "amount",
        "name == \"x",
        "matches(name, \"(\")",
    ] {
        let parsed = parse(&app, json!(filter)).await;
        assert_eq!(
            (&parsed["tree"], &parsed["filter"]),
            (&json!(null), &json!(null))
        );
        told.push(parsed["problems"].to_string());
    }
    insta::assert_snapshot!(told.join("\n"), @r#"
    [{"message":"The expression is not valid: there is no field `indutsry` (line 1, column 1).","position":{"column":1,"end":8,"line":1,"offset":0},"reason":"unknown_name"}]
    [{"message":"The expression is not valid: expected a value, a field or `(`, found the end of the expression (line 1, column 9).","position":{"column":9,"end":8,"line":1,"offset":8},"reason":"syntax"}]
    [{"message":"The expression is not valid: expected a boolean, but `amount` is an amount of money (line 1, column 1).","position":{"column":1,"end":6,"line":1,"offset":0},"reason":"type"}]
    [{"message":"The expression is not valid: this text is never closed by `\"` (line 1, column 9).","position":{"column":9,"end":9,"line":1,"offset":8},"reason":"syntax"}]
    [{"message":"The expression is not valid: `(` is never closed at character 1 of the pattern (line 1, column 15).","position":{"column":15,"end":17,"line":1,"offset":14},"reason":"type"}]
    "#);
    for nothing in [json!(null), json!(""), json!("  \n")] {
        let parsed = parse(&app, nothing).await;
        assert_eq!(parsed["tree"], json!({"op": "and", "items": []}));
    }
    let long = "a".repeat(20_000);
    assert_eq!(
        parse(&app, json!(long)).await["problems"][0]["reason"],
        "limit"
    );
    let complex = vec!["name.icontains(\"a\")"; 400].join(" || ");
    let parsed = parse(&app, json!(complex)).await;
    assert!(parsed["tree"].is_object() || parsed["problems"][0]["message"].is_string());
}

#[tokio::test]
async fn hostile_trees_are_refused() {
    let app = App::start().await;
    let deep = (0..100).fold(
        json!({"op": "and", "items": []}),
        |inner, _| json!({"op": "not", "item": inner}),
    );
    let wide = json!({"op": "and", "items": vec![json!({"field": "amount", "operator": "gt", "value": 1}); 501]});
    let long = json!({"expression": format!("name == \"{}\"", "x".repeat(20_000))});
    let many = json!({"field": "name", "operator": "any_of", "value": vec!["x"; 501]});
    let bulky = json!({"op": "and", "items": vec![json!({"field": "name", "operator": "is", "value": "y".repeat(200)}); 200]});
    for tree in [
        deep,
        wide,
        long,
        many,
        bulky,
        json!(5),
        json!({"field": "name"}),
        json!({"op": 5}),
    ] {
        let body = json!({"object": "deals", "tree": tree});
        let status = app.post("/filters/render", &body).await.status.as_u16();
        assert!((400..=422).contains(&status), "{status} {body}");
    }
    for body in [
        json!({}),
        json!({"object": "deals"}),
        json!({"object": "deals", "tree": {}, "x": 1}),
    ] {
        let status = app.post("/filters/render", &body).await.status.as_u16();
        assert!((400..=422).contains(&status), "{status} {body}");
    }
    let unknown = json!({"object": "dealz", "filter": "true"});
    assert_eq!(app.post("/filters/parse", &unknown).await.status, 404);
}
