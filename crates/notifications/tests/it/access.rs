//! Every route, called by everybody: a route that is missing from the table fails.

use std::collections::BTreeSet;

use http::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::world::{World, user};

#[tokio::test]
async fn every_route_answers_everybody_with_their_own_only() {
    let w = World::start().await;
    let by = json!({ "user": user("admin") });
    let to = json!({ "changes": { "owner": { "from": null, "to": user("member") } } });
    w.happens(&by, "company.updated", Uuid::from_u128(1), &to)
        .await;
    let told = w.told("member").await.remove(0);
    let id = told["id"].as_str().unwrap();
    let (get, patch, post) = (Method::GET, Method::PATCH, Method::POST);
    // Method, route, body, and the answer to: the member whose it is, admin, reader, stranger.
    let rows: Vec<(Method, &str, Option<Value>, [u16; 4])> = vec![
        (get.clone(), "/notifications", None, [200; 4]),
        (get, "/notifications/unread", None, [200; 4]),
        (
            patch,
            "/notifications/{id}",
            Some(json!({ "read": false })),
            [200, 404, 404, 404],
        ),
        (post, "/notifications/read", Some(json!({})), [200; 4]),
    ];
    let routes: BTreeSet<String> = (w.notifications.router().table.iter())
        .map(|route| format!("{} {}", route.method, route.path))
        .collect();
    let known: BTreeSet<String> = (rows.iter())
        .map(|(method, route, ..)| format!("{method} {route}"))
        .collect();
    assert_eq!(routes, known);
    for (method, route, body, answers) in rows {
        let path = route.replace("{id}", id);
        for (token, answer) in ["member", "admin", "reader", "stranger"]
            .iter()
            .zip(answers)
        {
            let (status, _) = w.call(token, method.clone(), &path, body.clone()).await;
            assert_eq!(status, answer, "{method} {route} as {token}");
        }
        let (status, _) = w.call("nobody", method.clone(), &path, body).await;
        assert_eq!(status, 401, "{method} {route}");
    }
    for other in ["admin", "reader", "stranger"] {
        assert!(w.told(other).await.is_empty(), "{other}");
    }
}
