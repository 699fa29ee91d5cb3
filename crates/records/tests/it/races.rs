//! Many clients at once: no change is lost, no value taken twice, no effect had twice.

use std::collections::HashSet;
use std::sync::Arc;

use axum::body::Body;
use http::Method;
use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::app::{App, Reply};

const JSON: (&str, &str) = ("content-type", "application/json");

/// Runs `count` of these at once on several threads.
async fn at_once<T, F>(count: usize, task: impl Fn(usize) -> F) -> Vec<T>
where
    T: Send + 'static,
    F: Future<Output = T> + Send + 'static,
{
    let mut tasks = JoinSet::new();
    for number in 0..count {
        tasks.spawn(task(number));
    }
    tasks.join_all().await
}

/// A success, or a refusal of this status.
#[track_caller]
fn won(reply: &Reply, refused: u16) -> bool {
    let status = reply.status.as_u16();
    assert!(status < 300 || status == refused, "{reply:?}");
    status < 300
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn no_change_of_a_record_is_lost() {
    let app = Arc::new(App::start().await);
    let body = json!({"name": "Acme", "employees": 0});
    let path = format!("/companies/{}", app.post("/companies", &body).await.id());
    let attempts = at_once(16, |_| {
        let (app, path) = (Arc::clone(&app), path.clone());
        async move {
            // Counts up five times, each from what it read.
            let (mut added, mut refused) = (0, 0);
            while added < 5 {
                let read = app.get(&path).await.ok();
                let tag = format!("\"{}\"", read["version"]);
                let next = read["employees"].as_i64().expect("a number") + 1;
                let body = Body::from(json!({ "employees": next }).to_string());
                let headers = [JSON, ("if-match", tag.as_str())];
                let reply = app.raw("admin", Method::PATCH, &path, &headers, body).await;
                match won(&reply, 412) {
                    true => added += 1,
                    false => refused += 1,
                }
            }
            refused
        }
    });
    let refused: i32 = attempts.await.into_iter().sum();
    let read = app.get(&path).await.ok();
    assert_eq!(
        (&read["employees"], &read["version"]),
        (&json!(80), &json!(81))
    );
    assert!(
        refused > 0,
        "nobody was ever too late: the test shows nothing"
    );
    // Each change is in the history, from the value before.
    let mut seen = HashSet::new();
    let mut cursor = String::new();
    loop {
        let page = app
            .get(&format!("{path}/history?limit=50{cursor}"))
            .await
            .ok();
        for event in page["data"].as_array().expect("events") {
            let change = &event["changes"][0];
            if event["type"] == "updated" {
                let (from, to) = (change["from"].as_i64(), change["to"].as_i64());
                assert_eq!(from.map(|from| from + 1), to);
                assert!(seen.insert(to));
            }
        }
        let Some(next) = page["page"]["next_cursor"].as_str() else {
            break;
        };
        cursor = format!("&cursor={next}");
    }
    assert_eq!(seen.len(), 80);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn changes_of_different_fields_without_a_version_all_stay() {
    let app = Arc::new(App::start().await);
    let path = format!(
        "/companies/{}",
        app.post("/companies", &json!({"name": "Acme"})).await.id()
    );
    let fields = ["industry", "website", "description", "external_id"];
    at_once(16, |number| {
        let (app, path) = (Arc::clone(&app), path.clone());
        async move {
            let field = fields[number % fields.len()];
            app.patch(&path, &json!({ field: format!("x{number}.example") }))
                .await
                .ok();
        }
    })
    .await;
    let read = app.get(&path).await.ok();
    assert_eq!(read["version"], 17);
    for field in fields {
        assert!(read[field].is_string(), "{field}: {read}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_unique_value_has_one_winner() {
    let app = Arc::new(App::start().await);
    // By creating, in any case, and among several values of a list.
    for round in 0..3 {
        let wins = at_once(12, |number| {
            let app = Arc::clone(&app);
            async move {
                let mail = match number % 2 {
                    0 => format!("Ada{round}@Example.com"),
                    _ => format!("ada{round}@example.com"),
                };
                let body = json!({"last_name": "L", "emails": [format!("other{round}-{number}@example.com"), mail]});
                won(&app.post("/people", &body).await, 409)
            }
        });
        assert_eq!(wins.await.into_iter().filter(|won| *won).count(), 1);
    }
    // By changing records that are there.
    let mut ids = Vec::new();
    for _ in 0..12 {
        ids.push(app.post("/products", &json!({"name": "Engine"})).await.id());
    }
    let wins = at_once(12, |number| {
        let (app, path) = (Arc::clone(&app), format!("/products/{}", ids[number]));
        async move { won(&app.patch(&path, &json!({"sku": "E-1"})).await, 409) }
    });
    assert_eq!(wins.await.into_iter().filter(|won| *won).count(), 1);
    // By restoring what was deleted, once its value was free.
    let body = json!({"name": "Old", "domain": "old.example"});
    let old = app.post("/companies", &body).await.id();
    app.delete(&format!("/companies/{old}")).await;
    let wins = at_once(8, |number| {
        let (app, old) = (Arc::clone(&app), old.clone());
        async move {
            let body = json!({"name": "New", "domain": "old.example"});
            let reply = match number % 2 {
                0 => {
                    app.post(&format!("/companies/{old}/restore"), &json!({}))
                        .await
                }
                _ => app.post("/companies", &body).await,
            };
            // Who comes after the restoring finds nothing in the bin.
            let late = number % 2 == 0 && reply.status == 404;
            (number % 2 == 0, !late && won(&reply, 409))
        }
    })
    .await;
    let created = wins
        .iter()
        .filter(|(restores, won)| !restores && *won)
        .count();
    let restored = wins.iter().any(|(restores, won)| *restores && *won);
    assert_eq!(created + usize::from(restored), 1, "{wins:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn upserts_of_one_value_make_one_record() {
    let app = Arc::new(App::start().await);
    let answers = at_once(16, |number| {
        let app = Arc::clone(&app);
        async move {
            let data = json!({"name": format!("Acme {number}"), "external_id": "a-1"});
            let body = json!({"by": "external_id", "data": data});
            let reply = app.post("/companies/upsert", &body).await;
            // Who loses the race may be told so, and repeats.
            match won(&reply, 409) {
                true => reply,
                false => app.post("/companies/upsert", &body).await,
            }
        }
    });
    let mut ids = HashSet::new();
    let mut created = 0;
    for reply in answers.await {
        created += usize::from(reply.status == 201);
        ids.insert(reply.id());
    }
    assert_eq!((ids.len(), created), (1, 1));
    let listed = app.get("/companies?count=exact").await.ok();
    assert_eq!(listed["count"]["value"], 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_request_with_one_key_has_one_effect_and_one_answer() {
    let app = Arc::new(App::start().await);
    let answers = at_once(16, |_| {
        let app = Arc::clone(&app);
        async move {
            let body = json!({"operations": [
                {"op": "create", "object": "companies", "ref": "c", "data": {"name": "Acme"}},
                {"op": "create", "object": "people", "data": {"last_name": "L", "company": {"ref": "c"}}},
            ]});
            let headers = [JSON, ("idempotency-key", "once-1")];
            let mut tries = 0;
            loop {
                let body = Body::from(body.to_string());
                let reply = app
                    .raw("admin", Method::POST, "/batch", &headers, body)
                    .await;
                tries += 1;
                assert!(tries < 100, "{reply:?}");
                // While the first is under way, the others may be asked to come back.
                if won(&reply, 409) {
                    return reply.text;
                }
            }
        }
    });
    let answers: HashSet<String> = answers.await.into_iter().collect();
    assert_eq!(answers.len(), 1, "{answers:?}");
    for path in ["/companies?count=exact", "/people?count=exact"] {
        assert_eq!(app.get(path).await.ok()["count"]["value"], 1, "{path}");
    }
    // The same key by another user is another key; with another body it is a mistake.
    let headers = [JSON, ("idempotency-key", "once-1")];
    let body = || Body::from("{\"operations\":[]}");
    let reply = app
        .raw("admin", Method::POST, "/batch", &headers, body())
        .await;
    assert_eq!(reply.refusal(), (422, "idempotency_key_reused".to_owned()));
    let reply = app
        .raw("member", Method::POST, "/batch", &headers, body())
        .await;
    assert_eq!(reply.status, 200);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn batches_and_deletions_leave_all_or_nothing() {
    let app = Arc::new(App::start().await);
    let mut ids = Vec::new();
    for number in 0..6 {
        let body = json!({"name": format!("Company {number}"), "employees": 0});
        ids.push(app.post("/companies", &body).await.id());
    }
    let ids = Arc::new(ids);
    // Each batch adds one to all companies in an order of its own, while others delete and
    // restore them: a batch that meets a deleted one changes none.
    let done = at_once(18, |number| {
        let (app, ids) = (Arc::clone(&app), Arc::clone(&ids));
        async move {
            if number % 3 == 0 {
                let path = format!("/companies/{}", ids[number % ids.len()]);
                let reply = app.delete(&path).await;
                won(&reply, 404);
                let reply = app.post(&format!("{path}/restore"), &json!({})).await;
                won(&reply, 404);
                return false;
            }
            let mut order: Vec<&String> = ids.iter().collect();
            order.rotate_left(number % ids.len());
            if number % 2 == 0 {
                order.reverse();
            }
            let operations: Vec<Value> = (order.into_iter())
                .map(|id| {
                    let data = json!({"description": format!("batch {number}")});
                    json!({"op": "update", "object": "companies", "id": id, "data": data})
                })
                .collect();
            let reply = app
                .post("/batch", &json!({ "operations": operations }))
                .await;
            won(&reply, 404)
        }
    })
    .await;
    // Whatever ran last of the batches ran as a whole.
    let mut last = HashSet::new();
    for id in ids.iter() {
        let path = format!("/companies/{id}");
        let reply = app.get(&path).await;
        if reply.status == 404 {
            app.post(&format!("{path}/restore"), &json!({})).await.ok();
        }
        last.insert(app.get(&path).await.ok()["description"].clone());
    }
    assert_eq!(last.len(), 1, "{last:?}");
    assert!(done.iter().any(|won| *won) || last.contains(&Value::Null));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn parents_do_not_close_a_circle() {
    let app = Arc::new(App::start().await);
    let mut ids = Vec::new();
    for number in 0..4 {
        let body = json!({"name": format!("Company {number}")});
        ids.push(app.post("/companies", &body).await.id());
    }
    let ids = Arc::new(ids);
    at_once(4, |number| {
        let (app, ids) = (Arc::clone(&app), Arc::clone(&ids));
        async move {
            let parent = &ids[(number + 1) % ids.len()];
            let path = format!("/companies/{}", ids[number]);
            let reply = app.patch(&path, &json!({"parent": parent})).await;
            assert!(
                reply.status == 200 || reply.status.is_client_error(),
                "{reply:?}"
            );
        }
    })
    .await;
    for id in ids.iter() {
        let mut at = json!(id);
        let mut steps = 0;
        while let Some(id) = at.as_str() {
            let read = app.get(&format!("/companies/{id}")).await.ok();
            at = read["parent"]["id"].clone();
            steps += 1;
            assert!(steps <= ids.len(), "the parents close a circle");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn the_catalog_changes_under_writes() {
    let app = Arc::new(App::start().await);
    let results = at_once(16, |number| {
        let app = Arc::clone(&app);
        async move {
            if number % 4 == 0 {
                // All want the same name; one gets it.
                let field = json!({"name": "tier", "type": "text", "default": "gold"});
                return won(&app.post("/objects/company/fields", &field).await, 409);
            }
            let body = json!({"name": format!("Company {number}")});
            app.post("/companies", &body).await.ok();
            false
        }
    });
    assert_eq!(results.await.into_iter().filter(|won| *won).count(), 1);
    let listed = app.get("/companies?count=exact").await.ok();
    assert_eq!(listed["count"]["value"], 12);
}
