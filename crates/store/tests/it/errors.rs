//! What a client learns when PostgreSQL says no.

use kith_kernel::{ErrorCode, Failure};
use kith_store::{Class, StoreError};
use tokio_postgres::types::ToSql;

use crate::world::{narrow_shop, workspace};

#[tokio::test]
async fn each_refusal_has_its_code() {
    let db = narrow_shop().await;
    let ours = workspace();
    let nul = "a\0b".to_owned();
    let long = "x".repeat(10_000);
    let cases: &[(&str, &[&(dyn ToSql + Sync)], ErrorCode)] = &[
        ("SELECT $1::text", &[&nul], ErrorCode::InvalidRequest),
        (
            "SELECT $1::text::int4",
            &[&"12345678901"],
            ErrorCode::InvalidRequest,
        ),
        (
            "SELECT $1::text::uuid",
            &[&"nonsense"],
            ErrorCode::InvalidRequest,
        ),
        (
            "SELECT $1::text::timestamptz",
            &[&"31 February"],
            ErrorCode::InvalidRequest,
        ),
        (
            "SELECT ('{\"a\": \"' || $1::text || '\"}')::jsonb",
            &[&"\\u0000"],
            ErrorCode::InvalidRequest,
        ),
        ("SELECT 1 / $1::int4", &[&0], ErrorCode::InvalidRequest),
        (
            "SELECT 9223372036854775807 + $1::int8",
            &[&1_i64],
            ErrorCode::InvalidRequest,
        ),
        (
            "INSERT INTO shop.item (workspace_id, id, name, amount) VALUES ($1, gen_random_uuid(), 'n', -1)",
            &[&ours],
            ErrorCode::ValidationFailed,
        ),
        (
            "INSERT INTO shop.item (workspace_id, id, name) VALUES ($1, gen_random_uuid(), NULL)",
            &[&ours],
            ErrorCode::ValidationFailed,
        ),
        (
            "INSERT INTO shop.item (workspace_id, id, name) SELECT $1, gen_random_uuid(), 'same' FROM generate_series(1, 2)",
            &[&ours],
            ErrorCode::Duplicate,
        ),
        (
            "INSERT INTO shop.item (workspace_id, id, name) \
             SELECT $1, gen_random_uuid(), string_agg(md5(i::text), '') FROM generate_series(1, length($2)) i",
            &[&ours, &long],
            ErrorCode::LimitExceeded,
        ),
        (
            "SELECT no_such_function($1::int4)",
            &[&1],
            ErrorCode::Internal,
        ),
    ];
    for (sql, params, code) in cases {
        let tx = db.store.begin(ours, Class::Interactive).await.unwrap();
        let error = tx.query(sql, params).await.unwrap_err();
        let failure = Failure::from(error);
        assert_eq!(failure.code, *code, "{sql}: {:?}", failure.cause);
        assert!(failure.cause.is_some(), "the log learns why: {sql}");
        assert!(
            !failure.message.contains("shop"),
            "the client does not learn names: {sql}"
        );
    }
}

#[tokio::test]
async fn transactions_in_each_others_way_are_retryable() {
    let db = crate::world::shop().await;
    let ours = workspace();
    let tx = db.store.begin(ours, Class::Interactive).await.unwrap();
    let add = "INSERT INTO shop.item (workspace_id, id, name) VALUES ($1, gen_random_uuid(), $2)";
    tx.execute(add, &[&ours, &"a"]).await.unwrap();
    tx.commit_with(add, &[&ours, &"b"]).await.unwrap();

    let change = "UPDATE shop.item SET amount = amount + 1 WHERE workspace_id = $1 AND name = $2";
    let one = db.store.begin(ours, Class::Background).await.unwrap();
    let two = db.store.begin(ours, Class::Background).await.unwrap();
    one.execute(change, &[&ours, &"a"]).await.unwrap();
    two.execute(change, &[&ours, &"b"]).await.unwrap();
    let finish = async |tx: kith_store::Tx, name: &'static str| {
        tx.execute(change, &[&ours, &name]).await?;
        tx.commit().await
    };
    let (one, two) = futures_util::join!(finish(one, "b"), finish(two, "a"));
    let (won, lost) = if one.is_ok() { (one, two) } else { (two, one) };
    won.unwrap();
    let lost = lost.unwrap_err();
    assert!(lost.is_retryable(), "{lost:?}");
    assert_eq!(Failure::from(lost).retry_after, Some(1));
}

#[tokio::test]
async fn a_row_that_somebody_holds_is_not_waited_for_for_ever() {
    let db = crate::world::shop().await;
    let ours = workspace();
    let holder = db.store.begin(ours, Class::Interactive).await.unwrap();
    holder
        .execute("SELECT pg_advisory_xact_lock(7)", &[])
        .await
        .unwrap();
    let waiting = db.store.begin(ours, Class::Interactive).await.unwrap();
    waiting
        .execute("SET LOCAL lock_timeout = '20ms'", &[])
        .await
        .unwrap();
    let refused = waiting
        .execute("SELECT pg_advisory_xact_lock(7)", &[])
        .await;
    assert!(
        matches!(refused, Err(StoreError::LockTimeout(_))),
        "{refused:?}"
    );
}
