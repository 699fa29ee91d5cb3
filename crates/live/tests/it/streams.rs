use std::sync::Arc;
use std::time::Duration;

use http::{Method, StatusCode};
use kith_live::Limits;
use serde_json::json;

use crate::world::World;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn everybody_is_shown_what_they_want_and_may_see_of_their_own_workspace() {
    let w = World::start().await;
    let mut all = w.open("ada", "", None).await;
    let mut other = w.open("ada@other", "", None).await;
    let mut secret = w.open("secretary", "", None).await;
    let mut created = w.open("ada", "?object=people&types=created", None).await;
    let mut none = w.open("ada", "?object=people&filter=none", None).await;
    let mut only = w.open("ada", "?only=record", None).await;
    w.append("acme", "person.created", 1).await;
    w.append("other", "person.created", 2).await;
    w.append("acme", "secret.created", 3).await;
    w.append("acme", "person.updated", 4).await;
    w.append("acme", "person.created", 5).await;
    assert_eq!(
        [
            all.version().await,
            all.version().await,
            all.version().await
        ],
        [1, 4, 5]
    );
    assert_eq!(other.version().await, 2);
    let seen = [
        secret.version().await,
        secret.version().await,
        secret.version().await,
    ];
    assert_eq!(seen, [1, 3, 4]);
    assert_eq!([created.version().await, created.version().await], [1, 5]);
    assert_eq!(only.version().await, 1);
    assert!(none.is_quiet().await && other.is_quiet().await && all.is_quiet().await);
}

#[tokio::test]
async fn what_is_asked_wrongly_is_refused() {
    let w = World::start().await;
    let cases = [
        ("?object=pigs", "validation_failed", "object"),
        ("?object=people&filter=bad", "invalid_expression", "filter"),
        ("?types=created,eaten", "invalid_request", "types"),
        ("?only=records", "invalid_request", "only"),
    ];
    for (query, code, field) in cases {
        let path = format!("/events/stream{query}");
        let (status, body) = w.call("ada", Method::GET, &path, None).await;
        assert!(status.is_client_error(), "{query}: {status}");
        assert_eq!(body["code"], code, "{query}");
        let fields = body["errors"].as_array().unwrap();
        assert_eq!(fields[0]["field"], field, "{query}");
    }
}

/// Whoever breaks off at any moment and comes back sees each event once, in order.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_client_that_comes_and_goes_misses_nothing_and_sees_nothing_twice() {
    const EVENTS: i64 = 300;
    let w = Arc::new(World::start().await);
    let clients: Vec<_> = (0_u64..6)
        .map(|seed| {
            let w = Arc::clone(&w);
            tokio::spawn(async move {
                let mut chance = seed * 7919 + 13;
                let mut client = w.open("ada", "", None).await;
                let mut seen = Vec::new();
                while seen.last() != Some(&EVENTS) {
                    seen.push(client.version().await);
                    chance = chance
                        .wrapping_mul(6_364_136_223_846_793_005)
                        .wrapping_add(1);
                    if chance >> 60 == 0 {
                        let last = client.last.clone();
                        drop(client);
                        client = w.open("ada", "", Some(&last)).await;
                    }
                }
                seen
            })
        })
        .collect();
    // Let them all be there first.
    tokio::time::sleep(Duration::from_millis(300)).await;
    for version in 1..=EVENTS {
        w.append("acme", "person.created", version).await;
        if version % 50 == 0 {
            w.append("other", "person.created", 0).await;
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
    for client in clients {
        let seen = client.await.unwrap();
        assert_eq!(seen, (1..=EVENTS).collect::<Vec<_>>());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_was_away_is_shown_what_was_missed_by_any_process() {
    let w = World::start().await;
    let mut client = w.open("ada", "", None).await;
    w.append("acme", "person.created", 1).await;
    assert_eq!(client.version().await, 1);
    w.append("acme", "person.created", 2).await;
    assert_eq!(client.version().await, 2);
    let last = client.last.clone();
    drop(client);
    for version in 3..=5 {
        w.append("acme", "person.created", version).await;
    }
    let mut back = w.open("ada", "", Some(&last)).await;
    assert_eq!(
        [
            back.version().await,
            back.version().await,
            back.version().await
        ],
        [3, 4, 5]
    );
    w.append("acme", "person.created", 6).await;
    assert_eq!(back.version().await, 6);
    assert!(back.is_quiet().await);

    let mut by_query = w.open("ada", &format!("?last_event_id={last}"), None).await;
    assert_eq!(by_query.version().await, 3);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_place_that_is_unknown_or_not_kept_is_answered_by_a_reset() {
    let w = World::start().await;
    for last in ["nonsense", "records~99999999999.1", "records~x.y", ""] {
        let mut client = w.open("ada", "", Some(last)).await;
        let (name, _) = client.event().await.unwrap();
        assert_eq!(name, "reset", "{last}");
        w.append("acme", "person.created", 1).await;
        assert_eq!(client.version().await, 1, "it goes on from now");
    }
    let old = "records~1.1";
    let mut client = w.open("ada", "", Some(old)).await;
    assert_eq!(
        client.event().await.unwrap().0,
        "reset",
        "older than what is kept"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_client_that_does_not_read_is_cut_off_and_can_come_back() {
    let w = World::start().await;
    let mut slow = w.open("ada", "", None).await;
    let mut quick = w.open("alan", "", None).await;
    for version in 1..=90 {
        w.append("acme", "person.created", version).await;
        assert_eq!(quick.version().await, version);
    }
    let mut seen = Vec::new();
    while let Some((_, data)) = slow.event().await {
        seen.push(data["version"].as_i64().unwrap());
    }
    assert!(seen.len() < 90, "it was remembered for without a bound");
    assert_eq!(
        seen,
        (1..=i64::try_from(seen.len()).unwrap()).collect::<Vec<_>>()
    );
    let last = slow.last.clone();
    let mut back = w.open("ada", "", Some(&last)).await;
    for version in i64::try_from(seen.len()).unwrap() + 1..=90 {
        assert_eq!(back.version().await, version);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_user_has_only_so_many_streams_and_their_end_makes_room() {
    let limits = Limits {
        of_user: 2,
        in_all: 3,
    };
    let w = World::with(limits).await;
    let one = w.open("ada", "", None).await;
    let _two = w.open("ada", "", None).await;
    let refused = async |token: &str| {
        let (status, body) = w.call(token, Method::GET, "/events/stream", None).await;
        assert_eq!(body["code"], "limit_exceeded", "{status}");
    };
    refused("ada").await;
    let _three = w.open("alan", "", None).await;
    refused("grace").await;
    drop(one);
    let _four = w.open("ada", "", None).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn streams_end_with_the_server_and_with_the_token() {
    let w = World::start().await;
    let mut client = w.open("ada", "", None).await;
    w.people.revoke("ada");
    let (status, _) = w.call("ada", Method::GET, "/events/stream", None).await;
    assert_eq!(status, StatusCode::UNAUTHORIZED);
    let (name, data) = client.event().await.unwrap();
    assert_eq!(
        (name.as_str(), &data["code"]),
        ("end", &json!("unauthenticated"))
    );
    assert_eq!(client.event().await, None);

    let mut other = w.open("alan", "", None).await;
    w.live.close();
    assert_eq!(other.event().await, None);
}
