//! Appending single interactions.

use axum::body::Body;
use http::Method;
use serde_json::{Value, json};

use crate::app::App;
use crate::people::user;

#[tokio::test]
async fn what_is_recorded_is_what_is_read() {
    let app = App::start().await;
    let company = app.records.company().await;
    let ada = app.records.person("ada@example.org", Some(company)).await;
    let deal = app
        .records
        .create("deal", json!({"name": "Deal", "company": company}))
        .await;
    app.settle().await;
    let draft = json!({
        "channel": "meeting", "direction": "none", "occurred_at": "2026-05-01T10:00:00.123456Z",
        "source": "calendar", "external_id": "m-1", "subject": " Kick-off ", "summary": "We agreed.",
        "body": {"minutes": ["a", "b"], "n": 1.5},
        "participants": [
            {"name": "Ada", "email": "ADA@example.org", "role": "guest"},
            {"email": "member@example.com", "role": "organizer"},
            {"name": "Bob", "phone": "+49 30 12345"},
            {"name": "A chair"},
        ],
        "records": [{"object": "deals", "id": deal}],
    });
    let reply = app.post("/interactions", &draft).await;
    assert_eq!(reply.status, 201, "{reply:?}");
    let place = reply.headers["location"].to_str().unwrap().to_owned();
    let made = reply.ok();
    let read = app.get(place.strip_prefix("/api/v1").unwrap()).await.ok();
    assert_eq!(made, read);
    let id = read["id"].as_str().unwrap();
    assert_eq!(place, format!("/api/v1/interactions/{id}"));
    for (member, value) in [
        ("channel", json!("meeting")),
        ("direction", json!("none")),
        ("occurred_at", json!("2026-05-01T10:00:00.123456Z")),
        ("recorded_at", json!("2026-06-01T12:00:00Z")),
        ("recorded_by", json!(user("admin"))),
        ("source", json!("calendar")),
        ("external_id", json!("m-1")),
        ("subject", json!("Kick-off")),
        ("summary", json!("We agreed.")),
        ("body", draft["body"].clone()),
        ("erased", json!(false)),
    ] {
        assert_eq!(read[member], value, "{member}");
    }
    let who = |at: usize, member: &str| read["participants"][at][member].clone();
    assert_eq!(who(0, "person"), json!(ada));
    assert_eq!(who(0, "email"), json!("ada@example.org"));
    assert_eq!(who(0, "role"), json!("guest"));
    assert_eq!(who(1, "user"), json!(user("member")));
    assert_eq!(
        (who(2, "person"), who(2, "phone")),
        (Value::Null, json!("+493012345"))
    );
    assert_eq!(who(3, "name"), json!("A chair"));
    let records: Vec<&str> = (read["records"].as_array().unwrap().iter())
        .map(|record| record["object"].as_str().unwrap())
        .collect();
    assert_eq!(records, ["deal", "company", "person"]);
}

#[tokio::test]
async fn an_external_id_is_recorded_once_per_source() {
    let app = App::start().await;
    let draft = |source: Option<&str>, channel: &str| json!({"channel": channel, "external_id": "1", "source": source});
    let first = app.post("/interactions", &draft(None, "email")).await;
    assert_eq!(first.status, 201);
    let first = first.id();
    let again = app.post("/interactions", &draft(None, "email")).await;
    assert_eq!(again.status, 200);
    assert_eq!(again.id(), first);
    // Without a source the channel stands for it.
    assert_eq!(
        app.post("/interactions", &draft(Some("email"), "call"))
            .await
            .id(),
        first
    );
    for (source, channel) in [(None, "call"), (Some("box"), "email")] {
        let other = app.post("/interactions", &draft(source, channel)).await;
        assert_eq!(other.status, 201);
        assert_ne!(other.id(), first);
    }
    let elsewhere = app
        .send_as(
            "stranger",
            Method::POST,
            "/interactions",
            &draft(None, "email"),
        )
        .await;
    assert_eq!(elsewhere.status, 201);
}

#[tokio::test]
async fn of_many_who_send_the_same_at_once_one_records_it() {
    let app = App::start().await;
    let draft = json!({"channel": "payment", "external_id": "p", "participants": [{"email": "x@example.org"}]});
    let send = || app.post("/interactions", &draft);
    let (a, b, c, d) = tokio::join!(send(), send(), send(), send());
    let replies = [a, b, c, d];
    let made = replies.iter().filter(|reply| reply.status == 201).count();
    assert_eq!(made, 1, "{replies:?}");
    let ids: std::collections::HashSet<_> = replies.into_iter().map(|reply| reply.id()).collect();
    assert_eq!(ids.len(), 1);
    assert_eq!(app.rows_of_log("interaction.recorded").await, 1);
}

#[tokio::test]
async fn an_idempotency_key_gives_the_same_answer_again() {
    let app = App::start().await;
    let headers = [
        ("content-type", "application/json"),
        ("idempotency-key", "k1"),
    ];
    let draft = json!({"channel": "note", "subject": "Once", "body": "secret"}).to_string();
    let send = || {
        app.raw(
            "admin",
            Method::POST,
            "/interactions",
            &headers,
            Body::from(draft.clone()),
        )
    };
    let (first, second) = (send().await, send().await);
    assert_eq!((first.status.as_u16(), second.status.as_u16()), (201, 201));
    assert_eq!(second.headers["idempotency-replayed"], "true");
    assert_eq!(first.headers["location"], second.headers["location"]);
    assert_eq!(first.ok(), second.ok());
    assert_eq!(app.rows_of_log("interaction.recorded").await, 1);
    let other = json!({"channel": "call"}).to_string();
    let reused = app
        .raw(
            "admin",
            Method::POST,
            "/interactions",
            &headers,
            Body::from(other),
        )
        .await;
    assert_eq!(reused.refusal().1, "idempotency_key_reused");
}

#[tokio::test]
async fn nothing_that_was_said_stands_in_the_database_as_text() {
    let app = App::start().await;
    let company = app.records.company().await;
    app.settle().await;
    let draft = json!({
        "channel": "email", "external_id": "needle-1", "subject": "needle-2", "summary": "needle-3",
        "body": {"needle-4": "needle-5"}, "records": [{"object": "companies", "id": company}],
        "participants": [{"name": "needle-6", "email": "needle-7@example.org", "phone": "+49 30 777777"}],
    });
    let headers = [
        ("content-type", "application/json"),
        ("idempotency-key", "k"),
    ];
    let reply = app
        .raw(
            "admin",
            Method::POST,
            "/interactions",
            &headers,
            Body::from(draft.to_string()),
        )
        .await;
    let id = reply.id();
    app.settle().await;
    assert_eq!(app.interactions_of("companies", company).await, [id]);
    let client = app.db.superuser().await;
    let tables = client
        .query("SELECT table_name::text FROM information_schema.tables WHERE table_schema = 'interactions'", &[])
        .await
        .unwrap();
    assert!(tables.len() > 15);
    for table in tables {
        let table: &str = table.get(0);
        let sql = format!(
            "SELECT count(*) FROM interactions.{table} t WHERE t::text ~ 'needle|777777|6e6565646c65'"
        );
        let found: i64 = client.query_one(&sql, &[]).await.unwrap().get(0);
        assert_eq!(found, 0, "{table}");
    }
}

impl App {
    /// How many events of a type the log has.
    pub async fn rows_of_log(&self, kind: &str) -> i64 {
        let client = self.db.superuser().await;
        let sql = "SELECT count(*) FROM interactions.event WHERE type = $1";
        client
            .query_one(sql, &[&kind])
            .await
            .expect("a count")
            .get(0)
    }
}
