use http::{HeaderValue, StatusCode, header};
use jiff::SignedDuration;
use kith_http::idempotency::{Claim, Idempotency, Stored, claim_in, complete_in, sweep};
use kith_kernel::{Actor, ErrorCode, Failure, UserId};
use kith_store::{Class, Migrations};
use kith_testkit::TestDb;
use serde_json::json;

use crate::app::actor;

/// The table as the module's documentation gives it.
const TABLE: Migrations = Migrations {
    schema: "notes",
    files: &[(
        "V1__idempotency.sql",
        "CREATE TABLE notes.idempotency (
           workspace_id uuid NOT NULL,
           user_id uuid NOT NULL,
           key text NOT NULL,
           fingerprint bytea NOT NULL,
           status smallint,
           headers jsonb,
           body bytea,
           created_at timestamptz NOT NULL,
           PRIMARY KEY (workspace_id, user_id, key)
         );
         CREATE INDEX idempotency_created_at ON notes.idempotency (created_at);
         SELECT kith.protect('notes.idempotency');",
    )],
};

fn once(key: &str, fingerprint: u8) -> Idempotency {
    Idempotency {
        key: key.into(),
        fingerprint: [fingerprint; 32],
    }
}

/// One request with an effect that answers `answer`; `None` where the answer is a replay.
async fn request(
    db: &TestDb,
    actor: &Actor,
    what: &Idempotency,
    answer: Stored,
) -> Result<Option<Stored>, Failure> {
    let tx = db.store.begin(actor.workspace, Class::Interactive).await?;
    match claim_in(&tx, "notes", actor, what, db.clock.now()).await? {
        Claim::Replay(stored) => Ok(Some(stored)),
        Claim::Fresh => {
            complete_in(&tx, "notes", actor, what, &answer).await?;
            tx.commit().await?;
            Ok(None)
        }
    }
}

fn created() -> Stored {
    let location = HeaderValue::from_static("/notes/1");
    Stored::json(StatusCode::CREATED, &json!({ "id": 1 }))
        .unwrap()
        .header(header::LOCATION, location)
}

#[tokio::test]
async fn the_second_request_gets_the_first_ones_answer() {
    let db = TestDb::create(&[TABLE]).await;
    let actor = actor();
    let what = once("k", 1);
    assert!(
        request(&db, &actor, &what, created())
            .await
            .unwrap()
            .is_none()
    );
    let replay = request(&db, &actor, &what, created())
        .await
        .unwrap()
        .unwrap();
    assert_eq!(replay.status, StatusCode::CREATED);
    assert_eq!(replay.headers[header::LOCATION], "/notes/1");
    assert_eq!(replay.headers[header::CONTENT_TYPE], "application/json");
    assert_eq!(&replay.body[..], br#"{"id":1}"#);
    assert!(replay.replayed);
    let other = request(&db, &actor, &once("k", 2), created())
        .await
        .unwrap_err();
    assert_eq!(other.code, ErrorCode::IdempotencyKeyReused);
}

#[tokio::test]
async fn a_key_belongs_to_one_user_of_one_workspace() {
    let db = TestDb::create(&[TABLE]).await;
    let what = once("k", 1);
    let first = actor();
    let colleague = Actor {
        user: UserId::new(&db.clock),
        ..first.clone()
    };
    for actor in [first, colleague, actor()] {
        assert!(
            request(&db, &actor, &what, created())
                .await
                .unwrap()
                .is_none()
        );
    }
}

#[tokio::test]
async fn a_key_is_free_again_when_its_request_failed_or_a_day_has_passed() {
    let db = TestDb::create(&[TABLE]).await;
    let actor = actor();
    let what = once("k", 1);
    let tx = db
        .store
        .begin(actor.workspace, Class::Interactive)
        .await
        .unwrap();
    let claim = claim_in(&tx, "notes", &actor, &what, db.clock.now())
        .await
        .unwrap();
    assert!(matches!(claim, Claim::Fresh));
    tx.rollback().await.unwrap();
    assert!(
        request(&db, &actor, &what, created())
            .await
            .unwrap()
            .is_none()
    );
    db.clock.advance(SignedDuration::from_hours(24));
    let other = once("k", 2);
    assert!(
        request(&db, &actor, &other, created())
            .await
            .unwrap()
            .is_none()
    );
    assert_eq!(sweep(&db.store, "notes", db.clock.now()).await.unwrap(), 0);
    db.clock.advance(SignedDuration::from_hours(24));
    assert_eq!(sweep(&db.store, "notes", db.clock.now()).await.unwrap(), 1);
}

#[tokio::test]
async fn of_two_at_the_same_time_one_has_the_effect() {
    let db = TestDb::create(&[TABLE]).await;
    let actor = actor();
    let what = once("k", 1);
    let (one, two) = tokio::join!(
        request(&db, &actor, &what, created()),
        request(&db, &actor, &what, created()),
    );
    let replays = [one.unwrap(), two.unwrap()]
        .iter()
        .filter(|answer| answer.is_some())
        .count();
    assert_eq!(replays, 1);
}

#[tokio::test]
async fn a_body_that_is_too_large_to_keep_is_left_out() {
    let db = TestDb::create(&[TABLE]).await;
    let actor = actor();
    let what = once("k", 1);
    let large = Stored {
        body: vec![b'x'; 2_000_000].into(),
        ..created()
    };
    request(&db, &actor, &what, large.clone()).await.unwrap();
    let replay = request(&db, &actor, &what, large).await.unwrap().unwrap();
    assert_eq!(replay.headers[header::LOCATION], "/notes/1");
    assert!(replay.body.is_empty() && !replay.headers.contains_key(header::CONTENT_TYPE));
}
