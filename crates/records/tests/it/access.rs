//! Every route, called by everybody: a route that is missing from the table fails.

use axum::body::Body;
use http::Method;
use serde_json::{Value, json};

use crate::app::App;

/// What a route answers to an administrator, a member, a reader, and a stranger of another
/// workspace, in this order. Paths name the company `{id}` of the first workspace.
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
    let company = || Some(json!({"name": "x"}));
    let batch = json!({"operations": [{"op": "update", "object": "companies", "id": "{id}", "data": {"name": "x"}}]});
    let upsert = json!({"by": "external_id", "data": {"name": "x", "external_id": "1"}});
    let field = json!({"name": "f", "type": "text"});
    let plan = json!({"mode": "create", "columns": [{"column": "name", "field": "name"}]});
    vec![
        row(get, "/search", "/search?q=acme", None, [200; 4]),
        row(get, "/{plural}/export", "/companies/export", None, [200; 4]),
        row(
            post,
            "/imports",
            "/imports?object=companies",
            Some(json!("name")),
            [201, 201, 403, 201],
        ),
        row(get, "/imports", "/imports", None, [200, 200, 403, 200]),
        row(
            get,
            "/imports/{id}",
            "/imports/{import}",
            None,
            [200, 200, 403, 404],
        ),
        row(
            &Method::PUT,
            "/imports/{id}/plan",
            "/imports/{import}/plan",
            Some(plan),
            [200, 200, 403, 404],
        ),
        row(
            get,
            "/imports/{id}/rejected",
            "/imports/{import}/rejected",
            None,
            [200, 200, 403, 404],
        ),
        row(
            get,
            "/imports/{id}/issues",
            "/imports/{import}/issues",
            None,
            [200, 200, 403, 404],
        ),
        row(
            post,
            "/imports/{id}/dry-run",
            "/imports/{import}/dry-run",
            None,
            [202, 409, 403, 404],
        ),
        row(
            post,
            "/imports/{id}/start",
            "/imports/{import}/start",
            None,
            [409, 409, 403, 404],
        ),
        row(
            post,
            "/imports/{id}/cancel",
            "/imports/{import}/cancel",
            None,
            [202, 202, 403, 404],
        ),
        row(
            post,
            "/imports/{id}/undo",
            "/imports/{import}/undo",
            None,
            [409, 409, 403, 404],
        ),
        row(
            delete,
            "/imports/{id}",
            "/imports/{import}",
            None,
            [409, 409, 403, 404],
        ),
        row(get, "/{plural}", "/companies", None, [200, 200, 200, 200]),
        row(
            post,
            "/{plural}",
            "/companies",
            company(),
            [201, 201, 403, 201],
        ),
        row(
            post,
            "/{plural}/duplicates",
            "/companies/duplicates",
            Some(json!({"values": {"name": "Acme"}})),
            [200, 200, 200, 200],
        ),
        row(
            post,
            "/{plural}/query",
            "/companies/query",
            Some(json!({})),
            [200, 200, 200, 200],
        ),
        row(
            get,
            "/{plural}/aggregate",
            "/companies/aggregate",
            None,
            [200, 200, 200, 200],
        ),
        row(
            get,
            "/{plural}/{id}",
            "/companies/{id}",
            None,
            [200, 200, 200, 404],
        ),
        row(
            get,
            "/{plural}/{id}/history",
            "/companies/{id}/history",
            None,
            [200, 200, 200, 404],
        ),
        row(
            patch,
            "/{plural}/{id}",
            "/companies/{id}",
            company(),
            [200, 200, 403, 404],
        ),
        row(
            post,
            "/{plural}/upsert",
            "/companies/upsert",
            Some(upsert),
            [201, 200, 403, 201],
        ),
        row(post, "/batch", "/batch", Some(batch), [200, 200, 403, 404]),
        row(
            delete,
            "/{plural}/{id}",
            "/companies/{id}",
            None,
            [204, 404, 403, 404],
        ),
        row(
            post,
            "/{plural}/{id}/restore",
            "/companies/{id}/restore",
            None,
            [200, 404, 403, 404],
        ),
        row(get, "/objects", "/objects", None, [200, 200, 200, 200]),
        row(
            get,
            "/objects/{name}",
            "/objects/company",
            None,
            [200, 200, 200, 200],
        ),
        row(
            post,
            "/objects",
            "/objects",
            Some(json!({"name": "thing"})),
            [201, 403, 403, 201],
        ),
        row(
            patch,
            "/objects/{name}",
            "/objects/company",
            Some(json!({})),
            [200, 403, 403, 200],
        ),
        row(
            post,
            "/objects/{name}/fields",
            "/objects/company/fields",
            Some(field),
            [201, 403, 403, 201],
        ),
        row(
            post,
            "/filters/parse",
            "/filters/parse",
            Some(json!({"object": "deals", "filter": "amount > 5"})),
            [200; 4],
        ),
        row(
            post,
            "/filters/render",
            "/filters/render",
            Some(json!({"object": "deals", "tree": {"op": "and", "items": []}})),
            [200; 4],
        ),
        row(get, "/views", "/views?object=companies", None, [200; 4]),
        row(
            post,
            "/views",
            "/views",
            Some(json!({"object": "companies", "name": "x"})),
            [201; 4],
        ),
        row(
            get,
            "/views/{id}",
            "/views/{view}",
            None,
            [200, 200, 200, 404],
        ),
        row(
            patch,
            "/views/{id}",
            "/views/{view}",
            Some(json!({"name": "{token}'s"})),
            [200, 403, 403, 404],
        ),
        row(
            delete,
            "/views/{id}",
            "/views/{view}",
            None,
            [204, 404, 404, 404],
        ),
        row(
            post,
            "/bulk",
            "/bulk",
            Some(
                json!({"object": "companies", "action": "update", "filter": "name == \"none\"", "values": {"kind": null}}),
            ),
            [202, 202, 403, 202],
        ),
        row(get, "/bulk", "/bulk", None, [200; 4]),
        row(
            get,
            "/bulk/{id}",
            "/bulk/{bulk}",
            None,
            [200, 404, 404, 404],
        ),
        row(
            post,
            "/bulk/{id}/cancel",
            "/bulk/{bulk}/cancel",
            None,
            [202, 404, 404, 404],
        ),
        row(
            post,
            "/bulk/{id}/undo",
            "/bulk/{bulk}/undo",
            None,
            [202, 404, 404, 404],
        ),
        row(get, "/start", "/start", None, [200; 4]),
        row(get, "/demo", "/demo", None, [200, 403, 403, 200]),
        row(
            post,
            "/demo",
            "/demo",
            Some(json!({"people": 1})),
            [202, 403, 403, 202],
        ),
        row(delete, "/demo", "/demo", None, [202, 403, 403, 202]),
        row(
            patch,
            "/objects/{name}/fields/{field}",
            "/objects/company/fields/f",
            Some(json!({})),
            [200, 403, 403, 200],
        ),
    ]
}

#[tokio::test]
async fn every_route_answers_everybody_as_it_should() {
    let app = App::start().await;
    let id = app.post("/companies", &json!({"name": "Acme"})).await.id();
    let file = Body::from("name\nAcme\n");
    let imported = app
        .raw(
            "admin",
            Method::POST,
            "/imports?object=companies",
            &[],
            file,
        )
        .await;
    let import = imported.id();
    let view = json!({"object": "companies", "name": "All", "shared": true});
    let view = app.post("/views", &view).await.id();
    let bulk = json!({"object": "companies", "action": "delete", "filter": "name == \"none\""});
    let bulk = app.post("/bulk", &bulk).await.id();
    let table = table();
    for route in app.records.router().table {
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
        let path = (row.path.replace("{id}", &id))
            .replace("{import}", &import)
            .replace("{view}", &view)
            .replace("{bulk}", &bulk);
        let body = |token: &str| match &row.body {
            Some(body) => {
                let text = body.to_string().replace("{id}", &id);
                Body::from(text.replace("{token}", token))
            }
            None => Body::empty(),
        };
        let headers: &[(&str, &str)] = match row.body {
            Some(_) => &[("content-type", "application/json")],
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
