//! Key-encryption keys and their replacement.

use kith_crypto::{Keyring, MASTER_KEY_FILE};
use serde_json::json;

use crate::app::App;

#[tokio::test]
async fn keys_are_replaced_while_everything_stays_readable() {
    let folder = tempfile::tempdir().unwrap();
    let app = App::start_with(Keyring::load_or_create(folder.path()).unwrap()).await;
    let id = app
        .email_from("ada@example.org", "2026-05-01T10:00:00Z", json!({}))
        .await;
    let path = format!("/interactions/{id}");
    let before = app.interactions.key_usage().await.unwrap();
    assert_eq!(before.len(), 1);
    assert_eq!(
        (before[0].1, before[0].2),
        (2, true),
        "the workspace's and the address's"
    );
    // Another process, as the command is.
    let newest = Keyring::load_or_create(folder.path())
        .unwrap()
        .rotate()
        .unwrap();
    assert_eq!(app.interactions.rotate_keys().unwrap().len(), newest.len());
    assert_eq!(app.interactions.rewrap_keys().await.unwrap().keys, 2);
    assert_eq!(app.interactions.rewrap_keys().await.unwrap().keys, 0);
    let after = app.interactions.key_usage().await.unwrap();
    let numbers: Vec<i64> = after.iter().map(|(_, number, _)| *number).collect();
    assert_eq!(numbers, [2, 0, 0]);
    // Only the newest key is left, and nothing is kept unwrapped.
    let text = std::fs::read_to_string(folder.path().join(MASTER_KEY_FILE)).unwrap();
    let first = text.lines().next().unwrap();
    let only = Keyring::parse(&kith_crypto::Secret::new(first.to_owned())).unwrap();
    let again = app.reopened(only);
    assert_eq!(again.get(&path).await.ok()["subject"], "Hello");
    let wrong = Keyring::parse(&kith_crypto::Secret::new(crate::app::KEY.to_owned())).unwrap();
    let lost = app.reopened(wrong);
    assert_eq!(lost.get(&path).await.status, 500);
    let usage = lost.interactions.key_usage().await.unwrap();
    assert_eq!(
        (usage[0].1, usage[1].1, usage[1].2),
        (0, 2, false),
        "the missing key is named"
    );
}
