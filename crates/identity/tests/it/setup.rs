//! The first set-up, by API and by page.

use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::app::{App, PASSWORD, Proof, session_of};

async fn link(app: &App) -> String {
    let link = app.identity.setup_link("http://127.0.0.1:8080/").await;
    let link = link.unwrap().unwrap();
    let token = link.strip_prefix("http://127.0.0.1:8080/setup?token=");
    token.unwrap().to_owned()
}

fn body(token: &str) -> Value {
    json!({
        "token": token, "workspace": "Acme", "email": "ada@acme.example", "name": "Ada Lovelace",
        "password": PASSWORD, "currency": "USD", "region": "US", "time_zone": "America/New_York",
    })
}

async fn set_up(app: &App, body: &Value) -> crate::app::Reply {
    app.post("/api/v1/setup").json(body).send().await
}

#[tokio::test]
async fn the_link_makes_one_workspace_and_signs_its_administrator_in() {
    let app = App::start().await;
    let token = link(&app).await;
    let needed =
        async || app.get("/api/v1/setup").send().await.expect(200).json()["needed"].clone();
    assert_eq!(needed().await, true);
    let made = set_up(&app, &body(&token)).await.expect(201);
    assert_eq!(needed().await, false);
    let session = session_of(&made);
    let made = made.json();
    assert_eq!(made["session"]["workspace"]["currency"], "USD");
    assert_eq!(made["session"]["user"]["role"], "administrator");
    let api_token = Proof::Token(made["api_token"].as_str().unwrap().to_owned());
    for proof in [&session, &api_token] {
        app.get("/api/v1/audit").by(proof).send().await.expect(200);
    }
    set_up(&app, &body(&token)).await.refused(409, "conflict");
    assert_eq!(app.identity.setup_link("http://x").await.unwrap(), None);
}

#[tokio::test]
async fn a_refused_set_up_leaves_the_link_good() {
    let app = App::start().await;
    let token = link(&app).await;
    let bad = json!({
        "token": token, "workspace": "", "email": "x", "password": "short", "currency": "EURO",
        "region": "Germany", "time_zone": "Berlin", "locale": "German",
    });
    let refused = set_up(&app, &bad)
        .await
        .refused(422, "validation_failed")
        .json();
    let fields: Vec<&str> = refused["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|error| error["field"].as_str().unwrap())
        .collect();
    assert_eq!(
        fields,
        [
            "workspace",
            "currency",
            "region",
            "time_zone",
            "locale",
            "email",
            "name",
            "password"
        ]
    );
    set_up(&app, &body(&token)).await.expect(201);
}

#[tokio::test]
async fn of_several_at_once_one_sets_up() {
    let app = App::start().await;
    let tokens = [link(&app).await, link(&app).await];
    let bodies = [body(&tokens[0]), body(&tokens[0]), body(&tokens[1])];
    let replies =
        futures_util::future::join_all(bodies.iter().map(|body| set_up(&app, body))).await;
    let mut statuses: Vec<u16> = replies.iter().map(|reply| reply.status.as_u16()).collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 409, 409]);
    assert_eq!(app.identity.operator().workspaces().await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_link_works_for_a_day() {
    let app = App::start().await;
    let token = link(&app).await;
    app.clock.advance(SignedDuration::from_hours(24));
    set_up(&app, &body(&token)).await.refused(409, "conflict");
    for token in ["", "x", "kith_set_"] {
        set_up(&app, &body(token)).await.refused(409, "conflict");
    }
    let token = link(&app).await;
    set_up(&app, &body(&token)).await.expect(201);
}

#[tokio::test]
async fn the_page_works_without_scripts() {
    let app = App::start().await;
    let token = link(&app).await;
    let page = app.get(&format!("/setup?token={token}")).send().await;
    let page = page.expect(200);
    assert_eq!(page.header("content-type"), "text/html; charset=utf-8");
    assert_eq!(page.header("cache-control"), "no-store");
    let policy = page.header("content-security-policy");
    assert!(policy.contains("form-action 'self'") && !policy.contains("unsafe"));
    for forbidden in [
        "<script", "<style", " style=", " onclick", "http://", "https://",
    ] {
        assert!(!page.text.contains(forbidden), "{forbidden}");
    }
    let style = app.get("/setup.css").send().await.expect(200);
    assert_eq!(style.header("content-type"), "text/css; charset=utf-8");
    assert!(page.text.contains("href=\"/setup.css\""));

    let send = |name: &'static str, password: &'static str, site: &'static str| {
        let fields = [
            ("token", token.as_str()),
            ("workspace", "Acme & <Sons>"),
            ("name", name),
            ("email", "ada@acme.example"),
            ("password", password),
            ("currency", ""),
            ("region", "gb"),
            ("time_zone", ""),
        ];
        app.post("/setup")
            .header("sec-fetch-site", site)
            .form(&fields)
            .send()
    };
    let again = send("\"><script>alert(1)</script>", "too short", "same-origin").await;
    let again = again.expect(422);
    assert!(!again.text.contains("<script"), "{}", again.text);
    assert!(again.text.contains("value=\"Acme &amp; &lt;Sons&gt;\""));
    assert!(again.text.contains("at least 12 characters"));
    assert!(!again.text.contains("too short"));
    send("Ada", PASSWORD, "cross-site").await.expect(403);

    let done = send("Ada", PASSWORD, "same-origin").await.expect(201);
    assert!(
        done.text.contains("Acme &amp; &lt;Sons&gt; is ready"),
        "{}",
        done.text
    );
    assert!(done.text.contains("export KITH_URL=http://kith.test\n"));
    assert!(
        done.header("set-cookie")
            .starts_with("__Host-kith_session=kith_ses_")
    );
    let start = done.text.find("kith_pat_").unwrap();
    let api_token = Proof::Token(done.text[start..start + 58].to_owned());
    let who = app
        .get("/api/v1/session")
        .by(&api_token)
        .send()
        .await
        .expect(200)
        .json();
    assert_eq!(who["workspace"]["region"], "GB");
    assert_eq!(who["workspace"]["currency"], "EUR");

    send("Ada", PASSWORD, "same-origin").await.expect(409);
    let dead = app
        .get(&format!("/setup?token={token}"))
        .send()
        .await
        .expect(409);
    assert!(dead.text.contains("used already"), "{}", dead.text);
}

#[tokio::test]
async fn odd_forms_are_refused_with_a_page() {
    let app = App::start().await;
    let token = link(&app).await;
    let json = app.post("/setup").json(&body(&token)).send().await;
    json.expect(415);
    let huge = "x".repeat(100_000);
    app.post("/setup")
        .form(&[("token", huge.as_str())])
        .send()
        .await
        .expect(413);
    app.post("/setup").form(&[]).send().await.expect(409);
    let fields = [
        ("token", token.as_str()),
        ("workspace", "a\0b"),
        ("email", "a\0@b.c"),
    ];
    app.post("/setup").form(&fields).send().await.expect(422);
    app.get("/setup").send().await.expect(409);
    app.get("/setup?token=%ff%00").send().await.expect(409);
}
