//! PostgreSQL dies and comes back while requests run.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use kith_store::{Class, Store, StoreError};
use kith_testkit::OwnCluster;

use crate::world::{INSERT, SHOP, workspace};

async fn until_ready(store: &Store) {
    while store.ready().await.is_err() {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn requests_fail_with_unavailable_only_and_the_pools_recover() {
    let own = OwnCluster::start().await;
    let store = own.store(&[SHOP]).await;
    let ours = workspace();
    let stop = Arc::new(AtomicBool::new(false));
    let acknowledged = Arc::new(AtomicUsize::new(0));
    let workers: Vec<_> = (0..8)
        .map(|worker| {
            let (store, stop, acknowledged) =
                (store.clone(), Arc::clone(&stop), Arc::clone(&acknowledged));
            tokio::spawn(async move {
                let mut failed = 0;
                let mut number = 0;
                while !stop.load(Ordering::Relaxed) {
                    number += 1;
                    let name = format!("{worker} {number}");
                    let result = async {
                        let tx = store.begin(ours, Class::Interactive).await?;
                        tx.commit_with(INSERT, &[&ours, &name]).await?;
                        acknowledged.fetch_add(1, Ordering::Relaxed);
                        store.read(ours, Class::Interactive, "SELECT 1", &[]).await
                    };
                    match result.await {
                        Ok(_) => {}
                        Err(StoreError::Unavailable { .. }) => {
                            failed += 1;
                            tokio::time::sleep(Duration::from_millis(5)).await;
                        }
                        Err(other) => panic!("{other:?}"),
                    }
                }
                failed
            })
        })
        .collect();

    for kill in [OwnCluster::crash, OwnCluster::kill] {
        let before = acknowledged.load(Ordering::Relaxed);
        while acknowledged.load(Ordering::Relaxed) < before + 50 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        let pid = own.cluster().pid();
        kill(&own);
        while own.cluster().pid() == pid || own.cluster().pid().is_none() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        until_ready(&store).await;
    }
    let before = acknowledged.load(Ordering::Relaxed);
    while acknowledged.load(Ordering::Relaxed) < before + 50 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    stop.store(true, Ordering::Relaxed);
    let mut failed = 0;
    for worker in workers {
        failed += worker.await.unwrap();
    }
    assert!(failed > 0, "the outages should have been noticed");
    let count = "SELECT count(*) FROM shop.item";
    let rows = store
        .read(ours, Class::Interactive, count, &[])
        .await
        .unwrap();
    let kept: i64 = rows[0].get(0);
    let acknowledged = acknowledged.load(Ordering::Relaxed);
    let kept = usize::try_from(kept).unwrap();
    assert!(
        kept >= acknowledged,
        "{acknowledged} acknowledged, {kept} kept"
    );
}

#[tokio::test]
async fn a_read_after_a_clean_restart_succeeds_at_once() {
    let mut own = OwnCluster::start().await;
    let store = own.store(&[SHOP]).await;
    let ours = workspace();
    store
        .read(ours, Class::Interactive, "SELECT 1", &[])
        .await
        .unwrap();
    own.pause().await;
    let down = store.read(ours, Class::Interactive, "SELECT 1", &[]).await;
    assert!(
        matches!(down, Err(StoreError::Unavailable { .. })),
        "{down:?}"
    );
    own.resume().await;
    store
        .read(ours, Class::Interactive, "SELECT 1", &[])
        .await
        .unwrap();
}

#[tokio::test]
async fn a_terminated_connection_is_replaced_without_anybody_noticing() {
    let own = OwnCluster::start().await;
    let store = own.store(&[SHOP]).await;
    let ours = workspace();
    let backends = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
                    WHERE pid <> pg_backend_pid() AND backend_type = 'client backend'";
    store
        .read(ours, Class::Interactive, "SELECT 1", &[])
        .await
        .unwrap();
    for _ in 0..20 {
        let (admin, connection) = own
            .cluster()
            .admin()
            .driver()
            .connect(tokio_postgres::NoTls)
            .await
            .unwrap();
        tokio::spawn(connection);
        admin.query(backends, &[]).await.unwrap();
        store
            .read(ours, Class::Interactive, "SELECT 1", &[])
            .await
            .unwrap();
    }
}
