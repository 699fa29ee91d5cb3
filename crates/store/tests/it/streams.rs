use futures_util::{StreamExt as _, TryStreamExt as _};
use kith_store::{Class, StoreError};
use tokio_postgres::Row;

use crate::world::{narrow_shop, workspace};

const NUMBERS: &str = "SELECT generate_series(1, $1::int4)";

#[tokio::test]
async fn all_rows_arrive_in_order_whatever_their_number() {
    let db = narrow_shop().await;
    for count in [0, 1, 499, 500, 501, 1000, 12_345] {
        let rows = db
            .store
            .stream(workspace(), Class::Reports, NUMBERS, &[&count])
            .await
            .unwrap();
        let numbers: Vec<i32> = rows
            .map_ok(|row: Row| row.get::<_, i32>(0))
            .try_collect()
            .await
            .unwrap();
        assert_eq!(numbers, (1..=count).collect::<Vec<_>>());
    }
}

#[tokio::test]
async fn a_stream_dropped_half_way_gives_its_connection_back() {
    let db = narrow_shop().await;
    for _ in 0..3 {
        let rows = db
            .store
            .stream(workspace(), Class::Reports, NUMBERS, &[&1_000_000_000])
            .await
            .unwrap();
        let first: Vec<Row> = rows.take(3).try_collect().await.unwrap();
        assert_eq!(first.len(), 3);
    }
}

#[tokio::test]
async fn an_error_half_way_ends_the_stream() {
    let db = narrow_shop().await;
    let sql = "SELECT 1 / (2000 - i) FROM generate_series(1, 3000) AS i";
    let rows = db
        .store
        .stream(workspace(), Class::Reports, sql, &[])
        .await
        .unwrap();
    let results: Vec<Result<Row, StoreError>> = rows.collect().await;
    assert_eq!(results.len(), 1501);
    assert!(matches!(
        results[1500],
        Err(StoreError::InvalidValue { .. })
    ));
    let wrong = db
        .store
        .stream(workspace(), Class::Reports, "SELECT nonsense", &[])
        .await;
    assert!(matches!(wrong, Err(StoreError::Database(_))));
    let rows = db
        .store
        .stream(workspace(), Class::Reports, NUMBERS, &[&1])
        .await
        .unwrap();
    assert_eq!(rows.count().await, 1);
}
