use kith_store::{Class, StoreError};
use tokio_postgres::error::SqlState;

use crate::world::{narrow_shop, workspace};

const APPEND: &str = "INSERT INTO shop.event \
    (workspace_id, id, type, subject_kind, subject_id, subject_version, actor, occurred_at, data) \
    VALUES ($1, gen_random_uuid(), 'item.created', 'item', gen_random_uuid(), 1, '{}', \
            now() + make_interval(months => $2), '{}')";

#[tokio::test]
async fn the_application_appends_and_reads_and_changes_nothing() {
    let db = narrow_shop().await;
    let ours = workspace();
    let tx = db.store.begin(ours, Class::Interactive).await.unwrap();
    tx.execute(APPEND, &[&ours, &0]).await.unwrap();
    tx.commit_with(APPEND, &[&ours, &1]).await.unwrap();
    let sql = "SELECT seq FROM shop.event ORDER BY xid, seq";
    let rows = db
        .store
        .read(ours, Class::Interactive, sql, &[])
        .await
        .unwrap();
    assert_eq!(rows.len(), 2);
    assert!(
        db.store
            .read(workspace(), Class::Interactive, sql, &[])
            .await
            .unwrap()
            .is_empty()
    );
    let one_transaction = "SELECT count(DISTINCT xid) FROM shop.event";
    let rows = db
        .store
        .read(ours, Class::Interactive, one_transaction, &[])
        .await
        .unwrap();
    assert_eq!(rows[0].get::<_, i64>(0), 1);

    let partitions = "SELECT c.oid::regclass::text FROM pg_class c JOIN pg_inherits i ON i.inhrelid = c.oid \
                      WHERE i.inhparent = 'shop.event'::regclass";
    let rows = db.owner().await.query(partitions, &[]).await.unwrap();
    assert_eq!(rows.len(), 4, "three months and the default");
    let mut forbidden = vec![
        "UPDATE shop.event SET data = '{}'".to_owned(),
        "DELETE FROM shop.event".to_owned(),
        "TRUNCATE shop.event".to_owned(),
    ];
    forbidden.extend(
        rows.iter()
            .map(|row| format!("SELECT FROM {}", row.get::<_, &str>(0))),
    );
    for sql in forbidden {
        let tx = db.store.begin(ours, Class::Interactive).await.unwrap();
        match tx.execute(&sql, &[]).await {
            Err(StoreError::Database(error))
                if error.code() == Some(&SqlState::INSUFFICIENT_PRIVILEGE) => {}
            other => panic!("{sql}: {other:?}"),
        }
    }
}

#[tokio::test]
async fn months_without_a_partition_are_kept_and_moved_when_it_comes() {
    let db = narrow_shop().await;
    let ours = workspace();
    for months in [-5, 3, 4, 4, 20] {
        let tx = db.store.begin(ours, Class::Interactive).await.unwrap();
        tx.commit_with(APPEND, &[&ours, &months]).await.unwrap();
    }
    let owner = db.owner().await;
    let spare = async || {
        let row = owner
            .query_one("SELECT count(*) FROM shop.event_default", &[])
            .await
            .unwrap();
        row.get::<_, i64>(0)
    };
    // The partitions are protected too, for everybody but those who hold a policy.
    assert_eq!(spare().await, 5);
    let order = "SELECT id, xid::text, seq FROM shop.event ORDER BY xid, seq";
    let ids = async || {
        let rows = db
            .store
            .read(ours, Class::Interactive, order, &[])
            .await
            .unwrap();
        rows.iter()
            .map(|row| (row.get(0), row.get(1), row.get(2)))
            .collect::<Vec<(uuid::Uuid, String, i64)>>()
    };
    let before = ids().await;

    assert_eq!(
        db.store.ensure_event_partitions("shop", 4).await.unwrap(),
        2
    );
    assert_eq!(
        db.store.ensure_event_partitions("shop", 4).await.unwrap(),
        0
    );
    assert_eq!(spare().await, 2);
    assert_eq!(ids().await, before, "a reader's place stays what it was");
    assert_eq!(before.len(), 5);
}
