//! Every route, called by everybody: a route that is missing from the table fails.

use std::collections::BTreeSet;

use http::Method;
use serde_json::{Value, json};

use crate::receiver::Receiver;
use crate::world::{TOKENS, World};

/// Method, route, body, and what it answers to an administrator, a member, a reader, and a
/// stranger of another workspace.
type Row = (Method, &'static str, Option<Value>, [u16; 4]);

fn table(url: &str) -> Vec<Row> {
    let (get, post, patch, delete) = (Method::GET, Method::POST, Method::PATCH, Method::DELETE);
    let range = json!({"from": "2026-01-01T00:00:00Z", "to": "2027-01-01T00:00:00Z"});
    let one = [200, 403, 403, 404];
    vec![
        (get.clone(), "/webhooks", None, [200, 403, 403, 200]),
        (
            post.clone(),
            "/webhooks",
            Some(json!({"url": url})),
            [201, 403, 403, 201],
        ),
        (get.clone(), "/webhooks/{id}", None, one),
        (
            patch,
            "/webhooks/{id}",
            Some(json!({"description": "x"})),
            one,
        ),
        (post.clone(), "/webhooks/{id}/rotate-secret", None, one),
        (post.clone(), "/webhooks/{id}/test", None, one),
        (get.clone(), "/webhooks/{id}/deliveries", None, one),
        (get, "/webhooks/{id}/deliveries/{delivery}", None, one),
        (
            post.clone(),
            "/webhooks/{id}/deliveries/{delivery}/redeliver",
            None,
            [202, 403, 403, 404],
        ),
        (
            post,
            "/webhooks/{id}/redeliver",
            Some(range),
            [202, 403, 403, 404],
        ),
        (delete, "/webhooks/{id}", None, [204, 403, 403, 404]),
    ]
}

#[tokio::test]
async fn every_route_answers_everybody_as_it_should() {
    let world = World::start().await;
    let receiver = Receiver::start().await;
    let rows = table(&receiver.url);
    let routes: BTreeSet<String> = (world.integrations.router().table.iter())
        .map(|route| format!("{} {}", route.method, route.path))
        .collect();
    let told: BTreeSet<String> = (rows.iter())
        .map(|(method, route, ..)| format!("{method} {route}"))
        .collect();
    assert_eq!(routes, told);

    let id = world.webhook(json!({"url": receiver.url})).await;
    let id = id["id"].as_str().unwrap();
    let tested = world
        .post(&format!("/webhooks/{id}/test"), &json!({}))
        .await
        .ok();
    let delivery = tested["id"].as_str().unwrap();
    for (method, route, body, answers) in rows {
        let path = route.replace("{id}", id).replace("{delivery}", delivery);
        // The strongest last: it may delete what the others are refused.
        for (token, answer) in TOKENS.iter().zip(answers).rev() {
            let reply = world
                .send(token, method.clone(), &path, body.as_ref())
                .await;
            assert_eq!(
                reply.status.as_u16(),
                answer,
                "{method} {route} as {token}: {}",
                reply.text
            );
        }
        let nobody = world
            .send("nobody", method.clone(), &path, body.as_ref())
            .await;
        assert_eq!(nobody.status.as_u16(), 401, "{method} {route}");
    }
}
