//! What happens when nobody waits for the answer any more.

use std::time::Duration;

use kith_store::{Class, StoreError};
use kith_testkit::TestDb;
use tokio::time::timeout;

use crate::world::{INSERT, SHOP, names, narrow_shop, one_connection, workspace};

const SLEEP: &str = "SELECT 1 FROM pg_sleep(600)";

/// Waits until a statement runs, or until none does.
async fn until_asleep(db: &TestDb, asleep: bool) {
    let client = db.superuser().await;
    let sql = "SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND query LIKE '%pg_sleep(600)%' \
               AND pid <> pg_backend_pid() AND datname = current_database()";
    loop {
        let running: i64 = client.query_one(sql, &[]).await.unwrap().get(0);
        if (running > 0) == asleep {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

#[tokio::test]
async fn an_abandoned_read_is_cancelled_and_its_place_used_again() {
    let db = narrow_shop().await;
    let ours = workspace();
    {
        let reading = db.store.read(ours, Class::Interactive, SLEEP, &[]);
        tokio::select! {
            result = reading => panic!("it should sleep: {result:?}"),
            () = until_asleep(&db, true) => {}
        }
    }
    until_asleep(&db, false).await;
    assert!(names(&db, ours).await.is_empty());
}

#[tokio::test]
async fn an_abandoned_statement_of_a_transaction_can_not_be_committed_around() {
    let db = narrow_shop().await;
    let ours = workspace();
    let tx = db.store.begin(ours, Class::Interactive).await.unwrap();
    tx.execute(INSERT, &[&ours, &"lost"]).await.unwrap();
    let sleeping = tx.execute("SELECT pg_sleep(0.3)", &[]);
    assert!(timeout(Duration::from_millis(50), sleeping).await.is_err());
    assert!(matches!(tx.commit().await, Err(StoreError::Aborted)));
    assert!(names(&db, ours).await.is_empty());
}

#[tokio::test]
async fn a_transaction_dropped_with_a_statement_under_way_frees_its_place() {
    let db = narrow_shop().await;
    let ours = workspace();
    let tx = db.store.begin(ours, Class::Interactive).await.unwrap();
    tx.execute(INSERT, &[&ours, &"lost"]).await.unwrap();
    tokio::select! {
        result = tx.execute(SLEEP, &[]) => panic!("it should sleep: {result:?}"),
        () = until_asleep(&db, true) => {}
    }
    drop(tx);
    until_asleep(&db, false).await;
    assert!(names(&db, ours).await.is_empty());
}

#[tokio::test]
async fn a_statement_that_takes_too_long_ends_with_a_timeout() {
    let db = TestDb::create_with(&[SHOP], |config| {
        one_connection(config);
        config.timeouts.interactive = Duration::from_millis(50);
    })
    .await;
    let ours = workspace();
    let late = db.store.read(ours, Class::Interactive, SLEEP, &[]).await;
    assert!(matches!(late, Err(StoreError::Timeout(_))), "{late:?}");
    let limits = kith_store::ReadLimits {
        timeout_ms: Some(50),
        ..Default::default()
    };
    let late = db
        .store
        .plan_read(ours, Class::Reports, SLEEP, &[], limits)
        .await;
    assert!(matches!(late, Err(StoreError::Timeout(_))), "{late:?}");
    // The bound of one read is not the next one's.
    let nap = "SELECT 1 FROM pg_sleep(0.2)";
    let slow = db
        .store
        .plan_read(
            ours,
            Class::Reports,
            nap,
            &[],
            kith_store::ReadLimits::default(),
        )
        .await;
    assert_eq!(slow.unwrap().len(), 1);
}

#[tokio::test]
async fn who_finds_no_free_connection_is_told_to_come_back() {
    let db = TestDb::create_with(&[SHOP], |config| {
        one_connection(config);
        config.acquire_timeout = Duration::from_millis(50);
    })
    .await;
    let ours = workspace();
    let tx = db.store.begin(ours, Class::Interactive).await.unwrap();
    let Err(error) = db.store.begin(ours, Class::Interactive).await else {
        panic!("there is one connection only");
    };
    let failure = kith_kernel::Failure::from(error);
    assert_eq!(failure.code, kith_kernel::ErrorCode::Unavailable);
    assert_eq!(failure.retry_after, Some(1));
    // Other classes of work are not concerned.
    db.store.begin(ours, Class::Background).await.unwrap();
    tx.rollback().await.unwrap();
    db.store.begin(ours, Class::Interactive).await.unwrap();
}
