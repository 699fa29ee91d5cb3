//! No input gives a 500, and what is accepted comes back as it was sent.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::app::{App, PASSWORD, Proof, Reply};

/// The naughty strings beside the repository, where they are.
fn collection() -> Option<Vec<String>> {
    let from = |root: PathBuf| std::fs::read_to_string(root.join("nasty/blns.json")).ok();
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().skip(2);
    let places = std::env::var_os("KITH_TEST_DATA")
        .map(PathBuf::from)
        .into_iter()
        .chain(beside.take(3).map(|dir| dir.join("shared/data")));
    let text = places.into_iter().find_map(from)?;
    Some(serde_json::from_str(&text).unwrap())
}

#[expect(clippy::print_stdout, reason = "whoever runs the tests should know")]
fn skipped() {
    println!("skipped: no naughty strings at ../shared/data and KITH_TEST_DATA is not set");
}

fn strings() -> Vec<String> {
    let mut all = collection().unwrap_or_default();
    if all.is_empty() {
        skipped();
    }
    all.extend([
        "\u{0}".to_owned(),
        "a\u{0}b".to_owned(),
        "\u{1F468}\u{200D}\u{1F469}\u{200D}\u{1F467}".to_owned(),
        "\u{FEFF}x".to_owned(),
        "\u{202E}evil".to_owned(),
        "x".repeat(1_000_000),
        "\u{1F600}".repeat(10_000),
        "İstanbul ẞ ΣΑΣ".to_owned(),
        "%00".to_owned(),
        "'; DROP TABLE identity.user_account; --".to_owned(),
    ]);
    all
}

#[track_caller]
fn fine(reply: &Reply, what: &str, input: &str) {
    let status = reply.status.as_u16();
    assert!(status < 500, "{what} of {input:.60?}: {}", reply.text);
    if status >= 400 {
        let problem = reply.json();
        assert!(
            problem["code"].is_string() && problem["detail"].is_string(),
            "{what}: {problem}"
        );
        assert_ne!(problem["detail"], "", "{what}");
    }
}

#[tokio::test]
async fn strings_survive_or_are_refused_with_a_reason() {
    let app = App::start().await;
    let (_, admin) = app.workspace("acme").await;
    let me = app.sign_in("ada@acme.example").await;
    let mut kept = 0;
    for text in strings() {
        let name = json!({ "name": text });
        let reply = app
            .patch("/api/v1/users/me")
            .by(&me)
            .json(&name)
            .send()
            .await;
        fine(&reply, "name", &text);
        if reply.status == 200 {
            assert_eq!(reply.json()["name"], text.trim());
            let read = app.get("/api/v1/users/me").by(&me).send().await.expect(200);
            assert_eq!(read.json()["name"], text.trim());
            kept += 1;
        }
        let reply = app
            .patch("/api/v1/workspace")
            .by(&admin)
            .json(&name)
            .send()
            .await;
        fine(&reply, "workspace", &text);
        let settings = json!({
            "currency": text, "region": text, "time_zone": text, "locale": text,
        });
        let reply = app
            .patch("/api/v1/workspace")
            .by(&admin)
            .json(&settings)
            .send()
            .await;
        fine(&reply, "settings", &text);
        let token = json!({"name": text, "scopes": [text]});
        let reply = app
            .post("/api/v1/tokens")
            .by(&admin)
            .json(&token)
            .send()
            .await;
        fine(&reply, "scope", &text);
        let user = json!({"email": text, "name": text, "role": "member"});
        let reply = app
            .post("/api/v1/users")
            .by(&admin)
            .json(&user)
            .send()
            .await;
        fine(&reply, "e-mail", &text);
        fine(&app.login(&text, &text).await, "login", &text);
        let login = json!({"email": "ada@acme.example", "password": PASSWORD, "workspace": text});
        let reply = app.post("/api/v1/session").json(&login).send().await;
        fine(&reply, "slug", &text);
        let setup = json!({"token": text, "workspace": text, "email": text, "password": text});
        let reply = app.post("/api/v1/setup").json(&setup).send().await;
        fine(&reply, "set-up", &text);
        let activation = json!({"token": text, "password": text});
        let reply = app.post("/api/v1/activate").json(&activation).send().await;
        fine(&reply, "activation", &text);
        if text.len() < 8_000 {
            uris(&app, &admin, &text).await;
        }
    }
    assert!(kept > 1, "{kept}");
}

async fn uris(app: &App, admin: &Proof, text: &str) {
    let encoded: String = form_urlencoded::byte_serialize(text.as_bytes()).collect();
    let encoded = encoded.replace('+', "%20");
    for path in [
        format!("/api/v1/users?search={encoded}"),
        format!("/api/v1/users?cursor={encoded}"),
        format!("/api/v1/users?limit={encoded}"),
        format!("/api/v1/audit?cursor={encoded}"),
        format!("/api/v1/users/{encoded}"),
    ] {
        let reply = app.get(&path).by(admin).send().await;
        fine(&reply, &path, text);
    }
    let path = format!("/setup?token={encoded}");
    let page = app.get(&path).send().await;
    assert!(page.status.as_u16() < 500, "{path}");
    if let Ok(header) = http::HeaderValue::from_str(text) {
        let key = header.to_str().unwrap_or_default().to_owned();
        let body = json!({"name": "t", "scopes": ["records:read"]});
        for name in ["idempotency-key", "if-match", "user-agent", "x-csrf-token"] {
            let call = app.post("/api/v1/tokens").by(admin).json(&body);
            let reply = call.header(name, &key).send().await;
            fine(&reply, name, text);
        }
    }
}

#[tokio::test]
async fn values_of_the_wrong_type_are_refused() {
    let app = App::start().await;
    let (_, admin) = app.workspace("acme").await;
    let wrong: [Value; 6] = [
        json!(1),
        json!(true),
        json!([]),
        json!({}),
        json!(1e300),
        json!([["deep"]]),
    ];
    for value in wrong {
        for (path, field) in [
            ("/api/v1/workspace", "name"),
            ("/api/v1/workspace", "currency"),
            ("/api/v1/users/me", "role"),
            ("/api/v1/users/me", "locale"),
        ] {
            let body = json!({ field: value });
            let reply = app.patch(path).by(&admin).json(&body).send().await;
            fine(&reply, field, &value.to_string());
            assert!(reply.status.is_client_error(), "{field} {value}");
        }
    }
}
