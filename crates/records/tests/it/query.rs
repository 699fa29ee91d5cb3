//! Lists, single records and what is shown of them.

use axum::body::Body;
use http::Method;
use serde_json::{Value, json};

use crate::app::{App, user};

/// Percent-encodes a query parameter's value.
fn encoded(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric();
    text.bytes()
        .map(|byte| match plain(byte) {
            true => char::from(byte).to_string(),
            false => format!("%{byte:02X}"),
        })
        .collect()
}

async fn list(app: &App, plural: &str, parameters: &[(&str, &str)]) -> Value {
    let query: Vec<String> = (parameters.iter())
        .map(|(name, value)| format!("{name}={}", encoded(value)))
        .collect();
    app.get(&format!("/{plural}?{}", query.join("&")))
        .await
        .ok()
}

/// The names in a list's answer.
fn names(answer: &Value) -> Vec<&str> {
    let data = answer["data"].as_array().expect("data");
    data.iter()
        .map(|record| record["name"].as_str().expect("a name"))
        .collect()
}

async fn sample() -> App {
    let app = App::start().await;
    let mut companies: Vec<String> = Vec::new();
    for (name, industry, parent) in [
        ("Acme", "tech", None),
        ("Übermut", "retail", Some(0)),
        ("globex", "tech", None),
    ] {
        let parent = parent.map(|place: usize| companies[place].clone());
        let body = json!({"name": name, "industry": industry, "parent": parent, "owner": user("member").to_string()});
        companies.push(app.post("/companies", &body).await.id());
    }
    for (first, last, company, email) in [
        ("Ada", "Lovelace", Some(0), "ada@acme.com"),
        ("Grace", "Hopper", Some(1), "grace@example.com"),
        ("Łukasz", "O'Brien", None, "lukasz@example.com"),
    ] {
        let company = company.map(|place: usize| companies[place].clone());
        let body = json!({"first_name": first, "last_name": last, "company": company, "emails": [email],
            "companies": [{"id": companies[2], "role": "adviser"}]});
        app.post("/people", &body).await.ok();
    }
    app
}

#[tokio::test]
async fn people_are_found_sorted_and_shown_with_their_companies() {
    let app = sample().await;
    for (filter, sort, expected) in [
        (
            "",
            "name",
            vec!["Ada Lovelace", "Grace Hopper", "Łukasz O'Brien"],
        ),
        (
            "",
            "-created_at",
            vec!["Łukasz O'Brien", "Grace Hopper", "Ada Lovelace"],
        ),
        (
            "",
            "company.name,name",
            vec!["Ada Lovelace", "Grace Hopper", "Łukasz O'Brien"],
        ),
        (
            "",
            "-company,name",
            vec!["Grace Hopper", "Ada Lovelace", "Łukasz O'Brien"],
        ),
        ("company.industry == \"tech\"", "name", vec!["Ada Lovelace"]),
        (
            "company.parent.name == \"Acme\"",
            "name",
            vec!["Grace Hopper"],
        ),
        (
            "!(company.industry == \"tech\")",
            "name",
            vec!["Grace Hopper"],
        ),
        ("company == null", "name", vec!["Łukasz O'Brien"]),
        (
            "\"grace@example.com\" in emails",
            "name",
            vec!["Grace Hopper"],
        ),
        (
            "name.contains(\"O'Bri\") || name.startsWith(\"Ada\")",
            "name",
            vec!["Ada Lovelace", "Łukasz O'Brien"],
        ),
        ("name.contains(\"ove\")", "name", vec!["Ada Lovelace"]),
        ("name == \"Ada Lovelace\"", "name", vec!["Ada Lovelace"]),
        (
            "companies.exists(c, c.industry == \"tech\" && c.name == \"globex\")",
            "-name",
            vec!["Łukasz O'Brien", "Grace Hopper", "Ada Lovelace"],
        ),
        ("companies.exists(c, c.parent != null)", "name", vec![]),
        (
            "emails.exists(e, e.endsWith(\"example.com\"))",
            "name",
            vec!["Grace Hopper", "Łukasz O'Brien"],
        ),
        (
            "created_at > now() - duration(\"1d\") && size(name) < 13",
            "name",
            vec!["Ada Lovelace", "Grace Hopper"],
        ),
        (
            "company.owner.name.startsWith(\"The\")",
            "name",
            vec!["Ada Lovelace", "Grace Hopper"],
        ),
    ] {
        let answer = list(&app, "people", &[("filter", filter), ("sort", sort)]).await;
        assert_eq!(names(&answer), expected, "{filter} {sort}");
        assert_eq!(
            answer["count"],
            json!({"value": expected.len(), "exact": true})
        );
        assert_eq!(
            answer["page"],
            json!({"next_cursor": null, "has_more": false})
        );
    }
    let fields = "name,company(name,parent),companies,companies(name),created_by(name)";
    let answer = list(
        &app,
        "people",
        &[("fields", fields), ("sort", "name"), ("limit", "1")],
    )
    .await;
    let first = &answer["data"][0];
    assert_eq!(first["company"]["name"], "Acme");
    assert_eq!(first["company"]["parent"], Value::Null);
    assert_eq!(first["companies"][0]["name"], "globex");
    assert_eq!(first["companies"][0]["role"], "adviser");
    assert_eq!(first["created_by"]["name"], "The admin");
    assert_eq!(answer["page"]["has_more"], true);
    assert_eq!(answer["count"], json!({"value": 3, "exact": true}));
}

#[tokio::test]
async fn a_record_is_shown_as_the_write_that_made_it_answered() {
    let app = sample().await;
    let made = app
        .post("/deals", &json!({"name": "Big", "amount": {"amount": "12.5", "currency": "EUR"}, "expected_close": "2026-12-01"}))
        .await
        .ok();
    let id = made["id"].as_str().unwrap();
    let reply = app.get(&format!("/deals/{id}")).await;
    assert_eq!(reply.headers["etag"], "\"1\"");
    assert_eq!(reply.json(), made);
    let bare = app.get(&format!("/deals/{id}?fields=amount,id")).await.ok();
    assert_eq!(
        bare,
        json!({"id": id, "amount": {"amount": "12.50", "currency": "EUR"}})
    );
    let path = format!("/deals/{id}");
    let stranger = app
        .raw("stranger", Method::GET, &path, &[], Body::empty())
        .await;
    assert_eq!(stranger.refusal(), (404, "not_found".into()));
    assert_eq!(app.get("/deals/nonsense").await.refusal().0, 404);
    assert_eq!(app.get("/nonsense").await.refusal().0, 404);
}

#[tokio::test]
async fn pages_give_every_record_once() {
    let app = App::start().await;
    for number in 0..23 {
        let amount = (number % 4 != 0)
            .then(|| json!({"amount": format!("{}", number % 5), "currency": "EUR"}));
        app.post("/deals", &json!({"name": format!("Deal {}", number % 7), "amount": amount, "lost_reason": (number % 3 == 0).then_some("price")})).await.ok();
    }
    for sort in [
        "",
        "name",
        "-name",
        "amount",
        "-amount",
        "amount,name",
        "-amount,-name",
        "-lost_reason,amount",
        "lost_reason,-name",
        "company.name,-amount",
        "-expected_close",
    ] {
        let all = list(
            &app,
            "deals",
            &[("sort", sort), ("limit", "200"), ("fields", "id")],
        )
        .await;
        let ids = |answer: &Value| -> Vec<String> {
            answer["data"]
                .as_array()
                .unwrap()
                .iter()
                .map(|deal| deal["id"].as_str().unwrap().to_owned())
                .collect()
        };
        let expected = ids(&all);
        assert_eq!(expected.len(), 23);
        let mut seen = Vec::new();
        let mut cursor = String::new();
        loop {
            let answer = list(
                &app,
                "deals",
                &[
                    ("sort", sort),
                    ("limit", "4"),
                    ("cursor", &cursor),
                    ("fields", "id"),
                ],
            )
            .await;
            seen.extend(ids(&answer));
            match answer["page"]["next_cursor"].as_str() {
                Some(next) => cursor = next.to_owned(),
                None => break,
            }
        }
        assert_eq!(seen, expected, "{sort}");
    }
}
