//! Events of the log, shown to those who want and may see them.

use std::sync::Arc;

use jiff::Timestamp;
use kith_contracts::{Interest, LoggedEvent, RecordEvents as _, Sifted};
use kith_kernel::{EventId, Scope};
use kith_store::Class;
use serde_json::value::RawValue;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::app::{App, actor, workspace};

/// An event with what it borrows.
struct Logged {
    id: EventId,
    kind: String,
    subject_kind: String,
    subject: Uuid,
    version: i64,
    actor: Box<RawValue>,
    at: Timestamp,
    data: Box<RawValue>,
}

/// The workspace's log, oldest first.
async fn log(app: &App) -> Vec<Logged> {
    let sql = "SELECT id, type, subject_kind, subject_id, subject_version, actor::text, occurred_at, data::text \
        FROM records.event WHERE workspace_id = $1 AND subject_kind NOT IN ('pipeline', 'stage') ORDER BY xid, seq";
    let of = workspace("admin");
    let rows = (app.db.store.read(of, Class::Interactive, sql, &[&of])).await;
    let raw = |text: &str| RawValue::from_string(text.to_owned()).unwrap();
    (rows.unwrap().iter())
        .map(|row| Logged {
            id: row.get(0),
            kind: row.get(1),
            subject_kind: row.get(2),
            subject: row.get(3),
            version: row.get(4),
            actor: raw(row.get(5)),
            at: row.get(6),
            data: raw(row.get(7)),
        })
        .collect()
}

fn wants(token: &str, object: Option<&str>, verbs: &[&str], filter: Option<&str>) -> Interest {
    Interest {
        actor: actor(token),
        object: object.map(str::to_owned),
        verbs: verbs.iter().map(|verb| (*verb).to_owned()).collect(),
        filter: filter.map(Arc::from),
    }
}

async fn sift(app: &App, interests: &[Interest]) -> Sifted {
    let logged = log(app).await;
    let events: Vec<LoggedEvent<'_>> = (logged.iter())
        .map(|event| LoggedEvent {
            id: event.id,
            kind: &event.kind,
            subject_kind: &event.subject_kind,
            subject: event.subject,
            subject_version: event.version,
            actor: &event.actor,
            occurred_at: event.at,
            data: &event.data,
        })
        .collect();
    (app.records
        .sift(workspace("admin"), interests, &events)
        .await)
        .expect("the database answers")
}

/// The types of the events that the interest at `place` is shown.
fn types(sifted: &Sifted, place: usize) -> Vec<String> {
    (sifted.events.iter().flatten())
        .filter(|event| event.wanted_by.contains(&place))
        .map(|event| {
            let json: Value = serde_json::from_str(&event.payload).unwrap();
            format!("{} {}", json["type"].as_str().unwrap(), json["version"])
        })
        .collect()
}

#[tokio::test]
async fn an_event_shows_the_record_as_it_was_after_it() {
    let app = App::start().await;
    let id = (app
        .post("/companies", &json!({"name": "Acme", "industry": "tech"}))
        .await)
        .id();
    let path = format!("/companies/{id}");
    app.patch(&path, &json!({"name": "Acme Two"})).await.ok();
    app.patch(&path, &json!({"name": "Acme Three", "industry": null}))
        .await
        .ok();
    app.delete(&path).await;
    app.post(&format!("{path}/restore"), &json!({})).await.ok();
    app.patch(&path, &json!({"name": "Acme Four"})).await.ok();

    let sifted = sift(&app, &[wants("reader", None, &[], None)]).await;
    let shown: Vec<Value> = (sifted.events.iter().flatten())
        .map(|event| serde_json::from_str(&event.payload).unwrap())
        .collect();
    let states: Vec<_> = (shown.iter())
        .map(|event| {
            json!([
                event["type"],
                event["version"],
                event["data"]["version"],
                event["data"]["name"],
                event["data"]["industry"],
                event["data"]["deleted_at"].is_null()
            ])
        })
        .collect();
    assert_eq!(
        states,
        [
            json!(["company.created", 1, 1, "Acme", "tech", true]),
            json!(["company.updated", 2, 2, "Acme Two", "tech", true]),
            json!(["company.updated", 3, 3, "Acme Three", null, true]),
            json!(["company.deleted", 4, 4, "Acme Three", null, false]),
            json!(["company.restored", 5, 5, "Acme Three", null, true]),
            json!(["company.updated", 6, 6, "Acme Four", null, true]),
        ]
    );
    assert_eq!(shown[1]["object"], "companies");
    assert_eq!(shown[1]["record_id"], json!(id));
    assert_eq!(
        shown[1]["changes"],
        json!([{"field": "name", "from": "Acme", "to": "Acme Two"}])
    );
    assert_eq!(shown[1]["actor"]["via"], "token");
    // The last event shows exactly what a read shows, but for what is computed or named by others.
    let now = app.get(&path).await.ok();
    assert_eq!(shown[5]["data"]["updated_at"], now["updated_at"]);
    assert_eq!(shown[5]["data"]["created_at"], now["created_at"]);
}

#[tokio::test]
async fn a_filter_sees_the_record_as_it_was_and_what_is_behind_its_relations() {
    let app = App::start().await;
    let tech = (app
        .post("/companies", &json!({"name": "T", "industry": "tech"}))
        .await)
        .id();
    let deal = app
        .post(
            "/deals",
            &json!({"name": "D", "amount": {"amount": "10", "currency": "USD"}, "company": tech}),
        )
        .await
        .id();
    let path = format!("/deals/{deal}");
    let stages = app
        .get("/stages?filter=kind%20%3D%3D%20%22won%22")
        .await
        .ok();
    let won = stages["data"][0]["id"].clone();
    app.patch(
        &path,
        &json!({"amount": {"amount": "5000", "currency": "USD"}}),
    )
    .await
    .ok();
    app.patch(&path, &json!({"stage": won})).await.ok();
    app.patch(&path, &json!({"company": null})).await.ok();

    let users = app.records.users();
    users.follow(workspace("admin")).await.expect("the users");
    let deals = |filter| wants("member", Some("deal"), &[], Some(filter));
    let sifted = sift(
        &app,
        &[
            deals("amount > 1000"),
            deals(r#"stage.kind == "won""#),
            deals(r#"company.industry == "tech""#),
            deals("has(company.domain)"),
            deals(r#"created_by.email == "admin@example.com" && created_by == me()"#),
            deals(r#"created_by.name == "The admin""#),
            wants("member", Some("deal"), &["created"], None),
            wants("member", Some("company"), &[], None),
            deals("no_such_field == 1"),
        ],
    )
    .await;
    assert_eq!(
        types(&sifted, 0),
        ["deal.updated 2", "deal.updated 3", "deal.updated 4"]
    );
    assert_eq!(types(&sifted, 1), ["deal.updated 3", "deal.updated 4"]);
    assert_eq!(
        types(&sifted, 2),
        ["deal.created 1", "deal.updated 2", "deal.updated 3"]
    );
    assert_eq!(types(&sifted, 3), [""; 0]);
    assert_eq!(types(&sifted, 4), [""; 0]);
    assert_eq!(types(&sifted, 5).len(), 4);
    assert_eq!(types(&sifted, 6), ["deal.created 1"]);
    assert_eq!(types(&sifted, 7), ["company.created 1"]);
    let broken: Vec<_> = (sifted.broken.iter())
        .map(|(place, failure)| (*place, failure.message.as_str()))
        .collect();
    assert!(matches!(broken[..], [(8, _)]), "{broken:?}");
}

#[tokio::test]
async fn who_may_not_read_is_shown_nothing() {
    let app = App::start().await;
    app.post("/companies", &json!({"name": "A"})).await.ok();
    let mut interest = wants("member", None, &[], None);
    interest.actor.scopes = Arc::from([Scope::Admin]);
    let sifted = sift(&app, &[interest]).await;
    assert_eq!(sifted.events.iter().flatten().count(), 0);
    // Another workspace's events are no business of this one's reader of records.
    let stranger = kith_kernel::WorkspaceId(workspace("stranger").0);
    let logged = log(&app).await;
    let event = &logged[0];
    let event = LoggedEvent {
        id: event.id,
        kind: &event.kind,
        subject_kind: &event.subject_kind,
        subject: event.subject,
        subject_version: event.version,
        actor: &event.actor,
        occurred_at: event.at,
        data: &event.data,
    };
    let filtered = wants("stranger", Some("company"), &[], Some("name == \"A\""));
    let sifted = app
        .records
        .sift(stranger, &[filtered], &[event])
        .await
        .unwrap();
    assert_eq!(sifted.events.iter().flatten().count(), 0);
}

#[tokio::test]
async fn what_is_asked_for_is_checked() {
    let app = App::start().await;
    let check = async |object: Option<&str>, filter: Option<&str>| {
        (app.records.check(&actor("member"), object, filter).await)
            .map(|names| names.map(|names| names.key))
            .map_err(|failure| (failure.code.as_str(), failure.fields[0].field.clone()))
    };
    assert_eq!(check(None, None).await, Ok(None));
    assert_eq!(
        check(Some("people"), Some("name != \"\"")).await,
        Ok(Some("person".into()))
    );
    let refused = |code, field: &str| Err((code, field.to_owned()));
    assert_eq!(
        check(None, Some("true")).await,
        refused("validation_failed", "filter")
    );
    assert_eq!(
        check(Some("persons"), None).await,
        refused("validation_failed", "object")
    );
    for wrong in ["name ==", "name", "nobody == 1", "tasks.exists(t, true)"] {
        assert_eq!(
            check(Some("deals"), Some(wrong)).await,
            refused("invalid_expression", "filter"),
            "{wrong}"
        );
    }
    let plain = json!({"name": "twice", "type": "formula", "expression": "amount * 2"});
    app.post("/objects/deal/fields", &plain).await.ok();
    let filter = Some("has(twice)");
    assert_eq!(
        check(Some("deals"), filter).await,
        refused("invalid_expression", "filter")
    );
}
