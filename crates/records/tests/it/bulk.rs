//! Changing many records at once, and undoing it.

use axum::body::Body;
use http::Method;
use serde_json::{Value, json};

use crate::app::{App, Reply};

/// So many deals, named `0` and on, of which every second has an amount.
async fn deals(app: &App, count: usize) {
    for from in (0..count).step_by(200) {
        let operations: Vec<Value> = (from..count.min(from + 200))
            .map(|number| {
                let amount = (number % 2 == 0).then_some(number);
                json!({"op": "create", "object": "deals", "data": {"name": number.to_string(), "amount": amount}})
            })
            .collect();
        app.post("/batch", &json!({"operations": operations}))
            .await
            .ok();
    }
}

async fn count(app: &App, filter: &str) -> u64 {
    let list = json!({"filter": filter, "count": "exact", "limit": 1});
    app.post("/deals/query", &list).await.ok()["count"]["value"]
        .as_u64()
        .unwrap()
}

async fn bulk(app: &App, body: Value) -> String {
    let reply = app.post("/bulk", &body).await;
    assert_eq!(reply.status, 202, "{reply:?}");
    let place = reply.headers["location"].to_str().unwrap().to_owned();
    place.strip_prefix("/api/v1").unwrap().to_owned()
}

async fn done(app: &App, path: &str) -> Value {
    app.records.run_waiting_bulks().await.unwrap();
    app.get(path).await.ok()
}

/// The counts of a bulk change.
fn counts(bulk: &Value) -> String {
    let undo = &bulk["undo"];
    let undo = match undo {
        Value::Null => String::new(),
        undo => format!(", undone {} left {}", undo["restored"], undo["left_count"]),
    };
    format!(
        "{} {} of {}: changed {} unchanged {} refused {}{undo}",
        bulk["state"].as_str().unwrap(),
        bulk["done"],
        bulk["total"],
        bulk["changed"],
        bulk["unchanged"],
        bulk["refused_count"]
    )
}

async fn as_user(app: &App, token: &str, method: Method, path: &str, body: &Value) -> Reply {
    let json = [("content-type", "application/json")];
    app.raw(token, method, path, &json, Body::from(body.to_string()))
        .await
}

#[tokio::test]
async fn all_that_match_are_changed_once_and_undone() {
    let app = App::start().await;
    deals(&app, 600).await;
    // The change alters what the filter finds: it must neither miss records nor run after itself.
    let path = bulk(
        &app,
        json!({
            "object": "deals", "action": "update", "filter": "amount != null && amount < 1000",
            "values": {"amount": "5000", "source": "Web"},
        }),
    )
    .await;
    let waiting = app.get(&path).await.ok();
    assert_eq!(
        (&waiting["state"], &waiting["total"]),
        (&json!("collecting"), &json!(null))
    );
    let ended = done(&app, &path).await;
    assert_eq!(
        counts(&ended),
        "completed 300 of 300: changed 300 unchanged 0 refused 0"
    );
    assert_eq!(ended["can_undo"], true);
    assert_eq!(
        count(&app, "source == \"Web\" && amount == 5000").await,
        300
    );
    let again = bulk(&app, json!({
        "object": "deals", "action": "update", "filter": "source == \"Web\"", "values": {"source": "Web"},
    })).await;
    assert_eq!(
        counts(&done(&app, &again).await),
        "completed 300 of 300: changed 0 unchanged 300 refused 0"
    );
    // One record is changed, one is deleted meanwhile.
    let list = app
        .get("/deals?filter=amount%20==%205000&limit=2&sort=id")
        .await
        .ok();
    let id = |at: usize| list["data"][at]["id"].as_str().unwrap().to_owned();
    app.patch(&format!("/deals/{}", id(0)), &json!({"source": "Fair"}))
        .await
        .ok();
    app.delete(&format!("/deals/{}", id(1))).await;
    assert_eq!(
        app.post(&format!("{path}/undo"), &json!(null)).await.status,
        202
    );
    let undone = done(&app, &path).await;
    assert_eq!(
        counts(&undone),
        "undone 300 of 300: changed 300 unchanged 0 refused 0, undone 298 left 2"
    );
    let mut left: Vec<&str> = (undone["undo"]["left"].as_array().unwrap().iter())
        .map(|left| left["reason"].as_str().unwrap())
        .collect();
    left.sort_unstable();
    assert_eq!(left, ["it was changed since", "it was deleted since"]);
    assert_eq!(undone["undo"]["left"][0]["title"], "0");
    assert_eq!(undone["can_undo"], false);
    assert_eq!(count(&app, "source == null").await, 598);
    assert_eq!(count(&app, "amount != null && amount < 1000").await, 298);
    let twice = app.post(&format!("{path}/undo"), &json!(null)).await;
    assert_eq!(twice.refusal(), (409, "conflict".to_owned()));
}

#[tokio::test]
async fn records_go_to_the_recycle_bin_and_come_back() {
    let app = App::start().await;
    deals(&app, 20).await;
    let list = app.get("/deals?limit=20&sort=id").await.ok();
    let ids: Vec<Value> = (0..20).map(|at| list["data"][at]["id"].clone()).collect();
    let path = bulk(
        &app,
        json!({
            "object": "deals", "action": "delete", "filter": "true", "exclude_ids": ids[..5],
        }),
    )
    .await;
    assert_eq!(
        counts(&done(&app, &path).await),
        "completed 15 of 15: changed 15 unchanged 0 refused 0"
    );
    assert_eq!(count(&app, "true").await, 5);
    app.post(&format!("{path}/undo"), &json!(null)).await.ok();
    assert_eq!(
        counts(&done(&app, &path).await),
        "undone 15 of 15: changed 15 unchanged 0 refused 0, undone 15 left 0"
    );
    assert_eq!(count(&app, "true").await, 20);
    let listed = bulk(
        &app,
        json!({"object": "deals", "action": "delete", "ids": ids[..3]}),
    )
    .await;
    assert_eq!(
        counts(&done(&app, &listed).await),
        "completed 3 of 3: changed 3 unchanged 0 refused 0"
    );
    let back = bulk(
        &app,
        json!({"object": "deals", "action": "restore", "filter": "true"}),
    )
    .await;
    assert_eq!(
        counts(&done(&app, &back).await),
        "completed 3 of 3: changed 3 unchanged 0 refused 0"
    );
    assert_eq!(count(&app, "true").await, 20);
    app.post(&format!("{back}/undo"), &json!(null)).await.ok();
    assert_eq!(
        counts(&done(&app, &back).await),
        "undone 3 of 3: changed 3 unchanged 0 refused 0, undone 3 left 0"
    );
    assert_eq!(count(&app, "true").await, 17);
}

#[tokio::test]
async fn what_is_refused_is_named_and_holds_nothing_up() {
    let app = App::start().await;
    deals(&app, 3).await;
    let list = app.get("/deals?sort=name").await.ok();
    let mut ids: Vec<Value> = (0..3).map(|at| list["data"][at]["id"].clone()).collect();
    ids.push(json!("00000000-0000-7000-8000-000000000000"));
    ids.push(ids[0].clone());
    app.delete(&format!("/deals/{}", ids[2].as_str().unwrap()))
        .await;
    let path = bulk(
        &app,
        json!({
            "object": "deals", "action": "update", "ids": ids, "values": {"external_id": "same"},
        }),
    )
    .await;
    let ended = done(&app, &path).await;
    assert_eq!(
        counts(&ended),
        "completed 4 of 4: changed 1 unchanged 0 refused 3"
    );
    let refused: Vec<String> = (ended["refused"].as_array().unwrap().iter())
        .map(|one| {
            format!(
                "{} {}",
                one["title"],
                one["reason"].as_str().unwrap().split(' ').next().unwrap()
            )
        })
        .collect();
    assert_eq!(
        refused,
        ["null There", "\"1\" `external_id`", "\"2\" There"]
    );
}

#[tokio::test]
async fn the_work_goes_on_after_its_process_and_stops_when_it_is_told() {
    let app = App::start().await;
    deals(&app, 1_100).await;
    let update = json!({"object": "deals", "action": "update", "filter": "true", "values": {"source": "Web"}});
    let path = bulk(&app, update.clone()).await;
    // Finding, and two of five batches; then the process ends without a word.
    for _ in 0..3 {
        assert!(app.records.bulk_step().await.unwrap());
    }
    assert_eq!(
        counts(&app.get(&path).await.ok()),
        "running 500 of 1100: changed 500 unchanged 0 refused 0"
    );
    let next = kith_records::Records::open(app.records.deps().clone());
    assert!(!next.bulk_step().await.unwrap(), "the lease holds");
    app.db.clock.advance(jiff::SignedDuration::from_mins(2));
    next.run_waiting_bulks().await.unwrap();
    assert_eq!(
        counts(&app.get(&path).await.ok()),
        "completed 1100 of 1100: changed 1100 unchanged 0 refused 0"
    );
    assert_eq!(count(&app, "source == \"Web\"").await, 1_100);

    let other = json!({"object": "deals", "action": "update", "filter": "true", "values": {"source": "Fair"}});
    let path = bulk(&app, other).await;
    for _ in 0..3 {
        assert!(app.records.bulk_step().await.unwrap());
    }
    app.post(&format!("{path}/cancel"), &json!(null)).await.ok();
    assert_eq!(
        counts(&done(&app, &path).await),
        "cancelled 500 of 1100: changed 500 unchanged 0 refused 0"
    );
    app.post(&format!("{path}/undo"), &json!(null)).await.ok();
    // Undoing can be stopped, too, and goes on from there.
    assert!(app.records.bulk_step().await.unwrap());
    app.post(&format!("{path}/cancel"), &json!(null)).await.ok();
    assert_eq!(
        counts(&app.get(&path).await.ok()),
        "cancelled 500 of 1100: changed 500 unchanged 0 refused 0, undone 250 left 0"
    );
    app.post(&format!("{path}/undo"), &json!(null)).await.ok();
    assert_eq!(
        counts(&done(&app, &path).await),
        "undone 500 of 1100: changed 500 unchanged 0 refused 0, undone 500 left 0"
    );
    assert_eq!(count(&app, "source == \"Web\"").await, 1_100);
}

#[tokio::test]
async fn a_batch_that_was_stopped_meanwhile_is_not_kept() {
    let app = App::start().await;
    deals(&app, 10).await;
    let path = bulk(
        &app,
        json!({"object": "deals", "action": "delete", "filter": "true"}),
    )
    .await;
    assert!(app.records.bulk_step().await.unwrap());
    let (step, stopped) = tokio::join!(app.records.bulk_step(), async {
        app.post(&format!("{path}/cancel"), &json!(null)).await
    },);
    step.unwrap();
    stopped.ok();
    let ended = done(&app, &path).await;
    let changed = ended["changed"].as_u64().unwrap();
    assert_eq!(count(&app, "true").await, 10 - changed, "{ended}");
}

#[tokio::test]
async fn it_is_allowed_as_a_change_of_one_record_is() {
    let app = App::start().await;
    deals(&app, 2).await;
    let delete = json!({"object": "deals", "action": "delete", "filter": "true"});
    let reader = as_user(&app, "reader", Method::POST, "/bulk", &delete).await;
    assert_eq!(reader.refusal(), (403, "forbidden".to_owned()));
    let stages = json!({"object": "stages", "action": "delete", "filter": "true"});
    let member = as_user(&app, "member", Method::POST, "/bulk", &stages).await;
    assert_eq!(member.refusal(), (403, "forbidden".to_owned()));
    let elsewhere = as_user(&app, "stranger", Method::POST, "/bulk", &delete)
        .await
        .id();
    assert_eq!(app.get(&format!("/bulk/{elsewhere}")).await.status, 404);
    app.records.run_waiting_bulks().await.unwrap();
    assert_eq!(count(&app, "true").await, 2);
    // A member's own is theirs, and an administrator's to see and undo.
    let mine = as_user(&app, "member", Method::POST, "/bulk", &delete)
        .await
        .id();
    let path = format!("/bulk/{mine}");
    let seen = done(&app, &path).await;
    assert_eq!(
        counts(&seen),
        "completed 2 of 2: changed 2 unchanged 0 refused 0"
    );
    assert_eq!(
        as_user(&app, "reader", Method::GET, &path, &json!(null))
            .await
            .status,
        404
    );
    let list = |token: &'static str| {
        let app = &app;
        async move {
            as_user(app, token, Method::GET, "/bulk", &json!(null))
                .await
                .ok()["data"]
                .as_array()
                .unwrap()
                .len()
        }
    };
    assert_eq!((list("member").await, list("admin").await), (1, 0));
    app.post(&format!("{path}/undo"), &json!(null)).await.ok();
    assert_eq!(
        counts(&done(&app, &path).await),
        "undone 2 of 2: changed 2 unchanged 0 refused 0, undone 2 left 0"
    );
    let history = app.get("/deals?limit=1").await.ok();
    let history = app
        .get(&format!(
            "/deals/{}/history",
            history["data"][0]["id"].as_str().unwrap()
        ))
        .await
        .ok();
    assert_eq!(history["data"][0]["actor"]["undo_of_bulk"], json!(mine));
    assert_eq!(history["data"][1]["actor"]["bulk"], json!(mine));
}

/// What a deal that is moved along its pipeline takes with it comes back, too.
#[tokio::test]
async fn deals_that_are_moved_back_have_been_in_their_stage_since_they_were() {
    let app = App::start().await;
    deals(&app, 3).await;
    let fields = "fields=name,stage(name,kind),closed_on,stage_entered_at&sort=name";
    let before = app.get(&format!("/deals?{fields}")).await.ok()["data"].clone();
    app.db.clock.advance(jiff::SignedDuration::from_hours(50));
    let won = app.get("/stages?filter=kind%20==%20%22won%22").await.ok()["data"][0]["id"].clone();
    let path = bulk(
        &app,
        json!({"object": "deals", "action": "update", "filter": "true", "values": {"stage": won}}),
    )
    .await;
    done(&app, &path).await;
    let moved = app.get(&format!("/deals?{fields}")).await.ok()["data"].clone();
    assert_eq!(
        (&moved[0]["stage"]["kind"], &moved[0]["closed_on"]),
        (&json!("won"), &json!("2026-06-03"))
    );
    assert_ne!(moved[0]["stage_entered_at"], before[0]["stage_entered_at"]);
    app.post(&format!("{path}/undo"), &json!(null)).await.ok();
    assert_eq!(
        counts(&done(&app, &path).await),
        "undone 3 of 3: changed 3 unchanged 0 refused 0, undone 3 left 0"
    );
    assert_eq!(
        app.get(&format!("/deals?{fields}")).await.ok()["data"],
        before
    );
}

#[tokio::test]
async fn tags_are_added_to_those_that_are_there() {
    let app = App::start().await;
    for (name, tags) in [
        ("a", json!(["old"])),
        ("b", json!([])),
        ("c", json!(["vip", "old"])),
    ] {
        app.post("/people", &json!({"last_name": name, "tags": tags}))
            .await
            .ok();
    }
    let tags = async || {
        let list = app.get("/people?fields=tags&sort=name").await.ok();
        (list["data"].as_array().unwrap().iter())
            .map(|person| person["tags"].to_string())
            .collect::<Vec<_>>()
            .join(" ")
    };
    let add = json!({"object": "people", "action": "update", "filter": "true", "lists": "add", "values": {"tags": ["vip"]}});
    let path = bulk(&app, add).await;
    assert_eq!(
        counts(&done(&app, &path).await),
        "completed 3 of 3: changed 2 unchanged 1 refused 0"
    );
    assert_eq!(tags().await, r#"["old","vip"] ["vip"] ["vip","old"]"#);
    app.post(&format!("{path}/undo"), &json!(null)).await.ok();
    assert_eq!(
        counts(&done(&app, &path).await),
        "undone 3 of 3: changed 2 unchanged 1 refused 0, undone 2 left 0"
    );
    assert_eq!(tags().await, r#"["old"] [] ["vip","old"]"#);
    let wrong = json!({"object": "people", "action": "update", "filter": "true", "lists": "remove", "values": {"tags": []}});
    assert_eq!(app.post("/bulk", &wrong).await.status, 400);
}

#[tokio::test]
async fn what_ended_long_ago_is_forgotten() {
    let app = App::start().await;
    deals(&app, 3).await;
    let delete = json!({"object": "deals", "action": "delete", "filter": "true"});
    let path = bulk(&app, delete).await;
    done(&app, &path).await;
    app.db
        .clock
        .advance(jiff::SignedDuration::from_hours(29 * 24));
    app.records.tidy().await.unwrap();
    assert_eq!(app.get(&path).await.status, 200);
    app.db
        .clock
        .advance(jiff::SignedDuration::from_hours(2 * 24));
    app.records.tidy().await.unwrap();
    assert_eq!(app.get(&path).await.status, 404);
    // The records are none the wiser.
    assert_eq!(count(&app, "true").await, 0);
}

#[tokio::test]
async fn hostile_requests_are_refused() {
    let app = App::start().await;
    let many: Vec<String> = (0..10_001_u128)
        .map(|id| uuid::Uuid::from_u128(id).to_string())
        .collect();
    let mut said = Vec::new();
    for body in [
        json!({"object": "deals", "action": "update", "filter": "true"}),
        json!({"object": "deals", "action": "update", "filter": "true", "values": {}}),
        json!({"object": "deals", "action": "delete", "filter": "true", "values": {"name": "x"}}),
        json!({"object": "deals", "action": "delete"}),
        json!({"object": "deals", "action": "delete", "filter": " "}),
        json!({"object": "deals", "action": "delete", "ids": []}),
        json!({"object": "deals", "action": "delete", "filter": "true", "ids": []}),
        json!({"object": "deals", "action": "delete", "ids": many}),
        json!({"object": "deals", "action": "delete", "filter": "amount"}),
        json!({"object": "deals", "action": "update", "filter": "true", "values": {"amount": "much", "nmae": "x", "version": 5}}),
        json!({"object": "dealz", "action": "delete", "filter": "true"}),
        json!({"object": "deals", "action": "destroy", "filter": "true"}),
        json!({"object": "deals", "action": "delete", "ids": ["x"]}),
        json!({"object": "deals", "action": "delete", "filter": "true", "x": 1}),
    ] {
        let reply = app.post("/bulk", &body).await;
        let (status, code) = reply.refusal();
        let fields: Vec<String> = (reply.json()["errors"].as_array().into_iter().flatten())
            .map(|error| error["field"].as_str().unwrap().to_owned())
            .collect();
        said.push(format!("{status} {code} {}", fields.join(" ")));
    }
    insta::assert_snapshot!(said.join("\n"), @r#"
    422 validation_failed values
    422 validation_failed values
    422 validation_failed values
    422 validation_failed filter
    422 validation_failed filter
    422 validation_failed ids
    422 validation_failed ids
    422 limit_exceeded ids
    400 invalid_expression filter
    422 validation_failed values.amount values.nmae values.version
    404 not_found 
    400 invalid_request action
    400 invalid_request ids[0]
    400 invalid_request x
    "#);
    for path in ["/bulk/x", "/bulk/00000000-0000-7000-8000-000000000000"] {
        assert_eq!(app.get(path).await.status, 404);
    }
    for path in ["/bulk?limit=0", "/bulk?cursor=x"] {
        assert_eq!(app.get(path).await.status, 400);
    }
}

#[tokio::test]
async fn a_field_that_goes_out_of_use_ends_the_change_with_a_reason() {
    let app = App::start().await;
    deals(&app, 300).await;
    let field = json!({"name": "tier", "type": "text"});
    app.post("/objects/deal/fields", &field).await.ok();
    let path = bulk(&app, json!({"object": "deals", "action": "update", "filter": "true", "values": {"tier": "gold"}})).await;
    for _ in 0..2 {
        assert!(app.records.bulk_step().await.unwrap());
    }
    app.patch("/objects/deal/fields/tier", &json!({"retired": true}))
        .await
        .ok();
    let ended = done(&app, &path).await;
    assert_eq!(
        counts(&ended),
        "failed 250 of 300: changed 250 unchanged 0 refused 0"
    );
    assert_eq!(ended["error"], "`tier` is not a field of deal.");
}

#[tokio::test]
async fn a_repeated_request_is_done_once() {
    let app = App::start().await;
    let headers = [
        ("content-type", "application/json"),
        ("idempotency-key", "k"),
    ];
    let body =
        || Body::from(json!({"object": "deals", "action": "delete", "filter": "true"}).to_string());
    let first = app
        .raw("admin", Method::POST, "/bulk", &headers, body())
        .await;
    let again = app
        .raw("admin", Method::POST, "/bulk", &headers, body())
        .await;
    assert_eq!(again.headers["idempotency-replayed"], "true");
    assert_eq!(first.ok(), again.ok());
    assert_eq!(
        app.get("/bulk").await.ok()["data"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
}
