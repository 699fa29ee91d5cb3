//! Records that a new one may be a duplicate of.

use serde_json::{Value, json};

use crate::app::App;

async fn hint(app: &App, object: &str, values: Value) -> Vec<String> {
    let body = json!({"values": values});
    let found = app.post(&format!("/{object}/duplicates"), &body).await.ok();
    (found["data"].as_array().unwrap().iter())
        .map(|one| {
            let reasons: Vec<String> = (one["reasons"].as_array().unwrap().iter())
                .map(|reason| {
                    format!(
                        "{} {}",
                        reason["code"].as_str().unwrap(),
                        reason["value"].as_str().unwrap()
                    )
                })
                .collect();
            format!("{}: {}", one["name"].as_str().unwrap(), reasons.join(", "))
        })
        .collect()
}

#[tokio::test]
async fn people_are_known_by_address_number_and_name() {
    let app = App::start().await;
    for person in [
        json!({"first_name": "Ada", "last_name": "Lovelace", "emails": ["ada@acme.com"], "phones": ["+12024561111"]}),
        json!({"first_name": "John", "last_name": "Smithson", "emails": ["john@acme.com"]}),
        json!({"first_name": "Charles", "last_name": "Babbage"}),
    ] {
        app.post("/people", &person).await.ok();
    }
    let mut said = Vec::new();
    for values in [
        json!({"emails": ["ADA@acme.com"]}),
        json!({"emails": "ada@acme.com", "first_name": "Ada", "last_name": "Lovelace"}),
        json!({"phones": ["(202) 456-1111"]}),
        json!({"first_name": "ada", "last_name": "LOVELACE"}),
        json!({"first_name": "Jon", "last_name": "Smithson"}),
        json!({"first_name": "Ada"}),
        json!({"first_name": "Ada", "last_name": "Byron", "emails": ["ada@"], "phones": ["1"], "nmae": 5, "version": []}),
        json!({}),
    ] {
        said.push(format!(
            "{values}\n    {}",
            hint(&app, "people", values.clone()).await.join("\n    ")
        ));
    }
    insta::assert_snapshot!(said.join("\n"), @r#"
    {"emails":["ADA@acme.com"]}
        Ada Lovelace: same_email ada@acme.com
    {"emails":"ada@acme.com","first_name":"Ada","last_name":"Lovelace"}
        Ada Lovelace: same_email ada@acme.com, same_name Ada Lovelace
    {"phones":["(202) 456-1111"]}
        Ada Lovelace: same_phone +12024561111
    {"first_name":"ada","last_name":"LOVELACE"}
        Ada Lovelace: same_name Ada Lovelace
    {"first_name":"Jon","last_name":"Smithson"}
        John Smithson: similar_name John Smithson
    {"first_name":"Ada"}
        
    {"emails":["ada@"],"first_name":"Ada","last_name":"Byron","nmae":5,"phones":["1"],"version":[]}
        
    {}
    "#);
}

#[tokio::test]
async fn companies_are_known_by_domain_and_by_name_whatever_its_form() {
    let app = App::start().await;
    for company in [
        json!({"name": "Acme GmbH", "domain": "acme.com"}),
        json!({"name": "Globex Corporation"}),
        json!({"name": "Acme Rockets"}),
    ] {
        app.post("/companies", &company).await.ok();
    }
    let mut said = Vec::new();
    for values in [
        json!({"name": "ACME, Inc."}),
        json!({"name": "Something else", "domain": "www.acme.com"}),
        json!({"website": "https://acme.com/about"}),
        json!({"emails": ["sales@acme.com"]}),
        json!({"name": "Globex"}),
        json!({"name": "Initech"}),
    ] {
        said.push(format!(
            "{values}\n    {}",
            hint(&app, "companies", values.clone()).await.join("\n    ")
        ));
    }
    insta::assert_snapshot!(said.join("\n"), @r#"
    {"name":"ACME, Inc."}
        Acme GmbH: same_name Acme GmbH
    {"domain":"www.acme.com","name":"Something else"}
        Acme GmbH: same_domain acme.com
    {"website":"https://acme.com/about"}
        Acme GmbH: same_domain acme.com
    {"emails":["sales@acme.com"]}
        Acme GmbH: same_domain acme.com
    {"name":"Globex"}
        Globex Corporation: same_name Globex Corporation
    {"name":"Initech"}
    "#);
}

#[tokio::test]
async fn only_what_is_there_and_seen_is_told() {
    let app = App::start().await;
    let lead = json!({"first_name": "Ada", "last_name": "Lovelace", "emails": ["ada@acme.com"]});
    let first = app.post("/leads", &lead).await.id();
    for _ in 0..7 {
        app.post("/leads", &lead).await.ok();
    }
    assert_eq!(hint(&app, "leads", lead.clone()).await.len(), 5);
    let others = json!({"values": lead, "except": first});
    let others = app.post("/leads/duplicates", &others).await.ok();
    assert!(!others.to_string().contains(&first));
    let ids: Vec<String> = (app.get("/leads").await.ok()["data"]
        .as_array()
        .unwrap()
        .iter())
    .map(|lead| lead["id"].as_str().unwrap().to_owned())
    .collect();
    for id in ids {
        app.delete(&format!("/leads/{id}")).await;
    }
    assert_eq!(
        hint(&app, "leads", lead.clone()).await,
        Vec::<String>::new()
    );
    let person = json!({"first_name": "Ada", "last_name": "Lovelace", "emails": ["ada@acme.com"]});
    app.post("/people", &person).await.ok();
    let json = [("content-type", "application/json")];
    let body = json!({"values": person}).to_string();
    let elsewhere = app
        .raw(
            "stranger",
            http::Method::POST,
            "/people/duplicates",
            &json,
            body.into(),
        )
        .await;
    assert_eq!(elsewhere.ok()["data"], json!([]));
    for body in [
        json!({}),
        json!({"values": []}),
        json!({"values": {}, "x": 1}),
        json!({"values": {}, "except": "x"}),
    ] {
        let status = app.post("/people/duplicates", &body).await.status.as_u16();
        assert!((400..=422).contains(&status), "{body}");
    }
    assert_eq!(
        app.post("/dealz/duplicates", &json!({"values": {}}))
            .await
            .status,
        404
    );
}
