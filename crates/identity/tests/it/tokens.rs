//! `/tokens`, and what a token is good for.

use jiff::SignedDuration;
use kith_kernel::Role;
use serde_json::{Value, json};

use crate::app::{App, Proof, Reply};

async fn create(app: &App, proof: &Proof, body: Value) -> Reply {
    app.post("/api/v1/tokens")
        .by(proof)
        .json(&body)
        .send()
        .await
}

fn secret(reply: &Reply) -> Proof {
    Proof::Token(reply.json()["secret"].as_str().unwrap().to_owned())
}

async fn is_in(app: &App, token: &Proof) -> bool {
    let reply = app.get("/api/v1/session").by(token).send().await;
    if reply.status == 200 {
        return true;
    }
    reply.refused(401, "unauthenticated");
    false
}

#[tokio::test]
async fn a_token_is_shown_once_and_stored_as_a_hash() {
    let app = App::start().await;
    app.workspace("acme").await;
    let session = app.sign_in("ada@acme.example").await;
    let body = json!({"name": " Nightly ", "scopes": ["records:write", "records:read"]});
    let created = create(&app, &session, body).await.expect(201);
    let answer = created.json();
    let token = answer["secret"].as_str().unwrap().to_owned();
    assert!(token.starts_with("kith_pat_"));
    assert_eq!(answer["name"], "Nightly");
    assert_eq!(answer["scopes"], json!(["records:read", "records:write"]));
    assert_eq!(answer["expires_at"], Value::Null);
    assert!(token.ends_with(answer["last_four"].as_str().unwrap()));

    let list = app
        .get("/api/v1/tokens")
        .by(&session)
        .send()
        .await
        .expect(200);
    assert!(!list.text.contains(&token));
    assert_eq!(list.json()["data"].as_array().unwrap().len(), 2);
    let who = app
        .get("/api/v1/session")
        .by(&secret(&created))
        .send()
        .await;
    let who = who.expect(200).json();
    assert_eq!(who["csrf_token"], Value::Null);
    assert_eq!(who["id"], Value::Null);
    assert_eq!(who["user"]["email"], "ada@acme.example");

    let client = app.db.superuser().await;
    let dump = client
        .query_one(
            "SELECT string_agg(one::text, ' ') FROM identity.api_token AS one",
            &[],
        )
        .await
        .unwrap();
    assert!(!dump.get::<_, String>(0).contains(&token[9..]));
    let log = "SELECT string_agg(one::text, ' ') FROM identity.event AS one";
    let log = client.query_one(log, &[]).await.unwrap();
    assert!(!log.get::<_, String>(0).contains(&token[9..]));
}

#[tokio::test]
async fn scopes_bound_what_a_token_may_do() {
    let app = App::start().await;
    let (_, admin) = app.workspace("acme").await;
    let reader = create(
        &app,
        &admin,
        json!({"name": "r", "scopes": ["records:read"]}),
    )
    .await;
    let reader = secret(&reader.expect(201));
    app.get("/api/v1/users")
        .by(&reader)
        .send()
        .await
        .expect(200);
    let denied = app.get("/api/v1/audit").by(&reader).send().await;
    let denied = denied.refused(403, "forbidden");
    assert_eq!(denied.json()["required_scope"], "admin");

    let bare = create(&app, &admin, json!({"name": "a", "scopes": ["admin"]})).await;
    let bare = secret(&bare.expect(201));
    app.get("/api/v1/audit").by(&bare).send().await.expect(200);
    let denied = app.get("/api/v1/users").by(&bare).send().await;
    assert_eq!(
        denied.refused(403, "forbidden").json()["required_scope"],
        "records:read"
    );
}

#[tokio::test]
async fn nobody_gives_a_token_more_than_they_have() {
    let app = App::start().await;
    let (acme, admin) = app.workspace("acme").await;
    app.user(&acme, "member@acme.example", Role::Member).await;
    app.user(&acme, "reader@acme.example", Role::ReadOnly).await;
    let member = app.sign_in("member@acme.example").await;
    let reader = app.sign_in("reader@acme.example").await;
    let refused = |reply: Reply| {
        let reply = reply.refused(422, "validation_failed").json();
        assert_eq!(reply["errors"][0]["field"], "scopes");
    };
    refused(create(&app, &member, json!({"name": "t", "scopes": ["admin"]})).await);
    refused(
        create(
            &app,
            &reader,
            json!({"name": "t", "scopes": ["records:write"]}),
        )
        .await,
    );
    refused(create(&app, &member, json!({"name": "t", "scopes": []})).await);
    let narrow = json!({"name": "t", "scopes": ["records:read"], "expires_in_days": 7});
    let narrow = create(&app, &admin, narrow).await.expect(201);
    let until = narrow.json()["expires_at"].clone();
    let narrow = secret(&narrow);
    refused(create(&app, &narrow, json!({"name": "t", "scopes": ["admin"]})).await);
    // Nor one that outlives it.
    let child = json!({"name": "t", "scopes": ["records:read"], "expires_in_days": 300});
    let child = create(&app, &narrow, child).await.expect(201);
    assert_eq!(child.json()["expires_at"], until);
    let child = json!({"name": "t", "scopes": ["records:read"]});
    let child = create(&app, &narrow, child).await.expect(201);
    assert_eq!(child.json()["expires_at"], until);
}

#[tokio::test]
async fn a_token_expires_to_the_second() {
    let app = App::start().await;
    let (_, admin) = app.workspace("acme").await;
    let body = json!({"name": "t", "scopes": ["records:read"], "expires_in_days": 1});
    let token = secret(&create(&app, &admin, body).await.expect(201));
    app.clock
        .advance(SignedDuration::from_hours(24) - SignedDuration::from_secs(1));
    assert!(is_in(&app, &token).await);
    app.clock.advance(SignedDuration::from_secs(1));
    assert!(!is_in(&app, &token).await);
    for days in [json!(0), json!(366), json!(-1), json!(1.5), json!("7")] {
        let body = json!({"name": "t", "scopes": ["records:read"], "expires_in_days": days});
        let reply = create(&app, &admin, body).await;
        assert!(
            [400, 422].contains(&reply.status.as_u16()),
            "{days}: {}",
            reply.text
        );
    }
}

#[tokio::test]
async fn a_revoked_token_is_refused_at_once() {
    let app = App::start().await;
    let (acme, admin) = app.workspace("acme").await;
    app.user(&acme, "grace@acme.example", Role::Member).await;
    let grace = app.sign_in("grace@acme.example").await;
    let body = json!({"name": "t", "scopes": ["records:read"]});
    let created = create(&app, &grace, body).await.expect(201);
    let token = secret(&created);
    assert!(is_in(&app, &token).await);
    let path = format!("/api/v1/tokens/{}", created.json()["id"].as_str().unwrap());
    // Another user's token is nobody's business, an administrator's neither.
    app.delete(&path)
        .by(&admin)
        .send()
        .await
        .refused(404, "not_found");
    app.delete(&path).by(&grace).send().await.expect(204);
    assert!(!is_in(&app, &token).await);
    app.delete(&path)
        .by(&grace)
        .send()
        .await
        .refused(404, "not_found");
    let list = app.get("/api/v1/tokens").by(&grace).send().await;
    assert_eq!(list.expect(200).json()["data"], json!([]));
}

/// Another process revokes: this one believes what it knew for five seconds more.
#[tokio::test]
async fn a_change_by_another_process_is_seen_within_five_seconds() {
    let app = App::start().await;
    let (_, token) = app.workspace("acme").await;
    assert!(is_in(&app, &token).await);
    let client = app.db.superuser().await;
    let revoke = "UPDATE identity.api_token SET revoked_at = now()";
    client.execute(revoke, &[]).await.unwrap();
    app.clock.advance(SignedDuration::from_secs(5));
    assert!(!is_in(&app, &token).await);
}

#[tokio::test]
async fn the_last_use_is_written_down_to_the_minute() {
    let app = App::start().await;
    let (_, token) = app.workspace("acme").await;
    let last_use = async || {
        app.identity.write_down_uses().await.unwrap();
        let list = app.get("/api/v1/tokens").by(&token).send().await;
        list.expect(200).json()["data"][0]["last_used_at"].clone()
    };
    assert!(is_in(&app, &token).await);
    assert_eq!(last_use().await, "2026-06-01T12:00:00Z");
    app.clock.advance(SignedDuration::from_secs(59));
    assert!(is_in(&app, &token).await);
    assert_eq!(last_use().await, "2026-06-01T12:00:00Z");
    app.clock.advance(SignedDuration::from_secs(1));
    assert!(is_in(&app, &token).await);
    assert_eq!(last_use().await, "2026-06-01T12:01:00Z");
}

#[tokio::test]
async fn a_repeated_request_creates_one_token_and_shows_its_secret_once() {
    let app = App::start().await;
    let (_, admin) = app.workspace("acme").await;
    let body = json!({"name": "t", "scopes": ["records:read"]});
    let send = |body: &Value| {
        app.post("/api/v1/tokens")
            .by(&admin)
            .header("idempotency-key", "k1")
            .json(body)
            .send()
    };
    let first = send(&body).await.expect(201).json();
    let second = send(&body).await.expect(201);
    assert_eq!(second.header("idempotency-replayed"), "true");
    let second = second.json();
    assert_eq!(first["id"], second["id"]);
    assert!(first["secret"].is_string());
    assert_eq!(second["secret"], Value::Null);
    assert!(second["note"].as_str().unwrap().contains("first answer"));
    let other = json!({"name": "u", "scopes": ["records:read"]});
    send(&other).await.refused(422, "idempotency_key_reused");
    let client = app.db.superuser().await;
    let kept = "SELECT convert_from(body, 'UTF8') FROM identity.idempotency";
    let kept: String = client.query_one(kept, &[]).await.unwrap().get(0);
    assert!(!kept.contains("kith_pat_"), "{kept}");
}

#[tokio::test]
async fn a_user_has_a_hundred_tokens_at_most() {
    let app = App::start().await;
    let (_, admin) = app.workspace("acme").await;
    let body = || json!({"name": "t", "scopes": ["records:read"]});
    for _ in 0..98 {
        create(&app, &admin, body()).await.expect(201);
    }
    let (one, other) = tokio::join!(create(&app, &admin, body()), create(&app, &admin, body()));
    let mut statuses = [one.status.as_u16(), other.status.as_u16()];
    statuses.sort_unstable();
    assert_eq!(statuses[0], 201);
    assert!(statuses[1] >= 400, "{statuses:?}");
}

#[tokio::test]
async fn broken_tokens_are_refused() {
    let app = App::start().await;
    let (_, token) = app.workspace("acme").await;
    let Proof::Token(token) = token else {
        unreachable!()
    };
    let mut damaged = token.clone();
    damaged.pop();
    for text in [damaged.as_str(), "x", "kith_pat_", &"x".repeat(5000)] {
        assert!(!is_in(&app, &Proof::Token(text.to_owned())).await, "{text}");
    }
}
