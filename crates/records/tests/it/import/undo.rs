//! Undoing a whole import.

use jiff::SignedDuration;
use serde_json::json;

use super::{count, counts, run};
use crate::app::App;

#[tokio::test]
async fn an_import_is_undone_but_for_what_was_changed_since() {
    let app = App::start().await;
    let old = "external_id,name,industry,parent\na,Alpha,steel,\nb,Beta,wood,\nc,Gamma,glass,\n";
    let plan = json!({
        "mode": "upsert", "by": "external_id",
        "columns": [
            {"column": "external_id", "field": "external_id"},
            {"column": "name", "field": "name"},
            {"column": "industry", "field": "industry"},
            {"column": "parent", "field": "parent", "on_missing": "create"},
        ],
    });
    run(&app, "companies", "old.csv", old, Some(&plan)).await;
    app.db.clock.advance(SignedDuration::from_hours(1));
    let new = "external_id,name,industry,parent\na,Alpha,tin,\nb,Beta Ltd,wood,Delta\nd,Delta,lead,Omega\ne,Epsilon,zinc,\na,Alpha,copper,Delta\n";
    let import = run(&app, "companies", "new.csv", new, Some(&plan)).await;
    insta::assert_snapshot!(counts(&import), @"completed: 5 = 2 new 3 changed 0 same 0 rejected, 0 adjusted");
    assert_eq!(count(&app, "companies").await, 6);

    app.db.clock.advance(SignedDuration::from_hours(1));
    let list = app
        .get("/companies?filter=name%20%3D%3D%20%22Epsilon%22")
        .await
        .ok();
    let touched = list["data"][0]["id"].as_str().unwrap();
    app.patch(
        &format!("/companies/{touched}"),
        &json!({"industry": "silver"}),
    )
    .await
    .ok();

    let id = import["id"].as_str().unwrap();
    app.post(&format!("/imports/{id}/undo"), &json!({}))
        .await
        .ok();
    app.records.run_waiting_imports().await.unwrap();
    let import = app.get(&format!("/imports/{id}")).await.ok();
    assert_eq!(import["state"], "undone");
    let mut undone = import["undo"].clone();
    undone["left_records"][0]["id"] = json!("its id");
    insta::assert_snapshot!(undone, @r#"{"deleted":2,"left":1,"left_records":[{"id":"its id","object":"company","reason":"it was changed since"}],"restored":2}"#);
    let list = app
        .get("/companies?sort=name&fields=name,industry,parent")
        .await
        .ok();
    let rows: Vec<String> = (list["data"].as_array().unwrap().iter())
        .map(|one| format!("{} {} {}", one["name"], one["industry"], one["parent"]))
        .collect();
    insta::assert_snapshot!(rows.join("\n"), @r#"
    "Alpha" "steel" null
    "Beta" "wood" null
    "Epsilon" "silver" null
    "Gamma" "glass" null
    "#);
    let again = app.post(&format!("/imports/{id}/undo"), &json!({})).await;
    assert_eq!(again.refusal(), (409, "conflict".to_owned()));
}
