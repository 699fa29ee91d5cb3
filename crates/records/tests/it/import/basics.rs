//! Creating, updating, refusing.

use std::fmt::Write as _;

use axum::body::Body;
use http::Method;
use serde_json::{Value, json};

use super::{count, counts, run, send, start};
use crate::app::App;

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
}

#[tokio::test]
async fn a_row_that_is_wrong_is_rejected_with_its_reasons_and_can_be_sent_again() {
    let app = App::start().await;
    let plan = json!({
        "mode": "upsert", "by": "emails",
        "columns": [
            {"column": "Mail", "field": "emails"},
            {"column": "Name", "field": "full_name"},
            {"column": "Born", "field": "birthday", "on_invalid": "clear"},
            {"column": "Phone", "field": "phones", "on_invalid": "clear"},
        ],
    });
    let file = "Mail,Name,Born,Phone\nada@x.org,Ada Lovelace,1815-12-10,+1 202 456 1111\n\
        nomail,Grace Hopper,,\n=cmd@x.org,\"Quote, \"\"Q\"\"\",,\n\
        alan@x.org,Alan Turing,23rd of June,12345; (202) 456-1414\n";
    let import = run(&app, "people", "a.csv", file, Some(&plan)).await;
    insta::assert_snapshot!(counts(&import), @"completed: 4 = 3 new 0 changed 0 same 1 rejected, 1 adjusted");
    let id = import["id"].as_str().unwrap();
    let rejected = app.get(&format!("/imports/{id}/rejected")).await;
    assert_eq!(rejected.headers["content-type"], "text/csv; charset=utf-8");
    insta::assert_snapshot!(rejected.text, @r#"
    Mail,Name,Born,Phone,reason
    nomail,Grace Hopper,,,"Mail: must be an e-mail address such as ada@example.com (was ""nomail"")"
    "#);
    let issues = app.get(&format!("/imports/{id}/issues")).await;
    insta::assert_snapshot!(issues.text, @r#"
    Mail,Name,Born,Phone,row,outcome,reason
    nomail,Grace Hopper,,,3,rejected,"Mail: must be an e-mail address such as ada@example.com (was ""nomail"")"
    alan@x.org,Alan Turing,23rd of June,"12345; (202) 456-1414",5,adjusted,"Born: must be a date such as 2026-03-01 (was ""23rd of June""); Phone: must be a valid phone number: with country code, such as +49 30 901820, or as dialled in US (was ""12345"")"
    "#);
    let alan = app
        .get("/people?filter=last_name%20%3D%3D%20%22Turing%22&fields=phones,birthday")
        .await
        .ok();
    insta::assert_snapshot!(alan["data"][0]["phones"], @r#"["+12024561414"]"#);

    // Mended, the file of rejected rows goes the same way.
    let mended = rejected.text.replace("nomail", "grace@x.org");
    let import = run(&app, "people", "b.csv", mended, Some(&plan)).await;
    insta::assert_snapshot!(counts(&import), @"completed: 1 = 1 new 0 changed 0 same 0 rejected, 0 adjusted");
}

#[tokio::test]
async fn later_rows_of_a_key_update_what_earlier_ones_created() {
    let app = App::start().await;
    let mut file = String::from("external_id,name,employees\n");
    for row in 0..5_000 {
        let _ = writeln!(file, "k{},Company {row},{row}", row % 1_250);
    }
    let plan = json!({
        "mode": "upsert", "by": "external_id",
        "columns": [
            {"column": "external_id", "field": "external_id"},
            {"column": "name", "field": "name"},
            {"column": "employees", "field": "employees"},
        ],
    });
    let (id, _) = send(&app, "companies", "c.csv", file.clone()).await;
    app.send(Method::PUT, &format!("/imports/{id}/plan"), &plan)
        .await
        .ok();
    app.post(&format!("/imports/{id}/dry-run"), &json!({}))
        .await
        .ok();
    app.records.run_waiting_imports().await.unwrap();
    let checked = app.get(&format!("/imports/{id}")).await.ok();
    assert_eq!(checked["state"], "ready");
    insta::assert_snapshot!(checked["dry_run"]["counts"], @r#"{"adjusted":0,"created":1250,"read":5000,"rejected":0,"related":0,"unchanged":0,"updated":3750}"#);
    assert_eq!(count(&app, "companies").await, 0);
    let import = start(&app, &id).await;
    insta::assert_snapshot!(counts(&import), @"completed: 5000 = 1250 new 3750 changed 0 same 0 rejected, 0 adjusted");
    let last = app
        .get("/companies?filter=external_id%20%3D%3D%20%22k7%22&fields=name")
        .await
        .ok();
    assert_eq!(last["data"][0]["name"], "Company 3757");
    let again = run(&app, "companies", "c.csv", file, Some(&plan)).await;
    insta::assert_snapshot!(counts(&again), @"completed: 5000 = 0 new 5000 changed 0 same 0 rejected, 0 adjusted");
}

#[tokio::test]
async fn lists_and_addresses_grow_and_empty_cells_keep_or_clear() {
    let app = App::start().await;
    let first = "Email,Phone,City,Job title\na@x.org;b@x.org,+12024561111,Bonn,Engineer\n";
    run(&app, "people", "a.csv", first, None).await;
    let second = "Email,Phone,Country,Job title\nb@x.org,+12024561414,Germany,\n";
    let import = run(&app, "people", "b.csv", second, None).await;
    insta::assert_snapshot!(counts(&import), @"completed: 1 = 0 new 1 changed 0 same 0 rejected, 0 adjusted");
    let person = async || {
        app.get("/people?fields=emails,phones,address,job_title")
            .await
            .ok()["data"][0]
            .clone()
    };
    insta::assert_snapshot!(without_id(person().await), @r#"{"address":{"city":"Bonn","country":"Germany","postal_code":null,"region":null,"street":null},"emails":["a@x.org","b@x.org"],"job_title":"Engineer","phones":["+12024561111","+12024561414"]}"#);
    let plan = json!({
        "mode": "update", "by": "emails", "empty": "clear", "lists": "replace",
        "columns": [
            {"column": "Email", "field": "emails"},
            {"column": "Phone", "field": "phones"},
            {"column": "Country", "field": "address.country"},
            {"column": "Job title", "field": "job_title"},
        ],
    });
    run(&app, "people", "c.csv", second, Some(&plan)).await;
    insta::assert_snapshot!(without_id(person().await), @r#"{"address":{"city":null,"country":"Germany","postal_code":null,"region":null,"street":null},"emails":["b@x.org"],"job_title":null,"phones":["+12024561414"]}"#);
}

#[tokio::test]
async fn a_file_that_is_none_is_refused_and_leaves_nothing() {
    let app = App::start().await;
    let send = async |path: &str, body: Vec<u8>| {
        let reply = app
            .raw("admin", Method::POST, path, &[], Body::from(body))
            .await;
        let detail = reply.json()["detail"]
            .as_str()
            .unwrap_or_default()
            .to_owned();
        let (status, code) = reply.refusal();
        format!("{status} {code} {detail}")
    };
    insta::assert_snapshot!(send("/imports?object=people", Vec::new()).await, @"400 invalid_request The body is empty. Send the file itself as the body.");
    insta::assert_snapshot!(send("/imports?object=poeple", b"a,b\n1,2\n".to_vec()).await, @"400 invalid_request There is no object `poeple`; give `people`, perhaps.");
    insta::assert_snapshot!(send("/imports", b"a,b\n1,2\n".to_vec()).await, @"400 invalid_request The query is malformed: missing parameter `object`.");
    insta::assert_snapshot!(send("/imports?object=people&filename=x.pdf", b"%PDF-1.4\n%abc".to_vec()).await, @"415 unsupported_media_type This is a PDF. Send the table as CSV, XLSX or NDJSON instead.");
    insta::assert_snapshot!(send("/imports?object=people&preset=siebel", b"a,b\n1,2\n".to_vec()).await, @"400 invalid_request There is no preset `siebel` for people.");
    let left = std::fs::read_dir(app.files.path()).unwrap().count();
    assert_eq!(left, 0);
    assert_eq!(app.get("/imports").await.ok()["data"], json!([]));
}

#[tokio::test]
async fn only_who_may_write_the_object_imports_and_only_its_workspace_sees() {
    let app = App::start().await;
    let post = async |token: &str, object: &str| {
        let path = format!("/imports?object={object}");
        app.raw(token, Method::POST, &path, &[], Body::from("name\nx\n"))
            .await
    };
    assert_eq!(post("reader", "people").await.refusal().0, 403);
    assert_eq!(post("member", "pipelines").await.refusal().0, 403);
    let import = post("member", "companies").await.ok();
    let path = format!("/imports/{}", import["id"].as_str().unwrap());
    let as_stranger = app
        .raw("stranger", Method::GET, &path, &[], Body::empty())
        .await;
    assert_eq!(as_stranger.refusal(), (404, "not_found".to_owned()));
    let as_reader = app
        .raw("reader", Method::GET, &path, &[], Body::empty())
        .await;
    assert_eq!(as_reader.refusal().0, 403);
    app.delete(&path).await;
    assert_eq!(app.get(&path).await.refusal().0, 404);
    assert_eq!(std::fs::read_dir(app.files.path()).unwrap().count(), 0);
}

fn without_id(mut record: Value) -> Value {
    record.as_object_mut().unwrap().remove("id");
    record
}
