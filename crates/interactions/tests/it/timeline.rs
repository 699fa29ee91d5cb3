//! What is read of a record.

use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::app::App;
use crate::people::user;

#[tokio::test]
async fn a_timeline_has_interactions_and_changes_newest_first_in_pages() {
    let app = App::start().await;
    let company = app.records.company().await;
    let deal = app
        .records
        .create("deal", json!({"name": "Deal", "company": company}))
        .await;
    app.settle().await;
    let at = |day: u32| format!("2026-05-{day:02}T10:00:00Z");
    for day in 1..=9 {
        let channel = ["call", "email", "meeting"][day as usize % 3];
        let draft = json!({"channel": channel, "direction": "outbound", "occurred_at": at(day), "subject": format!("{day}"),
            "records": [{"object": "deal", "id": deal}], "body": {"n": day}});
        app.post("/interactions", &draft).await.ok();
    }
    app.db.clock.advance(SignedDuration::from_hours(1));
    app.records
        .update(
            deal,
            &[
                ("stage", json!("a"), json!("b")),
                ("amount", json!(1), json!(2)),
            ],
        )
        .await;
    let note = json!({"name": "A note", "body": "secret", "about": {"o": "deal", "i": deal}});
    let note = app.records.create("note", note).await;
    app.settle().await;

    let all = app.timeline("deals", deal, "").await;
    let types: Vec<&str> = all
        .iter()
        .map(|one| one["type"].as_str().unwrap())
        .collect();
    assert_eq!(types[..3], ["note.created", "deal.updated", "deal.created"]);
    assert_eq!(
        (all[0]["record"]["object"].as_str(), &all[0]["record"]["id"]),
        (Some("note"), &json!(note))
    );
    assert_eq!(all[1]["fields"], json!(["amount", "stage"]));
    assert_eq!(all[1]["stage"], json!({"from": "a", "to": "b"}));
    assert_eq!(all[1]["user"], json!(user("admin")));
    let subjects: Vec<&str> = all[3..]
        .iter()
        .map(|one| one["subject"].as_str().unwrap())
        .collect();
    assert_eq!(subjects, ["9", "8", "7", "6", "5", "4", "3", "2", "1"]);
    assert_eq!(all[3].get("body"), None, "bodies are left out");

    // In pages it is the same.
    let mut paged = Vec::new();
    let mut cursor = String::new();
    loop {
        let page = app
            .get(&format!("/timeline/deals/{deal}?limit=5{cursor}"))
            .await
            .ok();
        paged.extend(page["data"].as_array().unwrap().clone());
        match page["page"]["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    assert_eq!(paged, all);
    let subjects = |query: String| {
        let app = &app;
        async move {
            let found = app.timeline("deals", deal, &query).await;
            found
                .iter()
                .map(|one| one["subject"].as_str().unwrap_or("-").to_owned())
                .collect::<String>()
        }
    };
    assert_eq!(subjects("channel=call,meeting".into()).await, "986532");
    assert_eq!(subjects("channel=email&limit=2".into()).await, "74");
    assert_eq!(
        subjects(format!("from={}&to={}", at(3), at(6))).await,
        "543"
    );
    assert_eq!(subjects(format!("channel=call&from={}", at(4))).await, "96");
    assert_eq!(subjects("channel=change".into()).await, "---");
    assert_eq!(
        app.interactions_of("companies", company).await.len(),
        9,
        "a deal's are its company's too"
    );
}

#[tokio::test]
async fn a_summary_says_what_was_last_and_what_is_next() {
    let app = App::start().await;
    let company = app.records.company().await;
    let ada = app.records.person("ada@example.org", Some(company)).await;
    let now = app.db.clock.now();
    let in_hours = |hours: i64| json!((now + SignedDuration::from_hours(hours)).to_string());
    app.settle().await;
    let blank = app.summary("people", ada).await;
    assert_eq!(
        (&blank["last_contacted_at"], &blank["next_activity_at"]),
        (&Value::Null, &Value::Null)
    );
    assert_eq!(
        blank["engagement"],
        json!({"score": 0.0, "half_life_days": 30.0})
    );

    app.email_from("ada@example.org", "2026-05-02T12:00:00Z", json!({}))
        .await;
    // Notes are no contact, nor is what we do among ourselves.
    for (channel, direction) in [
        ("note", "none"),
        ("email", "internal"),
        ("visit", "inbound"),
    ] {
        let draft =
            json!({"channel": channel, "direction": direction, "participants": [{"person": ada}]});
        app.post("/interactions", &draft).await.ok();
    }
    let meeting = json!({"channel": "meeting", "occurred_at": in_hours(2), "participants": [{"person": ada}]});
    app.post("/interactions", &meeting).await.ok();
    let task = json!({"name": "Call", "due_at": in_hours(1), "done": false, "about": {"o": "person", "i": ada}});
    let task = app.records.create("task", task).await;
    app.settle().await;
    let last = json!("2026-05-02T12:00:00Z");
    let check = |last: Value, next: Value| {
        let app = &app;
        async move {
            for (object, id) in [("people", ada), ("companies", company)] {
                let summary = app.summary(object, id).await;
                assert_eq!(
                    (&summary["last_contacted_at"], &summary["next_activity_at"]),
                    (&last, &next),
                    "{object}"
                );
            }
        }
    };
    check(last.clone(), in_hours(1)).await;
    app.records
        .update(task, &[("due_at", in_hours(1), in_hours(3))])
        .await;
    app.settle().await;
    check(last.clone(), in_hours(2)).await;
    // The meeting passes.
    app.db.clock.advance(SignedDuration::from_mins(150));
    app.interactions.pass_meetings().await.unwrap();
    check(in_hours(2), in_hours(3)).await;
    app.records
        .update(task, &[("done", json!(false), json!(true))])
        .await;
    app.settle().await;
    check(in_hours(2), Value::Null).await;
    app.records
        .update(task, &[("done", json!(true), json!(false))])
        .await;
    app.records.delete(task).await;
    app.settle().await;
    check(in_hours(2), Value::Null).await;
    app.records.restore(task).await;
    app.settle().await;
    check(in_hours(2), in_hours(3)).await;
    // Somebody who leaves takes what is next along.
    let other = app.records.company().await;
    app.records
        .update(ada, &[("company", json!(company), json!(other))])
        .await;
    app.settle().await;
    assert_eq!(
        app.summary("companies", company).await["next_activity_at"],
        Value::Null
    );
    assert_eq!(
        app.summary("companies", other).await["next_activity_at"],
        in_hours(3)
    );
}

#[tokio::test]
async fn engagement_and_relationships_decay() {
    let app = App::start().await;
    let ada = app.records.person("ada@example.org", None).await;
    app.settle().await;
    let now = app.db.clock.now().to_string();
    let call = |user: &str| {
        json!({"channel": "call", "direction": "outbound", "occurred_at": now,
            "participants": [{"email": "ada@example.org"}, {"email": user}]})
    };
    app.post("/interactions", &call("member@example.com"))
        .await
        .ok();
    app.post("/interactions", &call("member@example.com"))
        .await
        .ok();
    app.post("/interactions", &call("reader@example.com"))
        .await
        .ok();
    // Without a user among the participants it is whoever recorded it.
    app.email_from("ada@example.org", &now, json!({})).await;
    app.settle().await;
    let of = |summary: &Value| -> Vec<(String, f64)> {
        (summary["relationships"].as_array().unwrap().iter())
            .map(|tie| {
                let name = tie["user"]["name"].as_str().unwrap().to_owned();
                (name, tie["strength"].as_f64().unwrap())
            })
            .collect()
    };
    let summary = app.summary("people", ada).await;
    assert_eq!(
        summary["engagement"]["score"], 11.0,
        "three calls of 3, an e-mail that came in of 2"
    );
    let ties = |scale: f64| {
        [("The member", 6.0), ("The reader", 3.0), ("The admin", 2.0)]
            .map(|(name, score)| (name.to_owned(), score / scale))
    };
    assert_eq!(of(&summary), ties(1.0));
    app.db.clock.advance(SignedDuration::from_hours(24 * 60));
    let summary = app.summary("people", ada).await;
    assert_eq!(summary["engagement"]["score"], 2.75);
    assert_eq!(of(&summary), ties(4.0));
}

#[tokio::test]
async fn numbers_are_counted_per_day_month_and_channel() {
    let app = App::start().await;
    let company = app.records.company().await;
    app.settle().await;
    for (at, channel, direction) in [
        ("2026-04-30T23:59:59Z", "email", "inbound"),
        ("2026-05-01T00:00:00Z", "email", "inbound"),
        ("2026-05-01T10:00:00Z", "email", "outbound"),
        ("2026-05-01T11:00:00+09:00", "email", "inbound"),
        ("2026-05-02T10:00:00Z", "call", "none"),
    ] {
        let draft = json!({"channel": channel, "direction": direction, "occurred_at": at,
            "records": [{"object": "companies", "id": company}]});
        app.post("/interactions", &draft).await.ok();
    }
    app.settle().await;
    let counts = |query: &'static str| {
        let app = &app;
        async move {
            let answer = app
                .get(&format!(
                    "/interactions/counts?record=companies:{company}&{query}"
                ))
                .await
                .ok();
            let rows = answer["data"].as_array().unwrap().iter();
            rows.map(|row| {
                format!(
                    "{} {} {} {}",
                    row["begins"].as_str().unwrap_or("-"),
                    row["channel"].as_str().unwrap(),
                    row["direction"].as_str().unwrap(),
                    row["count"]
                )
            })
            .collect::<Vec<_>>()
        }
    };
    assert_eq!(
        counts("by=day").await,
        [
            "2026-04-30 email inbound 1",
            "2026-05-01 email inbound 2",
            "2026-05-01 email outbound 1",
            "2026-05-02 call none 1",
        ]
    );
    assert_eq!(
        counts("by=month&from=2026-05-01").await,
        [
            "2026-05-01 call none 1",
            "2026-05-01 email inbound 2",
            "2026-05-01 email outbound 1",
        ]
    );
    assert_eq!(
        counts("by=total&channel=email&to=2026-05-01").await,
        ["- email inbound 3", "- email outbound 1"]
    );
    assert_eq!(counts("to=2026-04-29").await, [] as [&str; 0]);
}
