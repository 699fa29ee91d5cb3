//! Every route, called by everybody: a route that is missing from the table fails.

use axum::body::Body;
use http::Method;
use serde_json::{Value, json};

use crate::app::App;

/// What a route answers to an administrator, a member, a reader, and a stranger of another
/// workspace, in this order.
struct Row {
    method: Method,
    route: &'static str,
    path: &'static str,
    body: Option<Value>,
    answers: [u16; 4],
}

fn table() -> Vec<Row> {
    let row = |method: &Method, route, path, body, answers| Row {
        method: method.clone(),
        route,
        path,
        body,
        answers,
    };
    let (get, post, patch, delete) = (&Method::GET, &Method::POST, &Method::PATCH, &Method::DELETE);
    let note = json!({"channel": "note"});
    let about = json!({"channel": "note", "records": [{"object": "people", "id": "{person}"}]});
    let kind = json!({"key": "demo_{token}", "name": "Demo"});
    let erasure = json!({"person": "00000000-0000-7000-8000-000000000000"});
    let (one, types) = ("/interactions/{id}", "/interaction-types/{key}");
    vec![
        row(
            post,
            "/interactions",
            "/interactions",
            Some(note.clone()),
            [201, 201, 403, 201],
        ),
        row(
            post,
            "/interactions",
            "/interactions",
            Some(about),
            [201, 201, 403, 422],
        ),
        row(
            post,
            "/interactions/batch",
            "/interactions/batch",
            Some(note),
            [200, 200, 403, 200],
        ),
        row(
            get,
            one,
            "/interactions/{interaction}",
            None,
            [200, 200, 200, 404],
        ),
        row(
            get,
            "/interactions/counts",
            "/interactions/counts?record=people:{person}",
            None,
            [200, 200, 200, 404],
        ),
        row(
            get,
            "/timeline/{object}/{id}",
            "/timeline/people/{person}",
            None,
            [200, 200, 200, 404],
        ),
        row(
            get,
            "/timeline/{object}/{id}/summary",
            "/timeline/people/{person}/summary",
            None,
            [200, 200, 200, 404],
        ),
        row(
            post,
            "/interactions/erasures",
            "/interactions/erasures",
            Some(erasure),
            [201, 403, 403, 201],
        ),
        row(
            get,
            "/interactions/erasures",
            "/interactions/erasures",
            None,
            [200, 403, 403, 200],
        ),
        row(
            get,
            "/interaction-types",
            "/interaction-types",
            None,
            [200; 4],
        ),
        row(
            post,
            "/interaction-types",
            "/interaction-types",
            Some(kind),
            [201, 403, 403, 201],
        ),
        row(
            get,
            types,
            "/interaction-types/visit_on_site",
            None,
            [200, 200, 200, 404],
        ),
        row(
            patch,
            types,
            "/interaction-types/visit_on_site",
            Some(json!({"name": "x"})),
            [200, 403, 403, 404],
        ),
        row(
            delete,
            types,
            "/interaction-types/visit_on_site",
            None,
            [204, 403, 403, 404],
        ),
    ]
}

#[tokio::test]
async fn every_route_answers_everybody_as_it_should() {
    let app = App::start().await;
    let person = app.records.person("ada@example.org", None).await;
    app.settle().await;
    let interaction = app
        .email_from("ada@example.org", "2026-05-01T10:00:00Z", json!({}))
        .await;
    app.settle().await;
    let kind = json!({"key": "visit_on_site", "name": "Visit on site"});
    app.post("/interaction-types", &kind).await.ok();
    let table = table();
    for route in app.interactions.router().table {
        let known = |row: &&Row| row.method == route.method && row.route == route.path;
        assert!(
            table.iter().any(|row| known(&row)),
            "{} {} is not in the table of routes and answers",
            route.method,
            route.path
        );
    }
    let mut wrong = Vec::new();
    for row in table {
        let filled = |text: &str| {
            (text.replace("{interaction}", &interaction.to_string()))
                .replace("{person}", &person.to_string())
        };
        let path = filled(row.path);
        let body = |token: &str| match &row.body {
            Some(body) => Body::from(filled(&body.to_string()).replace("{token}", token)),
            None => Body::empty(),
        };
        let kind = match row.route {
            "/interactions/batch" => "application/x-ndjson",
            _ => "application/json",
        };
        let headers: &[(&str, &str)] = match row.body {
            Some(_) => &[("content-type", kind)],
            None => &[],
        };
        for (token, answer) in ["admin", "member", "reader", "stranger"]
            .into_iter()
            .zip(row.answers)
        {
            let reply = app
                .raw(token, row.method.clone(), &path, headers, body(token))
                .await;
            if reply.status != answer {
                let (method, text) = (&row.method, reply.text);
                wrong.push(format!(
                    "{token} {method} {path}: {}, not {answer}: {text}",
                    reply.status
                ));
            }
        }
        for nobody in ["nobody", ""] {
            let reply = app
                .raw(nobody, row.method.clone(), &path, headers, body(nobody))
                .await;
            assert_eq!(reply.status, 401, "{} {path}", row.method);
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test]
async fn an_interaction_is_for_those_who_see_one_of_its_records() {
    let app = App::start().await;
    let person = app.records.person("ada@example.org", None).await;
    app.settle().await;
    let seen = app
        .email_from("ada@example.org", "2026-05-01T10:00:00Z", json!({}))
        .await;
    let of_nobody = app
        .email_from("bob@example.org", "2026-05-01T10:00:00Z", json!({}))
        .await;
    app.records.delete(person).await;
    for (token, status) in [
        ("admin", 200),
        ("member", 404),
        ("reader", 404),
        ("stranger", 404),
    ] {
        assert_eq!(
            app.get_as(token, &format!("/interactions/{seen}"))
                .await
                .status,
            status,
            "{token}"
        );
    }
    assert_eq!(
        app.get_as("reader", &format!("/interactions/{of_nobody}"))
            .await
            .status,
        200
    );
    assert_eq!(
        app.get(&format!("/timeline/people/{person}")).await.status,
        404
    );
}
