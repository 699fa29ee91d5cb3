//! The times of contacts, copied from whoever knows them.

use async_trait::async_trait;
use jiff::Timestamp;
use kith_contracts::{ContactSummaries, ContactSummary};
use kith_kernel::{Failure, RecordId, WorkspaceId};
use serde_json::{Value, json};

use crate::app::{App, workspace};

/// Summaries in the order of their revisions.
struct Known(Vec<ContactSummary>);

#[async_trait]
impl ContactSummaries for Known {
    async fn changed_since(
        &self,
        of: WorkspaceId,
        revision: i64,
        limit: i64,
    ) -> Result<Vec<ContactSummary>, Failure> {
        assert_eq!(of, workspace("admin"));
        let later = self.0.iter().filter(|one| one.revision > revision);
        Ok(later
            .take(usize::try_from(limit).unwrap())
            .cloned()
            .collect())
    }
}

fn summary(object: &str, id: &str, last: Option<&str>, revision: i64) -> ContactSummary {
    let time = |text: &str| text.parse::<Timestamp>().unwrap();
    ContactSummary {
        record: RecordId(id.parse().unwrap()),
        object: object.to_owned(),
        last_contacted_at: last.map(time),
        next_activity_at: last.map(|_| time("2026-07-01T08:00:00Z")),
        revision,
    }
}

#[tokio::test]
async fn lists_sort_and_filter_by_the_last_contact() {
    let app = App::start().await;
    let mut people = Vec::new();
    for name in ["Ada", "Alan", "Grace"] {
        let body = json!({ "first_name": name, "last_name": "X" });
        people.push(app.post("/people", &body).await.id());
    }
    let company = app
        .post("/companies", &json!({ "name": "Acme" }))
        .await
        .id();
    let known = Known(vec![
        summary("person", &people[0], Some("2026-05-01T10:00:00Z"), 1),
        summary("person", &people[1], Some("2026-05-03T10:00:00Z"), 2),
        summary("company", &company, Some("2026-05-03T10:00:00Z"), 3),
        summary("note", &people[2], Some("2026-05-03T10:00:00Z"), 4),
    ]);
    let of = workspace("admin");
    assert_eq!(app.records.copy_contacts(of, &known).await.unwrap(), 4);
    assert_eq!(app.records.copy_contacts(of, &known).await.unwrap(), 0);

    let names = async |query: &str| {
        let page = app
            .get(&format!("/people?fields=first_name&{query}"))
            .await
            .ok();
        let names = page["data"].as_array().unwrap().iter();
        names
            .map(|person| person["first_name"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(names("sort=-last_contacted_at").await[..2], ["Alan", "Ada"]);
    let recent = "filter=last_contacted_at%20%3E%20timestamp(%222026-05-02T00:00:00Z%22)";
    assert_eq!(names(recent).await, ["Alan"]);
    assert_eq!(
        names("filter=last_contacted_at%20%3D%3D%20null").await,
        ["Grace"]
    );
    let read = app.get(&format!("/companies/{company}")).await.ok();
    assert_eq!(read["last_contacted_at"], "2026-05-03T10:00:00.000Z");
    assert_eq!(read["next_activity_at"], "2026-07-01T08:00:00.000Z");
    assert_eq!(read["version"], 1, "it is no change of the record");

    // Nobody writes it by hand, and it can go again.
    let refused = app
        .patch(
            &format!("/people/{}", people[0]),
            &json!({ "last_contacted_at": null }),
        )
        .await;
    assert_eq!(refused.refusal().0, 422);
    let gone = Known(vec![summary("person", &people[0], None, 5)]);
    assert_eq!(app.records.copy_contacts(of, &gone).await.unwrap(), 1);
    let read = app.get(&format!("/people/{}", people[0])).await.ok();
    assert_eq!(read["last_contacted_at"], Value::Null);
}
