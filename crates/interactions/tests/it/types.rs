//! Interaction types and their schemas.

use http::Method;
use serde_json::json;

use crate::app::App;

#[tokio::test]
async fn a_type_is_a_channel_with_a_schema() {
    let app = App::start().await;
    let schema = json!({
        "type": "object", "required": ["stars"],
        "properties": {"stars": {"type": "integer", "minimum": 1, "maximum": 5}}
    });
    let kind = json!({"key": "review", "name": "Review", "icon": "star", "schema": schema});
    assert_eq!(
        app.post("/interactions", &json!({"channel": "review"}))
            .await
            .status,
        422
    );
    let made = app.post("/interaction-types", &kind).await;
    assert_eq!(made.status, 201);
    assert_eq!(made.headers["location"], "/api/v1/interaction-types/review");
    assert_eq!(
        app.post("/interaction-types", &kind).await.refusal().1,
        "duplicate"
    );
    let review = |body| json!({"channel": "review", "direction": "inbound", "body": body});
    let (status, _, fields) = app
        .post("/interactions", &review(json!({"stars": 6})))
        .await
        .refusal();
    assert_eq!((status, fields), (422, vec!["body.stars".to_owned()]));
    assert_eq!(
        app.post("/interactions", &review(json!(null)))
            .await
            .refusal()
            .2,
        ["body"]
    );
    assert_eq!(
        app.post("/interactions", &review(json!({"stars": 5})))
            .await
            .status,
        201
    );

    let path = "/interaction-types/review";
    let change = |version: &'static str, body: serde_json::Value| {
        let app = &app;
        async move {
            let headers = [("content-type", "application/json"), ("if-match", version)];
            app.raw(
                "admin",
                Method::PATCH,
                path,
                &headers,
                body.to_string().into(),
            )
            .await
        }
    };
    assert_eq!(
        change("\"1\"", json!({"schema": null, "name": "Rating"}))
            .await
            .ok()["version"],
        2
    );
    assert_eq!(change("\"1\"", json!({"name": "x"})).await.status, 412);
    assert_eq!(
        change("\"2\"", json!({"key": "other"})).await.refusal().2,
        ["key"]
    );
    let read = app.get(path).await.ok();
    assert_eq!(
        (&read["name"], &read["icon"], &read["schema"]),
        (&json!("Rating"), &json!("star"), &json!(null))
    );
    assert_eq!(
        app.post("/interactions", &review(json!({"stars": 6})))
            .await
            .status,
        201
    );

    let gone = app
        .raw(
            "admin",
            Method::DELETE,
            path,
            &[],
            axum::body::Body::empty(),
        )
        .await;
    assert_eq!(gone.status, 204);
    assert_eq!(app.get(path).await.status, 404);
    assert_eq!(
        app.post("/interactions", &review(json!({"stars": 5})))
            .await
            .status,
        422
    );
}

#[tokio::test]
async fn a_built_in_channel_may_have_a_schema_too() {
    let app = App::start().await;
    let kind = json!({"key": "payment", "name": "Payment", "schema": {"required": ["amount"], "type": "object"}});
    app.post("/interaction-types", &kind).await.ok();
    assert_eq!(
        app.post("/interactions", &json!({"channel": "payment"}))
            .await
            .refusal()
            .2,
        ["body"]
    );
    let paid = json!({"channel": "payment", "body": {"amount": 1}});
    assert_eq!(app.post("/interactions", &paid).await.status, 201);
}

#[tokio::test]
async fn a_type_that_promises_too_much_is_refused() {
    let app = App::start().await;
    for (kind, field) in [
        (json!({"name": "x"}), "key"),
        (json!({"key": "x"}), "name"),
        (json!({"key": "X", "name": "x"}), "key"),
        (json!({"key": "1x", "name": "x"}), "key"),
        (json!({"key": "x", "name": " "}), "name"),
        (
            json!({"key": "x", "name": "x", "schema": {"anyOf": []}}),
            "schema.anyOf",
        ),
        (
            json!({"key": "x", "name": "x", "schema": {"properties": {"a": {"pattern": "("}}}}),
            "schema.properties.a.pattern",
        ),
        (
            json!({"key": "x", "name": "x", "schema": {"const": "y".repeat(40_000)}}),
            "schema",
        ),
    ] {
        let (status, _, fields) = app.post("/interaction-types", &kind).await.refusal();
        assert_eq!(status, 422, "{field}");
        assert_eq!(fields, [field]);
    }
    for n in 0..200 {
        app.post(
            "/interaction-types",
            &json!({"key": format!("k{n}"), "name": "x"}),
        )
        .await
        .ok();
    }
    let more = app
        .post("/interaction-types", &json!({"key": "more", "name": "x"}))
        .await;
    assert_eq!(more.refusal().1, "limit_exceeded");
    assert_eq!(
        app.get("/interaction-types").await.ok()["data"]
            .as_array()
            .unwrap()
            .len(),
        200
    );
}
