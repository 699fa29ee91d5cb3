//! `/users`.

use kith_kernel::Role;
use serde_json::{Value, json};

use crate::app::{App, PASSWORD, Proof, Reply};

async fn patch(app: &App, by: &Proof, id: &str, body: Value) -> Reply {
    let path = format!("/api/v1/users/{id}");
    app.patch(&path).by(by).json(&body).send().await
}

#[tokio::test]
async fn an_administrator_invites_a_user() {
    let app = App::start().await;
    let (_, admin) = app.workspace("acme").await;
    let body = json!({"email": "Grace@Acme.example", "name": " Grace Hopper ", "role": "member"});
    let reply = app
        .post("/api/v1/users")
        .by(&admin)
        .json(&body)
        .send()
        .await;
    let reply = reply.expect(201);
    assert_eq!(reply.header("etag"), "\"1\"");
    let user = reply.json();
    let id = user["id"].as_str().unwrap();
    assert_eq!(reply.header("location"), format!("/api/v1/users/{id}"));
    assert_eq!(user["email"], "grace@acme.example");
    assert_eq!(user["name"], "Grace Hopper");
    assert_eq!(user["active"], false);
    assert_eq!(user["has_password"], false);
    let taken = app
        .post("/api/v1/users")
        .by(&admin)
        .json(&body)
        .send()
        .await;
    let taken = taken.refused(409, "duplicate").json();
    assert_eq!(taken["errors"][0]["field"], "email");
    let early = patch(&app, &admin, id, json!({"active": true})).await;
    early.refused(409, "conflict");
}

#[tokio::test]
async fn the_same_address_may_exist_in_several_workspaces() {
    let app = App::start().await;
    let (acme, _) = app.workspace("acme").await;
    let (globex, _) = app.workspace("globex").await;
    app.user(&acme, "max@both.example", Role::Member).await;
    app.user(&globex, "max@both.example", Role::Member).await;
}

#[tokio::test]
async fn all_faults_of_a_user_are_told_at_once() {
    let app = App::start().await;
    let (_, admin) = app.workspace("acme").await;
    let body = json!({
        "email": "nowhere", "name": "x\u{7}", "role": "member",
        "locale": "english", "time_zone": "Mars/Olympus",
    });
    let reply = app
        .post("/api/v1/users")
        .by(&admin)
        .json(&body)
        .send()
        .await;
    let reply = reply.refused(422, "validation_failed").json();
    let fields: Vec<&str> = reply["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|error| error["field"].as_str().unwrap())
        .collect();
    assert_eq!(fields, ["email", "name", "locale", "time_zone"]);
}

#[tokio::test]
async fn a_repeated_invitation_creates_one_user_and_shows_the_link_once() {
    let app = App::start().await;
    let (_, admin) = app.workspace("acme").await;
    let send = || {
        app.post("/api/v1/users")
            .by(&admin)
            .header("idempotency-key", "k1")
            .json(&json!({"email": "grace@acme.example", "name": "Grace", "role": "member"}))
            .send()
    };
    let first = send().await.expect(201);
    let second = send().await.expect(201);
    assert_eq!(first.json()["id"], second.json()["id"]);
    assert_eq!(second.header("location"), first.header("location"));
    assert!(first.text.contains("kith_act_"));
    assert!(!second.text.contains("kith_act_"));
    let client = app.db.superuser().await;
    let kept = "SELECT convert_from(body, 'UTF8') FROM identity.idempotency";
    let kept: String = client.query_one(kept, &[]).await.unwrap().get(0);
    assert!(!kept.contains("kith_act_"), "{kept}");
}

#[tokio::test]
async fn a_change_names_the_version_it_is_meant_for() {
    let app = App::start().await;
    let (acme, admin) = app.workspace("acme").await;
    let id = app.user(&acme, "grace@acme.example", Role::Member).await;
    let path = format!("/api/v1/users/{id}");
    let rename = |tag: &'static str, name: &'static str| {
        app.patch(&path)
            .by(&admin)
            .header("if-match", tag)
            .json(&json!({"name": name}))
            .send()
    };
    let first = rename("\"1\"", "Grace B. Hopper").await.expect(200);
    assert_eq!(first.header("etag"), "\"2\"");
    let stale = rename("\"1\"", "Somebody else").await;
    let stale = stale.refused(412, "version_mismatch");
    assert_eq!(stale.json()["current_version"], 2);
    let (one, other) = tokio::join!(rename("\"2\"", "One"), rename("\"2\"", "Other"));
    let mut statuses = [one.status.as_u16(), other.status.as_u16()];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 412]);
    // What changes nothing makes no version.
    let name = app.get(&path).by(&admin).send().await.json()["name"].clone();
    let same = app
        .patch(&path)
        .by(&admin)
        .json(&json!({"name": name}))
        .send()
        .await;
    assert_eq!(same.expect(200).header("etag"), "\"3\"");
    let me = app.get(&path).by(&admin).send().await;
    assert_eq!(me.expect(200).header("etag"), "\"3\"");
}

#[tokio::test]
async fn null_removes_and_absence_keeps() {
    let app = App::start().await;
    let (acme, admin) = app.workspace("acme").await;
    let id = app.user(&acme, "grace@acme.example", Role::Member).await;
    let set = json!({"locale": "de-AT", "time_zone": "europe/vienna"});
    let user = patch(&app, &admin, &id, set).await.expect(200).json();
    assert_eq!(user["locale"], "de-AT");
    assert_eq!(user["time_zone"], "Europe/Vienna");
    let user = patch(&app, &admin, &id, json!({"locale": null}))
        .await
        .expect(200)
        .json();
    assert_eq!(user["locale"], Value::Null);
    assert_eq!(user["time_zone"], "Europe/Vienna");
    let dark = patch(&app, &admin, &id, json!({"theme": "dark"})).await;
    assert_eq!(dark.expect(200).json()["theme"], "dark");
    let kept = patch(&app, &admin, &id, json!({"locale": "en"})).await;
    assert_eq!(kept.expect(200).json()["theme"], "dark");
    let none = patch(&app, &admin, &id, json!({"theme": null})).await;
    assert_eq!(none.expect(200).json()["theme"], Value::Null);
    for body in [
        json!({"theme": "purple"}),
        json!({"theme": 1}),
        json!({"name": null}),
        json!({"role": null}),
        json!({"email": null}),
    ] {
        let reply = patch(&app, &admin, &id, body).await;
        assert!(reply.status.is_client_error(), "{}", reply.text);
    }
}

#[tokio::test]
async fn users_change_about_themselves_what_is_theirs() {
    let app = App::start().await;
    let (acme, _) = app.workspace("acme").await;
    let id = app.user(&acme, "grace@acme.example", Role::ReadOnly).await;
    let session = app.sign_in("grace@acme.example").await;
    let me = "/api/v1/users/me";
    let change = |body: Value| app.patch(me).by(&session).json(&body).send();
    let user = change(json!({"name": "Grace", "locale": "en-US", "theme": "light"})).await;
    assert_eq!(user.expect(200).json()["name"], "Grace");
    for body in [
        json!({"role": "administrator"}),
        json!({"name": "G", "role": "administrator"}),
        json!({"active": false}),
        json!({"email": "other@acme.example"}),
    ] {
        change(body).await.refused(403, "forbidden");
    }
    let own = app.get(me).by(&session).send().await.expect(200).json();
    assert_eq!(own["id"], id);
    assert_eq!(own["role"], "read_only");
}

#[tokio::test]
async fn a_new_role_holds_at_once() {
    let app = App::start().await;
    let (acme, admin) = app.workspace("acme").await;
    let id = app
        .user(&acme, "grace@acme.example", Role::Administrator)
        .await;
    let grace = app.sign_in("grace@acme.example").await;
    app.get("/api/v1/audit").by(&grace).send().await.expect(200);
    patch(&app, &admin, &id, json!({"role": "member"}))
        .await
        .expect(200);
    app.get("/api/v1/audit")
        .by(&grace)
        .send()
        .await
        .refused(403, "forbidden");
}

#[tokio::test]
async fn a_deactivated_user_is_shut_out_at_once_and_comes_back_without_tokens() {
    let app = App::start().await;
    let (acme, admin) = app.workspace("acme").await;
    let id = app.user(&acme, "grace@acme.example", Role::Member).await;
    let session = app.sign_in("grace@acme.example").await;
    let body = json!({"name": "t", "scopes": ["records:read"]});
    let token = app
        .post("/api/v1/tokens")
        .by(&session)
        .json(&body)
        .send()
        .await;
    let token = Proof::Token(
        token.expect(201).json()["secret"]
            .as_str()
            .unwrap()
            .to_owned(),
    );
    for proof in [&session, &token] {
        app.get("/api/v1/session")
            .by(proof)
            .send()
            .await
            .expect(200);
    }
    patch(&app, &admin, &id, json!({"active": false}))
        .await
        .expect(200);
    let shut_out = async || {
        for proof in [&session, &token] {
            let reply = app.get("/api/v1/session").by(proof).send().await;
            reply.refused(401, "unauthenticated");
        }
    };
    shut_out().await;
    app.login("grace@acme.example", PASSWORD)
        .await
        .refused(401, "unauthenticated");
    patch(&app, &admin, &id, json!({"active": true}))
        .await
        .expect(200);
    app.clock.advance(jiff::SignedDuration::from_secs(10));
    shut_out().await;
    app.login("grace@acme.example", PASSWORD).await.expect(201);
}

#[tokio::test]
async fn the_last_active_administrator_stays() {
    let app = App::start().await;
    let (acme, admin) = app.workspace("acme").await;
    let me = app.get("/api/v1/users/me").by(&admin).send().await.json();
    let me = me["id"].as_str().unwrap();
    app.user(&acme, "member@acme.example", Role::Member).await;
    let second = app
        .user(&acme, "second@acme.example", Role::Administrator)
        .await;
    patch(&app, &admin, &second, json!({"active": false}))
        .await
        .expect(200);
    for body in [json!({"role": "member"}), json!({"active": false})] {
        patch(&app, &admin, me, body).await.refused(409, "conflict");
    }
    patch(&app, &admin, me, json!({"name": "Ada King"}))
        .await
        .expect(200);
    patch(&app, &admin, &second, json!({"active": true}))
        .await
        .expect(200);
    patch(&app, &admin, me, json!({"role": "member"}))
        .await
        .expect(200);
}

/// All administrators but one try to demote each other at once, many times over.
#[tokio::test]
async fn administrators_who_demote_each_other_at_once_leave_one() {
    let app = App::start().await;
    let (acme, ada) = app.workspace("acme").await;
    let mut admins = vec![(
        app.get("/api/v1/users/me").by(&ada).send().await.json()["id"]
            .as_str()
            .unwrap()
            .to_owned(),
        ada,
    )];
    for n in 0..4 {
        let email = format!("admin{n}@acme.example");
        let id = app.user(&acme, &email, Role::Administrator).await;
        admins.push((id, app.sign_in(&email).await));
    }
    for round in 0..5 {
        let attacks = admins.iter().enumerate().map(|(n, (_, proof))| {
            let (victim, _) = &admins[(n + 1 + round % 4) % admins.len()];
            let body = if (n + round) % 2 == 0 {
                json!({"role": "member"})
            } else {
                json!({"active": false})
            };
            patch(&app, proof, victim, body)
        });
        for reply in futures_util::future::join_all(attacks).await {
            assert!(
                [200, 401, 403, 409, 503].contains(&reply.status.as_u16()),
                "{}",
                reply.text
            );
        }
        let users = app.identity.operator().users(&acme).await.unwrap();
        let left = users
            .iter()
            .filter(|user| user.active && user.role == Role::Administrator)
            .count();
        assert!(left >= 1, "round {round}");
        let client = app.db.superuser().await;
        client
            .execute(
                "UPDATE identity.user_account SET role = 'administrator', active = true",
                &[],
            )
            .await
            .unwrap();
        app.clock.advance(jiff::SignedDuration::from_secs(10));
        for (n, (_, proof)) in admins.iter_mut().enumerate() {
            let email = match n {
                0 => "ada@acme.example".to_owned(),
                n => format!("admin{}@acme.example", n - 1),
            };
            *proof = app.sign_in(&email).await;
        }
    }
}

#[tokio::test]
async fn lists_are_paged_filtered_and_in_the_order_of_names() {
    let app = App::start().await;
    let (acme, admin) = app.workspace("acme").await;
    for n in 0..7 {
        app.user(&acme, &format!("u{n}@acme.example"), Role::Member)
            .await;
    }
    app.identity
        .operator()
        .deactivate_user(&acme, "u3@acme.example")
        .await
        .unwrap();
    let mut seen = Vec::new();
    let mut cursor = String::new();
    loop {
        let path = format!("/api/v1/users?limit=3&active=true{cursor}");
        let page = app.get(&path).by(&admin).send().await.expect(200).json();
        assert_eq!(page["count"], json!({"value": 7, "exact": true}));
        for user in page["data"].as_array().unwrap() {
            seen.push(user["email"].as_str().unwrap().to_owned());
        }
        let Some(next) = page["page"]["next_cursor"].as_str() else {
            assert_eq!(page["page"]["has_more"], false);
            break;
        };
        cursor = format!("&cursor={next}");
        let other = format!("/api/v1/users?limit=3{cursor}");
        app.get(&other)
            .by(&admin)
            .send()
            .await
            .refused(400, "invalid_cursor");
    }
    let mut expected = vec!["ada@acme.example".to_owned()];
    expected.extend([0, 1, 2, 4, 5, 6].map(|n| format!("u{n}@acme.example")));
    assert_eq!(seen, expected);

    let found = async |query: &str| {
        let path = format!("/api/v1/users?{query}");
        let page = app.get(&path).by(&admin).send().await.expect(200).json();
        page["data"].as_array().unwrap().len()
    };
    let uncounted = app.get("/api/v1/users?count=none").by(&admin).send().await;
    assert_eq!(uncounted.expect(200).json().get("count"), None);
    let exact = app
        .get("/api/v1/users?count=exact&search=acme.example&limit=1")
        .by(&admin)
        .send()
        .await;
    let exact = exact.expect(200).json();
    assert_eq!(exact["count"], json!({"value": 8, "exact": true}));
    assert_eq!(found("search=LOVELACE").await, 1);
    assert_eq!(found("search=u3%40acme").await, 1);
    assert_eq!(found("search=%25").await, 0);
    assert_eq!(found("active=false").await, 1);
    for query in [
        "limit=0",
        "limit=201",
        "limit=x",
        "active=maybe",
        "sort=name",
        "cursor=x",
    ] {
        let path = format!("/api/v1/users?{query}");
        let reply = app.get(&path).by(&admin).send().await;
        assert_eq!(reply.status, 400, "{query}: {}", reply.text);
    }
}

#[tokio::test]
async fn every_change_of_users_pokes_the_others() {
    use std::sync::atomic::Ordering;
    let app = App::start().await;
    let (acme, admin) = app.workspace("acme").await;
    let id = app.user(&acme, "grace@acme.example", Role::Member).await;
    let pokes = || app.pokes.load(Ordering::Relaxed);
    let before = pokes();
    patch(&app, &admin, &id, json!({"name": "Grace"}))
        .await
        .expect(200);
    assert_eq!(pokes(), before + 1);
    patch(&app, &admin, &id, json!({"name": "Grace"}))
        .await
        .expect(200);
    assert_eq!(pokes(), before + 1);
}
