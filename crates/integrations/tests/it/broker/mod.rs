//! What every broker has to do, tried with the real servers. Each server is started once, on free
//! ports and in a folder of its own, and ends with its test.

mod nats;
mod process;
mod rabbitmq;

use std::collections::{BTreeMap, BTreeSet};

use kith_crypto::Secret;
use kith_integrations::broker::BrokerConfig;
use serde_json::{Value, json};

use crate::world::World;

/// A server that can be stopped, started again, and read.
trait Server {
    /// Where it listens.
    fn url(&self) -> String;
    /// Ends it.
    async fn stop(&mut self);
    /// Starts it again on the same data.
    async fn start(&mut self);
    /// Takes what it has: each event with its subject, in order.
    async fn take(&self) -> Vec<(String, Value)>;
    /// Whether it drops what it was sent before under the same id.
    fn drops_repetitions(&self) -> bool;
}

fn config(url: String) -> BrokerConfig {
    BrokerConfig {
        url: Secret::new(url),
        subject: "kith".to_owned(),
        exchange: "kith.events".to_owned(),
        queue: "kith.events".to_owned(),
        stream: "KITH_EVENTS".to_owned(),
    }
}

/// The versions of each record in the order in which they came, without repetitions.
fn versions(taken: &[(String, Value)]) -> BTreeMap<String, Vec<i64>> {
    let mut seen = BTreeSet::new();
    let mut versions: BTreeMap<String, Vec<i64>> = BTreeMap::new();
    for (_, event) in taken {
        if seen.insert(event["id"].to_string()) {
            let record = event["partitionkey"].to_string();
            let version = event["sequence"].as_str().unwrap().parse().unwrap();
            versions.entry(record).or_default().push(version);
        }
    }
    versions
}

/// Appends an event of each of three records for each of the versions.
async fn append(world: &World, from: i64, to: i64) {
    let events: Vec<(&str, u128, i64)> = (from..=to)
        .flat_map(|version| (1..=3).map(move |record| ("deal.updated", record, version)))
        .collect();
    world.append_all(&events, &json!({"amount": "1.50"})).await;
}

async fn conform(server: &mut impl Server) {
    let mut world = World::publishing(config(server.url())).await;
    // A new reader begins with what happens from now on.
    world.bus.drain().await.unwrap();

    append(&world, 1, 10).await;
    world.bus.drain().await.unwrap();
    let taken = server.take().await;
    assert_eq!(taken.len(), 30);
    let all = |to: i64| (1..=to).collect::<Vec<_>>();
    assert!(
        versions(&taken)
            .values()
            .all(|versions| *versions == all(10))
    );
    let (subject, event) = &taken[0];
    let workspace = "00000000-0000-0000-0000-000000000001";
    assert_eq!(*subject, format!("kith.{workspace}.deal.updated"));
    assert_eq!(event["source"], json!(format!("/workspaces/{workspace}")));
    assert_eq!(event["data"]["data"], json!({"amount": "1.50"}));
    let ids: BTreeSet<String> = taken
        .iter()
        .map(|(_, event)| event["id"].to_string())
        .collect();
    assert_eq!(ids.len(), 30);

    // While it is down nothing is lost, whatever else happens meanwhile.
    server.stop().await;
    append(&world, 11, 15).await;
    assert!(world.bus.drain().await.is_err());
    world.restart();
    append(&world, 16, 20).await;
    assert!(world.bus.drain().await.is_err());
    server.start().await;
    world.bus.drain().await.unwrap();
    let taken = server.take().await;
    let since: Vec<i64> = (11..=20).collect();
    assert!(versions(&taken).values().all(|versions| *versions == since));
    assert_eq!(versions(&taken).len(), 3);

    // As if the process had died after publishing, before it had noted its place.
    let client = world.db.superuser().await;
    let place = "SELECT lane, xid::text, seq FROM integrations.reader WHERE name = 'broker'";
    let before = client.query(place, &[]).await.unwrap();
    append(&world, 21, 25).await;
    world.bus.drain().await.unwrap();
    for row in &before {
        let back = "UPDATE integrations.reader SET xid = $2::text::xid8, seq = $3 WHERE name = 'broker' AND lane = $1";
        let (lane, xid, seq): (i16, &str, i64) = (row.get(0), row.get(1), row.get(2));
        client.execute(back, &[&lane, &xid, &seq]).await.unwrap();
    }
    world.restart();
    world.bus.drain().await.unwrap();
    let taken = server.take().await;
    let sent = if server.drops_repetitions() { 15 } else { 30 };
    assert_eq!(taken.len(), sent);
    let since: Vec<i64> = (21..=25).collect();
    assert!(versions(&taken).values().all(|versions| *versions == since));
}
