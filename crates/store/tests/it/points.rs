//! Point reads that share connections.

use futures_util::future::join_all;
use kith_kernel::WorkspaceId;
use kith_store::{Class, StoreError};

use crate::world::{INSERT, NAMES, shop, workspace};

/// Every second read fails in the middle of its transaction.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn reads_of_many_workspaces_on_the_same_connections_never_mix() {
    let db = shop().await;
    let owners: Vec<WorkspaceId> = (0..8).map(|_| workspace()).collect();
    for owner in &owners {
        let tx = db.store.begin(*owner, Class::Interactive).await.unwrap();
        let name = owner.to_string();
        tx.commit_with(INSERT, &[owner, &name]).await.unwrap();
    }
    let readers = (0..16).map(|reader: usize| {
        let (store, owners) = (db.store.clone(), owners.clone());
        tokio::spawn(async move {
            for round in 0..100 {
                let owner = owners[(reader + round) % owners.len()];
                let rows = store.point(owner, NAMES, &[]).await.unwrap();
                let names: Vec<String> = rows.iter().map(|row| row.get(0)).collect();
                assert_eq!(names, [owner.to_string()]);
                let failed = store
                    .point(owner, "SELECT 1 / ($1::int4 - $1)", &[&1_i32])
                    .await;
                assert!(failed.is_err());
            }
        })
    });
    for reader in join_all(readers).await {
        reader.unwrap();
    }
}

#[tokio::test]
async fn a_point_read_writes_nothing_and_survives_its_connection() {
    let db = shop().await;
    let owner = workspace();
    let written = db.store.point(owner, INSERT, &[&owner, &"smuggled"]).await;
    assert!(matches!(written, Err(StoreError::Database(_))));
    let end = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
               WHERE datname = current_database() AND application_name = 'kith points'";
    let superuser = db.superuser().await;
    let ended = superuser.query(end, &[]).await.unwrap();
    assert!(!ended.is_empty());
    for _ in 0..4 {
        let rows = db.store.point(owner, NAMES, &[]).await.unwrap();
        assert!(rows.is_empty());
    }
}
