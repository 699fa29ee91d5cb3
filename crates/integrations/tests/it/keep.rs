//! Making, changing and deleting webhooks.

use http::Method;
use serde_json::{Value, json};

use crate::world::World;

const URL: &str = "https://example.com/hook";

#[tokio::test]
async fn the_secret_is_shown_once() {
    let world = World::start().await;
    let body =
        json!({"url": URL, "object": "deals", "events": ["updated", "created"], "filter": "won"});
    let key = [("idempotency-key", "once")];
    let made = world
        .send_with("admin", Method::POST, "/webhooks", Some(&body), &key)
        .await;
    assert_eq!(made.status, 201);
    assert_eq!(made.headers["etag"], "\"1\"");
    let made = made.json();
    assert!(made["secret"].as_str().unwrap().starts_with("whsec_"));
    assert_eq!(made["events"], json!(["created", "updated"]));
    assert_eq!(made["object"], "deals");

    let again = world
        .send_with("admin", Method::POST, "/webhooks", Some(&body), &key)
        .await
        .ok();
    assert_eq!(again["id"], made["id"]);
    assert_eq!(again["secret"], Value::Null);
    let id = made["id"].as_str().unwrap();
    let read = world.get(&format!("/webhooks/{id}")).await;
    assert_eq!(read["secret"], Value::Null);
    let all = world.get("/webhooks").await;
    assert_eq!(all["data"], json!([read]));

    // Nobody who reads the database learns it.
    let client = world.db.superuser().await;
    let row = client
        .query_one("SELECT w::text FROM integrations.webhook w", &[])
        .await
        .unwrap();
    let stored: String = row.get(0);
    assert!(!stored.contains("whsec_"));
    let secret = made["secret"]
        .as_str()
        .unwrap()
        .trim_start_matches("whsec_");
    assert!(!stored.contains(secret));
}

#[tokio::test]
async fn what_is_wrong_is_named() {
    let world = World::start().await;
    let refused = async |body: Value| {
        let (status, code, field) = world.post("/webhooks", &body).await.refusal();
        format!("{status} {code} {field}")
    };
    for (body, said) in [
        (json!({}), "422 validation_failed url"),
        (json!({"url": "example"}), "422 validation_failed url"),
        (
            json!({"url": "http://example.com@127.0.0.1/"}),
            "422 validation_failed url",
        ),
        (
            json!({"url": "http://10.0.0.1/"}),
            "422 validation_failed url",
        ),
        (
            json!({"url": "https://[fd00:ec2::254]/"}),
            "422 validation_failed url",
        ),
        (
            json!({"url": format!("{URL}?{}", "x".repeat(2_000))}),
            "422 validation_failed url",
        ),
        (
            json!({"url": URL, "description": "x".repeat(501)}),
            "422 validation_failed description",
        ),
        (
            json!({"url": URL, "events": ["created", "sold"]}),
            "422 validation_failed events[1]",
        ),
        (
            json!({"url": URL, "object": "dogs"}),
            "422 validation_failed object",
        ),
        (
            json!({"url": URL, "object": "deals", "filter": "bad"}),
            "422 invalid_expression filter",
        ),
    ] {
        let got = refused(body.clone()).await;
        assert!(
            got == said || got == said.replace("422 invalid", "400 invalid"),
            "{body}: {got}"
        );
    }
    let id = world.webhook(json!({"url": URL, "object": "deals"})).await;
    let path = format!("/webhooks/{}", id["id"].as_str().unwrap());
    let (status, code, _) = world
        .send_with(
            "admin",
            Method::PATCH,
            &path,
            Some(&json!({"active": false})),
            &[("if-match", "\"7\"")],
        )
        .await
        .refusal();
    assert_eq!((status, code.as_str()), (412, "version_mismatch"));
    let changed = world
        .patch(&path, &json!({"active": false, "object": null}))
        .await
        .ok();
    assert_eq!(
        (&changed["active"], &changed["object"]),
        (&json!(false), &Value::Null)
    );
    assert_eq!(changed["version"], 2);
    let same = world.patch(&path, &json!({"active": false})).await.ok();
    assert_eq!(same["version"], 2);
}

#[tokio::test]
async fn a_workspace_has_so_many_and_each_change_is_in_the_log() {
    let world = World::start().await;
    let mut last = Value::Null;
    for _ in 0..50 {
        last = world.webhook(json!({"url": URL})).await;
    }
    let (status, code, _) = world
        .post("/webhooks", &json!({"url": URL}))
        .await
        .refusal();
    assert_eq!((status, code.as_str()), (422, "limit_exceeded"));
    let path = format!("/webhooks/{}", last["id"].as_str().unwrap());
    world.patch(&path, &json!({"description": "x"})).await.ok();
    let rotated = world
        .post(&format!("{path}/rotate-secret"), &json!({}))
        .await;
    let rotated = match rotated.status.as_u16() {
        200 => rotated.json(),
        _ => world
            .send(
                "admin",
                Method::POST,
                &format!("{path}/rotate-secret"),
                None,
            )
            .await
            .ok(),
    };
    assert_ne!(rotated["secret"], last["secret"]);
    world.send("admin", Method::DELETE, &path, None).await;
    assert_eq!(
        world.send("admin", Method::GET, &path, None).await.status,
        404
    );
    world.webhook(json!({"url": URL})).await;
    let client = world.db.superuser().await;
    let sql = "SELECT string_agg(type || ' ' || subject_version, ', ' ORDER BY seq) FROM integrations.event \
        WHERE subject_id = $1::text::uuid";
    let id = last["id"].as_str().unwrap();
    let row = client.query_one(sql, &[&id]).await.unwrap();
    assert_eq!(
        row.get::<_, String>(0),
        "webhook.created 1, webhook.updated 2, webhook.secret_rotated 3, webhook.deleted 4"
    );
}
