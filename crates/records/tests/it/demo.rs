//! Demo data: filling a workspace and emptying it again.

use std::collections::BTreeMap;

use axum::body::Body;
use http::Method;
use jiff::SignedDuration;
use kith_records::Records;
use serde_json::{Value, json};

use crate::app::{App, Reply};

/// All tables that demo data may touch.
const TABLES: [&str; 11] = [
    "company",
    "person",
    "deal",
    "line_item",
    "product",
    "task",
    "note",
    "link",
    "unique_value",
    "search_word",
    "demo_batch",
];

async fn of(app: &App, token: &str, method: Method, path: &str, body: &Value) -> Reply {
    let json = [("content-type", "application/json")];
    let body = Body::from(body.to_string());
    app.raw(token, method, path, &json, body).await
}

async fn fill(app: &App, token: &str, wanted: &Value) -> Value {
    let reply = of(app, token, Method::POST, "/demo", wanted).await;
    assert_eq!(reply.status, 202, "{reply:?}");
    app.records.run_waiting_demos().await.expect("a database");
    read(app, token).await
}

async fn read(app: &App, token: &str) -> Value {
    app.raw(token, Method::GET, "/demo", &[], Body::empty())
        .await
        .ok()
}

async fn remove(app: &App) -> Value {
    let reply = app.delete("/demo").await;
    assert_eq!(reply.status, 202, "{reply:?}");
    app.records.run_waiting_demos().await.expect("a database");
    read(app, "admin").await
}

/// How many rows each table has.
async fn rows(app: &App) -> BTreeMap<&'static str, i64> {
    let client = app.db.superuser().await;
    let mut rows = BTreeMap::new();
    for table in TABLES {
        let sql = format!("SELECT count(*) FROM records.{table}");
        rows.insert(
            table,
            client.query_one(&sql, &[]).await.expect("rows").get(0),
        );
    }
    rows
}

fn small() -> Value {
    json!({"people": 30, "companies": 12, "deals": 20, "tasks": 15, "notes": 25, "seed": 3})
}

/// The texts of a list, without ids.
async fn texts(app: &App, token: &str) -> Vec<String> {
    let mut texts = Vec::new();
    for (object, fields) in [
        (
            "companies",
            "name,domain,industry,employees,annual_revenue,address",
        ),
        (
            "people",
            "name,emails,phones,job_title,tags,company(name),created_at",
        ),
        (
            "deals",
            "name,amount,expected_close,closed_on,lost_reason,stage_entered_at",
        ),
        ("tasks", "name,due_at,done,done_at"),
        ("notes", "body"),
    ] {
        let path = format!("/{object}?fields={fields}&limit=200");
        let list = app
            .raw(token, Method::GET, &path, &[], Body::empty())
            .await
            .ok();
        for record in list["data"].as_array().expect("a list") {
            let mut record = record.clone();
            record.as_object_mut().expect("a record").remove("id");
            if let Some(company) = record["company"].as_object_mut() {
                company.remove("id");
            }
            texts.push(record.to_string());
        }
    }
    texts.sort();
    texts
}

#[tokio::test]
async fn a_workspace_is_filled_with_what_was_asked_for() {
    let app = App::start().await;
    assert_eq!(read(&app, "admin").await, json!({"state": "none"}));
    let demo = fill(&app, "admin", &small()).await;
    assert_eq!(demo["state"], "filled");
    assert_eq!(demo["progress"], json!({"done": 102, "total": 102}));
    assert_eq!(demo["left_out"], 0);
    assert_eq!(demo["refusal"], Value::Null);
    for (object, count) in [
        ("people", 30),
        ("companies", 12),
        ("deals", 20),
        ("tasks", 15),
        ("notes", 25),
        ("products", 12),
    ] {
        let list = app
            .get(&format!("/{object}?count=exact&limit=1"))
            .await
            .ok();
        assert_eq!(list["count"]["value"], count, "{object}");
        let shown = demo["records"].as_array().unwrap();
        let shown = shown
            .iter()
            .find(|shown| shown["object"] == object)
            .unwrap();
        assert_eq!(shown["made"], count, "{object}");
    }
    let board = app
        .get("/deals/aggregate?group_by=stage.name&metrics=count,sum(amount)")
        .await
        .ok();
    assert!(board["groups"].as_array().unwrap().len() >= 4, "{board}");
    let late = app
        .get("/deals?filter=closed_on%20!%3D%20null&fields=closed_on,expected_close,company(name),people")
        .await
        .ok();
    assert!(!late["data"].as_array().unwrap().is_empty());
    let person = app.get("/people?limit=1").await.ok()["data"][0]["id"].clone();
    let history = app
        .get(&format!("/people/{}/history", person.as_str().unwrap()))
        .await
        .ok();
    assert!(history["data"][0]["actor"]["demo"].is_string(), "{history}");
}

#[tokio::test]
async fn the_same_seed_gives_the_same_data_in_another_workspace() {
    let app = App::start().await;
    fill(&app, "admin", &small()).await;
    fill(&app, "stranger", &small()).await;
    let first = texts(&app, "admin").await;
    assert_eq!(first.len(), 102);
    assert_eq!(first, texts(&app, "stranger").await);
    remove(&app).await;
    let mut other = small();
    other["seed"] = json!(4);
    fill(&app, "admin", &other).await;
    assert_ne!(first, texts(&app, "admin").await);
    assert_eq!(
        first,
        texts(&app, "stranger").await,
        "removal stays in its workspace"
    );
}

#[tokio::test]
async fn removal_leaves_a_workspace_as_it_was() {
    let app = App::start().await;
    let company = json!({"name": "Own & Partners", "domain": "own.example"});
    let company = app.post("/companies", &company).await.id();
    let person = json!({"first_name": "Ada", "last_name": "Own", "emails": ["ada@own.example"],
        "companies": [company]});
    app.post("/people", &person).await.id();
    let before = rows(&app).await;
    fill(&app, "admin", &small()).await;
    assert_ne!(rows(&app).await, before);
    let demo = remove(&app).await;
    assert_eq!(rows(&app).await, before);
    assert_eq!(
        (&demo["state"], &demo["kept"]),
        (&json!("removed"), &json!(0))
    );
    assert_eq!(demo["progress"]["done"], demo["progress"]["total"]);
    assert_eq!(
        app.delete("/demo").await.refusal(),
        (404, "not_found".to_owned())
    );
    let client = app.db.superuser().await;
    let sql = "SELECT type, count(*) FROM records.event WHERE subject_kind = 'demo' GROUP BY 1 ORDER BY 1";
    let events = client.query(sql, &[]).await.unwrap();
    let events: Vec<(String, i64)> = events.iter().map(|row| (row.get(0), row.get(1))).collect();
    assert_eq!(events[0], ("demo.created".to_owned(), 1));
    assert_eq!(events[1].0, "demo.purged");
    assert_eq!(events[2], ("demo.removed".to_owned(), 1));
    // Every record that came is among those that went.
    let sql = "SELECT count(*) FROM records.event WHERE actor ? 'demo' AND type LIKE '%.created' \
        AND subject_kind <> 'demo' AND subject_id::text NOT IN \
        (SELECT jsonb_array_elements_text(data->'ids') FROM records.event WHERE type = 'demo.purged')";
    let left: i64 = client.query_one(sql, &[]).await.unwrap().get(0);
    assert_eq!(left, 0);
    assert_eq!(fill(&app, "admin", &small()).await["state"], "filled");
}

#[tokio::test]
async fn what_own_records_point_to_stays_and_is_named() {
    let app = App::start().await;
    let field = json!({"name": "supplier", "type": "relation", "object": "company"});
    app.post("/objects/note/fields", &field).await.id();
    let field = json!({"name": "concerns", "type": "any_relation"});
    app.post("/objects/note/fields", &field).await.id();
    let before = rows(&app).await;
    fill(&app, "admin", &small()).await;
    let some = async |object: &str, filter: &str| -> Vec<String> {
        let path = format!("/{object}?limit=10&fields=id&filter={filter}");
        let list = app.get(&path).await.ok();
        let ids = list["data"].as_array().expect("a list").iter();
        ids.map(|record| record["id"].as_str().unwrap().to_owned())
            .collect()
    };
    let companies = some("companies", "parent%20%3D%3D%20null").await;
    let deals = some("deals", "company%20!%3D%20null").await;
    let people = some("people", "company%20!%3D%20null").await;
    let own = [
        (
            "tasks",
            json!({"name": "Call", "about": {"object": "company", "id": companies[0]}}),
        ),
        ("notes", json!({"body": "Own", "supplier": companies[1]})),
        (
            "notes",
            json!({"body": "Own", "concerns": {"object": "company", "id": companies[2]}}),
        ),
        ("deals", json!({"name": "Own", "people": [people[0]]})),
        (
            "line_items",
            json!({"deal": deals[0], "description": "Own"}),
        ),
        ("companies", json!({"name": "Own", "parent": companies[3]})),
    ];
    let mut made = Vec::new();
    for (object, data) in &own {
        let id = app.post(&format!("/{object}"), data).await.id();
        made.push(format!("/{object}/{id}"));
    }
    let demo = remove(&app).await;
    assert_eq!(demo["state"], "removed");
    // A deal and a person that stay keep their company, products and people.
    let kept = demo["kept"].as_i64().unwrap();
    assert!((6..16).contains(&kept), "{demo}");
    let named = demo["kept_records"].as_array().unwrap();
    assert_eq!(i64::try_from(named.len()).unwrap(), kept.min(20));
    for id in companies[..4].iter().chain([&deals[0], &people[0]]) {
        let known = named.iter().find(|known| known["id"] == **id);
        assert!(
            known.is_some_and(|known| known["because"]["id"].is_string()),
            "{demo}"
        );
    }
    for (path, (_, data)) in made.iter().zip(&own) {
        let now = app.get(path).await.ok();
        for (name, value) in data.as_object().unwrap() {
            match value {
                Value::String(id) if now[name].is_object() => assert_eq!(now[name]["id"], *id),
                Value::Object(any) => assert_eq!(now[name]["id"], any["id"]),
                Value::Array(_) => assert_eq!(now[name][0]["id"], value[0]),
                value => assert_eq!(now[name], *value),
            }
        }
    }
    // Once they are in the recycle bin, nothing holds the demo any more but the line, which can't
    // be without its deal.
    for path in made.iter().filter(|path| !path.contains("line_items")) {
        assert_eq!(app.delete(path).await.status, 204);
    }
    let demo = remove(&app).await;
    let deal = some("deals", "true").await;
    assert_eq!(deal, deals[..1]);
    assert!(demo["kept"].as_i64().unwrap() < kept, "{demo}");
    let client = app.db.superuser().await;
    client
        .execute("DELETE FROM records.line_item WHERE name = 'Own'", &[])
        .await
        .unwrap();
    let demo = remove(&app).await;
    assert_eq!(demo["kept"], 0, "{demo}");
    // The records that this test made itself, and the words of their names.
    let sql = "DELETE FROM records.company; DELETE FROM records.task; DELETE FROM records.note; \
        DELETE FROM records.deal; DELETE FROM records.search_word WHERE word IN ('own', 'call')";
    client.batch_execute(sql).await.unwrap();
    assert_eq!(rows(&app).await, before);
}

#[tokio::test]
async fn an_interrupted_filling_goes_on_elsewhere() {
    let app = App::start().await;
    let wanted = json!({"people": 1_100, "companies": 40, "deals": 30, "tasks": 10, "notes": 10});
    app.post("/demo", &wanted).await.ok();
    for _ in 0..5 {
        assert!(app.records.demo_batch().await.unwrap());
    }
    let demo = read(&app, "admin").await;
    assert_eq!(demo["state"], "filling");
    let so_far = demo["progress"]["done"].as_i64().unwrap();
    assert!(so_far > 0 && so_far < 1_190, "{demo}");
    // Another process waits until the first one's lease runs out.
    let other = Records::open(app.records.deps().clone());
    assert!(!other.demo_batch().await.unwrap());
    app.db.clock.advance(SignedDuration::from_secs(91));
    assert!(other.demo_batch().await.unwrap());
    assert!(
        !app.records.demo_batch().await.unwrap(),
        "it is the other's now"
    );
    other.run_waiting_demos().await.expect("a database");
    let demo = read(&app, "admin").await;
    assert_eq!(demo["state"], "filled");
    assert_eq!(demo["progress"], json!({"done": 1_190, "total": 1_190}));
    assert_eq!(demo["refusal"], Value::Null, "no record is made twice");
    let rows = rows(&app).await;
    assert_eq!(
        (rows["person"], rows["company"], rows["deal"]),
        (1_100, 40, 30)
    );
    // A removal is interrupted like that, too.
    app.delete("/demo").await.ok();
    assert!(app.records.demo_batch().await.unwrap());
    app.db.clock.advance(SignedDuration::from_secs(91));
    other.run_waiting_demos().await.expect("a database");
    assert_eq!(read(&app, "admin").await["state"], "removed");
    assert_eq!(self::rows(&app).await.values().sum::<i64>(), 0);
}

#[tokio::test]
async fn a_workspace_has_one_demo_at_a_time() {
    let app = App::start().await;
    app.post("/demo", &small()).await.ok();
    let conflict = (409, "conflict".to_owned());
    assert_eq!(app.post("/demo", &small()).await.refusal(), conflict);
    app.records.demo_batch().await.unwrap();
    assert_eq!(app.post("/demo", &small()).await.refusal(), conflict);
    // Removed half-way.
    let demo = remove(&app).await;
    assert_eq!(demo["state"], "removed");
    assert_eq!(rows(&app).await.values().sum::<i64>(), 0);
    let key = [
        ("content-type", "application/json"),
        ("idempotency-key", "once"),
    ];
    let again = async || {
        let body = Body::from(small().to_string());
        app.raw("admin", Method::POST, "/demo", &key, body).await
    };
    let first = again().await;
    assert_eq!(first.status, 202);
    let second = again().await;
    assert_eq!((second.status, second.text), (first.status, first.text));
    app.records.run_waiting_demos().await.expect("a database");
    assert_eq!(app.post("/demo", &json!({})).await.refusal(), conflict);
}

#[tokio::test]
async fn what_the_workspace_refuses_is_left_out_or_said() {
    let app = App::start().await;
    fill(&app, "admin", &small()).await;
    let company = app.get("/companies?limit=1&fields=domain").await.ok();
    let taken = json!({"name": "First", "domain": company["data"][0]["domain"]});
    of(&app, "stranger", Method::POST, "/companies", &taken)
        .await
        .ok();
    let demo = fill(&app, "stranger", &small()).await;
    assert_eq!(
        (&demo["state"], &demo["left_out"]),
        (&json!("filled"), &json!(0))
    );
    assert!(
        demo["refusal"].as_str().unwrap().contains("must be unique"),
        "{demo}"
    );
    remove(&app).await;
    let field = json!({"name": "cost_centre", "type": "text", "required": true});
    app.post("/objects/deal/fields", &field).await.ok();
    let demo = fill(&app, "admin", &small()).await;
    assert_eq!(demo["state"], "failed");
    assert!(
        demo["error"]
            .as_str()
            .unwrap()
            .contains("`cost_centre` is required"),
        "{demo}"
    );
    assert_eq!(remove(&app).await["state"], "removed");
    let refused = app
        .post("/demo", &json!({"people": 1_000_001, "notes": -1}))
        .await;
    assert_eq!(refused.refusal(), (422, "validation_failed".to_owned()));
    assert_eq!(refused.json()["errors"].as_array().unwrap().len(), 2);
    let nothing = json!({"people": 0});
    assert_eq!(fill(&app, "admin", &nothing).await["state"], "filled");
}
