//! The bounded cache of prepared statements.

use kith_store::Class;
use kith_testkit::TestDb;

use crate::world::{SHOP, narrow_shop, one_connection, workspace};

const PREPARED: &str = "SELECT count(*) FROM pg_prepared_statements";

#[tokio::test]
async fn evicted_statements_are_closed_on_the_server() {
    let db = TestDb::create_with(&[SHOP], |config| {
        one_connection(config);
        config.statements = 8;
    })
    .await;
    let ours = workspace();
    for number in 0..100 {
        let sql = format!("SELECT {number}");
        let rows = db
            .store
            .read(ours, Class::Interactive, &sql, &[])
            .await
            .unwrap();
        assert_eq!(rows[0].get::<_, i32>(0), number);
    }
    let rows = db
        .store
        .read(ours, Class::Interactive, PREPARED, &[])
        .await
        .unwrap();
    assert_eq!(rows[0].get::<_, i64>(0), 8);
}

#[tokio::test]
async fn a_statement_is_prepared_once() {
    let db = narrow_shop().await;
    let ours = workspace();
    for _ in 0..10 {
        db.store
            .read(ours, Class::Interactive, "SELECT 1", &[])
            .await
            .unwrap();
        let tx = db.store.begin(ours, Class::Interactive).await.unwrap();
        tx.query("SELECT 1", &[]).await.unwrap();
        tx.commit().await.unwrap();
    }
    let rows = db
        .store
        .read(ours, Class::Interactive, PREPARED, &[])
        .await
        .unwrap();
    assert_eq!(rows[0].get::<_, i64>(0), 2);
}

#[tokio::test]
async fn a_statement_that_no_longer_fits_the_schema_is_prepared_again() {
    let db = narrow_shop().await;
    let ours = workspace();
    let sql = "SELECT * FROM shop.item";
    db.store
        .read(ours, Class::Interactive, sql, &[])
        .await
        .unwrap();
    let owner = db.owner().await;
    owner
        .batch_execute("ALTER TABLE shop.item ADD COLUMN extra text")
        .await
        .unwrap();
    db.store
        .read(ours, Class::Interactive, sql, &[])
        .await
        .unwrap();
}
