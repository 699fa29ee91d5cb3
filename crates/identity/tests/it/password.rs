//! Changing one's password, and activation links.

use kith_kernel::Role;
use serde_json::json;

use crate::app::{App, PASSWORD, Proof};

const NEW: &str = "a quite different phrase";

fn change(current: &str, new: &str) -> serde_json::Value {
    json!({"current_password": current, "new_password": new})
}

#[tokio::test]
async fn a_new_password_needs_the_old_one_and_ends_the_other_sessions() {
    let app = App::start().await;
    let (_, token) = app.workspace("acme").await;
    let own = app.sign_in("ada@acme.example").await;
    let other = app.sign_in("ada@acme.example").await;
    let path = "/api/v1/users/me/password";
    let wrong = app
        .post(path)
        .by(&own)
        .json(&change("not it", NEW))
        .send()
        .await;
    let wrong = wrong.refused(422, "validation_failed");
    assert_eq!(wrong.json()["errors"][0]["field"], "current_password");
    for (bad, code) in [
        ("short", "password_too_short"),
        ("password1234", "password_too_common"),
        ("ada@acme.example", "password_is_personal"),
        ("  ADA LOVELACE ", "password_is_personal"),
        (&"long ".repeat(60), "password_too_long"),
    ] {
        let reply = app
            .post(path)
            .by(&own)
            .json(&change(PASSWORD, bad))
            .send()
            .await;
        let reply = reply.refused(422, "validation_failed").json();
        assert_eq!(reply["errors"][0]["field"], "new_password");
        assert_eq!(reply["errors"][0]["code"], code);
    }
    app.post(path)
        .by(&token)
        .json(&change(PASSWORD, NEW))
        .send()
        .await
        .refused(403, "forbidden");
    app.post(path)
        .by(&own)
        .json(&change(PASSWORD, NEW))
        .send()
        .await
        .expect(204);
    app.get("/api/v1/session").by(&own).send().await.expect(200);
    app.get("/api/v1/session")
        .by(&token)
        .send()
        .await
        .expect(200);
    app.get("/api/v1/session")
        .by(&other)
        .send()
        .await
        .refused(401, "unauthenticated");
    app.login("ada@acme.example", PASSWORD)
        .await
        .refused(401, "unauthenticated");
    app.login("ada@acme.example", NEW).await.expect(201);
}

/// The token of a new user's activation link.
async fn invite(app: &App, admin: &Proof, email: &str) -> (String, String) {
    let created = app
        .post("/api/v1/users")
        .by(admin)
        .json(&json!({"email": email, "name": "Grace Hopper", "role": "member"}))
        .send()
        .await
        .expect(201)
        .json();
    let url = created["activation"]["url"].as_str().unwrap();
    let token = url
        .strip_prefix("http://kith.test/activate?token=")
        .unwrap();
    (created["id"].as_str().unwrap().to_owned(), token.to_owned())
}

async fn activate(app: &App, token: &str, password: &str) -> crate::app::Reply {
    app.post("/api/v1/activate")
        .json(&json!({"token": token, "password": password}))
        .send()
        .await
}

#[tokio::test]
async fn an_invited_user_sets_a_password_once() {
    let app = App::start().await;
    let (_, admin) = app.workspace("acme").await;
    let (id, token) = invite(&app, &admin, "grace@acme.example").await;
    let weak = activate(&app, &token, "grace@acme.example").await;
    weak.refused(422, "validation_failed");
    activate(&app, &token, NEW).await.expect(204);
    app.login("grace@acme.example", NEW).await.expect(201);
    let user = app
        .get(&format!("/api/v1/users/{id}"))
        .by(&admin)
        .send()
        .await;
    assert_eq!(user.expect(200).json()["active"], true);
    for token in [token.as_str(), "", "kith_act_nonsense", "\u{1F600}"] {
        activate(&app, token, "yet another phrase")
            .await
            .refused(409, "conflict");
    }
}

#[tokio::test]
async fn of_two_who_use_a_link_at_once_one_succeeds() {
    let app = App::start().await;
    let (_, admin) = app.workspace("acme").await;
    let (_, token) = invite(&app, &admin, "grace@acme.example").await;
    let both = tokio::join!(
        activate(&app, &token, "the phrase of one"),
        activate(&app, &token, "the phrase of two"),
    );
    let mut statuses = [both.0.status.as_u16(), both.1.status.as_u16()];
    statuses.sort_unstable();
    assert_eq!(statuses, [204, 409]);
}

#[tokio::test]
async fn a_link_ages_and_a_new_one_replaces_it() {
    let app = App::start().await;
    let (_, admin) = app.workspace("acme").await;
    let (id, first) = invite(&app, &admin, "grace@acme.example").await;
    let path = format!("/api/v1/users/{id}/activation-link");
    let second = app.post(&path).by(&admin).send().await.expect(201).json();
    let second = second["url"]
        .as_str()
        .unwrap()
        .rsplit('=')
        .next()
        .unwrap()
        .to_owned();
    activate(&app, &first, NEW).await.refused(409, "conflict");
    app.clock.advance(jiff::SignedDuration::from_hours(7 * 24));
    activate(&app, &second, NEW).await.refused(409, "conflict");
    let third = app.post(&path).by(&admin).send().await.expect(201).json();
    let third = third["url"]
        .as_str()
        .unwrap()
        .rsplit('=')
        .next()
        .unwrap()
        .to_owned();
    activate(&app, &third, NEW).await.expect(204);
}

#[tokio::test]
async fn a_forgotten_password_is_reset_by_a_link_and_ends_all_sessions() {
    let app = App::start().await;
    let (acme, admin) = app.workspace("acme").await;
    let id = app.user(&acme, "grace@acme.example", Role::Member).await;
    let session = app.sign_in("grace@acme.example").await;
    let path = format!("/api/v1/users/{id}/activation-link");
    let link = app.post(&path).by(&admin).send().await.expect(201).json();
    let token = link["url"]
        .as_str()
        .unwrap()
        .rsplit('=')
        .next()
        .unwrap()
        .to_owned();
    app.get("/api/v1/session")
        .by(&session)
        .send()
        .await
        .expect(200);
    activate(&app, &token, NEW).await.expect(204);
    app.get("/api/v1/session")
        .by(&session)
        .send()
        .await
        .refused(401, "unauthenticated");
    app.login("grace@acme.example", NEW).await.expect(201);

    // Who was deactivated doesn't come back by a link.
    let user = format!("/api/v1/users/{id}");
    let link = app.post(&path).by(&admin).send().await.expect(201).json();
    let token = link["url"]
        .as_str()
        .unwrap()
        .rsplit('=')
        .next()
        .unwrap()
        .to_owned();
    app.patch(&user)
        .by(&admin)
        .json(&json!({"active": false}))
        .send()
        .await
        .expect(200);
    activate(&app, &token, PASSWORD)
        .await
        .refused(409, "conflict");
    app.post(&path)
        .by(&admin)
        .send()
        .await
        .refused(409, "conflict");
}

#[tokio::test]
async fn a_link_leads_to_a_page_that_works_without_scripts() {
    let app = App::start().await;
    let (_, admin) = app.workspace("acme").await;
    let (_, token) = invite(&app, &admin, "grace@acme.example").await;
    let page = app.get(&format!("/activate?token={token}")).send().await;
    let page = page.expect(200);
    assert!(page.text.contains("For Grace Hopper, grace@acme.example."));
    assert!(!page.text.contains("<script"));
    let send = |password: &'static str| {
        let fields = [("token", token.as_str()), ("password", password)];
        app.post("/activate").form(&fields).send()
    };
    let weak = send("short").await.expect(422);
    assert!(
        weak.text.contains("at least 12 characters"),
        "{}",
        weak.text
    );
    assert!(weak.text.contains(&token));
    let done = send(NEW).await.expect(200);
    assert!(done.text.contains("Your password is set"), "{}", done.text);
    send(NEW).await.expect(409);
    app.get("/activate?token=").send().await.expect(409);
    app.login("grace@acme.example", NEW).await.expect(201);
}
