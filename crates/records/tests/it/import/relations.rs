//! Relations by name, within the file and beyond it; users.

use serde_json::json;

use super::{count, counts, run, send, start};
use crate::app::App;

#[tokio::test]
async fn companies_name_their_parents_wherever_they_stand_in_the_file() {
    let app = App::start().await;
    let file = "name,parent\nChild,ACME corporation\nOrphan,Nobody\nAcme Corporation,\nGrandchild,child\nTwin,\ntwin,\nLost,Twin\n";
    let plan = json!({
        "columns": [
            {"column": "name", "field": "name"},
            {"column": "parent", "field": "parent"},
        ],
    });
    let (id, _) = send(&app, "companies", "c.csv", file).await;
    app.send(http::Method::PUT, &format!("/imports/{id}/plan"), &plan)
        .await
        .ok();
    app.post(&format!("/imports/{id}/dry-run"), &json!({}))
        .await
        .ok();
    app.records.run_waiting_imports().await.unwrap();
    let checked = app.get(&format!("/imports/{id}")).await.ok();
    insta::assert_snapshot!(checked["dry_run"]["counts"], @r#"{"adjusted":1,"created":7,"read":7,"rejected":0,"related":0,"unchanged":0,"updated":0}"#);
    let import = start(&app, &id).await;
    insta::assert_snapshot!(counts(&import), @"completed: 7 = 7 new 0 changed 0 same 0 rejected, 2 adjusted");
    let issues = app.get(&format!("/imports/{id}/issues")).await;
    insta::assert_snapshot!(issues.text, @r#"
    name,parent,row,outcome,reason
    Orphan,Nobody,3,adjusted,"parent: names no company that is there (was ""Nobody"")"
    Lost,Twin,8,adjusted,"parent: names several records; say which, for instance by id (was ""Twin"")"
    "#);
    let list = app
        .get("/companies?sort=name&fields=name,parent(name)")
        .await
        .ok();
    let pairs: Vec<String> = (list["data"].as_array().unwrap().iter())
        .map(|one| format!("{} < {}", one["name"], one["parent"]["name"]))
        .collect();
    insta::assert_snapshot!(pairs.join("\n"), @r#"
    "Acme Corporation" < null
    "Child" < "Acme Corporation"
    "Grandchild" < "Child"
    "Lost" < null
    "Orphan" < null
    "Twin" < null
    "twin" < null
    "#);
}

#[tokio::test]
async fn what_is_missing_is_created_rejected_or_left_out_as_the_plan_says() {
    let app = App::start().await;
    app.post(
        "/companies",
        &json!({"name": "Ångström & Söhne", "domain": "angstrom.de"}),
    )
    .await
    .ok();
    let file = "name,company,owner\nA,angstrom & sohne,the ADMIN\nB,New GmbH,Nobody\nC,New  gmbh,member@example.com\n";
    let plan = |on_missing: &str| {
        json!({
            "columns": [
                {"column": "name", "field": "name"},
                {"column": "company", "field": "company", "match": "name", "on_missing": on_missing},
                {"column": "owner", "field": "owner", "on_missing": on_missing},
            ],
        })
    };
    let import = run(&app, "deals", "d.csv", file, Some(&plan("reject"))).await;
    insta::assert_snapshot!(counts(&import), @"completed: 3 = 1 new 0 changed 0 same 2 rejected, 0 adjusted");
    let import = run(&app, "deals", "d.csv", file, Some(&plan("clear"))).await;
    insta::assert_snapshot!(counts(&import), @"completed: 3 = 3 new 0 changed 0 same 0 rejected, 2 adjusted");
    let (id, _) = send(&app, "deals", "d.csv", file).await;
    app.send(
        http::Method::PUT,
        &format!("/imports/{id}/plan"),
        &plan("create"),
    )
    .await
    .ok();
    app.post(&format!("/imports/{id}/dry-run"), &json!({}))
        .await
        .ok();
    app.records.run_waiting_imports().await.unwrap();
    let checked = app.get(&format!("/imports/{id}")).await.ok();
    assert_eq!(checked["dry_run"]["users"], 1);
    insta::assert_snapshot!(checked["dry_run"]["counts"], @r#"{"adjusted":0,"created":3,"read":3,"rejected":0,"related":1,"unchanged":0,"updated":0}"#);
    assert_eq!(count(&app, "companies").await, 1);
    let import = start(&app, &id).await;
    insta::assert_snapshot!(counts(&import), @"completed: 3 = 3 new 0 changed 0 same 0 rejected, 0 adjusted");
    assert_eq!(import["progress"]["related_created"], 1);
    assert_eq!(import["progress"]["users_created"], 1);
    assert_eq!(count(&app, "companies").await, 2);
    let by_domain = json!({
        "columns": [{"column": "name", "field": "name"}, {"column": "company", "field": "company", "match": "domain"}],
    });
    let file = "name,company\nE,https://www.Angstrom.de/about\n";
    let import = run(&app, "deals", "e.csv", file, Some(&by_domain)).await;
    insta::assert_snapshot!(counts(&import), @"completed: 1 = 1 new 0 changed 0 same 0 rejected, 0 adjusted");
}

#[tokio::test]
async fn a_stage_is_found_in_its_pipeline() {
    let app = App::start().await;
    app.records.tidy().await.unwrap();
    let pipeline = app
        .post("/pipelines", &json!({"name": "Renewals"}))
        .await
        .id();
    app.post(
        "/stages",
        &json!({"name": "Proposal", "pipeline": pipeline}),
    )
    .await
    .ok();
    app.post(
        "/stages",
        &json!({"name": "Signed", "pipeline": pipeline, "kind": "won"}),
    )
    .await
    .ok();
    let file =
        "name,stage,pipeline\nA,proposal,\nB,Proposal,Renewals\nC,signed,\nD,Discovery,Renewals\n";
    let plan = json!({
        "columns": [
            {"column": "name", "field": "name"},
            {"column": "stage", "field": "stage"},
            {"column": "pipeline", "field": "pipeline"},
        ],
    });
    let import = run(&app, "deals", "d.csv", file, Some(&plan)).await;
    insta::assert_snapshot!(counts(&import), @"completed: 4 = 3 new 0 changed 0 same 1 rejected, 0 adjusted");
    let list = app
        .get("/deals?sort=name&fields=name,stage(name),pipeline(name)")
        .await
        .ok();
    let rows: Vec<String> = (list["data"].as_array().unwrap().iter())
        .map(|one| {
            format!(
                "{} {} {}",
                one["name"], one["pipeline"]["name"], one["stage"]["name"]
            )
        })
        .collect();
    insta::assert_snapshot!(rows.join("\n"), @r#"
    "A" "Sales" "Proposal"
    "B" "Renewals" "Proposal"
    "C" "Renewals" "Signed"
    "#);
}
