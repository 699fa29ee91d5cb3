use kith_kernel::WorkspaceId;
use kith_store::{BoundStatement, Class, StoreError};

use crate::world::{INSERT, NAMES, names, narrow_shop, shop, workspace};

#[tokio::test]
async fn statements_polled_together_and_the_commit_take_effect_together() {
    let db = narrow_shop().await;
    let ours = workspace();
    let tx = db.store.begin(ours, Class::Interactive).await.unwrap();
    let insert = async |name: &str| tx.execute(INSERT, &[&ours, &name]).await;
    let (a, b) = futures_util::join!(insert("a"), insert("b"));
    assert_eq!((a.unwrap(), b.unwrap()), (1, 1));
    let sql = "INSERT INTO shop.item (workspace_id, id, name) VALUES ($1, gen_random_uuid(), $2) RETURNING name";
    let rows = tx.commit_with(sql, &[&ours, &"c"]).await.unwrap();
    assert_eq!(rows[0].get::<_, &str>(0), "c");
    assert_eq!(names(&db, ours).await, ["a", "b", "c"]);
}

#[tokio::test]
async fn a_dropped_transaction_leaves_nothing_behind() {
    let db = narrow_shop().await;
    let ours = workspace();
    for _ in 0..3 {
        let tx = db.store.begin(ours, Class::Interactive).await.unwrap();
        tx.execute(INSERT, &[&ours, &"lost"]).await.unwrap();
        drop(tx);
        // Dropped before its BEGIN was even answered.
        drop(db.store.begin(ours, Class::Interactive).await.unwrap());
        assert!(names(&db, ours).await.is_empty());
    }
    let sql = "SELECT count(*) FROM pg_stat_activity WHERE state LIKE 'idle in transaction%' \
               AND datname = current_database()";
    let open: i64 = db
        .superuser()
        .await
        .query_one(sql, &[])
        .await
        .unwrap()
        .get(0);
    assert_eq!(open, 0);
}

#[tokio::test]
async fn a_commit_after_a_failed_statement_is_an_error_and_rolls_back() {
    let db = narrow_shop().await;
    let ours = workspace();
    let tx = db.store.begin(ours, Class::Interactive).await.unwrap();
    tx.execute(INSERT, &[&ours, &"a"]).await.unwrap();
    let twice = tx.execute(INSERT, &[&ours, &"a"]).await;
    assert!(matches!(twice, Err(StoreError::Unique { .. })));
    assert!(matches!(tx.commit().await, Err(StoreError::Aborted)));
    assert!(names(&db, ours).await.is_empty());
}

#[tokio::test]
async fn a_last_statement_that_fails_undoes_those_before_it() {
    let db = narrow_shop().await;
    let ours = workspace();
    let begun = async || {
        let tx = db.store.begin(ours, Class::Interactive).await.unwrap();
        tx.execute(INSERT, &[&ours, &"before"]).await.unwrap();
        tx
    };
    // PostgreSQL refuses it.
    let result = begun().await.commit_with(INSERT, &[&ours, &"before"]).await;
    assert!(matches!(result, Err(StoreError::Unique { .. })));
    // It can't be prepared.
    let result = begun().await.commit_with("SELECT nonsense", &[]).await;
    assert!(matches!(result, Err(StoreError::Database(_))));
    // Its parameters can't even be sent.
    let result = begun().await.commit_with(INSERT, &[&ours, &7_i32]).await;
    assert!(matches!(result, Err(StoreError::Database(_))));
    let result = begun().await.commit_with(INSERT, &[&ours]).await;
    assert!(matches!(result, Err(StoreError::Database(_))));
    assert!(names(&db, ours).await.is_empty());
}

#[tokio::test]
async fn a_constraint_checked_at_commit_fails_the_commit() {
    let db = narrow_shop().await;
    let ours = workspace();
    let orphan = "INSERT INTO shop.item (workspace_id, id, name, parent_id) \
                  VALUES ($1, gen_random_uuid(), 'orphan', gen_random_uuid())";
    let tx = db.store.begin(ours, Class::Interactive).await.unwrap();
    let result = tx.commit_with(orphan, &[&ours]).await;
    assert_eq!(result.unwrap_err().constraint(), Some("item_parent"));
    let tx = db.store.begin(ours, Class::Interactive).await.unwrap();
    tx.execute(orphan, &[&ours]).await.unwrap();
    assert_eq!(
        tx.commit().await.unwrap_err().constraint(),
        Some("item_parent")
    );
    assert!(names(&db, ours).await.is_empty());
}

#[tokio::test]
async fn savepoints_undo_a_part_and_nest() {
    let db = narrow_shop().await;
    let ours = workspace();
    let tx = db.store.begin(ours, Class::Background).await.unwrap();
    tx.execute(INSERT, &[&ours, &"a"]).await.unwrap();
    let outer = tx.savepoint().unwrap();
    tx.execute(INSERT, &[&ours, &"b"]).await.unwrap();
    let inner = tx.savepoint().unwrap();
    tx.execute(INSERT, &[&ours, &"a"]).await.unwrap_err();
    tx.rollback_to(inner).await.unwrap();
    tx.execute(INSERT, &[&ours, &"c"]).await.unwrap();
    tx.release(outer).unwrap();
    let dropped = tx.savepoint().unwrap();
    tx.execute(INSERT, &[&ours, &"d"]).await.unwrap();
    tx.rollback_to(dropped).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(names(&db, ours).await, ["a", "b", "c"]);
}

#[tokio::test]
async fn row_counts_are_checked() {
    let db = narrow_shop().await;
    let tx = db.store.begin_system(Class::Interactive).await.unwrap();
    let none = tx.query_one("SELECT 1 WHERE false", &[]).await;
    assert!(matches!(none, Err(StoreError::RowCount(0))));
    assert!(
        tx.query_opt("SELECT 1 WHERE false", &[])
            .await
            .unwrap()
            .is_none()
    );
    let many = tx.query_opt("SELECT generate_series(1, 3)", &[]).await;
    assert!(matches!(many, Err(StoreError::RowCount(3))));
}

/// An insert into the shop that travels with its parameters.
fn insert(owner: WorkspaceId, name: &str) -> BoundStatement {
    BoundStatement::new(INSERT, vec![Box::new(owner), Box::new(name.to_owned())])
}

fn names_of() -> BoundStatement {
    BoundStatement::new(NAMES, Vec::new())
}

#[tokio::test]
async fn what_is_sent_ahead_is_committed_and_its_failure_is_told_by_what_follows() {
    let db = shop().await;
    let owner = workspace();
    let tx = db.store.begin(owner, Class::Interactive).await.unwrap();
    tx.send(vec![insert(owner, "one")]).await.unwrap();
    tx.send(vec![insert(owner, "two")]).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(names(&db, owner).await, ["one", "two"]);

    let tx = db.store.begin(owner, Class::Interactive).await.unwrap();
    tx.send(vec![insert(owner, "three")]).await.unwrap();
    tx.send(vec![insert(owner, "one")]).await.unwrap();
    let told = tx.commit().await.unwrap_err();
    assert_eq!(told.constraint(), Some("item_name"));

    // The next statement isn't prepared yet, and is refused for the failure before it.
    let tx = db.store.begin(owner, Class::Interactive).await.unwrap();
    tx.send(vec![insert(owner, "two")]).await.unwrap();
    let told = tx
        .query("SELECT count(*) AS all_of_them FROM shop.item", &[])
        .await
        .unwrap_err();
    assert_eq!(told.constraint(), Some("item_name"));
    tx.rollback().await.unwrap();
    assert_eq!(names(&db, owner).await, ["one", "two"]);
}

#[tokio::test]
async fn a_pipeline_answers_in_order_and_stops_at_the_first_failure() {
    let db = shop().await;
    let owner = workspace();
    let tx = db.store.begin(owner, Class::Interactive).await.unwrap();
    let rows = tx
        .pipeline(&[insert(owner, "one"), names_of()])
        .await
        .unwrap();
    assert!(rows[0].is_empty());
    assert_eq!(rows[1][0].get::<_, &str>(0), "one");
    let failed = tx
        .pipeline(&[insert(owner, "one"), names_of()])
        .await
        .unwrap_err();
    assert_eq!(failed.constraint(), Some("item_name"));
    assert!(matches!(tx.commit().await, Err(StoreError::Aborted)));
    assert!(names(&db, owner).await.is_empty());
}
