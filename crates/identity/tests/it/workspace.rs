//! `/workspace`.

use kith_contracts::Workspaces as _;
use kith_kernel::Role;
use serde_json::{Value, json};

use crate::app::{App, Proof};

#[tokio::test]
async fn settings_are_read_and_changed_with_versions() {
    let app = App::start().await;
    let (acme, admin) = app.workspace("acme").await;
    let read = app
        .get("/api/v1/workspace")
        .by(&admin)
        .send()
        .await
        .expect(200);
    assert_eq!(read.header("etag"), "\"1\"");
    let mut body = read.json();
    body["id"].take();
    assert_eq!(
        body,
        json!({
            "id": null, "name": "acme", "slug": "acme", "currency": "EUR", "region": "US",
            "time_zone": "UTC", "locale": "en", "version": 1,
            "created_at": "2026-06-01T12:00:00Z", "updated_at": "2026-06-01T12:00:00Z",
        })
    );
    let change = |tag: &'static str, body: Value| {
        app.patch("/api/v1/workspace")
            .by(&admin)
            .header("if-match", tag)
            .json(&body)
            .send()
    };
    let settings = json!({
        "name": "Acme Ltd", "currency": "usd", "region": "gb", "time_zone": "europe/london",
        "locale": "en-GB",
    });
    let changed = change("\"1\"", settings).await.expect(200);
    assert_eq!(changed.header("etag"), "\"2\"");
    let changed = changed.json();
    assert_eq!(changed["currency"], "USD");
    assert_eq!(changed["region"], "GB");
    assert_eq!(changed["time_zone"], "Europe/London");
    assert_eq!(changed["slug"], "acme");
    change("\"1\"", json!({"name": "x"}))
        .await
        .refused(412, "version_mismatch");
    let settings = app.identity.settings(acme.id).await.unwrap().unwrap();
    assert_eq!(settings.time_zone, "Europe/London");

    let bad = json!({
        "name": "", "currency": "EURO", "region": "XX", "time_zone": "Europe/Nowhere",
        "locale": "e",
    });
    let refused = change("*", bad)
        .await
        .refused(422, "validation_failed")
        .json();
    assert_eq!(refused["errors"].as_array().unwrap().len(), 5);
    assert!(refused["detail"].as_str().unwrap().contains("5 values"));
}

#[tokio::test]
async fn only_administrators_change_it_and_only_their_own() {
    let app = App::start().await;
    let (acme, admin) = app.workspace("acme").await;
    let (_, stranger) = app.workspace("globex").await;
    app.user(&acme, "member@acme.example", Role::Member).await;
    let member = app.sign_in("member@acme.example").await;
    let rename = |proof: &Proof| {
        app.patch("/api/v1/workspace")
            .by(proof)
            .json(&json!({"name": "Renamed"}))
            .send()
    };
    rename(&member).await.refused(403, "forbidden");
    rename(&stranger).await.expect(200);
    let own = app
        .get("/api/v1/workspace")
        .by(&admin)
        .send()
        .await
        .expect(200);
    assert_eq!(own.json()["name"], "acme");
}

#[tokio::test]
async fn actors_see_new_settings_at_once() {
    use kith_contracts::{Authenticator as _, Credentials};
    let app = App::start().await;
    let (_, admin) = app.workspace("acme").await;
    let Proof::Token(token) = &admin else {
        unreachable!()
    };
    let zone = async || {
        let credentials = Credentials::Bearer(token.clone());
        let actor = app.identity.authenticate(credentials).await.unwrap();
        actor.settings.time_zone.clone()
    };
    assert_eq!(zone().await, "UTC");
    app.patch("/api/v1/workspace")
        .by(&admin)
        .json(&json!({"time_zone": "Asia/Tokyo"}))
        .send()
        .await
        .expect(200);
    assert_eq!(zone().await, "Asia/Tokyo");
}

#[tokio::test]
async fn namesakes_get_slugs_of_their_own() {
    let app = App::start().await;
    for expected in ["acme", "acme-2", "acme-3"] {
        let (workspace, _) = app.workspace("acme").await;
        assert_eq!(workspace.slug, expected);
    }
}
