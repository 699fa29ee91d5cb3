//! Taking records out, and in again.

use axum::body::Body;
use http::Method;
use serde_json::json;

use crate::app::{App, user};
use crate::import::{counts, run};

#[tokio::test]
async fn what_is_exported_is_imported_again_without_a_change() {
    let app = App::start().await;
    app.records.tidy().await.unwrap();
    let company = app
        .post(
            "/companies",
            &json!({"name": "=Acme, \"Inc\"", "domain": "acme.com"}),
        )
        .await
        .id();
    let person = app
        .post(
            "/people",
            &json!({
                "first_name": "Ada", "emails": ["a@x.org", "b@x.org"], "phones": ["+12024561111"],
                "company": company, "address": {"city": "Bonn", "street": "Line 1\nLine 2"}, "owner": user("member").to_string(),
            }),
        )
        .await
        .id();
    let deal = json!({
        "name": "Deal", "company": company, "amount": {"amount": "1054.5", "currency": "EUR"}, "expected_close": "2026-07-01",
        "people": [{"id": person, "role": "buyer"}],
    });
    app.post("/deals", &deal).await.ok();
    for object in ["companies", "people", "deals"] {
        let export = app.get(&format!("/{object}/export")).await;
        assert_eq!(export.headers["content-type"], "text/csv; charset=utf-8");
        let import = run(&app, object, "export.csv", export.text, None).await;
        assert_eq!(
            counts(&import),
            "completed: 1 = 0 new 0 changed 1 same 0 rejected, 0 adjusted",
            "{object}: {import}"
        );
    }
    let path =
        "/deals/export?fields=name,amount,company(name)&headers=labels&filter=amount%20%3E%201";
    let export = app.get(path).await;
    assert_eq!(
        export.headers["content-disposition"],
        "attachment; filename=\"deals.csv\""
    );
    let (head, row) = export.text.split_once("\r\n").unwrap();
    insta::assert_snapshot!(head, @"id,Name,Amount,Amount: currency,Company,Company: name");
    insta::assert_snapshot!(row.split_once(',').unwrap().1.replace(&company, "its id").trim_end(), @r#"Deal,1054.50,EUR,its id,"'=Acme, ""Inc""""#);
    let lines = app
        .get("/people/export?format=ndjson&fields=name,emails")
        .await
        .text;
    assert!(
        lines.ends_with("\"emails\":[\"a@x.org\",\"b@x.org\"]}\n"),
        "{lines}"
    );
}

#[tokio::test]
async fn an_export_that_makes_no_sense_is_refused() {
    let app = App::start().await;
    for path in [
        "/people/export?format=pdf",
        "/people/export?limit=5",
        "/people/export?filter=x%20%3D%3D",
    ] {
        assert_eq!(app.get(path).await.status, 400, "{path}");
    }
    assert_eq!(app.get("/nothing/export").await.refusal().0, 404);
    let answer = app
        .raw(
            "stranger",
            Method::GET,
            "/people/export",
            &[],
            Body::empty(),
        )
        .await;
    assert_eq!(answer.text.lines().count(), 1);
}
