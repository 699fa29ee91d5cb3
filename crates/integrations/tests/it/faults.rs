//! What happens to deliveries when receivers, processes and clocks fail.

use std::collections::BTreeMap;
use std::time::Duration;

use kith_integrations::outbound::Limits;
use serde_json::json;
use tokio_util::sync::CancellationToken;

use crate::receiver::{Mood, Receiver};
use crate::world::World;

#[tokio::test]
async fn a_receiver_that_was_down_gets_everything_in_order() {
    let world = World::start().await;
    let receiver = Receiver::start().await;
    world.webhook(json!({"url": receiver.url})).await;
    receiver.answer(503);
    for version in 1..=30 {
        world
            .append(
                "deal.updated",
                u128::from(version % 3 == 0),
                version,
                json!({}),
            )
            .await;
    }
    world.run().await;
    let before = receiver.received().len();
    receiver.answer(200);
    for _ in 0..40 {
        world.advance(20);
        world.run().await;
    }
    let arrived = &receiver.received()[before..];
    let mut versions: BTreeMap<String, Vec<i64>> = BTreeMap::new();
    for one in arrived {
        let json = one.json();
        let record = json["record_id"].to_string();
        versions
            .entry(record)
            .or_default()
            .push(json["version"].as_i64().unwrap());
    }
    let all: usize = versions.values().map(Vec::len).sum();
    assert_eq!(all, 30);
    assert!(versions.values().all(|versions| versions.is_sorted()));
}

#[tokio::test]
async fn a_dead_receiver_does_not_hold_up_the_others() {
    let limits = Limits {
        total: Duration::from_secs(3),
        ..Limits::default()
    };
    let world = World::with(limits).await;
    let (dead, alive) = (Receiver::start().await, Receiver::start().await);
    world.webhook(json!({"url": dead.url})).await;
    world.webhook(json!({"url": alive.url})).await;
    dead.mood(Mood {
        pause: Duration::from_secs(600),
        ..Mood::default()
    });
    let stop = CancellationToken::new();
    let (bus, sending) = (world.bus.clone(), world.integrations.clone());
    let (until, to) = (stop.clone(), stop.clone());
    let listening = world.bus.clone();
    let heard = stop.clone();
    tokio::spawn(async move { listening.listen(heard).await });
    tokio::spawn(async move { bus.work(until).await });
    let working = tokio::spawn(async move { sending.work(to).await });
    let events: Vec<(&str, u128, i64)> = (0..300)
        .map(|subject| ("deal.created", subject, 1))
        .collect();
    world.append_all(&events, &json!({})).await;
    // Were they sent side by side with those that hang, this would never end.
    alive.wait_for(300).await;
    assert!(dead.received().len() <= 128, "{}", dead.received().len());
    stop.cancel();
    working.await.unwrap();
}

#[tokio::test]
async fn a_process_that_dies_leaves_its_deliveries_to_the_next() {
    let mut world = World::start().await;
    let receiver = Receiver::start().await;
    world.webhook(json!({"url": receiver.url})).await;
    world.append("deal.created", 1, 1, json!({})).await;
    world.append("deal.updated", 1, 2, json!({})).await;
    world.bus.drain().await.unwrap();
    receiver.mood(Mood {
        pause: Duration::from_secs(600),
        ..Mood::default()
    });
    let dying = world.integrations.clone();
    let sending = tokio::spawn(async move { dying.deliver_due().await });
    receiver.wait_for(1).await;
    sending.abort();
    let _ = sending.await;
    receiver.answer(200);
    world.restart();
    world.run().await;
    let received = receiver.received();
    assert_eq!(
        receiver.whats(),
        ["deal.created 1", "deal.created 1", "deal.updated 2"]
    );
    assert_eq!(received[0].id, received[1].id);
    assert_ne!(received[1].id, received[2].id);
}

#[tokio::test]
async fn an_answer_that_comes_too_late_changes_nothing() {
    let mut world = World::start().await;
    let receiver = Receiver::start().await;
    let webhook = world.webhook(json!({"url": receiver.url})).await;
    world.append("deal.created", 1, 1, json!({})).await;
    world.bus.drain().await.unwrap();
    receiver.mood(Mood {
        status: 500,
        pause: Duration::from_millis(1_500),
        ..Mood::default()
    });
    let slow = world.integrations.clone();
    let sending = tokio::spawn(async move { slow.deliver_due().await });
    receiver.wait_for(1).await;
    receiver.answer(200);
    // To the others the slow process is dead: they send what it holds.
    world.restart();
    world.run().await;
    sending.await.unwrap().unwrap();
    let deliveries = world.deliveries(webhook["id"].as_str().unwrap()).await;
    assert_eq!(deliveries[0]["state"], "delivered");
    assert_eq!(deliveries[0]["attempts"], 1);
    assert_eq!(receiver.received().len(), 2);
}

#[tokio::test]
async fn a_clock_that_jumps_repeats_nothing() {
    let world = World::start().await;
    let receiver = Receiver::start().await;
    world.webhook(json!({"url": receiver.url})).await;
    world.append("deal.created", 1, 1, json!({})).await;
    world.bus.drain().await.unwrap();
    receiver.mood(Mood {
        pause: Duration::from_millis(700),
        ..Mood::default()
    });
    let stop = CancellationToken::new();
    let (sending, bus) = (world.integrations.clone(), world.bus.clone());
    let (until, heard) = (stop.clone(), stop.clone());
    tokio::spawn(async move { bus.listen(heard).await });
    let working = tokio::spawn(async move { sending.work(until).await });
    receiver.wait_for(1).await;
    world.advance(3_600);
    tokio::time::sleep(Duration::from_millis(300)).await;
    world.advance(-7_200);
    tokio::time::sleep(Duration::from_millis(1_500)).await;
    world.advance(7_200);
    world.append("deal.created", 2, 1, json!({})).await;
    world.bus.drain().await.unwrap();
    receiver.wait_for(2).await;
    stop.cancel();
    working.await.unwrap();
    assert_eq!(receiver.received().len(), 2);
}
