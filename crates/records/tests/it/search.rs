//! Search as one types.

use serde_json::{Value, json};

use crate::app::App;
use crate::query::encoded;

async fn search(app: &App, q: &str) -> Vec<(String, String, String, u64)> {
    let answer = app.get(&format!("/search?q={}", encoded(q))).await.ok();
    let text = |hit: &Value, name: &str| hit[name].as_str().unwrap_or_default().to_owned();
    let data = answer["data"].as_array().expect("data");
    data.iter()
        .map(|hit| {
            let name = text(hit, "name");
            (
                name,
                text(hit, "detail"),
                text(hit, "match"),
                hit["score"].as_u64().expect("a score"),
            )
        })
        .collect()
}

async fn names(app: &App, q: &str) -> Vec<String> {
    search(app, q)
        .await
        .into_iter()
        .map(|(name, ..)| name)
        .collect()
}

async fn sample() -> App {
    let app = App::start().await;
    let acme = app
        .post(
            "/companies",
            &json!({"name": "Acme Rockets", "domain": "acme.com", "phones": ["+49 30 901820"]}),
        )
        .await
        .id();
    app.post(
        "/companies",
        &json!({"name": "100% Müller_Bau", "domain": "mueller-bau.de"}),
    )
    .await
    .ok();
    for (first, last, email, phone, company) in [
        (
            "Ada",
            "Lovelace",
            Some("ada.lovelace@acme.com"),
            Some("+1 202-456-1111"),
            Some(&acme),
        ),
        ("Adam", "Smith", Some("smithy@gmail.com"), None, None),
        ("Łukasz", "O'Brien", None, Some("+44 20 7946 0018"), None),
        (
            "Joanna",
            "Hannah",
            Some("jh@example.org"),
            None,
            Some(&acme),
        ),
    ] {
        let body = json!({"first_name": first, "last_name": last, "emails": email.into_iter().collect::<Vec<_>>(), "phones": phone.into_iter().collect::<Vec<_>>(), "company": company});
        app.post("/people", &body).await.ok();
    }
    app.post(
        "/deals",
        &json!({"name": "Rocket engines", "company": acme}),
    )
    .await
    .ok();
    app.post("/objects", &json!({"name": "project", "label": "Project"}))
        .await
        .ok();
    app.post("/projects", &json!({"name": "Rocketry"}))
        .await
        .ok();
    app
}

#[tokio::test]
async fn records_are_found_by_whatever_is_known_of_them() {
    let app = sample().await;
    for (q, expected) in [
        ("ada", vec!["Adam Smith", "Ada Lovelace"]),
        ("ADA LOVE", vec!["Ada Lovelace"]),
        ("lovelace ada", vec!["Ada Lovelace"]),
        ("lukasz obrien", vec!["Łukasz O'Brien"]),
        ("hann", vec!["Joanna Hannah"]),
        ("oanna", vec!["Joanna Hannah"]),
        ("rocket", vec!["Rocketry", "Rocket engines", "Acme Rockets"]),
        ("a", vec!["Adam Smith", "Acme Rockets", "Ada Lovelace"]),
        ("smithy@gmail.com", vec!["Adam Smith"]),
        ("ada.lovelace@ac", vec!["Ada Lovelace"]),
        ("someone.else@gmail.com", vec![]),
        ("acme.com", vec!["Acme Rockets", "Ada Lovelace"]),
        ("https://www.mueller-bau.de/", vec!["100% Müller_Bau"]),
        ("(202) 456-1111", vec!["Ada Lovelace"]),
        ("020 7946", vec!["Łukasz O'Brien"]),
        ("0044 20 79460018", vec!["Łukasz O'Brien"]),
        ("030901820", vec!["Acme Rockets"]),
        ("100%", vec!["100% Müller_Bau"]),
        ("%", vec![]),
        ("_", vec![]),
        ("\\", vec![]),
        ("'; DROP TABLE records.person; --", vec![]),
    ] {
        assert_eq!(names(&app, q).await, expected, "{q}");
    }
    let hits = search(&app, "456-1111").await;
    assert_eq!(
        hits,
        [(
            "Ada Lovelace".to_owned(),
            "+12024561111".to_owned(),
            "phone".to_owned(),
            70
        )]
    );
    let hits = search(&app, "ada lovelace").await;
    assert_eq!(
        hits,
        [(
            "Ada Lovelace".to_owned(),
            "ada.lovelace@acme.com".to_owned(),
            "name".to_owned(),
            100
        )]
    );
}

#[tokio::test]
async fn slips_are_mended_where_little_is_found() {
    let app = sample().await;
    for (q, expected) in [
        ("lovelcae", "Ada Lovelace"),
        ("lovlace", "Ada Lovelace"),
        ("ada lovelase", "Ada Lovelace"),
        ("jaonna", "Joanna Hannah"),
        ("smiht", "Adam Smith"),
    ] {
        let hits = search(&app, q).await;
        assert_eq!((hits[0].0.as_str(), hits[0].3), (expected, 20), "{q}");
    }
    assert_eq!(names(&app, "zzzzzz").await, Vec::<String>::new());
}

#[tokio::test]
async fn what_is_deleted_or_somebody_elses_is_not_found() {
    let app = sample().await;
    let found = app.get("/search?q=lovelace&objects=person").await.ok();
    let id = found["data"][0]["id"].as_str().unwrap().to_owned();
    let stranger = app
        .raw(
            "stranger",
            http::Method::GET,
            "/search?q=lovelace",
            &[],
            axum::body::Body::empty(),
        )
        .await;
    assert_eq!(stranger.ok(), json!({"data": []}));
    app.delete(&format!("/people/{id}")).await;
    assert_eq!(names(&app, "lovelace").await, Vec::<String>::new());
    for bad in [
        "",
        "q=",
        "q=%20",
        "q=a&objects=nothing",
        "q=a&limit=51",
        "q=a&x=1",
        "q=a&q=b",
    ] {
        assert_eq!(
            app.get(&format!("/search?{bad}")).await.refusal().0,
            400,
            "{bad}"
        );
    }
    let long = "x".repeat(201);
    assert_eq!(app.get(&format!("/search?q={long}")).await.refusal().0, 400);
}
