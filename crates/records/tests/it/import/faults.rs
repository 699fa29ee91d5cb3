//! What happens when a process ends in the middle of an import.

use std::fmt::Write as _;
use std::sync::Arc;
use std::time::Duration;

use http::Method;
use jiff::SignedDuration;
use serde_json::json;
use tokio_util::sync::CancellationToken;

use super::{count, counts, send};
use crate::app::App;

/// Rows of which many have the same key, so that order matters.
fn file(rows: usize) -> String {
    let mut file = String::from("external_id,name,employees\n");
    for row in 0..rows {
        let key = row % (rows / 2);
        let _ = writeln!(file, "k{key},Company {key},{row}");
    }
    file
}

#[tokio::test]
async fn an_import_goes_on_in_the_next_process_without_doing_a_row_twice() {
    let app = Arc::new(App::start().await);
    let rows = 24_000;
    let (id, _) = send(&app, "companies", "c.csv", file(rows)).await;
    let plan = json!({
        "mode": "upsert", "by": "external_id",
        "columns": [
            {"column": "external_id", "field": "external_id"},
            {"column": "name", "field": "name"},
            {"column": "employees", "field": "employees"},
        ],
    });
    app.send(Method::PUT, &format!("/imports/{id}/plan"), &plan)
        .await
        .ok();
    app.post(&format!("/imports/{id}/start"), &json!({}))
        .await
        .ok();
    // Each process is killed once some rows are in: its work is dropped wherever it stands.
    let mut killed = 0;
    for process in 0..6 {
        let working = {
            let app = Arc::clone(&app);
            tokio::spawn(async move { app.records.work_imports(CancellationToken::new()).await })
        };
        let before = read(&app, &id).await;
        loop {
            tokio::time::sleep(Duration::from_millis(5)).await;
            let now = read(&app, &id).await;
            if now > before + 1_500 * process || now >= i64::try_from(rows).unwrap() {
                break;
            }
        }
        working.abort();
        let _ = working.await;
        killed += 1;
        app.db.clock.advance(SignedDuration::from_mins(1));
    }
    assert_eq!(killed, 6);
    app.records.run_waiting_imports().await.unwrap();
    let import = app.get(&format!("/imports/{id}")).await.ok();
    assert_eq!(
        counts(&import),
        format!(
            "completed: {rows} = {} new {} changed 0 same 0 rejected, 0 adjusted",
            rows / 2,
            rows / 2
        )
    );
    assert_eq!(
        count(&app, "companies").await,
        i64::try_from(rows / 2).unwrap()
    );
    // Every record has the value of its last row, and one version for each of its rows.
    let path = format!(
        "/companies?filter=employees%20%3C%20{}&limit=1&count=exact",
        rows / 2
    );
    assert_eq!(app.get(&path).await.ok()["count"]["value"], 0);
    let path = "/companies?filter=version%20%21%3D%202&limit=1&count=exact";
    assert_eq!(app.get(path).await.ok()["count"]["value"], 0);
}

async fn read(app: &App, id: &str) -> i64 {
    app.get(&format!("/imports/{id}")).await.ok()["progress"]["read"]
        .as_i64()
        .unwrap()
}

#[tokio::test]
async fn an_import_is_cancelled_and_started_again() {
    let app = App::start().await;
    let (id, _) = send(&app, "companies", "c.csv", "name\na\nb\n").await;
    let cancel = format!("/imports/{id}/cancel");
    assert_eq!(app.post(&cancel, &json!({})).await.refusal().0, 409);
    app.post(&format!("/imports/{id}/start"), &json!({}))
        .await
        .ok();
    app.post(&cancel, &json!({})).await.ok();
    app.records.run_waiting_imports().await.unwrap();
    let import = app.get(&format!("/imports/{id}")).await.ok();
    assert_eq!(import["state"], "cancelled");
    assert_eq!(count(&app, "companies").await, 0);
    let import = super::start(&app, &id).await;
    insta::assert_snapshot!(counts(&import), @"completed: 2 = 2 new 0 changed 0 same 0 rejected, 0 adjusted");
    let delete = app.delete(&format!("/imports/{id}")).await;
    assert_eq!(delete.status, 204);
    assert_eq!(count(&app, "companies").await, 2);
}
