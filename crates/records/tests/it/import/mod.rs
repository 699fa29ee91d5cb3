//! Importing files.

mod basics;
mod faults;
mod real;
mod relations;
mod undo;

use axum::body::Body;
use http::Method;
use serde_json::{Value, json};
use std::path::PathBuf;

use crate::app::App;

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

/// The folder of real files, or none (with a printed reason) where it isn't there.
pub fn real_data() -> Option<PathBuf> {
    let here = env!("CARGO_MANIFEST_DIR");
    // A linked work tree may be one level deeper than the repository itself.
    let near = ["../../../shared/data", "../../../../shared/data"];
    let given = std::env::var_os("KITH_TEST_DATA").map(PathBuf::from);
    let found = given
        .into_iter()
        .chain(near.map(|path| PathBuf::from(here).join(path)));
    let folder = found.into_iter().find(|path| path.is_dir());
    if folder.is_none() {
        println!("skipped: no real files at ../shared/data and KITH_TEST_DATA is not set");
    }
    folder
}

/// The number of live records of an object.
pub async fn count(app: &App, plural: &str) -> i64 {
    let path = format!("/{plural}?limit=1&count=exact");
    app.get(&path).await.ok()["count"]["value"]
        .as_i64()
        .unwrap()
}
