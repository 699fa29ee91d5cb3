//! What is sent, in which order, and what follows from the answers.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::Method;
use kith_crypto::WebhookSecret;
use serde_json::{Value, json};

use crate::receiver::{Mood, Received, Receiver};
use crate::world::World;

fn signature(secret: &Value, received: &Received) -> String {
    let secret = secret.as_str().unwrap().trim_start_matches("whsec_");
    let secret = WebhookSecret::from_bytes(STANDARD.decode(secret).unwrap()).unwrap();
    let timestamp = received.timestamp.parse().unwrap();
    secret
        .sign(&received.id, timestamp, received.body.as_bytes())
        .unwrap()
}

fn id(webhook: &Value) -> &str {
    webhook["id"].as_str().unwrap()
}

#[tokio::test]
async fn events_that_are_asked_for_arrive_signed() {
    let world = World::start().await;
    let receiver = Receiver::start().await;
    world.append("deal.created", 9, 1, json!({})).await;
    let url = &receiver.url;
    let webhook = world
        .webhook(json!({"url": url, "object": "deals", "events": ["updated"], "filter": "won"}))
        .await;
    world
        .append("deal.updated", 1, 2, json!({"won": true}))
        .await;
    world
        .append("deal.updated", 2, 2, json!({"won": false}))
        .await;
    world
        .append("deal.deleted", 1, 3, json!({"won": true}))
        .await;
    world
        .append("lead.updated", 3, 2, json!({"won": true}))
        .await;
    world.run().await;
    assert_eq!(receiver.whats(), ["deal.updated 2"]);
    let received = &receiver.received()[0];
    assert_eq!(received.signature, signature(&webhook["secret"], received));

    let deliveries = world.deliveries(id(&webhook)).await;
    assert_eq!(deliveries.len(), 1);
    assert_eq!(deliveries[0]["id"], json!(received.id));
    assert_eq!(deliveries[0]["state"], "delivered");
    assert_eq!(deliveries[0]["log"][0]["status"], 204);
    let path = format!("/webhooks/{}/deliveries/{}", id(&webhook), received.id);
    assert_eq!(world.get(&path).await["payload"], json!(received.body));
}

#[tokio::test]
async fn a_new_secret_signs_beside_the_former_one_for_a_day() {
    let world = World::start().await;
    let receiver = Receiver::start().await;
    let webhook = world.webhook(json!({"url": receiver.url})).await;
    let path = format!("/webhooks/{}/rotate-secret", id(&webhook));
    let rotated = world.send("admin", Method::POST, &path, None).await.ok();
    world.append("deal.created", 1, 1, json!({})).await;
    world.run().await;
    let received = &receiver.received()[0];
    let both = [&rotated, &webhook].map(|webhook| signature(&webhook["secret"], received));
    assert_eq!(received.signature, both.join(" "));
    world.advance(24 * 3_600 + 1);
    world.append("deal.created", 2, 1, json!({})).await;
    world.run().await;
    let received = &receiver.received()[1];
    assert_eq!(received.signature, signature(&rotated["secret"], received));
}

#[tokio::test]
async fn failures_are_tried_again_by_the_plan_and_then_given_up() {
    let world = World::start().await;
    let receiver = Receiver::start().await;
    let webhook = world.webhook(json!({"url": receiver.url})).await;
    receiver.mood(Mood {
        status: 500,
        body: format!("no\0 {}", "x".repeat(5_000)),
        ..Mood::default()
    });
    world.append("deal.created", 1, 1, json!({})).await;
    world.append("deal.updated", 1, 2, json!({})).await;
    world.run().await;
    for (made, seconds) in (1..).zip([5, 300, 1_800, 7_200, 18_000, 36_000, 36_000]) {
        assert_eq!(receiver.received().len(), made);
        // A fifth earlier it can't be due yet, a fifth later it has to be.
        world.advance(seconds * 4 / 5 - 1);
        world.run().await;
        assert_eq!(receiver.received().len(), made, "before {seconds} s");
        world.advance(seconds * 2 / 5 + 2);
        world.run().await;
    }
    // The eighth failure is the last one: the record's next event gets its turn.
    assert_eq!(receiver.whats()[..8], ["deal.created 1"; 8]);
    assert_eq!(receiver.whats()[8..], ["deal.updated 2"]);
    let ids: std::collections::BTreeSet<_> = receiver.received()[..8]
        .iter()
        .map(|one| one.id.clone())
        .collect();
    assert_eq!(ids.len(), 1);
    let deliveries = world.deliveries(id(&webhook)).await;
    assert_eq!(deliveries[1]["state"], "failed");
    assert_eq!(deliveries[1]["log"].as_array().unwrap().len(), 8);
    let body = deliveries[1]["log"][0]["body"].as_str().unwrap();
    assert!(body.starts_with("no\u{fffd} xxx") && body.chars().count() == 1_024);
    assert_eq!(deliveries[0]["attempts"], 1);
}

#[tokio::test]
async fn a_receiver_may_ask_to_wait_or_to_be_left_alone() {
    let world = World::start().await;
    let receiver = Receiver::start().await;
    let webhook = world.webhook(json!({"url": receiver.url})).await;
    receiver.mood(Mood {
        status: 503,
        headers: vec![("retry-after", "1000".to_owned())],
        ..Mood::default()
    });
    world.append("deal.created", 1, 1, json!({})).await;
    world.run().await;
    world.advance(990);
    world.run().await;
    assert_eq!(receiver.received().len(), 1);
    receiver.answer(410);
    world.advance(11);
    world.run().await;
    assert_eq!(receiver.received().len(), 2);
    let shown = world.get(&format!("/webhooks/{}", id(&webhook))).await;
    assert_eq!(
        (&shown["active"], &shown["disabled_reason"]),
        (&json!(false), &json!("gone"))
    );
    assert_eq!(world.deliveries(id(&webhook)).await[0]["state"], "failed");

    receiver.answer(204);
    world.append("deal.updated", 1, 2, json!({})).await;
    world.run().await;
    assert_eq!(receiver.received().len(), 2);
    let on = world
        .patch(
            &format!("/webhooks/{}", id(&webhook)),
            &json!({"active": true}),
        )
        .await
        .ok();
    assert_eq!(on["disabled_reason"], Value::Null);
    world.append("deal.updated", 1, 3, json!({})).await;
    world.run().await;
    assert_eq!(receiver.whats()[2..], ["deal.updated 3"]);
}

#[tokio::test]
async fn redirects_are_not_followed() {
    let world = World::start().await;
    let (receiver, other) = (Receiver::start().await, Receiver::start().await);
    world.webhook(json!({"url": receiver.url})).await;
    receiver.mood(Mood {
        status: 307,
        headers: vec![("location", other.url.clone())],
        ..Mood::default()
    });
    world.append("deal.created", 1, 1, json!({})).await;
    world.run().await;
    assert_eq!((receiver.received().len(), other.received().len()), (1, 0));
}

#[tokio::test]
async fn events_of_one_record_arrive_one_after_the_other() {
    let world = World::start().await;
    let receiver = Receiver::start().await;
    world.webhook(json!({"url": receiver.url})).await;
    let events: Vec<(&str, u128, i64)> = (1..=20)
        .flat_map(|version| (1..=5).map(move |subject| ("deal.updated", subject, version)))
        .collect();
    world.append_all(&events, &json!({})).await;
    receiver.answer(500);
    world.run().await;
    assert!(receiver.whats().iter().all(|what| what == "deal.updated 1"));
    receiver.answer(204);
    world.advance(60);
    // The breaker lets one through at a time after many failures.
    for _ in 0..100 {
        world.run().await;
    }
    let received = receiver.received();
    for subject in 1..=5_u128 {
        let record = uuid::Uuid::from_u128(subject).to_string();
        let mut versions: Vec<i64> = (received.iter())
            .map(Received::json)
            .filter(|event| event["record_id"] == json!(record))
            .map(|event| event["version"].as_i64().unwrap())
            .collect();
        versions.dedup();
        assert_eq!(versions, (1..=20).collect::<Vec<_>>());
    }
}

#[tokio::test]
async fn five_days_of_failures_switch_a_webhook_off() {
    let world = World::start().await;
    let receiver = Receiver::start().await;
    let webhook = world.webhook(json!({"url": receiver.url})).await;
    let path = format!("/webhooks/{}", id(&webhook));
    receiver.answer(500);
    let mut version = 0;
    for _ in 0..4 {
        version += 1;
        world.append("deal.updated", version, 1, json!({})).await;
        world.run().await;
        world.advance(24 * 3_600);
    }
    receiver.answer(200);
    world.append("deal.updated", 50, 1, json!({})).await;
    world.run().await;
    assert_eq!(world.get(&path).await["failing_since"], Value::Null);
    receiver.answer(500);
    for _ in 0..5 {
        version += 1;
        world.append("deal.updated", version, 1, json!({})).await;
        world.run().await;
        assert_eq!(world.get(&path).await["active"], json!(true));
        world.advance(24 * 3_600);
    }
    world.append("deal.updated", 99, 1, json!({})).await;
    world.run().await;
    let shown = world.get(&path).await;
    assert_eq!(
        (&shown["active"], &shown["disabled_reason"]),
        (&json!(false), &json!("failing"))
    );
    let client = world.db.superuser().await;
    let sql = "SELECT count(*), max(data ->> 'reason') FROM integrations.event WHERE type = 'webhook.disabled'";
    let row = client.query_one(sql, &[]).await.unwrap();
    assert_eq!(
        (row.get::<_, i64>(0), row.get::<_, &str>(1)),
        (1, "failing")
    );
}

#[tokio::test]
async fn a_filter_that_fits_no_more_switches_its_webhook_off() {
    let world = World::start().await;
    let receiver = Receiver::start().await;
    let webhook = world
        .webhook(json!({"url": receiver.url, "object": "deals", "filter": "broken"}))
        .await;
    let other = world.webhook(json!({"url": receiver.url})).await;
    world.append("deal.created", 1, 1, json!({})).await;
    world.run().await;
    let reason = |webhook: Value| webhook["disabled_reason"].clone();
    assert_eq!(
        reason(world.get(&format!("/webhooks/{}", id(&webhook))).await),
        "filter"
    );
    assert_eq!(
        reason(world.get(&format!("/webhooks/{}", id(&other))).await),
        Value::Null
    );
    assert_eq!(receiver.received().len(), 1);
}

#[tokio::test]
async fn what_has_ended_can_be_sent_again() {
    let world = World::start().await;
    let receiver = Receiver::start().await;
    let webhook = world.webhook(json!({"url": receiver.url})).await;
    world.append("deal.created", 1, 1, json!({})).await;
    world.append("deal.updated", 1, 2, json!({})).await;
    world.advance(100);
    world.run().await;
    let first = receiver.received()[0].clone();
    let path = format!(
        "/webhooks/{}/deliveries/{}/redeliver",
        id(&webhook),
        first.id
    );
    let again = world.send("admin", Method::POST, &path, None).await.ok();
    assert_eq!(again["state"], "waiting");
    let twice = world
        .send("admin", Method::POST, &path, None)
        .await
        .refusal();
    assert_eq!((twice.0, twice.1.as_str()), (409, "conflict"));
    world.run().await;
    assert_eq!(receiver.whats()[2..], ["deal.created 1"]);
    assert_eq!(receiver.received()[2].id, first.id);

    let range = format!("/webhooks/{}/redeliver", id(&webhook));
    let body = json!({"from": "2026-06-01T00:00:00Z", "to": "2026-06-02T00:00:00Z"});
    assert_eq!(
        world.post(&range, &body).await.ok(),
        json!({"deliveries": 2})
    );
    world.run().await;
    // In the order in which they were sent last.
    assert_eq!(receiver.whats()[3..], ["deal.updated 2", "deal.created 1"]);
    let failed =
        json!({"from": "2026-06-01T00:00:00Z", "to": "2026-06-02T00:00:00Z", "state": "failed"});
    assert_eq!(
        world.post(&range, &failed).await.ok(),
        json!({"deliveries": 0})
    );
}

#[tokio::test]
async fn a_test_says_what_came_back() {
    let world = World::start().await;
    let receiver = Receiver::start().await;
    let webhook = world
        .webhook(json!({"url": receiver.url, "active": false}))
        .await;
    receiver.mood(Mood {
        status: 418,
        body: "short and stout".to_owned(),
        ..Mood::default()
    });
    let path = format!("/webhooks/{}/test", id(&webhook));
    let tested = world.send("admin", Method::POST, &path, None).await.ok();
    assert_eq!(tested["state"], "failed");
    assert_eq!(tested["type"], "webhook.test");
    assert_eq!(tested["log"][0]["status"], 418);
    assert_eq!(tested["log"][0]["body"], "short and stout");
    let received = &receiver.received()[0];
    assert_eq!(received.signature, signature(&webhook["secret"], received));
    world.advance(100_000);
    world.run().await;
    assert_eq!(receiver.received().len(), 1);
    // A name of this machine's own is reached only where the operator let it in.
    let path = format!("/webhooks/{}", id(&webhook));
    let inside = receiver
        .url
        .replace("127.0.0.1", "localhost")
        .replace("http:", "https:");
    world.patch(&path, &json!({"url": inside})).await.ok();
    let tested = world
        .send("admin", Method::POST, &format!("{path}/test"), None)
        .await
        .ok();
    assert_eq!(tested["log"][0]["status"], Value::Null);
}
