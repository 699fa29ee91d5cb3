//! `/session`: signing in.

use std::time::Duration;

use kith_http::limit::{LoginRates, Rate};
use kith_identity::NewOperatorUser;
use kith_kernel::Role;
use serde_json::json;

use crate::app::{App, PASSWORD, Proof, session_of};

#[tokio::test]
async fn a_login_gives_a_cookie_and_a_csrf_token() {
    let app = App::start().await;
    app.workspace("acme").await;
    let reply = app.login(" Ada@Acme.example ", PASSWORD).await.expect(201);
    let cookie = reply.header("set-cookie").to_owned();
    assert!(
        cookie.starts_with("__Host-kith_session=kith_ses_"),
        "{cookie}"
    );
    assert!(
        cookie.ends_with("; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=2592000"),
        "{cookie}"
    );
    let body = reply.json();
    assert_eq!(body["user"]["email"], "ada@acme.example");
    assert_eq!(body["workspace"]["slug"], "acme");
    assert!(!reply.text.contains("argon2"), "{}", reply.text);

    let session = session_of(&reply);
    let again = app.get("/api/v1/session").by(&session).send().await;
    assert_eq!(again.expect(200).json(), body);
}

#[tokio::test]
async fn each_login_gives_a_new_session_whatever_the_client_brings() {
    let app = App::start().await;
    app.workspace("acme").await;
    let first = app.login("ada@acme.example", PASSWORD).await.expect(201);
    let planted = session_of(&first);
    let second = app
        .post("/api/v1/session")
        .by(&planted)
        .json(&json!({"email": "ada@acme.example", "password": PASSWORD}))
        .send()
        .await
        .expect(201);
    assert_ne!(first.json()["id"], second.json()["id"]);
    assert_ne!(first.header("set-cookie"), second.header("set-cookie"));
    assert_ne!(first.json()["csrf_token"], second.json()["csrf_token"]);
}

/// Unknown, inactive, without a password, wrong password, absurd input: one answer, one hash.
#[tokio::test]
async fn failures_can_not_be_told_apart() {
    let app = App::start().await;
    let (acme, _) = app.workspace("acme").await;
    app.user(&acme, "gone@acme.example", Role::Member).await;
    app.identity
        .operator()
        .deactivate_user(&acme, "gone@acme.example")
        .await
        .unwrap();
    let invited = NewOperatorUser {
        email: "invited@acme.example".to_owned(),
        name: "Invited".to_owned(),
        role: Role::Member,
        password: None,
    };
    app.identity
        .operator()
        .add_user(&acme, invited)
        .await
        .unwrap();
    let long = "x".repeat(100_000);
    let cases = [
        ("nobody@acme.example", PASSWORD),
        ("gone@acme.example", PASSWORD),
        ("invited@acme.example", PASSWORD),
        ("invited@acme.example", ""),
        ("ada@acme.example", "not the password"),
        ("ada@acme.example", ""),
        ("ada@acme.example", long.as_str()),
        (long.as_str(), PASSWORD),
        ("", ""),
        ("no address", PASSWORD),
    ];
    let mut answers = Vec::new();
    for (email, password) in cases {
        let before = app.passwords.verifications();
        let reply = app.login(email, password).await;
        let reply = reply.refused(401, "unauthenticated");
        assert_eq!(app.passwords.verifications() - before, 1, "{email:.40}");
        let mut body = reply.json();
        body["request_id"].take();
        let mut names: Vec<String> = reply.headers.keys().map(ToString::to_string).collect();
        names.sort();
        answers.push((body, names));
    }
    answers.dedup();
    assert_eq!(answers.len(), 1, "{answers:#?}");

    let before = app.passwords.verifications();
    app.login("ada@acme.example", PASSWORD).await.expect(201);
    assert_eq!(app.passwords.verifications() - before, 1);
}

#[tokio::test]
async fn one_address_in_several_workspaces_chooses_after_the_password() {
    let app = App::start().await;
    let (acme, _) = app.workspace("acme").await;
    let (globex, _) = app.workspace("globex").await;
    app.user(&acme, "max@both.example", Role::Member).await;
    app.user(&globex, "max@both.example", Role::Member).await;

    let wrong = app.login("max@both.example", "not the password").await;
    let wrong = wrong.refused(401, "unauthenticated");
    assert!(!wrong.text.contains("globex"), "{}", wrong.text);

    let right = app.login("max@both.example", PASSWORD).await;
    let right = right.refused(409, "conflict").json();
    assert_eq!(
        right["workspaces"],
        json!([
            {"name": "acme", "slug": "acme"},
            {"name": "globex", "slug": "globex"},
        ])
    );
    let choose = |slug: &str, password: &str| {
        app.post("/api/v1/session")
            .json(&json!({"email": "max@both.example", "password": password, "workspace": slug}))
            .send()
    };
    let chosen = choose("globex", PASSWORD).await.expect(201).json();
    assert_eq!(chosen["workspace"]["slug"], "globex");
    let before = app.passwords.verifications();
    choose("initech", PASSWORD)
        .await
        .refused(401, "unauthenticated");
    choose("acme", "not the password")
        .await
        .refused(401, "unauthenticated");
    assert_eq!(app.passwords.verifications() - before, 2);

    // With different passwords there is nothing to choose.
    let other = "another password here";
    let reset = app.identity.operator();
    reset
        .reset_password(&globex, "max@both.example", Some(other.to_owned().into()))
        .await
        .unwrap();
    let found = app
        .login("max@both.example", other)
        .await
        .expect(201)
        .json();
    assert_eq!(found["workspace"]["slug"], "globex");
}

#[tokio::test]
async fn a_page_of_another_site_can_not_sign_anybody_in() {
    let app = App::start().await;
    app.workspace("acme").await;
    let login = |site: &'static str| {
        app.post("/api/v1/session")
            .header("sec-fetch-site", site)
            .json(&json!({"email": "ada@acme.example", "password": PASSWORD}))
            .send()
    };
    login("cross-site").await.refused(403, "csrf_rejected");
    login("same-origin").await.expect(201);
}

#[tokio::test]
async fn what_a_login_takes_is_closed() {
    let app = App::start().await;
    app.workspace("acme").await;
    for body in [
        json!({}),
        json!({"email": "ada@acme.example"}),
        json!({"email": "ada@acme.example", "password": null}),
        json!({"email": "ada@acme.example", "password": PASSWORD, "admin": true}),
        json!({"email": ["ada@acme.example"], "password": PASSWORD}),
        json!([]),
    ] {
        let reply = app.post("/api/v1/session").json(&body).send().await;
        assert!(
            reply.status.is_client_error() && reply.status != 401,
            "{body}: {}",
            reply.text
        );
    }
}

#[tokio::test]
async fn too_many_attempts_wait_and_the_right_password_frees_them() {
    let rate = |burst| Rate {
        burst,
        per_second: 0.001,
    };
    let app = App::start_with(LoginRates {
        pair: rate(3),
        address: rate(100),
        email: rate(100),
    })
    .await;
    app.workspace("acme").await;
    for _ in 0..2 {
        app.login("ada@acme.example", "wrong password")
            .await
            .refused(401, "unauthenticated");
    }
    app.login("ada@acme.example", PASSWORD).await.expect(201);
    for email in ["ada@acme.example", "nobody@acme.example"] {
        for _ in 0..3 {
            app.login(email, "wrong password")
                .await
                .refused(401, "unauthenticated");
        }
        let before = app.passwords.verifications();
        let refused = app.login(email, PASSWORD).await;
        let refused = refused.refused(429, "rate_limited");
        assert!(refused.header("retry-after").parse::<u64>().unwrap() > 0);
        assert_eq!(app.passwords.verifications(), before);
    }
}

#[tokio::test]
async fn a_cheap_hash_is_made_again_at_login() {
    let app = App::start().await;
    app.workspace("acme").await;
    let hash = "SELECT password_hash FROM identity.user_account";
    let cheap = {
        let cost = kith_crypto::PasswordCost {
            memory_kib: 32,
            iterations: 1,
            lanes: 1,
        };
        let pool = kith_crypto::Passwords::new(cost, kith_crypto::PoolLimits::default()).unwrap();
        pool.hash(PASSWORD.to_owned().into()).await.unwrap()
    };
    let client = app.db.superuser().await;
    client
        .execute(
            "UPDATE identity.user_account SET password_hash = $1",
            &[&cheap],
        )
        .await
        .unwrap();
    app.login("ada@acme.example", PASSWORD).await.expect(201);
    let stored: String = client.query_one(hash, &[]).await.unwrap().get(0);
    assert!(stored.starts_with("$argon2id$v=19$m=64,"), "{stored}");
    app.login("ada@acme.example", PASSWORD).await.expect(201);
    let later: String = client.query_one(hash, &[]).await.unwrap().get(0);
    assert_eq!(later, stored);
}

#[tokio::test]
async fn signing_out_ends_the_session_and_takes_the_cookie() {
    let app = App::start().await;
    let (_, token) = app.workspace("acme").await;
    let session = app.sign_in("ada@acme.example").await;
    let out = app.delete("/api/v1/session").by(&session).send().await;
    let out = out.expect(204);
    assert_eq!(
        out.header("set-cookie"),
        "__Host-kith_session=; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=0"
    );
    app.get("/api/v1/session")
        .by(&session)
        .send()
        .await
        .refused(401, "unauthenticated");
    app.delete("/api/v1/session")
        .by(&token)
        .send()
        .await
        .refused(403, "forbidden");
}

#[tokio::test]
async fn only_the_sessions_own_csrf_token_lets_changes_through() {
    let app = App::start().await;
    app.workspace("acme").await;
    let session = app.sign_in("ada@acme.example").await;
    let other = app.sign_in("ada@acme.example").await;
    let (Proof::Session { cookie, csrf }, Proof::Session { csrf: foreign, .. }) =
        (&session, &other)
    else {
        unreachable!()
    };
    let name = json!({"name": "Ada King"});
    for (csrf, passes) in [
        (csrf.as_str(), true),
        (foreign.as_str(), false),
        ("", false),
        (cookie.as_str(), false),
    ] {
        let proof = Proof::Session {
            cookie: cookie.clone(),
            csrf: csrf.to_owned(),
        };
        let reply = app
            .patch("/api/v1/users/me")
            .by(&proof)
            .json(&name)
            .send()
            .await;
        if passes {
            reply.expect(200);
        } else {
            reply.refused(403, "csrf_rejected");
        }
    }
    // Reading needs none, and without the header there is none.
    let bare = format!("__Host-kith_session={cookie}");
    app.get("/api/v1/session")
        .header("cookie", &bare)
        .send()
        .await
        .expect(200);
    app.patch("/api/v1/users/me")
        .header("cookie", &bare)
        .json(&name)
        .send()
        .await
        .refused(403, "csrf_rejected");
}

#[tokio::test]
async fn a_crowd_that_signs_in_is_turned_away_politely() {
    let app = App::start().await;
    app.workspace("acme").await;
    let logins = (0..200).map(|_| app.login("ada@acme.example", PASSWORD));
    let replies = tokio::time::timeout(
        Duration::from_mins(1),
        futures_util::future::join_all(logins),
    )
    .await
    .unwrap();
    let mut signed_in = 0;
    for reply in replies {
        if reply.status == 201 {
            signed_in += 1;
        } else {
            let reply = reply.refused(503, "unavailable");
            assert!(!reply.header("retry-after").is_empty());
        }
    }
    assert!(signed_in > 0);
    app.login("ada@acme.example", PASSWORD).await.expect(201);
}
