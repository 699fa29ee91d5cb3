//! Appending many interactions, one per line.

use axum::body::Body;
use http::Method;
use serde_json::{Value, json};

use crate::app::App;

#[tokio::test]
async fn each_line_has_its_own_fate() {
    let app = App::start().await;
    let person = app.records.person("ada@example.org", None).await;
    app.settle().await;
    let lines = [
        json!({"channel": "email", "direction": "inbound", "external_id": "1", "participants": [{"email": "ada@example.org"}]}),
        json!({"channel": "smoke"}),
        json!({"channel": "email", "external_id": "1"}),
        json!({"channel": "call", "unknown": 1}),
        json!({"channel": "call", "records": [{"object": "people", "id": "01890a5d-ac96-774b-bcce-b302099a8057"}]}),
        json!({"channel": "call", "external_id": "1"}),
    ];
    let report = app.lines(&lines).await.ok();
    assert_eq!(
        (&report["recorded"], &report["existing"], &report["failed"]),
        (&json!(2), &json!(1), &json!(3))
    );
    let result = |at: usize| report["results"][at].clone();
    let fates: Vec<String> = (0..6)
        .map(|at| result(at)["status"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(
        fates,
        [
            "recorded", "failed", "existing", "failed", "failed", "recorded"
        ]
    );
    assert_eq!(result(2)["id"], result(0)["id"]);
    assert_eq!(result(1)["errors"][0]["field"], "channel");
    assert_eq!(result(3)["code"], "invalid_request");
    assert_eq!(result(4)["errors"][0]["field"], "records[0].id");
    assert_eq!(result(4)["line"], 5);
    // The same again records nothing.
    let again = app.lines(&[lines[0].clone(), lines[5].clone()]).await.ok();
    assert_eq!(
        (&again["recorded"], &again["existing"]),
        (&json!(0), &json!(2))
    );
    app.settle().await;
    assert_eq!(app.interactions_of("people", person).await.len(), 1);
}

#[tokio::test]
async fn many_lines_are_recorded_in_their_order() {
    let app = App::start().await;
    let company = app.records.company().await;
    app.settle().await;
    let line = |n: usize| {
        json!({"channel": "chat", "direction": "inbound", "subject": format!("{n}"), "external_id": format!("{}", n / 2),
               "records": [{"object": "companies", "id": company}], "occurred_at": "2026-05-01T10:00:00Z"})
    };
    let lines: Vec<Value> = (0..1_300).map(line).collect();
    let report = app.lines(&lines).await.ok();
    assert_eq!(
        (&report["recorded"], &report["existing"]),
        (&json!(650), &json!(650))
    );
    let numbers: Vec<u64> = (report["results"].as_array().unwrap().iter())
        .map(|one| one["line"].as_u64().unwrap())
        .collect();
    assert!(numbers.iter().copied().eq(1..=1_300));
    app.settle().await;
    let summary = app
        .get(&format!(
            "/interactions/counts?record=companies:{company}&by=total"
        ))
        .await
        .ok();
    assert_eq!(summary["data"][0]["count"], 650);
    // Ids ascend with lines, so those of one moment come newest first.
    let page = app.timeline("companies", company, "limit=3").await;
    let subjects: Vec<&str> = page
        .iter()
        .filter_map(|one| one["subject"].as_str())
        .collect();
    assert_eq!(
        subjects,
        ["1298", "1296"],
        "the company's own creation is newer"
    );
}

#[tokio::test]
async fn a_request_is_bounded() {
    let app = App::start().await;
    let post = |kind: &'static str, body: String| {
        let app = &app;
        async move {
            let headers = [("content-type", kind)];
            app.raw(
                "admin",
                Method::POST,
                "/interactions/batch",
                &headers,
                Body::from(body),
            )
            .await
        }
    };
    let many = "{\"channel\":\"note\"}\n".repeat(10_001);
    let refused = post("application/x-ndjson", many).await;
    assert_eq!(refused.refusal().1, "limit_exceeded");
    assert_eq!(refused.json()["lines_done"], 10_000);
    assert_eq!(app.rows_of_log("interaction.recorded").await, 10_000);
    assert_eq!(post("application/json", "{}".into()).await.status, 415);
    assert_eq!(
        post("application/x-ndjson", "\n \n".into())
            .await
            .refusal()
            .1,
        "invalid_request"
    );
    let long = format!(
        "{{\"channel\":\"note\",\"subject\":\"{}\"}}\n{{\"channel\":\"note\"}}",
        "x".repeat(600_000)
    );
    let report = post("application/jsonl; charset=utf-8", long).await.ok();
    assert_eq!(report["results"][0]["code"], "payload_too_large");
    assert_eq!(report["results"][1]["status"], "recorded");
}
