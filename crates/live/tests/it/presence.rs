use http::{Method, StatusCode};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::world::{Client, World, user};

const RECORD: &str = "01900000-0000-7000-8000-000000000001";

async fn look(w: &World, token: &str, client: &Client, state: &str) -> Value {
    let path = format!("/presence/{}", client.stream);
    let body = json!({ "records": [
        { "object": "people", "record_id": RECORD, "state": state }
    ] });
    let (status, body) = w.call(token, Method::PUT, &path, Some(body)).await;
    assert_eq!(status, StatusCode::OK, "{body}");
    body["data"][0]["users"].clone()
}

async fn told(client: &mut Client) -> Value {
    let (name, data) = client.event().await.unwrap();
    assert_eq!(name, "presence");
    assert_eq!(data["record_id"], RECORD);
    data["users"].clone()
}

fn viewing(names: &[&str]) -> Value {
    let mut users: Vec<_> = names.iter().map(|name| user(name)).collect();
    users.sort();
    let users = users
        .iter()
        .map(|id| json!({ "id": id, "state": "viewing" }));
    users.collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn those_who_look_at_the_same_know_of_each_other() {
    let w = World::start().await;
    let mut ada = w.open("ada", "", None).await;
    let mut alan = w.open("alan", "", None).await;
    let mut stranger = w.open("ada@other", "", None).await;
    let mut elsewhere = w.open("grace", "", None).await;
    assert_eq!(look(&w, "ada", &ada, "viewing").await, viewing(&["ada"]));
    assert_eq!(told(&mut ada).await, viewing(&["ada"]));
    assert_eq!(
        look(&w, "alan", &alan, "viewing").await,
        viewing(&["ada", "alan"])
    );
    assert_eq!(told(&mut ada).await, viewing(&["ada", "alan"]));
    assert_eq!(told(&mut alan).await, viewing(&["ada", "alan"]));
    look(&w, "alan", &alan, "editing").await;
    let users = told(&mut ada).await;
    assert!(users.to_string().contains("editing"), "{users}");
    drop(alan);
    assert_eq!(told(&mut ada).await, viewing(&["ada"]));
    assert!(stranger.is_quiet().await && elsewhere.is_quiet().await);
}

#[tokio::test]
async fn what_can_not_be_looked_at_is_refused() {
    let w = World::start().await;
    let path = format!("/presence/{}", Uuid::nil());
    let record = json!({ "object": "people", "record_id": RECORD });
    let cases = [
        (json!({ "records": vec![record.clone(); 6] }), "records"),
        (
            json!({ "records": [record, { "object": "pigs", "record_id": RECORD }] }),
            "records[1].object",
        ),
    ];
    for (body, field) in cases {
        let (status, body) = w.call("ada", Method::PUT, &path, Some(body)).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(body["errors"][0]["field"], field);
    }
    for body in [json!({}), json!({ "records": [{}] }), json!([1])] {
        let (status, _) = w.call("ada", Method::PUT, &path, Some(body)).await;
        assert!(status.is_client_error());
    }
}
