//! `/sessions`.

use jiff::SignedDuration;
use kith_kernel::Role;

use crate::app::{App, PASSWORD, Proof};

const DAY: SignedDuration = SignedDuration::from_hours(24);

async fn is_in(app: &App, session: &Proof) -> bool {
    let reply = app.get("/api/v1/session").by(session).send().await;
    if reply.status == 200 {
        return true;
    }
    reply.refused(401, "unauthenticated");
    false
}

#[tokio::test]
async fn a_user_sees_and_ends_their_own_sessions_only() {
    let app = App::start().await;
    let (acme, _) = app.workspace("acme").await;
    app.user(&acme, "grace@acme.example", Role::Member).await;
    let ada = app.sign_in("ada@acme.example").await;
    let login = app
        .post("/api/v1/session")
        .header("user-agent", "Lynx/2.8\u{1F431}")
        .json(&serde_json::json!({"email": "grace@acme.example", "password": PASSWORD}))
        .send()
        .await
        .expect(201);
    let grace = crate::app::session_of(&login);
    let other = app.sign_in("grace@acme.example").await;
    let third = app.sign_in("grace@acme.example").await;

    let list = app.get("/api/v1/sessions").by(&grace).send().await;
    let list = list.expect(200).json();
    let list = list["data"].as_array().unwrap();
    assert_eq!(list.len(), 3);
    let current: Vec<_> = list.iter().filter(|one| one["current"] == true).collect();
    assert_eq!(current.len(), 1);
    assert_eq!(current[0]["id"], login.json()["id"]);
    assert_eq!(current[0]["ip"], "192.0.2.7");
    assert_eq!(current[0]["user_agent"], "Lynx/2.8\u{1F431}");

    let own = format!("/api/v1/sessions/{}", login.json()["id"].as_str().unwrap());
    app.delete(&own)
        .by(&ada)
        .send()
        .await
        .refused(404, "not_found");
    assert!(is_in(&app, &grace).await);

    let others = app.delete("/api/v1/sessions").by(&grace).send().await;
    others.expect(204);
    assert!(is_in(&app, &grace).await);
    assert!(!is_in(&app, &other).await && !is_in(&app, &third).await);
    assert!(is_in(&app, &ada).await);

    app.delete(&own).by(&grace).send().await.expect(204);
    assert!(!is_in(&app, &grace).await);
}

#[tokio::test]
async fn a_session_ends_after_seven_idle_days() {
    let app = App::start().await;
    app.workspace("acme").await;
    let idle = app.sign_in("ada@acme.example").await;
    let used = app.sign_in("ada@acme.example").await;
    for _ in 0..2 {
        app.clock.advance(DAY * 4 - SignedDuration::from_hours(12));
        assert!(is_in(&app, &used).await);
        app.identity.write_down_uses().await.unwrap();
    }
    assert!(!is_in(&app, &idle).await);
}

#[tokio::test]
async fn a_session_ends_after_thirty_days_however_busy() {
    let app = App::start().await;
    app.workspace("acme").await;
    let session = app.sign_in("ada@acme.example").await;
    for _ in 0..29 {
        app.clock.advance(DAY);
        assert!(is_in(&app, &session).await);
        app.identity.write_down_uses().await.unwrap();
    }
    app.clock.advance(DAY);
    assert!(!is_in(&app, &session).await);

    let client = app.db.superuser().await;
    let count = "SELECT count(*) FROM identity.session";
    let rows: i64 = client.query_one(count, &[]).await.unwrap().get(0);
    assert_eq!(rows, 1);
    app.identity.tidy().await.unwrap();
    let rows: i64 = client.query_one(count, &[]).await.unwrap().get(0);
    assert_eq!(rows, 0);
}

#[tokio::test]
async fn only_the_last_fifty_sessions_stay() {
    let app = App::start().await;
    app.workspace("acme").await;
    let first = app.sign_in("ada@acme.example").await;
    let mut last = first.clone();
    for _ in 0..50 {
        app.clock.advance(SignedDuration::from_secs(1));
        last = app.sign_in("ada@acme.example").await;
    }
    app.clock.advance(SignedDuration::from_secs(5));
    assert!(!is_in(&app, &first).await);
    let list = app.get("/api/v1/sessions").by(&last).send().await;
    assert_eq!(
        list.expect(200).json()["data"].as_array().unwrap().len(),
        50
    );
}

#[tokio::test]
async fn made_up_cookies_are_nobody() {
    let app = App::start().await;
    let (_, token) = app.workspace("acme").await;
    let Proof::Token(token) = token else {
        unreachable!()
    };
    let made_up = kith_crypto::Token::generate(kith_crypto::TokenKind::Session);
    for cookie in ["", "x", "kith_ses_", token.as_str(), made_up.expose()] {
        let session = Proof::Session {
            cookie: cookie.to_owned(),
            csrf: String::new(),
        };
        assert!(!is_in(&app, &session).await, "{cookie}");
    }
}
