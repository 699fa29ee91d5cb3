//! `/audit`, and that nothing changes without an entry.

use kith_kernel::Role;
use serde_json::{Value, json};

use crate::app::{App, Proof};

async fn entries(app: &App, admin: &Proof) -> Vec<Value> {
    let mut all = Vec::new();
    let mut cursor = String::new();
    loop {
        let path = format!("/api/v1/audit?limit=4{cursor}");
        let page = app.get(&path).by(admin).send().await.expect(200).json();
        all.extend(page["data"].as_array().unwrap().iter().cloned());
        match page["page"]["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return all,
        }
    }
}

#[tokio::test]
async fn the_log_tells_who_did_what() {
    let app = App::start().await;
    let (acme, admin) = app.workspace("acme").await;
    app.workspace("globex").await;
    let id = app.user(&acme, "grace@acme.example", Role::Member).await;
    let grace = app.sign_in("grace@acme.example").await;
    app.login("grace@acme.example", "wrong password")
        .await
        .expect(401);
    app.identity.write_down_uses().await.unwrap();
    let body = json!({"name": "t", "scopes": ["records:read"]});
    let token = app
        .post("/api/v1/tokens")
        .by(&grace)
        .json(&body)
        .send()
        .await;
    let token = token.expect(201).json()["id"].clone();
    let token = format!("/api/v1/tokens/{}", token.as_str().unwrap());
    app.delete(&token).by(&grace).send().await.expect(204);
    let user = format!("/api/v1/users/{id}");
    let change = json!({"role": "read_only", "name": "Grace"});
    app.patch(&user)
        .by(&admin)
        .json(&change)
        .send()
        .await
        .expect(200);
    let settings = json!({"currency": "USD"});
    app.patch("/api/v1/workspace")
        .by(&admin)
        .json(&settings)
        .send()
        .await
        .expect(200);
    app.patch(&user)
        .by(&admin)
        .json(&json!({"active": false}))
        .send()
        .await
        .expect(200);

    let all = entries(&app, &admin).await;
    let mut kinds: Vec<&str> = all
        .iter()
        .map(|one| one["type"].as_str().unwrap())
        .collect();
    kinds.reverse();
    assert_eq!(
        kinds,
        [
            "workspace.created",
            "user.created",
            "api_token.created",
            "user.created",
            "session.created",
            "login.failed",
            "api_token.created",
            "api_token.revoked",
            "user.updated",
            "workspace.updated",
            "user.updated",
            "session.ended",
        ]
    );
    let changed = all
        .iter()
        .find(|one| one["data"]["after"]["role"] == "read_only");
    let changed = changed.unwrap();
    assert_eq!(
        changed["data"],
        json!({
            "before": {"role": "member", "name": "User grace@acme.example"},
            "after": {"role": "read_only", "name": "Grace"},
        })
    );
    assert_eq!(changed["subject_id"], id);
    assert!(changed["actor"]["token"].is_string());
    let failed = all
        .iter()
        .find(|one| one["type"] == "login.failed")
        .unwrap();
    assert_eq!(failed["data"], json!({"ip": "192.0.2.7"}));
    assert_eq!(failed["actor"], json!({}));
    assert_eq!(all.last().unwrap()["actor"], json!({"operator": true}));
}

#[tokio::test]
async fn no_secret_reaches_the_log() {
    let app = App::start().await;
    let (_, admin) = app.workspace("acme").await;
    app.sign_in("ada@acme.example").await;
    let body = json!({"email": "g@acme.example", "name": "Grace", "role": "member"});
    app.post("/api/v1/users")
        .by(&admin)
        .json(&body)
        .send()
        .await
        .expect(201);
    let all = serde_json::to_string(&entries(&app, &admin).await).unwrap();
    for secret in [
        "kith_pat_",
        "kith_ses_",
        "kith_act_",
        "argon2",
        crate::app::PASSWORD,
    ] {
        assert!(!all.contains(secret), "{secret} in {all}");
    }
}
