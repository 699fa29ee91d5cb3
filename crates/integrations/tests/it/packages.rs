//! Deliveries, verified by the official packages of the specification.

use std::path::{Path, PathBuf};
use std::process::Command;

use http::Method;
use kith_kernel::Clock;
use serde_json::{Value, json};

use crate::receiver::Receiver;
use crate::world::World;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Sends some deliveries, one with two signatures, and writes them to a file with the secret.
async fn deliveries(file: &Path) {
    let world = World::start().await;
    // The packages refuse what is older than five minutes.
    world.db.clock.set(Clock::system().now());
    let receiver = Receiver::start().await;
    let webhook = world.webhook(json!({"url": receiver.url})).await;
    world
        .append(
            "deal.created",
            1,
            1,
            json!({"name": "Ünïcödé \u{1f600} \"quoted\"\n"}),
        )
        .await;
    world.append("deal.updated", 1, 2, json!({})).await;
    world.run().await;
    let path = format!(
        "/webhooks/{}/rotate-secret",
        webhook["id"].as_str().unwrap()
    );
    world.send("admin", Method::POST, &path, None).await.ok();
    world.append("deal.updated", 1, 3, json!({})).await;
    world.run().await;
    let received: Vec<Value> = (receiver.received().iter())
        .map(|one| {
            let headers = json!({
                "webhook-id": one.id, "webhook-timestamp": one.timestamp, "webhook-signature": one.signature,
            });
            json!({"headers": headers, "body": one.body})
        })
        .collect();
    assert_eq!(received.len(), 3);
    let given = json!({"secret": webhook["secret"], "deliveries": received});
    std::fs::write(file, given.to_string()).expect("a file");
}

async fn verified_by(program: &Path, script: &Path) {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("deliveries.json");
    deliveries(&file).await;
    let ran = Command::new(program)
        .arg(script)
        .arg(&file)
        .output()
        .expect("a program");
    let said = String::from_utf8_lossy(&ran.stderr);
    assert!(ran.status.success(), "{said}");
    assert_eq!(String::from_utf8_lossy(&ran.stdout).trim(), "3 verified");
}

#[tokio::test]
async fn the_python_package_verifies_every_delivery() {
    let python = root().join(".tools/venv/bin/python3");
    if !root().join(".tools/venv/standardwebhooks.txt").exists() {
        eprintln!(
            "skipped: standardwebhooks is not installed (scripts/install-webhook-verifiers.sh does)"
        );
        return;
    }
    verified_by(&python, &root().join("scripts/verify-webhooks/verify.py")).await;
}

#[tokio::test]
async fn the_npm_package_verifies_every_delivery() {
    let folder = root().join(".tools/verify-webhooks");
    if !folder.join(".installed-lock.json").exists() {
        eprintln!(
            "skipped: standardwebhooks is not installed (scripts/install-webhook-verifiers.sh does)"
        );
        return;
    }
    // Packages are looked for beside the script.
    let script = folder.join("verify.mjs");
    std::fs::copy(root().join("scripts/verify-webhooks/verify.mjs"), &script).expect("a copy");
    let own = root().join(".tools/node/bin/node");
    let node = if own.exists() {
        own
    } else {
        PathBuf::from("node")
    };
    verified_by(&node, &script).await;
}
