//! The tutorial's commands, run as they stand there.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::json;

use crate::running::{Running, folder, init, json as body, run};

/// The `sh` blocks of the tutorial, one after another.
fn commands() -> String {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/tutorial.md");
    let text = std::fs::read_to_string(path).unwrap();
    let blocks = text.split("```sh\n").skip(1);
    let blocks: Vec<&str> = (blocks.filter_map(|block| block.split("```").next())).collect();
    assert_eq!(blocks.len(), 5);
    blocks.concat()
}

/// The folder of the files, or none (with a printed reason) where it isn't there.
#[expect(clippy::print_stdout, reason = "whoever runs the tests should know")]
fn maven() -> Option<PathBuf> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let near = ["../../../shared/data", "../../../../shared/data"].map(|path| here.join(path));
    let given = std::env::var_os("KITH_TEST_DATA").map(PathBuf::from);
    let found = (given.into_iter().chain(near))
        .map(|folder| folder.join("maven-crm"))
        .find(|folder| folder.is_dir());
    if found.is_none() {
        println!("skipped: no real files at ../shared/data and KITH_TEST_DATA is not set");
    }
    found
}

#[tokio::test(flavor = "multi_thread")]
async fn the_tutorial_does_what_it_says() {
    let Some(maven) = maven() else { return };
    let data = folder();
    let token = init(data.path());
    let server = Running::start(data.path(), &[]).await;
    let kith = Path::new(env!("CARGO_BIN_EXE_kith"));
    let mut path = kith.parent().unwrap().as_os_str().to_owned();
    path.push(":");
    path.push(std::env::var_os("PATH").unwrap_or_default());
    let mut shell = Command::new("sh");
    shell
        .args(["-eu", "-c", &commands()])
        .env("PATH", path)
        .env("MAVEN", maven)
        .env("KITH_URL", server.url(""))
        .env("KITH_TOKEN", &token);
    let output = tokio::task::spawn_blocking(move || run(&mut shell, ""));
    let output = output.await.unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{output:?}");
    let out = String::from_utf8_lossy(&output.stdout).into_owned();
    let all = format!("{out}{said}");
    for counts in [
        "7 created of 7 rows",
        "85 created of 85 rows",
        "35 created of 35 rows; 35 inactive users created",
        "8,800 created of 8,800 rows",
    ] {
        assert!(all.contains(counts), "{counts}: {all}");
    }
    let board: serde_json::Value = serde_json::from_str(out.lines().last().unwrap()).unwrap();
    let groups: Vec<_> = (board["groups"].as_array().unwrap().iter())
        .map(|group| {
            json!([
                group["key"]["stage.name"],
                group["count"],
                group["sum"]["amount"]
            ])
        })
        .collect();
    assert!(
        groups.contains(&json!(["Won", 4238, "10005534.00"])),
        "{board}"
    );
    for (stage, count) in [("Lost", 2473), ("Engaging", 1589), ("Prospecting", 500)] {
        let found = groups
            .iter()
            .any(|group| group[0] == stage && group[1] == count);
        assert!(found, "{stage}: {board}");
    }
    for (path, count) in [
        ("companies?filter=parent%20%21%3D%20null&", 15),
        ("deals?filter=company%20%3D%3D%20null&", 1425),
        (
            "deals?filter=product.name%20%3D%3D%20%22GTX%20Pro%22&",
            1480,
        ),
    ] {
        let url = server.url(&format!("/api/v1/{path}count=exact&limit=1"));
        let answer = server
            .http
            .get(url)
            .bearer_auth(&token)
            .send()
            .await
            .unwrap();
        assert_eq!(body(answer).await["count"]["value"], count, "{path}");
    }
    server.stop();
}
