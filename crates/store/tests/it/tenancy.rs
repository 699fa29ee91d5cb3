//! The second lock: what PostgreSQL itself refuses.

use kith_store::{Class, ReadLimits, StoreError};

use crate::world::{INSERT, shop, workspace};

#[tokio::test]
async fn a_workspace_sees_and_changes_its_own_rows_only() {
    let db = shop().await;
    let (ours, theirs) = (workspace(), workspace());
    for (owner, name) in [(ours, "ours"), (theirs, "theirs")] {
        let tx = db.store.begin(owner, Class::Interactive).await.unwrap();
        tx.commit_with(INSERT, &[&owner, &name]).await.unwrap();
    }

    let sql = "SELECT name FROM shop.item";
    let rows = db
        .store
        .read(ours, Class::Interactive, sql, &[])
        .await
        .unwrap();
    let names: Vec<&str> = rows.iter().map(|row| row.get(0)).collect();
    assert_eq!(names, ["ours"]);

    let tx = db.store.begin(ours, Class::Interactive).await.unwrap();
    let changed = tx
        .execute("UPDATE shop.item SET amount = 1", &[])
        .await
        .unwrap();
    assert_eq!(changed, 1);
    let stolen = tx
        .execute("UPDATE shop.item SET workspace_id = $1", &[&theirs])
        .await;
    assert!(matches!(stolen, Err(StoreError::Database(_))), "{stolen:?}");
    tx.rollback().await.unwrap();

    let tx = db.store.begin(ours, Class::Interactive).await.unwrap();
    let foreign = tx.commit_with(INSERT, &[&theirs, &"smuggled"]).await;
    assert!(
        matches!(foreign, Err(StoreError::Database(_))),
        "{foreign:?}"
    );

    let all = db
        .store
        .plan_read(ours, Class::Interactive, sql, &[], ReadLimits::default())
        .await
        .unwrap();
    assert_eq!(all.len(), 2, "the reader relies on the statement alone");
    let all = db
        .store
        .system_read(Class::Interactive, sql, &[])
        .await
        .unwrap();
    assert_eq!(all.len(), 2);
}
