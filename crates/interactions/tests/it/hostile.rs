//! What clients should not send.

use axum::body::Body;
use http::Method;
use serde_json::{Value, json};

use crate::app::App;

#[tokio::test]
async fn every_fault_is_named() {
    let app = App::start().await;
    let long = |length: usize| "x".repeat(length);
    let participant = |one: Value| json!({"channel": "call", "participants": [one]});
    let cases = [
        (json!({}), "channel"),
        (json!({"channel": "Email"}), "channel"),
        (
            json!({"channel": "call", "occurred_at": "1969-12-31T23:59:59Z"}),
            "occurred_at",
        ),
        (
            json!({"channel": "call", "occurred_at": "2999-01-01T00:00:00Z"}),
            "occurred_at",
        ),
        (json!({"channel": "call", "subject": long(501)}), "subject"),
        (
            json!({"channel": "call", "summary": long(4_001)}),
            "summary",
        ),
        (
            json!({"channel": "call", "external_id": long(201)}),
            "external_id",
        ),
        (json!({"channel": "call", "source": long(201)}), "source"),
        (json!({"channel": "call", "body": long(300_000)}), "body"),
        (
            json!({"channel": "call", "participants": vec![json!({"name": "x"}); 101]}),
            "participants",
        ),
        (participant(json!({})), "participants[0]"),
        (
            participant(json!({"email": " ", "phone": ""})),
            "participants[0]",
        ),
        (
            participant(json!({"email": "nobody"})),
            "participants[0].email",
        ),
        (
            participant(json!({"phone": "call me"})),
            "participants[0].phone",
        ),
        (
            participant(json!({"name": long(201)})),
            "participants[0].name",
        ),
        (
            participant(json!({"person": "01890a5d-ac96-774b-bcce-b302099a8057"})),
            "participants[0].person",
        ),
        (
            participant(json!({"user": "01890a5d-ac96-774b-bcce-b302099a8057"})),
            "participants[0].user",
        ),
        (
            json!({"channel": "call", "records": [{"object": "nothing", "id": "01890a5d-ac96-774b-bcce-b302099a8057"}]}),
            "records[0].id",
        ),
    ];
    for (draft, field) in cases {
        let shown: String = draft.to_string().chars().take(80).collect();
        let (status, code, fields) = app.post("/interactions", &draft).await.refusal();
        assert_eq!(
            (status, code.as_str()),
            (422, "validation_failed"),
            "{shown}"
        );
        assert!(fields.iter().any(|one| one == field), "{shown}: {fields:?}");
    }
    assert_eq!(app.rows_of_log("interaction.recorded").await, 0);
}

#[tokio::test]
async fn no_request_is_a_defect() {
    let app = App::start().await;
    let person = app.records.person("ada@example.org", None).await;
    let bodies = [
        "",
        "[]",
        "null",
        "{",
        "{\"channel\":1}",
        "{\"channel\":\"a\\u0000b\"}",
        "{\"channel\":\"call\",\"channel\":\"call\"}",
        "{\"channel\":\"call\",\"direction\":\"up\"}",
        "{\"channel\":\"call\",\"occurred_at\":\"yesterday\"}",
        "{\"channel\":\"call\",\"participants\":{}}",
        "{\"channel\":\"call\",\"records\":[{}]}",
        "{\"channel\":\"call\",\"records\":[{\"object\":\"people\",\"id\":\"x\"}]}",
        "{\"channel\":\"call\",\"body\":1e999}",
        "{\"key\":\"\",\"name\":\"\"}",
        "{\"person\":\"x\"}",
        "{\"person\":null}",
    ];
    for path in [
        "/interactions",
        "/interactions/batch",
        "/interaction-types",
        "/interactions/erasures",
    ] {
        for body in bodies {
            for kind in ["application/json", "application/x-ndjson", "text/plain"] {
                let headers = [("content-type", kind)];
                let reply = app
                    .raw("admin", Method::POST, path, &headers, Body::from(body))
                    .await;
                assert!(
                    reply.status.as_u16() < 500,
                    "{path} {kind} {body}: {reply:?}"
                );
            }
        }
    }
    let latin = Body::from(b"{\"channel\":\"caf\xe9\"}\n".to_vec());
    let headers = [("content-type", "application/x-ndjson")];
    let reply = app
        .raw(
            "admin",
            Method::POST,
            "/interactions/batch",
            &headers,
            latin,
        )
        .await;
    assert_eq!(reply.ok()["failed"], 1);
    let timeline = format!("/timeline/people/{person}");
    let counts = format!("/interactions/counts?record=people:{person}");
    for (path, status) in [
        ("/interactions/x".to_owned(), 404),
        (
            "/interactions/00000000-0000-0000-0000-000000000000".to_owned(),
            404,
        ),
        (
            "/interactions/ffffffff-ffff-ffff-ffff-ffffffffffff".to_owned(),
            404,
        ),
        (
            "/interactions/ffffffff-ffff-7fff-bfff-ffffffffffff".to_owned(),
            404,
        ),
        ("/interaction-types/%00".to_owned(), 400),
        ("/interaction-types/DROP%20TABLE".to_owned(), 404),
        ("/timeline/nothing/x".to_owned(), 404),
        (format!("/timeline/nothing/{person}"), 404),
        (format!("{timeline}?limit=0"), 400),
        (format!("{timeline}?limit=201"), 400),
        (format!("{timeline}?cursor=x"), 400),
        (format!("{timeline}?cursor=-5.{person}"), 400),
        (
            format!("{timeline}?cursor=9223372036854775807.{person}"),
            400,
        ),
        (
            format!("{timeline}?cursor=253402207200000000.{person}"),
            200,
        ),
        (format!("{timeline}?from=yesterday"), 400),
        (
            format!("{timeline}?from=-009999-01-02T01:59:59Z&to=9999-12-30T22:00:00Z"),
            200,
        ),
        (format!("{timeline}?to=-009999-01-02T01:59:59Z"), 200),
        (format!("{timeline}?channel=%27%3B--,x"), 200),
        (
            format!("{timeline}?channel=a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p,q,r,s,t,u"),
            400,
        ),
        (format!("{timeline}?nonsense=1"), 400),
        ("/interactions/counts".to_owned(), 400),
        ("/interactions/counts?record=people".to_owned(), 400),
        ("/interactions/counts?record=people:x".to_owned(), 400),
        (format!("{counts}&from=2026-02-30"), 400),
        (format!("{counts}&from=2026-05-01&to=2026-04-01"), 400),
        (format!("{counts}&from=-9999-01-01&to=9999-12-31"), 400),
        (format!("{counts}&to=9999-12-31&by=month"), 200),
        (format!("{counts}&to=-9999-01-01"), 400),
        (format!("{counts}&by=hour"), 400),
        ("/interactions/erasures?limit=0".to_owned(), 400),
        ("/interactions/erasures?cursor=x".to_owned(), 400),
    ] {
        let reply = app.get(&path).await;
        assert_eq!(reply.status, status, "{path}: {reply:?}");
    }
}
