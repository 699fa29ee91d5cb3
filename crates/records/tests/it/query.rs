//! Lists, single records and what is shown of them.

use axum::body::Body;
use http::Method;
use serde_json::{Value, json};

use crate::app::{App, user};

/// Percent-encodes a query parameter's value.
pub fn encoded(text: &str) -> String {
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
async fn a_new_workspace_has_nothing_to_show() {
    let app = App::start().await;
    let empty = app.get("/start").await.ok();
    assert_eq!(empty["has_records"], false);
    assert_eq!(empty["objects"]["people"], false);
    assert_eq!(empty["objects"]["stages"], serde_json::Value::Null);
    let vehicle = serde_json::json!({"name": "vehicle", "plural": "vehicles"});
    app.post("/objects", &vehicle).await.ok();
    let van = serde_json::json!({"name": "Van"});
    let path = format!("/vehicles/{}", app.post("/vehicles", &van).await.id());
    let some = app.get("/start").await.ok();
    assert_eq!(
        (&some["has_records"], &some["objects"]["vehicles"]),
        (&true.into(), &true.into())
    );
    assert_eq!(some["objects"]["people"], false);
    app.delete(&path).await;
    assert_eq!(app.get("/start").await.ok()["has_records"], false);
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

#[tokio::test]
async fn deals_are_added_up_by_stage_owner_and_month() {
    let app = App::start().await;
    let pipeline = app.post("/pipelines", &json!({"name": "Sales"})).await.id();
    let mut stages: Vec<String> = Vec::new();
    for (name, kind, probability) in [("Open", "open", 25), ("Won", "won", 100)] {
        let body = json!({"name": name, "kind": kind, "probability": probability, "pipeline": pipeline, "position": stages.len()});
        stages.push(app.post("/stages", &body).await.id());
    }
    for (stage, amount, closed) in [
        (0, Some("100"), None),
        (0, None, Some("2026-03-31")),
        (1, Some("1000.50"), Some("2026-03-01")),
        (1, Some("9.50"), Some("2026-04-30")),
        (1, Some("40"), Some("2026-04-02")),
    ] {
        let amount = amount.map(|amount| json!({"amount": amount, "currency": "USD"}));
        let body = json!({"name": "x", "pipeline": pipeline, "stage": stages[stage], "amount": amount, "closed_on": closed, "owner": user("member").to_string()});
        app.post("/deals", &body).await.ok();
    }
    let aggregate = async |query: &str| app.get(&format!("/deals/aggregate?{query}")).await;
    assert_eq!(
        aggregate("group_by=stage.name&metrics=count,sum(amount),weighted_sum(amount),avg(amount)")
            .await
            .ok(),
        json!({"groups": [
            {"key": {"stage.name": "Won"}, "count": 3, "sum": {"amount": "1050.00"}, "avg": {"amount": "350.00"}, "weighted_sum": {"amount": "1050.00"}, "currency": "USD"},
            {"key": {"stage.name": "Open"}, "count": 2, "sum": {"amount": "100.00"}, "avg": {"amount": "100.00"}, "weighted_sum": {"amount": "25.00"}, "currency": "USD"},
        ], "truncated": false})
    );
    assert_eq!(
        aggregate("group_by=closed_on:month,owner.name&metrics=count,max(amount),min(closed_on)&sort=-closed_on:month").await.ok(),
        json!({"groups": [
            {"key": {"closed_on:month": "2026-04-01", "owner.name": "The member"}, "count": 2, "min": {"closed_on": "2026-04-02"}, "max": {"amount": "40.00"}, "currency": "USD"},
            {"key": {"closed_on:month": "2026-03-01", "owner.name": "The member"}, "count": 2, "min": {"closed_on": "2026-03-01"}, "max": {"amount": "1000.50"}, "currency": "USD"},
            {"key": {"closed_on:month": null, "owner.name": "The member"}, "count": 1, "min": {"closed_on": null}, "max": {"amount": "100.00"}, "currency": "USD"},
        ], "truncated": false})
    );
    assert_eq!(
        aggregate("metrics=weighted_sum(amount)").await.ok(),
        json!({"groups": [{"key": {}, "weighted_sum": {"amount": "1075.00"}, "currency": "USD"}], "truncated": false})
    );
    assert_eq!(
        aggregate("group_by=stage.name&sort=stage.position,-count&limit=1")
            .await
            .ok(),
        json!({"groups": [{"key": {"stage.name": "Open"}, "count": 2}], "truncated": true})
    );
    assert_eq!(
        aggregate("group_by=created_at:week,stage&metrics=count&filter=amount%20%3E%2050")
            .await
            .ok(),
        json!({"groups": [
            {"key": {"created_at:week": "2026-06-01", "stage": {"id": stages[0]}}, "count": 1},
            {"key": {"created_at:week": "2026-06-01", "stage": {"id": stages[1]}}, "count": 1},
        ], "truncated": false})
    );
    app.post("/deals", &json!({"name": "y", "amount": {"amount": "1", "currency": "EUR"}, "stage": stages[1], "pipeline": pipeline})).await.ok();
    let mixed = aggregate("group_by=stage.name&metrics=sum(amount)").await;
    assert_eq!(mixed.refusal(), (422, "currency_mismatch".to_owned()));
    let apart = aggregate("group_by=amount.currency&metrics=sum(amount)")
        .await
        .ok();
    assert_eq!(
        apart["groups"][1],
        json!({"key": {"amount.currency": "EUR"}, "sum": {"amount": "1.00"}, "currency": "EUR"})
    );
    for (bad, field) in [
        ("group_by=stag.name", "group_by"),
        ("group_by=amount", "group_by"),
        ("group_by=name:month", "group_by"),
        ("group_by=closed_on:decade", "group_by"),
        ("group_by=people", "group_by"),
        ("metrics=sum(name)", "metrics"),
        ("metrics=sum", "metrics"),
        ("metrics=summ(amount)", "metrics"),
        ("sort=name", "sort"),
        ("limit=1001", "limit"),
    ] {
        let refused = aggregate(bad).await;
        assert_eq!(
            refused.refusal(),
            (400, "invalid_request".to_owned()),
            "{bad}"
        );
        assert_eq!(refused.json()["errors"][0]["field"], field, "{bad}");
    }
}

#[tokio::test]
async fn roll_ups_and_formulas_are_shown_filtered_sorted_and_added_up() {
    let app = App::start().await;
    for (object, field) in [
        (
            "company",
            json!({"name": "won", "type": "roll_up", "object": "deal", "relation": "company", "function": "sum", "field": "amount", "filter": "lost_reason == null"}),
        ),
        (
            "company",
            json!({"name": "deals_count", "type": "roll_up", "object": "deal", "relation": "company", "function": "count"}),
        ),
        (
            "company",
            json!({"name": "notes_count", "type": "roll_up", "object": "note", "relation": "about", "function": "count"}),
        ),
        (
            "company",
            json!({"name": "advisers", "type": "roll_up", "object": "person", "relation": "companies", "function": "count"}),
        ),
        (
            "company",
            json!({"name": "per_deal", "type": "formula", "expression": "deals_count > 0 ? won / double(deals_count) : null"}),
        ),
        (
            "deal",
            json!({"name": "title", "type": "formula", "expression": "name + \" (\" + coalesce(company.name, \"?\") + \")\""}),
        ),
    ] {
        app.post(&format!("/objects/{object}/fields"), &field)
            .await
            .ok();
    }
    let mut companies: Vec<String> = Vec::new();
    for name in ["Acme", "Globex", "Initech"] {
        companies.push(app.post("/companies", &json!({"name": name})).await.id());
    }
    for (company, amount, lost) in [
        (0, "100", None),
        (0, "50.50", None),
        (0, "7", Some("price")),
        (1, "10", None),
    ] {
        let body = json!({"name": format!("Deal {amount}"), "company": companies[company], "amount": {"amount": amount, "currency": "EUR"}, "lost_reason": lost});
        app.post("/deals", &body).await.ok();
    }
    app.post(
        "/notes",
        &json!({"body": "x", "about": {"object": "company", "id": companies[1]}}),
    )
    .await
    .ok();
    app.post(
        "/people",
        &json!({"last_name": "Ada", "companies": [companies[2]]}),
    )
    .await
    .ok();
    let answer = list(
        &app,
        "companies",
        &[
            ("sort", "-won"),
            (
                "fields",
                "name,won,deals_count,notes_count,advisers,per_deal",
            ),
        ],
    )
    .await;
    let shown: Vec<Value> = (answer["data"].as_array().unwrap().iter())
        .map(|company| {
            let mut company = company.clone();
            company.as_object_mut().unwrap().remove("id");
            company
        })
        .collect();
    assert_eq!(
        shown,
        [
            json!({"name": "Acme", "won": {"amount": "150.50", "currency": "EUR"}, "deals_count": 3, "notes_count": 0, "advisers": 0, "per_deal": {"amount": "50.1666", "currency": "EUR"}}),
            json!({"name": "Globex", "won": {"amount": "10.00", "currency": "EUR"}, "deals_count": 1, "notes_count": 1, "advisers": 0, "per_deal": {"amount": "10.00", "currency": "EUR"}}),
            json!({"name": "Initech", "won": null, "deals_count": 0, "notes_count": 0, "advisers": 1, "per_deal": null}),
        ]
    );
    let one = app.get(&format!("/companies/{}", companies[1])).await.ok();
    assert_eq!(one["won"], json!({"amount": "10.00", "currency": "EUR"}));
    for (filter, expected) in [
        ("won > 50", vec!["Acme"]),
        ("per_deal < \"20 EUR\"", vec!["Globex"]),
        ("deals_count == 0 && advisers == 1", vec!["Initech"]),
        ("won == null", vec!["Initech"]),
    ] {
        let answer = list(&app, "companies", &[("filter", filter), ("sort", "name")]).await;
        assert_eq!(names(&answer), expected, "{filter}");
    }
    let answer = list(
        &app,
        "deals",
        &[
            (
                "filter",
                "company.deals_count > 2 && title.contains(\"Acme\")",
            ),
            ("sort", "title"),
            ("fields", "name,title"),
        ],
    )
    .await;
    assert_eq!(names(&answer), ["Deal 100", "Deal 50.50", "Deal 7"]);
    assert_eq!(answer["data"][0]["title"], "Deal 100 (Acme)");
    let groups = app
        .get("/companies/aggregate?group_by=deals_count&metrics=count,sum(won)")
        .await
        .ok();
    assert_eq!(groups["groups"].as_array().unwrap().len(), 3);
    let note = list(
        &app,
        "notes",
        &[
            ("fields", "about(name)"),
            ("filter", "about.object == \"company\""),
        ],
    )
    .await;
    assert_eq!(
        note["data"][0]["about"],
        json!({"object": "company", "id": companies[1], "name": "Globex"})
    );
    app.delete(&format!("/companies/{}", companies[1])).await;
    let note = list(&app, "notes", &[("fields", "about(name)")]).await;
    assert_eq!(note["data"][0]["about"]["name"], Value::Null);
    let bin = list(
        &app,
        "companies",
        &[("deleted", "true"), ("filter", "name == \"Globex\"")],
    )
    .await;
    assert_eq!(names(&bin), ["Globex"]);
}

/// The workspaces of `admin` and `stranger` have the same objects and the same names: whatever
/// one asks, nothing of the other's is in the answer.
#[tokio::test]
async fn nothing_of_another_workspace_is_seen() {
    let app = App::start().await;
    let json_header = [("content-type", "application/json")];
    let mut ids: Vec<Vec<String>> = Vec::new();
    for token in ["admin", "stranger"] {
        let post = async |path: &str, body: Value| {
            let body = Body::from(body.to_string());
            app.raw(token, Method::POST, path, &json_header, body)
                .await
                .ok()
        };
        let mut own = Vec::new();
        let mut id = |made: &Value| {
            let id = made["id"].as_str().unwrap().to_owned();
            own.push(id.clone());
            id
        };
        post("/objects", json!({"name": "project", "label": "Project"})).await;
        post(
            "/objects/project/fields",
            json!({"name": "members", "type": "relations", "object": "person"}),
        )
        .await;
        post("/objects/company/fields", json!({"name": "deals_count", "type": "roll_up", "object": "deal", "relation": "company", "function": "count"})).await;
        let pipeline = id(&post("/pipelines", json!({"name": "Sales"})).await);
        let stage = id(&post(
            "/stages",
            json!({"name": "Open", "pipeline": pipeline, "probability": 50}),
        )
        .await);
        let company = id(&post("/companies", json!({"name": "Acme", "domain": "acme.com"})).await);
        let person = id(&post("/people", json!({"first_name": "Ada", "last_name": "Lovelace", "emails": ["ada@acme.com"], "phones": ["+12024561111"], "company": company, "companies": [company]})).await);
        id(&post("/deals", json!({"name": "Deal", "company": company, "pipeline": pipeline, "stage": stage, "people": [person], "amount": {"amount": "5", "currency": "EUR"}})).await);
        id(&post("/projects", json!({"name": "Rocket", "members": [person]})).await);
        id(&post(
            "/notes",
            json!({"body": "Hello", "about": {"object": "person", "id": person}}),
        )
        .await);
        ids.push(own);
    }
    let questions = [
        "/people?count=exact",
        "/people?fields=*,company(*),companies(name),owner(name)&count=exact",
        "/people?filter=company.name%20%3D%3D%20%22Acme%22&sort=company.name&count=exact",
        "/people?filter=%22ada%40acme.com%22%20in%20emails&count=exact",
        "/people?filter=name.contains(%22Love%22)&count=exact",
        "/people?filter=companies.exists(c%2C%20true)&count=exact",
        "/companies?fields=*&sort=-deals_count&count=exact",
        "/companies?filter=deals_count%20%3D%3D%201&count=exact",
        "/companies?filter=domain%20%3D%3D%20%22acme.com%22&count=exact",
        "/deals?fields=*,stage(*),people(name)&sort=stage.position,-amount&count=exact",
        "/deals/aggregate?group_by=stage.name&metrics=count,sum(amount),weighted_sum(amount)",
        "/deals/aggregate?group_by=company,stage",
        "/people/aggregate?group_by=company.name",
        "/projects?fields=*,members(name)&count=exact",
        "/projects?filter=members.exists(m%2C%20m.name.contains(%22Ada%22))&count=exact",
        "/notes?fields=*,about(name)&count=exact",
        "/search?q=ada",
        "/search?q=lovelace%20ada",
        "/search?q=acme.com",
        "/search?q=2024561111",
        "/search?q=lovelcae",
        "/search?q=rocket",
        "/search?q=de",
    ];
    for (token, other) in [("admin", 1), ("stranger", 0)] {
        for question in questions {
            let reply = app
                .raw(token, Method::GET, question, &[], Body::empty())
                .await;
            assert_eq!(reply.status, 200, "{question} {}", reply.text);
            for id in &ids[other] {
                assert!(
                    !reply.text.contains(id),
                    "{token} {question} {}",
                    reply.text
                );
            }
            let answer = reply.json();
            if answer["count"] != Value::Null {
                assert_eq!(
                    answer["count"],
                    json!({"value": 1, "exact": true}),
                    "{question}"
                );
            }
            for group in answer["groups"].as_array().into_iter().flatten() {
                assert_eq!(group["count"], 1, "{question}");
            }
            if let Some(data) = answer["data"].as_array() {
                assert!(!data.is_empty(), "{question}");
            }
        }
        for id in &ids[other] {
            for plural in [
                "people",
                "companies",
                "deals",
                "projects",
                "notes",
                "stages",
            ] {
                let reply = app
                    .raw(
                        token,
                        Method::GET,
                        &format!("/{plural}/{id}"),
                        &[],
                        Body::empty(),
                    )
                    .await;
                assert_eq!(reply.status, 404);
                let filter = encoded(&format!("id == \"{id}\""));
                let reply = app
                    .raw(
                        token,
                        Method::GET,
                        &format!("/{plural}?filter={filter}"),
                        &[],
                        Body::empty(),
                    )
                    .await;
                assert_eq!(reply.ok()["data"], json!([]));
            }
        }
    }
}

#[tokio::test]
async fn the_next_tasks_of_many_deals_come_in_one_answer() {
    let app = App::start().await;
    let mut deals = Vec::new();
    for number in 0..3 {
        let deal = serde_json::json!({"name": format!("Deal {number}")});
        deals.push(app.post("/deals", &deal).await.id());
    }
    for (deal, due, done) in [
        (0, "2026-07-02", false),
        (0, "2026-07-01", false),
        (0, "2026-06-01", true),
        (1, "2026-06-01", true),
    ] {
        let about = serde_json::json!({"object": "deal", "id": deals[deal]});
        let task = serde_json::json!({"name": "Call", "due_at": due, "done": done, "about": about});
        app.post("/tasks", &task).await.ok();
    }
    let ids: Vec<String> = deals.iter().map(|id| format!("\"{id}\"")).collect();
    let filter = format!("!coalesce(done, false) && about.id in [{}]", ids.join(", "));
    let path = format!(
        "/tasks/aggregate?group_by=about.id&metrics=count,min(due_at)&filter={}",
        encoded(&filter)
    );
    let groups = app.get(&path).await.ok()["groups"].clone();
    assert_eq!(groups.as_array().unwrap().len(), 1);
    assert_eq!(groups[0]["key"]["about.id"], serde_json::json!(deals[0]));
    assert_eq!(
        (&groups[0]["count"], &groups[0]["min"]["due_at"]),
        (&2.into(), &"2026-06-30T22:00:00.000Z".into())
    );
}
