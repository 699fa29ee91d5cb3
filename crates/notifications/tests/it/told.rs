//! Who is told of what.

use jiff::SignedDuration;
use serde_json::json;
use uuid::Uuid;

use crate::world::{World, user};

fn by(name: &str) -> serde_json::Value {
    json!({ "user": user(name), "via": "session" })
}

fn record(number: u128) -> Uuid {
    Uuid::from_u128(number)
}

#[tokio::test]
async fn who_is_named_in_a_text_is_told_once() {
    let w = World::start().await;
    let naming = |names: &[&str]| {
        let names = names
            .iter()
            .map(|name| format!("[@{name}](user:{})", user(name)));
        format!("Look at this, {}", names.collect::<Vec<_>>().join(" and "))
    };
    let text = naming(&["member", "admin", "gone", "stranger"]);
    let values =
        json!({ "values": { "body": text, "about": { "object": "deals", "id": record(9) } } });
    w.happens(&by("admin"), "note.created", record(1), &values)
        .await;
    assert_eq!(w.kinds("member").await, ["mention"]);
    let told = w.told("member").await.remove(0);
    let data = &told["data"];
    assert_eq!(data["object"], "notes");
    assert_eq!(data["record_id"], json!(record(1)));
    assert_eq!(data["about"]["object"], "deals");
    assert_eq!(data["actor"], json!(user("admin")));
    assert_eq!(
        data["excerpt"],
        "Look at this, @member and @admin and @gone and @stranger"
    );
    for nobody in ["admin", "gone", "stranger"] {
        assert_eq!(w.kinds(nobody).await.len(), 0, "{nobody}");
    }

    // Only who is new in the text hears of its change.
    let more = naming(&["member", "admin", "gone", "stranger", "reader"]);
    let changes = json!({ "changes": { "body": { "from": text, "to": more } } });
    w.happens(&by("admin"), "note.updated", record(1), &changes)
        .await;
    assert_eq!(w.kinds("member").await, ["mention"]);
    assert_eq!(w.kinds("reader").await, ["mention"]);
}

#[tokio::test]
async fn who_gets_something_is_told_unless_they_took_it_or_may_not_see_it() {
    let w = World::start().await;
    let to = |field: &str, name: &str| json!({ "changes": { field: { "from": null, "to": user(name) } } });
    w.happens(
        &by("admin"),
        "deal.updated",
        record(1),
        &to("owner", "member"),
    )
    .await;
    w.happens(
        &by("member"),
        "task.updated",
        record(2),
        &to("assignee", "member"),
    )
    .await;
    w.happens(
        &by("admin"),
        "deal.updated",
        record(3),
        &to("owner", "reader"),
    )
    .await;
    let unset = json!({ "changes": { "owner": { "from": user("member"), "to": null } } });
    w.happens(&by("admin"), "deal.updated", record(1), &unset)
        .await;
    assert_eq!(w.kinds("member").await, ["assigned"]);
    assert_eq!(
        w.kinds("reader").await.len(),
        0,
        "a reader may not see deals here"
    );

    let mut imported = by("admin");
    imported["import"] = json!(record(7));
    w.happens(&imported, "deal.updated", record(4), &to("owner", "member"))
        .await;
    assert_eq!(
        w.kinds("member").await,
        ["assigned"],
        "nobody is told of each row of a file"
    );
}

#[tokio::test]
async fn whoever_imported_and_all_administrators_hear_what_became_of_it() {
    let w = World::start().await;
    let counts =
        json!({ "file_name": "people.csv", "object": "person", "counts": { "created": 3 } });
    w.happens(&by("member"), "import.completed", record(5), &counts)
        .await;
    let told = w.told("member").await.remove(0);
    assert_eq!(told["kind"], "import_ended");
    assert_eq!(told["data"]["state"], "completed");
    assert_eq!(told["data"]["counts"]["created"], 3);
    assert_eq!(told["data"]["import_id"], json!(record(5)));

    let data = json!({ "reason": "failing" });
    let system = json!({ "via": "system" });
    w.happens_in(
        "integrations",
        &system,
        "webhook.disabled",
        record(6),
        &data,
    )
    .await;
    w.happens_in("integrations", &system, "webhook.updated", record(6), &data)
        .await;
    assert_eq!(w.kinds("admin").await, ["webhook_disabled"]);
    assert_eq!(w.kinds("member").await, ["import_ended"]);
    assert_eq!(w.kinds("stranger").await.len(), 0);
}

#[tokio::test]
async fn a_task_is_reminded_of_when_it_is_due_and_when_it_was_moved() {
    let w = World::start().await;
    let clock = w.db.clock.clone();
    let at = |minutes: i64| (clock.now() + SignedDuration::from_mins(minutes)).to_string();
    let task = |due: String| {
        json!({ "values": {
        "name": "Call", "assignee": user("member"), "owner": user("admin"), "due_at": due, "done": false
    } })
    };
    w.happens(&by("member"), "task.created", record(1), &task(at(30)))
        .await;
    w.happens(&by("member"), "task.created", record(2), &task(at(30)))
        .await;
    w.happens(&by("member"), "task.created", record(3), &task(at(30)))
        .await;
    w.happens(&by("member"), "task.created", record(4), &task(at(-30)))
        .await;
    let done = json!({ "changes": { "done": { "from": false, "to": true } } });
    w.happens(&by("member"), "task.updated", record(2), &done)
        .await;
    w.happens(&by("member"), "task.deleted", record(3), &json!({}))
        .await;
    assert_eq!(w.notifications.remind().await.unwrap(), 0);
    clock.advance(SignedDuration::from_mins(31));
    assert_eq!(w.notifications.remind().await.unwrap(), 1);
    assert_eq!(w.notifications.remind().await.unwrap(), 0);
    let told = w.told("member").await;
    assert_eq!(told.len(), 1);
    assert_eq!(told[0]["kind"], "reminder");
    assert_eq!(told[0]["data"]["name"], "Call");
    assert_eq!(told[0]["data"]["record_id"], json!(record(1)));

    // Moved, to another time and to somebody else.
    let moved = json!({ "changes": {
        "due_at": { "from": at(-1), "to": at(60) },
        "assignee": { "from": user("member"), "to": null },
    } });
    w.happens(&by("admin"), "task.updated", record(1), &moved)
        .await;
    clock.advance(SignedDuration::from_mins(61));
    assert_eq!(w.notifications.remind().await.unwrap(), 1);
    let told = w.kinds("admin").await;
    assert_eq!(told.iter().filter(|kind| *kind == "reminder").count(), 1);
    assert_eq!(w.kinds("member").await, ["reminder"]);

    // What came due long ago, because nobody was there, is let go.
    w.happens(&by("member"), "task.restored", record(3), &json!({}))
        .await;
    clock.advance(SignedDuration::from_hours(48));
    w.notifications.remind().await.unwrap();
    assert_eq!(w.kinds("member").await, ["reminder"]);
}
