//! Saved views: private and shared, checked against the catalog, one that opens first.

use axum::body::Body;
use http::Method;
use serde_json::{Value, json};

use crate::app::{App, Reply, TOKENS, user};

async fn send(app: &App, token: &str, method: Method, path: &str, body: &Value) -> Reply {
    let json = [("content-type", "application/json")];
    app.raw(token, method, path, &json, Body::from(body.to_string()))
        .await
}

async fn get(app: &App, token: &str, path: &str) -> Reply {
    app.raw(token, Method::GET, path, &[], Body::empty()).await
}

/// The names of the views of deals that the user sees, and which of them open first.
async fn seen(app: &App, token: &str) -> Vec<String> {
    let page = get(app, token, "/views?object=deals").await.ok();
    (page["data"].as_array().unwrap().iter())
        .map(|view| {
            let default = view["default"].as_str().unwrap();
            format!("{} {default}", view["name"].as_str().unwrap())
        })
        .collect()
}

#[tokio::test]
async fn a_view_keeps_what_it_is_given() {
    let app = App::start().await;
    let view = json!({
        "object": "deals", "name": " Big ones ", "kind": "board", "shared": true,
        "columns": [{"field": "name", "width": 240, "pinned": true}, {"field": "company.industry"}],
        "filter": "stage.kind == \"open\" && amount > 10000", "sort": ["-amount", "name"],
        "group_by": "stage", "date_field": "expected_close", "density": "compact",
        "footers": {"amount": "sum", "name": "count"},
    });
    let made = app.post("/views", &view).await;
    assert_eq!(
        (made.status.as_u16(), &made.headers["etag"]),
        (201, &"\"1\"".parse().unwrap())
    );
    let made = made.ok();
    let mut shown = made.clone();
    for (member, is) in [
        ("id", "an id"),
        ("created_at", "a moment"),
        ("updated_at", "a moment"),
    ] {
        shown[member] = json!(is);
    }
    shown["owner"]["id"] = json!(made["owner"]["id"] == user("admin").to_string());
    insta::assert_json_snapshot!(shown, @r#"
    {
      "columns": [
        {
          "field": "name",
          "pinned": true,
          "width": 240
        },
        {
          "field": "company.industry",
          "pinned": false,
          "width": null
        }
      ],
      "created_at": "a moment",
      "date_field": "expected_close",
      "default": "none",
      "density": "compact",
      "filter": "stage.kind == \"open\" && amount > 10000",
      "footers": {
        "amount": "sum",
        "name": "count"
      },
      "group_by": "stage",
      "id": "an id",
      "kind": "board",
      "name": "Big ones",
      "object": "deals",
      "owner": {
        "id": true,
        "name": "The admin"
      },
      "problem": null,
      "shared": true,
      "sort": [
        "-amount",
        "name"
      ],
      "updated_at": "a moment",
      "version": 1
    }
    "#);
    let path = format!("/views/{}", made["id"].as_str().unwrap());
    assert_eq!(app.get(&path).await.ok(), made);

    let changed = app
        .patch(&path, &json!({"filter": null, "sort": []}))
        .await
        .ok();
    assert_eq!(
        (&changed["filter"], &changed["sort"], &changed["version"]),
        (&json!(null), &json!([]), &json!(2))
    );
    assert_eq!(changed["columns"], made["columns"]);
    // A change that changes nothing makes no version.
    assert_eq!(
        app.patch(&path, &json!({"filter": null})).await.ok()["version"],
        2
    );
    let stale = app
        .raw(
            "admin",
            Method::PATCH,
            &path,
            &[("if-match", "\"1\""), ("content-type", "application/json")],
            "{\"name\":\"x\"}".into(),
        )
        .await;
    assert_eq!(stale.refusal(), (412, "version_mismatch".to_owned()));
    assert_eq!(app.delete(&path).await.status, 204);
    assert_eq!(app.get(&path).await.status, 404);
}

#[tokio::test]
async fn a_private_view_is_its_owners_alone() {
    let app = App::start().await;
    let mut paths = Vec::new();
    for token in TOKENS {
        let view = json!({"object": "deals", "name": token});
        let made = send(&app, token, Method::POST, "/views", &view).await;
        paths.push((token, format!("/views/{}", made.id())));
    }
    for (owner, path) in &paths {
        for token in TOKENS.into_iter().filter(|token| token != owner) {
            assert_eq!(get(&app, token, path).await.status, 404, "{token} {path}");
            let change = send(&app, token, Method::PATCH, path, &json!({"name": "x"})).await;
            assert_eq!(change.status, 404);
            let gone = app
                .raw(token, Method::DELETE, path, &[], Body::empty())
                .await;
            assert_eq!(gone.status, 404);
        }
        assert_eq!(seen(&app, owner).await, [format!("{owner} none")]);
    }
}

#[tokio::test]
async fn a_shared_view_is_changed_by_its_owner_and_by_administrators() {
    let app = App::start().await;
    let view = json!({"object": "deals", "name": "Team", "shared": true});
    let made = send(&app, "reader", Method::POST, "/views", &view).await;
    assert_eq!(made.refusal(), (403, "forbidden".to_owned()));
    let path = format!(
        "/views/{}",
        send(&app, "member", Method::POST, "/views", &view)
            .await
            .id()
    );
    for token in ["admin", "member", "reader"] {
        assert_eq!(seen(&app, token).await, ["Team none"]);
    }
    assert_eq!(seen(&app, "stranger").await, Vec::<String>::new());
    let rename = json!({"name": "Ours"});
    for (token, status) in [
        ("reader", 403),
        ("stranger", 404),
        ("admin", 200),
        ("member", 200),
    ] {
        let reply = send(&app, token, Method::PATCH, &path, &rename).await;
        assert_eq!(reply.status, status, "{token}");
    }
    // An administrator makes it private: it is the member's alone then.
    let reply = send(
        &app,
        "admin",
        Method::PATCH,
        &path,
        &json!({"shared": false}),
    )
    .await;
    assert_eq!(reply.ok()["shared"], false);
    assert_eq!(get(&app, "admin", &path).await.status, 404);
    assert_eq!(seen(&app, "member").await, ["Ours none"]);
}

#[tokio::test]
async fn everybody_has_one_view_that_opens_first() {
    let app = App::start().await;
    let mut paths = Vec::new();
    for name in ["one", "two"] {
        let view = json!({"object": "deals", "name": name, "shared": true});
        paths.push(format!("/views/{}", app.post("/views", &view).await.id()));
    }
    let own = json!({"object": "deals", "name": "own", "default": "mine"});
    let own = send(&app, "member", Method::POST, "/views", &own)
        .await
        .id();
    let default = async |token: &str, path: &str, default: &str| {
        let reply = send(
            &app,
            token,
            Method::PATCH,
            path,
            &json!({"default": default}),
        )
        .await;
        reply.status.as_u16()
    };
    assert_eq!(default("member", &paths[0], "everyone").await, 403);
    assert_eq!(default("admin", &paths[0], "everyone").await, 200);
    assert_eq!(seen(&app, "admin").await, ["one everyone", "two none"]);
    assert_eq!(
        seen(&app, "member").await,
        ["one everyone", "two none", "own mine"]
    );
    // Another one takes its place; that is no new version of either.
    assert_eq!(default("admin", &paths[1], "everyone").await, 200);
    assert_eq!(seen(&app, "reader").await, ["one none", "two everyone"]);
    assert_eq!(app.get(&paths[1]).await.ok()["version"], 1);
    // A reader's own choice is theirs alone, and the one before is forgotten.
    assert_eq!(default("reader", &paths[0], "mine").await, 200);
    assert_eq!(default("reader", &paths[1], "mine").await, 200);
    assert_eq!(seen(&app, "reader").await, ["one none", "two mine"]);
    assert_eq!(default("reader", &paths[1], "none").await, 200);
    assert_eq!(seen(&app, "reader").await, ["one none", "two everyone"]);
    assert_eq!(default("reader", &paths[1], "none").await, 403);
    // What is unchanged needs no leave.
    assert_eq!(default("member", &paths[1], "everyone").await, 200);
    // A private view can't be everybody's.
    assert_eq!(
        default("admin", &format!("/views/{own}"), "everyone").await,
        404
    );
    let private = json!({"object": "deals", "name": "x", "default": "everyone"});
    assert_eq!(
        app.post("/views", &private).await.refusal(),
        (422, "validation_failed".to_owned())
    );
    assert_eq!(
        app.patch(&paths[1], &json!({"shared": false})).await.ok()["default"],
        "none"
    );
    assert_eq!(seen(&app, "reader").await, ["one none"]);
    assert_eq!(app.delete(&paths[0]).await.status, 204);
}

#[tokio::test]
async fn two_requests_at_once_leave_one_default() {
    let app = App::start().await;
    let mut paths = Vec::new();
    for number in 0..8 {
        let view = json!({"object": "deals", "name": number.to_string(), "shared": true});
        paths.push(format!("/views/{}", app.post("/views", &view).await.id()));
    }
    let everyone = json!({"default": "everyone"});
    let replies =
        futures_util::future::join_all(paths.iter().map(|path| app.patch(path, &everyone))).await;
    for reply in replies {
        assert!(reply.status == 200, "{reply:?}");
    }
    let chosen = seen(&app, "member").await;
    assert_eq!(
        chosen
            .iter()
            .filter(|view| view.ends_with("everyone"))
            .count(),
        1,
        "{chosen:?}"
    );
}

#[tokio::test]
async fn what_the_catalog_does_not_know_is_refused_at_its_member() {
    let app = App::start().await;
    let mut refusals = Vec::new();
    for (member, value) in [
        ("columns", json!([{"field": "name"}, {"field": "nmae"}])),
        ("columns", json!([{"field": "name"}, {"field": "name"}])),
        ("columns", json!([{"field": "name", "width": 1}])),
        ("columns", json!([{"field": "company.parent.name"}])),
        ("columns", json!(vec![json!({"field": "name"}); 201])),
        ("filter", json!("indutsry == 1")),
        ("filter", json!("amount")),
        ("filter", json!("name == \"\0\"")),
        ("sort", json!(["name,amount"])),
        ("sort", json!(["-nothing"])),
        ("sort", json!(["a", "b", "c", "d", "e", "f"])),
        ("group_by", json!("description")),
        ("group_by", json!("stage,owner")),
        ("date_field", json!("amount")),
        ("date_field", json!("company.created_at")),
        ("footers", json!({"name": "sum"})),
        ("footers", json!({"amount),sum(amount": "sum"})),
        ("name", json!(" ")),
        ("name", json!("x".repeat(101))),
        ("name", json!("a\nb")),
        ("object", json!("dealz")),
    ] {
        let mut view = json!({"object": "deals", "name": "x"});
        view[member] = value;
        let reply = app.post("/views", &view).await;
        let (status, code) = reply.refusal();
        let error = &reply.json()["errors"][0];
        refusals.push(format!(
            "{status} {code} {} {}",
            error["field"], error["code"]
        ));
    }
    insta::assert_snapshot!(refusals.join("\n"), @r#"
    422 validation_failed "columns[1].field" "unknown_name"
    422 validation_failed "columns[1].field" "given_twice"
    422 validation_failed "columns[0].width" "out_of_range"
    422 validation_failed "columns[0].field" "too_deep"
    422 validation_failed "columns" "too_many"
    400 invalid_expression "filter" "invalid_expression"
    400 invalid_expression "filter" "invalid_expression"
    400 invalid_request "filter" "nul_character"
    422 validation_failed "sort" "malformed"
    422 validation_failed "sort" "unknown_name"
    422 validation_failed "sort" "too_many"
    422 validation_failed "group_by" "ungroupable"
    422 validation_failed "group_by" "malformed"
    422 validation_failed "date_field" "wrong_type"
    422 validation_failed "date_field" "wrong_type"
    422 validation_failed "footers" "not_a_number"
    422 validation_failed "footers" "unknown_name"
    422 validation_failed "name" "required"
    422 validation_failed "name" "invalid_name"
    422 validation_failed "name" "invalid_name"
    422 validation_failed "object" "unknown_object"
    "#);
    for body in [
        json!({"object": "deals", "name": null}),
        json!({"object": "deals", "name": "x", "kind": "list"}),
        json!({"object": "deals", "name": "x", "columns": null}),
        json!({"object": "deals", "name": "x", "colums": []}),
        json!({"object": "deals"}),
        json!({"name": "x"}),
        json!([]),
    ] {
        let status = app.post("/views", &body).await.status.as_u16();
        assert!((400..=422).contains(&status), "{body}");
    }
    for path in [
        "/views?object=dealz",
        "/views?limit=0",
        "/views?limit=201",
        "/views?cursor=x",
        "/views?x=1",
    ] {
        assert_eq!(app.get(path).await.status, 400, "{path}");
    }
    assert_eq!(app.get("/views/x").await.status, 404);
}

#[tokio::test]
async fn a_view_outlives_the_fields_that_it_speaks_of() {
    let app = App::start().await;
    let field = json!({"name": "tier", "type": "text", "label": "Tier"});
    app.post("/objects/deal/fields", &field).await.ok();
    let view = json!({
        "object": "deals", "name": "Gold", "filter": "tier == \"gold\"",
        "columns": [{"field": "name"}, {"field": "tier"}], "footers": {"tier": "count"},
    });
    let path = format!("/views/{}", app.post("/views", &view).await.id());
    app.patch("/objects/deal/fields/tier", &json!({"retired": true}))
        .await
        .ok();
    let page = app.get("/views?object=deals").await.ok();
    let shown = &page["data"][0];
    insta::assert_snapshot!(shown["problem"].as_str().unwrap(), @"The expression is not valid: there is no field `tier` (line 1, column 1).");
    assert_eq!(
        shown["columns"],
        json!([{"field": "name", "width": null, "pinned": false}])
    );
    assert_eq!(
        (&shown["filter"], &shown["footers"]),
        (&json!("tier == \"gold\""), &json!({}))
    );
    // It can be renamed as it is, and mended.
    assert_eq!(
        app.patch(&path, &json!({"name": "Old"})).await.ok()["name"],
        "Old"
    );
    let mended = app
        .patch(&path, &json!({"filter": "amount > 5"}))
        .await
        .ok();
    assert_eq!(mended["problem"], json!(null));
}

#[tokio::test]
async fn a_user_has_so_many_views_and_lists_them_in_pages() {
    let app = App::start().await;
    for number in 0..200 {
        let view = json!({"object": "deals", "name": number.to_string()});
        assert_eq!(app.post("/views", &view).await.status, 201);
    }
    let view = json!({"object": "deals", "name": "one more"});
    assert_eq!(
        app.post("/views", &view).await.refusal().1,
        "limit_exceeded"
    );
    let elsewhere = json!({"object": "people", "name": "fine"});
    assert_eq!(app.post("/views", &elsewhere).await.status, 201);
    let mut path = "/views?object=deals&limit=150".to_owned();
    let mut names = Vec::new();
    loop {
        let page = app.get(&path).await.ok();
        let data = page["data"].as_array().unwrap();
        names.extend(
            data.iter()
                .map(|view| view["name"].as_str().unwrap().to_owned()),
        );
        let Some(cursor) = page["page"]["next_cursor"].as_str() else {
            break;
        };
        path = format!("/views?object=deals&limit=150&cursor={cursor}");
    }
    let all: Vec<String> = (0..200).map(|number| number.to_string()).collect();
    assert_eq!(names, all);
    assert_eq!(app.get("/views").await.ok()["page"]["has_more"], true);
}

#[tokio::test]
async fn a_repeated_request_saves_one_view() {
    let app = App::start().await;
    let headers = [
        ("content-type", "application/json"),
        ("idempotency-key", "k"),
    ];
    let body = || Body::from(json!({"object": "deals", "name": "x"}).to_string());
    let first = app
        .raw("admin", Method::POST, "/views", &headers, body())
        .await;
    let again = app
        .raw("admin", Method::POST, "/views", &headers, body())
        .await;
    assert_eq!(again.headers["idempotency-replayed"], "true");
    assert_eq!(first.ok(), again.ok());
    assert_eq!(seen(&app, "admin").await, ["x none"]);
}
