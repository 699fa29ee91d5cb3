//! Participants and the people they are.

use serde_json::{Value, json};

use crate::app::App;

#[tokio::test]
async fn whoever_appears_later_is_matched_then() {
    let app = App::start().await;
    let company = app.records.company().await;
    let by_mail = app
        .email_from("late@example.org", "2026-05-01T10:00:00Z", json!({}))
        .await;
    let draft = json!({
        "channel": "call", "direction": "outbound", "occurred_at": "2026-05-02T10:00:00Z",
        "participants": [{"phone": "+49 30 55555"}, {"email": "late@example.org", "phone": "+49 30 66666"}],
    });
    let by_phone = app.post("/interactions", &draft).await.id();
    app.settle().await;
    let person = json!({"name": "Late", "emails": ["late@example.org"], "phones": ["+493055555"], "company": company});
    let late = app.records.create("person", person).await;
    app.settle().await;
    assert_eq!(
        app.interactions_of("people", late).await,
        [by_phone, by_mail]
    );
    assert_eq!(
        app.interactions_of("companies", company).await,
        [by_phone, by_mail]
    );
    let shown = app.get(&format!("/interactions/{by_phone}")).await.ok();
    let people: Vec<Value> = (0..2)
        .map(|at| shown["participants"][at]["person"].clone())
        .collect();
    assert_eq!(people, [json!(late), json!(late)]);
    assert_eq!(shown["participants"][1]["phone"], "+493066666");
    let records: Vec<&str> = (shown["records"].as_array().unwrap().iter())
        .map(|one| one["object"].as_str().unwrap())
        .collect();
    assert_eq!(records, ["person", "company"]);
    assert_eq!(
        app.summary("people", late).await["last_contacted_at"],
        "2026-05-02T10:00:00Z"
    );
    let counts = app
        .get(&format!(
            "/interactions/counts?record=companies:{company}&by=total"
        ))
        .await
        .ok();
    let sum: i64 = counts["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["count"].as_i64().unwrap())
        .sum();
    assert_eq!(sum, 2, "once for each, although two of the people are one");
}

#[tokio::test]
async fn an_address_that_is_added_to_a_person_matches_too() {
    let app = App::start().await;
    let person = app.records.person("first@example.org", None).await;
    let id = app
        .email_from("second@example.org", "2026-05-01T10:00:00Z", json!({}))
        .await;
    app.settle().await;
    assert!(app.interactions_of("people", person).await.is_empty());
    let (from, to) = (
        json!(["first@example.org"]),
        json!(["first@example.org", "second@example.org"]),
    );
    app.records
        .update(person, &[("emails", from, to.clone())])
        .await;
    app.settle().await;
    assert_eq!(app.interactions_of("people", person).await, [id]);
    // Whoever gives an address up keeps what was, and gets no more.
    app.records
        .update(person, &[("emails", to, json!(["first@example.org"]))])
        .await;
    app.settle().await;
    app.email_from("second@example.org", "2026-05-03T10:00:00Z", json!({}))
        .await;
    app.settle().await;
    assert_eq!(app.interactions_of("people", person).await, [id]);
}

#[tokio::test]
async fn of_several_with_one_address_the_first_who_is_there_is_meant() {
    let app = App::start().await;
    let values = || json!({"name": "Front desk", "phones": ["+4930123456"]});
    let first = app.records.create("person", values()).await;
    let second = app.records.create("person", values()).await;
    app.settle().await;
    let call = json!({"channel": "call", "direction": "inbound", "participants": [{"phone": "+49 30 123456"}]});
    let one = app.post("/interactions", &call).await.id();
    app.records.delete(first).await;
    app.settle().await;
    let two = app.post("/interactions", &call).await.id();
    app.records.restore(first).await;
    app.settle().await;
    let three = app.post("/interactions", &call).await.id();
    app.settle().await;
    assert_eq!(app.interactions_of("people", first).await, [three, one]);
    assert_eq!(app.interactions_of("people", second).await, [two]);
}

#[tokio::test]
async fn what_was_said_stays_with_the_company_of_then() {
    let app = App::start().await;
    let (old, new) = (app.records.company().await, app.records.company().await);
    let ada = app.records.person("ada@example.org", Some(old)).await;
    app.settle().await;
    let then = app
        .email_from("ada@example.org", "2026-05-01T10:00:00Z", json!({}))
        .await;
    app.records
        .update(ada, &[("company", json!(old), json!(new))])
        .await;
    app.settle().await;
    let now = app
        .email_from("ada@example.org", "2026-05-02T10:00:00Z", json!({}))
        .await;
    app.settle().await;
    assert_eq!(app.interactions_of("people", ada).await, [now, then]);
    assert_eq!(app.interactions_of("companies", old).await, [then]);
    assert_eq!(app.interactions_of("companies", new).await, [now]);
}

#[tokio::test]
async fn nobody_is_missed_while_people_and_interactions_come_at_once() {
    let app = App::start().await;
    let mut people = Vec::new();
    for round in 0..12 {
        let address = format!("p{round}@example.org");
        let (person, id, drained) = tokio::join!(
            app.records.person(&address, None),
            app.email_from(&address, "2026-05-01T10:00:00Z", json!({})),
            app.bus.drain(),
        );
        drained.unwrap();
        people.push((person, id));
    }
    app.settle().await;
    for (person, id) in people {
        assert_eq!(app.interactions_of("people", person).await, [id]);
    }
    let client = app.db.superuser().await;
    let left: i64 = client
        .query_one("SELECT count(*) FROM interactions.unmatched", &[])
        .await
        .unwrap()
        .get(0);
    assert_eq!(left, 0);
}

#[tokio::test]
async fn addresses_mean_somebody_in_their_own_workspace_only() {
    let app = App::start().await;
    let values = json!({"name": "x", "emails": ["ada@example.org"]});
    let stranger = app.records.create_in("stranger", "person", values).await;
    app.settle().await;
    let id = app
        .email_from("ada@example.org", "2026-05-01T10:00:00Z", json!({}))
        .await;
    app.settle().await;
    assert_eq!(
        app.get(&format!("/interactions/{id}")).await.ok()["participants"][0]["person"],
        Value::Null
    );
    let theirs = app
        .get_as(
            "stranger",
            &format!("/timeline/people/{stranger}?channel=email"),
        )
        .await
        .ok();
    assert_eq!(theirs["data"], json!([]));
}
