//! The second lock: what PostgreSQL itself refuses.

use kith_store::{Class, ReadLimits, StoreError};
use tokio_postgres::error::SqlState;

use crate::world::{INSERT, NAMES, names, narrow_shop, shop, workspace};

fn refused_by_policy(error: &StoreError) -> bool {
    matches!(error, StoreError::Database(error) if error.code() == Some(&SqlState::INSUFFICIENT_PRIVILEGE))
}

#[tokio::test]
async fn a_workspace_sees_and_changes_its_own_rows_only() {
    let db = shop().await;
    let (ours, theirs) = (workspace(), workspace());
    for (owner, name) in [(ours, "ours"), (theirs, "theirs")] {
        let tx = db.store.begin(owner, Class::Interactive).await.unwrap();
        tx.commit_with(INSERT, &[&owner, &name]).await.unwrap();
    }
    assert_eq!(names(&db, ours).await, ["ours"]);
    assert_eq!(names(&db, theirs).await, ["theirs"]);

    let tx = db.store.begin(ours, Class::Interactive).await.unwrap();
    let changed = tx.execute("UPDATE shop.item SET amount = 1", &[]).await;
    assert_eq!(changed.unwrap(), 1);
    let deleted = tx
        .execute("DELETE FROM shop.item WHERE workspace_id = $1", &[&theirs])
        .await;
    assert_eq!(deleted.unwrap(), 0);
    let moved = tx
        .execute("UPDATE shop.item SET workspace_id = $1", &[&theirs])
        .await;
    assert!(refused_by_policy(&moved.unwrap_err()));
    tx.rollback().await.unwrap();

    let tx = db.store.begin(ours, Class::Interactive).await.unwrap();
    let smuggled = tx.commit_with(INSERT, &[&theirs, &"smuggled"]).await;
    assert!(refused_by_policy(&smuggled.unwrap_err()));
    assert_eq!(names(&db, theirs).await, ["theirs"]);
}

#[tokio::test]
async fn the_reader_and_the_system_see_all_rows_and_the_reader_writes_none() {
    let db = shop().await;
    let (ours, theirs) = (workspace(), workspace());
    let tx = db.store.begin_system(Class::Interactive).await.unwrap();
    tx.execute(INSERT, &[&ours, &"ours"]).await.unwrap();
    tx.commit_with(INSERT, &[&theirs, &"theirs"]).await.unwrap();

    let limits = ReadLimits::default();
    let all = db
        .store
        .plan_read(ours, Class::Interactive, NAMES, &[], limits)
        .await;
    assert_eq!(all.unwrap().len(), 2);
    let all = db.store.system_read(Class::Interactive, NAMES, &[]).await;
    assert_eq!(all.unwrap().len(), 2);

    let write = "DELETE FROM shop.item";
    let refused = db
        .store
        .plan_read(ours, Class::Interactive, write, &[], limits)
        .await;
    assert!(matches!(refused, Err(StoreError::Database(_))));
    let owner = db.owner().await;
    owner.batch_execute("SET ROLE kith_reader").await.unwrap();
    let refused = owner.batch_execute(write).await.unwrap_err();
    assert_eq!(refused.code(), Some(&SqlState::INSUFFICIENT_PRIVILEGE));
}

#[tokio::test]
async fn without_a_workspace_there_is_an_error_and_never_a_row() {
    let db = narrow_shop().await;
    let ours = workspace();
    let tx = db.store.begin(ours, Class::Interactive).await.unwrap();
    tx.commit_with(INSERT, &[&ours, &"ours"]).await.unwrap();

    let owner = db.owner().await;
    owner.batch_execute("SET ROLE kith_app").await.unwrap();
    let never_set = owner.query(NAMES, &[]).await;
    assert_eq!(
        never_set.unwrap_err().code(),
        Some(&SqlState::UNDEFINED_OBJECT)
    );

    // After a transaction that had set it, the setting is empty instead of missing.
    owner
        .batch_execute(&format!(
            "BEGIN; SET LOCAL kith.workspace = '{ours}'; COMMIT"
        ))
        .await
        .unwrap();
    let empty = owner.query(NAMES, &[]).await;
    assert_eq!(
        empty.unwrap_err().code(),
        Some(&SqlState::INVALID_TEXT_REPRESENTATION)
    );
}

#[tokio::test]
async fn a_connection_forgets_the_workspace_it_served() {
    let db = narrow_shop().await;
    let (ours, theirs) = (workspace(), workspace());
    let tx = db.store.begin(ours, Class::Interactive).await.unwrap();
    tx.commit_with(INSERT, &[&ours, &"ours"]).await.unwrap();
    // The pool has one connection, so this is the one that has just served the other.
    assert!(names(&db, theirs).await.is_empty());
    let tx = db.store.begin(theirs, Class::Interactive).await.unwrap();
    assert!(tx.query(NAMES, &[]).await.unwrap().is_empty());
}
