//! Creating, changing, deleting and restoring records.

use axum::body::Body;
use http::Method;
use serde_json::json;

use crate::app::{App, user};

#[tokio::test]
async fn a_person_is_created_with_values_in_their_canonical_form() {
    let app = App::start().await;
    let company = app
        .post(
            "/companies",
            &json!({"name": "Acme", "domain": "https://www.Acme.com/x"}),
        )
        .await;
    assert_eq!(company.status, 201);
    let place = company.headers["location"].to_str().unwrap().to_owned();
    let company = company.ok();
    assert_eq!(company["domain"], "acme.com");
    assert_eq!(
        place,
        format!("/api/v1/companies/{}", company["id"].as_str().unwrap())
    );
    let person = app
        .post(
            "/people",
            &json!({
                "first_name": " Ada ", "last_name": "Lovelace",
                "emails": ["Ada@Acme.com"], "phones": ["(202) 456-1111"],
                "company": company["id"],
                "companies": [{"id": company["id"], "role": "founder"}],
                "owner": user("member").to_string(),
            }),
        )
        .await
        .ok();
    assert_eq!(person["name"], "Ada Lovelace");
    assert_eq!(person["version"], 1);
    assert_eq!(person["emails"], json!(["ada@acme.com"]));
    assert_eq!(person["phones"], json!(["+12024561111"]));
    assert_eq!(person["company"], json!({"id": company["id"]}));
    assert_eq!(
        person["companies"],
        json!([{"id": company["id"], "role": "founder"}])
    );
    assert_eq!(person["owner"], json!({"id": user("member").to_string()}));
}

#[tokio::test]
async fn what_is_wrong_is_said_field_by_field() {
    let app = App::start().await;
    let reply = app
        .post(
            "/people",
            &json!({"emails": ["x"], "fist_name": "Ada", "name": "Ada", "company": 5}),
        )
        .await;
    assert_eq!(reply.refusal(), (422, "validation_failed".to_owned()));
    insta::assert_json_snapshot!(reply.json()["errors"], @r#"
    [
      {
        "code": "wrong_type",
        "field": "company",
        "message": "must be the id of a record"
      },
      {
        "code": "invalid_email",
        "field": "emails",
        "message": "must be an e-mail address such as ada@example.com"
      },
      {
        "code": "unknown_field",
        "field": "fist_name",
        "message": "is not a field of person; did you mean `first_name`?"
      },
      {
        "code": "read_only",
        "field": "name",
        "message": "is computed by the server and can't be set"
      }
    ]
    "#);
    let nobody = "0198f000-0000-7000-8000-000000000000";
    let reply = app
        .post(
            "/people",
            &json!({"last_name": "L", "company": nobody, "owner": nobody}),
        )
        .await;
    let errors = reply.json()["errors"].clone();
    assert_eq!(errors[0]["field"], "owner");
    assert_eq!(errors[1]["code"], "no_such_record");
}

#[tokio::test]
async fn a_change_needs_the_version_that_it_names() {
    let app = App::start().await;
    let id = app.post("/companies", &json!({"name": "Acme"})).await.id();
    let path = format!("/companies/{id}");
    let json_type = ("content-type", "application/json");
    let change = |tag: &'static str| {
        let headers = [json_type, ("if-match", tag)];
        let body = Body::from(r#"{"industry":"tech"}"#);
        let (app, path) = (&app, &path);
        async move { app.raw("admin", Method::PATCH, path, &headers, body).await }
    };
    let reply = change("\"1\"").await;
    assert_eq!(reply.headers["etag"], "\"2\"");
    assert_eq!(reply.ok()["industry"], "tech");
    let reply = change("\"1\"").await;
    assert_eq!(reply.refusal(), (412, "version_mismatch".to_owned()));
    assert_eq!(reply.json()["current_version"], 2);
    // The same value again changes nothing.
    let same = app.patch(&path, &json!({"industry": "tech"})).await.ok();
    assert_eq!(same["version"], 2);
}

#[tokio::test]
async fn a_unique_value_belongs_to_one_live_record() {
    let app = App::start().await;
    let ada = json!({"first_name": "Ada", "emails": ["ada@acme.com"]});
    let first = app.post("/people", &ada).await.id();
    let reply = app
        .post(
            "/people",
            &json!({"emails": ["b@acme.com", "ADA@acme.com"]}),
        )
        .await;
    assert_eq!(reply.refusal(), (409, "duplicate".to_owned()));
    assert_eq!(reply.json()["errors"][0]["field"], "emails");
    // What a refused record claimed is free again.
    app.post("/people", &json!({"emails": ["b@acme.com"]}))
        .await
        .ok();
    let path = format!("/people/{first}");
    assert_eq!(app.delete(&path).await.status, 204);
    let second = app.post("/people", &ada).await.id();
    let reply = app.post(&format!("{path}/restore"), &json!({})).await;
    assert_eq!(reply.refusal(), (409, "duplicate".to_owned()));
    assert_eq!(app.delete(&format!("/people/{second}")).await.status, 204);
    let back = app.post(&format!("{path}/restore"), &json!({})).await.ok();
    assert_eq!(back["version"], 3);
    assert_eq!(back["deleted_at"], json!(null));
}

#[tokio::test]
async fn upsert_finds_by_a_unique_value() {
    let app = App::start().await;
    let upsert =
        |title: &str| json!({"by": "emails", "data": {"emails": ["a@x.com"], "job_title": title}});
    let first = app.post("/people/upsert", &upsert("CTO")).await;
    assert_eq!(first.status, 201);
    let second = app.post("/people/upsert", &upsert("CEO")).await;
    assert_eq!(second.status, 200);
    let (first, second) = (first.ok(), second.ok());
    assert_eq!(first["id"], second["id"]);
    assert_eq!(second["job_title"], "CEO");
    let reply = app
        .post("/people/upsert", &json!({"by": "job_title", "data": {}}))
        .await;
    assert_eq!(reply.refusal(), (422, "validation_failed".to_owned()));
}

#[tokio::test]
async fn a_batch_is_done_whole_or_not_at_all() {
    let app = App::start().await;
    let batch = |email: &str| {
        json!({"operations": [
            {"op": "create", "object": "companies", "ref": "acme", "data": {"name": "Acme"}},
            {"op": "create", "object": "people", "ref": "ada",
             "data": {"emails": [email], "company": {"ref": "acme"}}},
            {"op": "create", "object": "notes",
             "data": {"body": "Hello\nthere", "about": {"object": "person", "ref": "ada"}}},
            {"op": "update", "object": "companies", "id": {"ref": "acme"}, "data": {"industry": "tech"}},
        ]})
    };
    let done = app.post("/batch", &batch("ada@acme.com")).await.ok();
    let results = &done["results"];
    assert_eq!(
        results[1]["record"]["company"]["id"],
        results[0]["record"]["id"]
    );
    assert_eq!(
        results[2]["record"]["about"],
        json!({"object": "person", "id": results[1]["record"]["id"]})
    );
    assert_eq!(results[2]["record"]["name"], "Hello");
    assert_eq!(results[3]["result"], "updated");
    let reply = app.post("/batch", &batch("no mail")).await;
    assert_eq!(
        reply.json()["errors"][0]["field"],
        "operations[1].data.emails"
    );
    let client = app.db.superuser().await;
    let count = client
        .query_one("SELECT count(*) FROM records.company", &[])
        .await
        .unwrap();
    assert_eq!(count.get::<_, i64>(0), 1);
}

#[tokio::test]
async fn a_request_with_an_idempotency_key_is_done_once() {
    let app = App::start().await;
    let headers = [
        ("content-type", "application/json"),
        ("idempotency-key", "k1"),
    ];
    let send = |body: &'static str| {
        app.raw(
            "admin",
            Method::POST,
            "/companies",
            &headers,
            Body::from(body),
        )
    };
    let first = send(r#"{"name":"Acme"}"#).await;
    let second = send(r#"{"name":"Acme"}"#).await;
    assert_eq!(second.headers["idempotency-replayed"], "true");
    assert_eq!(first.text, second.text);
    let other = send(r#"{"name":"Other"}"#).await;
    assert_eq!(other.refusal(), (422, "idempotency_key_reused".to_owned()));
}

#[tokio::test]
async fn a_company_is_never_its_own_ancestor() {
    let app = App::start().await;
    let a = app.post("/companies", &json!({"name": "A"})).await.id();
    let b = app
        .post("/companies", &json!({"name": "B", "parent": a}))
        .await
        .id();
    let c = app
        .post("/companies", &json!({"name": "C", "parent": b}))
        .await
        .id();
    for parent in [&a, &c] {
        let reply = app
            .patch(&format!("/companies/{a}"), &json!({"parent": parent}))
            .await;
        assert_eq!(reply.json()["errors"][0]["code"], "cyclic_parent");
    }
    app.patch(&format!("/companies/{c}"), &json!({"parent": a}))
        .await
        .ok();
}

#[tokio::test]
async fn a_deal_follows_its_stage() {
    let app = App::start().await;
    let sales = json!({"name": "Mine", "is_default": true});
    let refused = app.post("/pipelines", &sales).await;
    assert_eq!(refused.refusal(), (409, "conflict".to_owned()));
    let pipeline = app.post("/pipelines", &json!({"name": "Mine"})).await.id();
    let mut stages = Vec::new();
    for (position, kind) in ["open", "open", "won"].into_iter().enumerate() {
        let stage = json!({"name": kind, "kind": kind, "pipeline": pipeline, "position": position});
        stages.push(app.post("/stages", &stage).await.id());
    }
    let certain = json!({"name": "x", "pipeline": pipeline, "probability": 101});
    let refused = app.post("/stages", &certain).await;
    assert_eq!(refused.json()["errors"][0]["field"], "probability");
    let deal = json!({"name": "Big", "amount": "10.50", "pipeline": pipeline});
    let deal = app.post("/deals", &deal).await.ok();
    assert_eq!(deal["stage"]["id"], stages[0]);
    assert_eq!(deal["pipeline"]["id"], pipeline);
    assert_eq!(
        deal["amount"],
        json!({"amount": "10.50", "currency": "USD"})
    );
    let path = format!("/deals/{}", deal["id"].as_str().unwrap());
    let won = app.patch(&path, &json!({"stage": stages[2]})).await.ok();
    assert_eq!(won["closed_on"], "2026-06-01");
    let open = app.patch(&path, &json!({"stage": stages[1]})).await.ok();
    assert_eq!(open["closed_on"], json!(null));
    let other = app.post("/pipelines", &json!({"name": "Other"})).await.id();
    let reply = app
        .patch(&path, &json!({"pipeline": other, "stage": stages[0]}))
        .await;
    assert_eq!(reply.json()["errors"][0]["code"], "stage_of_other_pipeline");
    let item = json!({"deal": deal["id"], "unit_price": {"amount": "1", "currency": "EUR"}});
    let reply = app.post("/line_items", &item).await;
    assert_eq!(reply.json()["errors"][0]["code"], "currency_mismatch");
}

#[tokio::test]
async fn strangers_and_readers_change_nothing() {
    let app = App::start().await;
    let id = app.post("/companies", &json!({"name": "Acme"})).await.id();
    let json_type = [("content-type", "application/json")];
    for (token, path, status) in [
        ("stranger", format!("/companies/{id}"), 404),
        ("reader", format!("/companies/{id}"), 403),
        ("nobody", format!("/companies/{id}"), 401),
        ("admin", "/companies/x".to_owned(), 404),
        ("admin", format!("/nothings/{id}"), 404),
    ] {
        let body = Body::from(r#"{"name":"Mine"}"#);
        let reply = app.raw(token, Method::PATCH, &path, &json_type, body).await;
        assert_eq!(reply.status, status, "{token} {path}");
    }
}

#[tokio::test]
async fn a_new_workspace_has_a_pipeline() {
    let app = App::start().await;
    app.records.tidy().await.unwrap();
    app.records.tidy().await.unwrap();
    let deal = app.post("/deals", &json!({"name": "First"})).await.ok();
    let client = app.db.superuser().await;
    let sql = "SELECT s.name FROM records.stage s WHERE s.workspace_id = $1 AND s.id = $2";
    let stage: uuid::Uuid = deal["stage"]["id"].as_str().unwrap().parse().unwrap();
    let row = client
        .query_one(sql, &[&crate::app::workspace("admin"), &stage])
        .await
        .unwrap();
    assert_eq!(row.get::<_, &str>(0), "Qualification");
    let count = client
        .query_one("SELECT count(*) FROM records.pipeline", &[])
        .await
        .unwrap();
    assert_eq!(count.get::<_, i64>(0), 2, "one for each workspace");
}
