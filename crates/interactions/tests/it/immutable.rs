//! The database refuses to change what happened.

use serde_json::json;

use crate::app::App;

#[tokio::test]
async fn nobody_changes_what_happened() {
    let app = App::start().await;
    app.email_from("ada@example.org", "2026-05-01T10:00:00Z", json!({}))
        .await;
    let owner = app.db.owner().await;
    for role in ["kith_app", "kith_system", "kith_reader"] {
        let become_role =
            format!("SET ROLE {role}; SET kith.workspace = '00000000-0000-0000-0000-000000000001'");
        owner.batch_execute(&become_role).await.unwrap();
        for sql in [
            "UPDATE interactions.event SET data = '{}'",
            "DELETE FROM interactions.event",
            "TRUNCATE interactions.event",
        ] {
            assert!(owner.batch_execute(sql).await.is_err(), "{role}: {sql}");
        }
        owner.batch_execute("RESET ROLE").await.unwrap();
    }
    // The trigger stands behind the missing rights, for partitions too.
    let superuser = app.db.superuser().await;
    let parts = superuser
        .query("SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = 'interactions.event'::regclass", &[])
        .await
        .unwrap();
    assert!(parts.len() > 2);
    for part in &parts {
        let part: &str = part.get(0);
        let triggers = superuser
            .query(
                "SELECT tgname::text FROM pg_trigger WHERE tgrelid = $1::text::regclass",
                &[&part],
            )
            .await
            .unwrap();
        assert!(
            triggers
                .iter()
                .any(|row| row.get::<_, &str>(0) == "event_is_immutable"),
            "{part}"
        );
    }
    for sql in [
        "UPDATE interactions.event SET type = 'x'",
        "DELETE FROM interactions.event",
    ] {
        let refused = superuser.batch_execute(sql).await.unwrap_err();
        let said = refused.as_db_error().unwrap().message().to_owned();
        assert!(said.contains("never changed"), "{said}");
    }
    assert_eq!(app.rows_of_log("interaction.recorded").await, 1);
}

#[tokio::test]
async fn partitions_are_still_made_ahead_and_take_what_was_early() {
    let app = App::start().await;
    let owner = app.db.owner().await;
    owner.batch_execute("SET ROLE kith_system").await.unwrap();
    owner
        .batch_execute(
            "INSERT INTO interactions.event (workspace_id, id, type, subject_kind, subject_id, subject_version, actor, \
             occurred_at, data) SELECT gen_random_uuid(), gen_random_uuid(), 'x', 'x', gen_random_uuid(), 1, '{}', \
             date_trunc('month', now()) + interval '5 months 1 day', '{}'",
        )
        .await
        .unwrap();
    owner.batch_execute("RESET ROLE").await.unwrap();
    let made = app
        .db
        .store
        .ensure_event_partitions("interactions", 6)
        .await
        .unwrap();
    assert!(made > 0);
    let spare: i64 = (app.db.superuser().await)
        .query_one("SELECT count(*) FROM interactions.event_default", &[])
        .await
        .unwrap()
        .get(0);
    assert_eq!(spare, 0);
}
