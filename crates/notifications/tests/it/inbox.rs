//! Reading, and marking as read.

use http::Method;
use kith_contracts::LoggedEvent;
use kith_kernel::{Actor, EventId};
use kith_store::Class;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::world::{World, user, workspace};

async fn assign(w: &World, times: u128) {
    let by = json!({ "user": user("admin") });
    let to = json!({ "changes": { "owner": { "from": null, "to": user("member") } } });
    for number in 0..times {
        w.happens(&by, "company.updated", Uuid::from_u128(number), &to)
            .await;
    }
}

async fn unread(w: &World) -> Value {
    let path = "/notifications/unread";
    w.call("member", Method::GET, path, None).await.1
}

#[tokio::test]
async fn an_inbox_is_paged_counted_and_marked() {
    let w = World::start().await;
    assert_eq!(unread(&w).await, json!({ "unread": 0, "exact": true }));
    assign(&w, 5).await;
    assert_eq!(unread(&w).await, json!({ "unread": 5, "exact": true }));
    let get = async |path: &str| w.call("member", Method::GET, path, None).await.1;
    let first = get("/notifications?limit=2").await;
    let cursor = first["page"]["next_cursor"].as_str().unwrap();
    let rest = get(&format!("/notifications?limit=10&cursor={cursor}")).await;
    assert_eq!(rest["data"].as_array().unwrap().len(), 3);
    assert_eq!(rest["page"]["has_more"], false);

    let newest = first["data"][0]["id"].as_str().unwrap();
    let path = format!("/notifications/{newest}");
    let mark = async |read: bool| {
        w.call(
            "member",
            Method::PATCH,
            &path,
            Some(json!({ "read": read })),
        )
        .await
    };
    assert!(mark(true).await.1["read_at"].is_string());
    assert_eq!(unread(&w).await["unread"], 4);
    assert_eq!(
        get("/notifications?unread=true").await["data"]
            .as_array()
            .unwrap()
            .len(),
        4
    );
    assert!(mark(false).await.1["read_at"].is_null());
    let second = &first["data"][1]["id"];
    let body = Some(json!({ "up_to": second }));
    let (_, marked) = w
        .call("member", Method::POST, "/notifications/read", body)
        .await;
    assert_eq!(marked["marked"], 4);
    assert_eq!(
        unread(&w).await["unread"],
        1,
        "what came later is still unread"
    );
}

#[tokio::test]
async fn what_is_asked_wrongly_is_refused() {
    let w = World::start().await;
    for query in [
        "?limit=0",
        "?limit=201",
        "?cursor=x",
        "?unread=maybe",
        "?unknown=1",
    ] {
        let path = format!("/notifications{query}");
        assert_eq!(
            w.call("member", Method::GET, &path, None).await.0,
            400,
            "{query}"
        );
    }
    let path = format!("/notifications/{}", Uuid::nil());
    let body = Some(json!({ "read": true }));
    assert_eq!(w.call("member", Method::PATCH, &path, body).await.0, 404);
}

#[tokio::test]
async fn only_its_user_is_shown_a_notification_as_it_comes() {
    let w = World::start().await;
    assign(&w, 1).await;
    let of = workspace("member");
    let sql = "SELECT id, type, subject_id, data::text, occurred_at FROM notifications.event";
    let rows =
        w.db.store
            .read(of, Class::Interactive, sql, &[])
            .await
            .unwrap();
    assert_eq!(rows.len(), 1);
    let data = serde_json::value::RawValue::from_string(rows[0].get(3)).unwrap();
    let event = LoggedEvent {
        id: EventId(rows[0].get(0)),
        kind: rows[0].get(1),
        subject_kind: "user",
        subject: rows[0].get(2),
        subject_version: 1,
        actor: &data,
        occurred_at: rows[0].get(4),
        data: &data,
    };
    let viewers: Vec<Actor> = ["admin", "member"].map(crate::world::actor).to_vec();
    let shown = w
        .notifications
        .live()
        .show(of, &viewers, &[event])
        .await
        .unwrap();
    let shown = shown[0].as_ref().unwrap();
    assert_eq!(shown.seen_by, [1]);
    let payload: Value = serde_json::from_str(&shown.payload).unwrap();
    assert_eq!(payload["type"], "notification.created");
    assert_eq!(payload["notification"]["kind"], "assigned");
}
