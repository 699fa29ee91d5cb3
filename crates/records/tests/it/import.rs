//! Importing files.

use axum::body::Body;
use http::Method;
use serde_json::{Value, json};

use crate::app::{App, user};

/// Sends a file; the import's id and what was found in it.
pub async fn send(app: &App, object: &str, name: &str, file: impl Into<Body>) -> (String, Value) {
    let path = format!("/imports?object={object}&filename={name}");
    let reply = app
        .raw(
            "admin",
            Method::POST,
            &path,
            &[("content-type", "text/csv")],
            file.into(),
        )
        .await;
    assert_eq!(reply.status, 201, "{reply:?}");
    let import = reply.ok();
    (import["id"].as_str().unwrap().to_owned(), import)
}

/// Imports a file by `plan`, or by the proposal, to the end.
pub async fn run(
    app: &App,
    object: &str,
    name: &str,
    file: impl Into<Body>,
    plan: Option<&Value>,
) -> Value {
    let (id, _) = send(app, object, name, file).await;
    if let Some(plan) = plan {
        app.send(Method::PUT, &format!("/imports/{id}/plan"), plan)
            .await
            .ok();
    }
    start(app, &id).await
}

/// Starts an import and carries it out.
pub async fn start(app: &App, id: &str) -> Value {
    app.post(&format!("/imports/{id}/start"), &json!({}))
        .await
        .ok();
    app.records.run_waiting_imports().await.unwrap();
    app.get(&format!("/imports/{id}")).await.ok()
}

/// `created updated unchanged rejected adjusted`, and the state.
pub fn counts(import: &Value) -> String {
    let of = |name: &str| import["progress"][name].as_i64().unwrap();
    format!(
        "{}: {} = {} new {} changed {} same {} rejected, {} adjusted",
        import["state"].as_str().unwrap(),
        of("read"),
        of("created"),
        of("updated"),
        of("unchanged"),
        of("rejected"),
        of("adjusted"),
    )
}

#[tokio::test]
async fn people_are_created_then_updated_by_e_mail() {
    let app = App::start().await;
    let file = "First Name,Last Name,Email,City,Company,Phone\n\
        Ada,Lovelace,Ada@Example.com,London,Analytical Engines,+44 20 7946 0958\n\
        Grace,Hopper,grace@example.com,New York,Navy,none\n";
    let (id, import) = send(&app, "people", "people.csv", file).await;
    insta::assert_json_snapshot!(import["proposal"], @r#"
    {
      "by": "emails",
      "columns": [
        {
          "column": "First Name",
          "field": "first_name"
        },
        {
          "column": "Last Name",
          "field": "last_name"
        },
        {
          "column": "Email",
          "field": "emails"
        },
        {
          "column": "City",
          "field": "address.city"
        },
        {
          "column": "Company",
          "field": "company",
          "on_missing": "create"
        },
        {
          "column": "Phone",
          "field": "phones",
          "on_invalid": "clear"
        }
      ],
      "empty": "keep",
      "lists": "add",
      "mode": "upsert"
    }
    "#);
    let import = start(&app, &id).await;
    insta::assert_snapshot!(counts(&import), @"completed: 2 = 2 new 0 changed 0 same 0 rejected, 1 adjusted");
    assert_eq!(import["progress"]["related_created"], 2);

    let again = "Email,Job Title,First Name\ngrace@example.com,Rear Admiral,Grace\nnew@example.com,,Nobody\n";
    let import = run(&app, "people", "more.csv", again, None).await;
    insta::assert_snapshot!(counts(&import), @"completed: 2 = 1 new 1 changed 0 same 0 rejected, 0 adjusted");
    let import = run(&app, "people", "more.csv", again, None).await;
    insta::assert_snapshot!(counts(&import), @"completed: 2 = 0 new 0 changed 2 same 0 rejected, 0 adjusted");
    let _ = user("admin");
}
