//! Erasing people.

use std::collections::HashSet;

use http::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::app::App;

impl App {
    pub async fn erase(&self, person: Uuid) -> Value {
        self.post("/interactions/erasures", &json!({ "person": person }))
            .await
            .ok()
    }

    pub async fn rebuild(&self, name: &str) {
        let mut rebuilding = self.interactions.rebuild(name).await.expect("a rebuild");
        while rebuilding.step().await.expect("a step").is_some() {}
    }
}

#[tokio::test]
async fn erasing_one_takes_what_was_said_from_all_and_leaves_the_rest() {
    let app = App::start().await;
    let company = app.records.company().await;
    let early = app
        .email_from(
            "ada@example.org",
            "2026-04-01T10:00:00Z",
            json!({"body": "early"}),
        )
        .await;
    let ada = app.records.person("ada@example.org", Some(company)).await;
    let bob = app.records.person("bob@example.org", Some(company)).await;
    app.settle().await;
    let both = json!({
        "channel": "meeting", "occurred_at": "2026-05-02T10:00:00Z", "subject": "Both", "body": "both",
        "participants": [{"email": "ada@example.org"}, {"email": "bob@example.org"}, {"email": "member@example.com"}],
    });
    let both = app.post("/interactions", &both).await.id();
    let alone = app
        .email_from(
            "bob@example.org",
            "2026-05-03T10:00:00Z",
            json!({"body": "alone"}),
        )
        .await;
    let about =
        json!({"channel": "note", "body": "about", "records": [{"object": "people", "id": ada}]});
    let about = app.post("/interactions", &about).await.id();
    app.settle().await;
    assert_eq!(
        app.interactions_of("people", ada).await,
        [about, both, early]
    );

    // Her own key, and the one of her address from before she was known.
    assert_eq!(app.erase(ada).await["keys_destroyed"], 2);
    // At once, before any projection has heard of it.
    let read = |id: Uuid| {
        let app = &app;
        async move { app.get(&format!("/interactions/{id}")).await.ok() }
    };
    for id in [early, both, about] {
        let shown = read(id).await;
        assert_eq!(
            (&shown["erased"], &shown["subject"], &shown["body"]),
            (&json!(true), &json!(null), &json!(null))
        );
        assert!(!shown.to_string().contains("ada@"), "{shown}");
        assert!(!shown.to_string().contains(&ada.to_string()), "{shown}");
    }
    let shown = read(both).await;
    assert_eq!(
        (&shown["channel"], &shown["occurred_at"]),
        (&json!("meeting"), &json!("2026-05-02T10:00:00Z"))
    );
    let ada_then = &shown["participants"][0];
    assert_eq!(
        (&ada_then["erased"], &ada_then["name"], &ada_then["person"]),
        (&json!(true), &json!(null), &json!(null))
    );
    let bob_then = &shown["participants"][1];
    assert_eq!(
        (&bob_then["email"], &bob_then["person"]),
        (&json!("bob@example.org"), &json!(bob))
    );
    assert_eq!(read(alone).await["body"], "alone");

    app.settle().await;
    check(&app, ada, bob, company, [early, both, alone, about]).await;
    for name in [
        "timeline",
        "summary",
        "engagement",
        "relationship",
        "counts",
    ] {
        app.rebuild(name).await;
    }
    check(&app, ada, bob, company, [early, both, alone, about]).await;

    // Whoever writes from that address now is somebody unknown, also when the record changes.
    let (from, to) = (
        json!(["ada@example.org"]),
        json!(["ada@example.org", "x@example.org"]),
    );
    app.records.update(ada, &[("emails", from, to)]).await;
    app.settle().await;
    let again = app
        .email_from(
            "ada@example.org",
            "2026-05-09T10:00:00Z",
            json!({"body": "again"}),
        )
        .await;
    app.settle().await;
    let shown = read(again).await;
    assert_eq!(
        (&shown["body"], &shown["participants"][0]["person"]),
        (&json!("again"), &json!(null))
    );
    for draft in [
        json!({"channel": "note", "records": [{"object": "people", "id": ada}]}),
        json!({"channel": "call", "participants": [{"person": ada}]}),
    ] {
        let refused = app.post("/interactions", &draft).await;
        assert_eq!(refused.json()["errors"][0]["code"], "erased");
    }
    assert_eq!(app.rows_of_log("interaction.recorded").await, 5);
}

/// What is derived knows nothing of the one, and all of the others.
async fn check(app: &App, ada: Uuid, bob: Uuid, company: Uuid, ids: [Uuid; 4]) {
    let [early, both, alone, _] = ids;
    assert!(app.timeline("people", ada, "").await.is_empty());
    let summary = app.summary("people", ada).await;
    assert_eq!(summary["last_contacted_at"], Value::Null);
    assert_eq!(
        (&summary["engagement"]["score"], &summary["relationships"]),
        (&json!(0.0), &json!([]))
    );
    let counts = app
        .get(&format!(
            "/interactions/counts?record=people:{ada}&by=total"
        ))
        .await
        .ok();
    assert_eq!(counts["data"], json!([]));
    assert_eq!(app.interactions_of("people", bob).await, [alone, both]);
    let of_company: HashSet<Uuid> = app
        .interactions_of("companies", company)
        .await
        .into_iter()
        .collect();
    assert!(
        [early, both, alone]
            .iter()
            .all(|id| of_company.contains(id))
    );
    assert_eq!(
        app.summary("companies", company).await["last_contacted_at"],
        "2026-05-03T10:00:00Z"
    );
    let client = app.db.superuser().await;
    for table in [
        "known_address",
        "known_person",
        "timeline",
        "relationship",
        "engagement",
        "counts",
        "belongs",
        "planned",
    ] {
        let sql = format!(
            "SELECT count(*) FROM interactions.{table} t WHERE t::text LIKE '%' || $1 || '%'"
        );
        let found: i64 = client
            .query_one(&sql, &[&ada.to_string()])
            .await
            .unwrap()
            .get(0);
        assert_eq!(found, 0, "{table}");
    }
}

#[tokio::test]
async fn whoever_is_erased_before_being_matched_is_erased_all_the_same() {
    let app = App::start().await;
    let id = app
        .email_from(
            "ada@example.org",
            "2026-04-01T10:00:00Z",
            json!({"body": "early"}),
        )
        .await;
    let ada = app.records.person("ada@example.org", None).await;
    // Known, but not matched yet.
    app.bus.drain().await.unwrap();
    app.erase(ada).await;
    app.settle().await;
    let shown = app.get(&format!("/interactions/{id}")).await.ok();
    assert_eq!(
        (&shown["erased"], &shown["participants"][0]["email"]),
        (&json!(true), &json!(null))
    );
    assert!(app.timeline("people", ada, "").await.is_empty());
}

#[tokio::test]
async fn erasures_are_listed_and_other_processes_follow_them() {
    let app = App::start().await;
    let ada = app.records.person("ada@example.org", None).await;
    app.settle().await;
    let id = app
        .email_from("ada@example.org", "2026-05-01T10:00:00Z", json!({}))
        .await;
    let ring = kith_crypto::Keyring::parse(&kith_crypto::Secret::new(crate::app::KEY.to_owned()));
    let other = app.reopened(ring.unwrap());
    let path = format!("/interactions/{id}");
    assert_eq!(other.get(&path).await.ok()["subject"], "Hello");
    let first = app.erase(ada).await;
    // The other process has the key unwrapped, and doesn't use it any more.
    assert_eq!(other.get(&path).await.ok()["subject"], Value::Null);
    let second = app.erase(ada).await;
    assert_eq!(second["keys_destroyed"], 0);
    let page = app.get("/interactions/erasures?limit=1").await.ok();
    assert_eq!(page["data"], json!([second]));
    let cursor = page["page"]["next_cursor"].as_str().unwrap();
    let page = app
        .get(&format!("/interactions/erasures?cursor={cursor}"))
        .await
        .ok();
    assert_eq!(page["data"], json!([first]));
    let theirs = app.get_as("stranger", "/interactions/erasures").await.ok();
    assert_eq!(theirs["data"], json!([]));
    // Erasing somebody of another workspace touches nobody here.
    let bob = app.records.person("bob@example.org", None).await;
    app.settle().await;
    let id = app
        .email_from("bob@example.org", "2026-05-01T10:00:00Z", json!({}))
        .await;
    let body = json!({ "person": bob });
    app.send_as("stranger", Method::POST, "/interactions/erasures", &body)
        .await
        .ok();
    app.settle().await;
    assert_eq!(
        app.get(&format!("/interactions/{id}")).await.ok()["erased"],
        false
    );
    assert_eq!(app.interactions_of("people", bob).await, [id]);
}
