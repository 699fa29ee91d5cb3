//! The records of a test: a log of their own, and who may see them.

use std::collections::HashMap;

use async_trait::async_trait;
use kith_contracts::{RecordAccess, RecordFacts, RecordRef};
use kith_kernel::{Actor, Failure, RecordId, WorkspaceId};
use kith_store::{Class, Migrations, Store};
use parking_lot::Mutex;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::people::{user, workspace};

/// The records' log, as their service makes it.
pub const RECORDS: Migrations = Migrations {
    schema: "records",
    files: &[("V1__log.sql", "SELECT kith.create_event_log('records');")],
};

#[derive(Clone)]
struct Record {
    workspace: WorkspaceId,
    object: &'static str,
    company: Option<Uuid>,
    deleted: bool,
    version: i64,
}

/// The records of all workspaces.
pub struct World {
    store: Store,
    records: Mutex<HashMap<Uuid, Record>>,
}

impl World {
    pub fn new(store: Store) -> Self {
        Self {
            store,
            records: Mutex::default(),
        }
    }

    /// Makes a record of the first workspace, with values as the log has them.
    pub async fn create(&self, object: &'static str, values: Value) -> Uuid {
        self.create_in("admin", object, values).await
    }

    /// Makes a record of the workspace of the user with the token.
    pub async fn create_in(&self, token: &str, object: &'static str, values: Value) -> Uuid {
        let id = self.store.clock().next_uuid();
        let company = values["company"]
            .as_str()
            .map(|id| id.parse().expect("an id"));
        let record = Record {
            workspace: workspace(token),
            object,
            company,
            deleted: false,
            version: 0,
        };
        self.records.lock().insert(id, record);
        self.tell(id, "created", &json!({ "values": values })).await;
        id
    }

    /// Makes a person with an e-mail address and, maybe, a company.
    pub async fn person(&self, email: &str, company: Option<Uuid>) -> Uuid {
        let mut values = json!({ "name": email, "emails": [email] });
        if let Some(company) = company {
            values["company"] = json!(company);
        }
        self.create("person", values).await
    }

    pub async fn company(&self) -> Uuid {
        self.create("company", json!({ "name": "Acme" })).await
    }

    /// Changes values: `{field: [from, to]}`.
    pub async fn update(&self, id: Uuid, changes: &[(&str, Value, Value)]) {
        let mut data = json!({});
        for (field, from, to) in changes {
            data[*field] = json!({ "from": from, "to": to });
            if *field == "company" {
                let company = to.as_str().map(|id| id.parse().expect("an id"));
                self.records.lock().get_mut(&id).expect("a record").company = company;
            }
        }
        self.tell(id, "updated", &json!({ "changes": data })).await;
    }

    pub async fn delete(&self, id: Uuid) {
        self.records.lock().get_mut(&id).expect("a record").deleted = true;
        self.tell(id, "deleted", &json!({})).await;
    }

    pub async fn restore(&self, id: Uuid) {
        self.records.lock().get_mut(&id).expect("a record").deleted = false;
        self.tell(id, "restored", &json!({})).await;
    }

    async fn tell(&self, id: Uuid, verb: &str, data: &Value) {
        let record = {
            let mut records = self.records.lock();
            let record = records.get_mut(&id).expect("a record");
            record.version += 1;
            record.clone()
        };
        let clock = self.store.clock();
        let tx = self
            .store
            .begin(record.workspace, Class::Interactive)
            .await
            .expect("a transaction");
        let by = json!({ "user": user("admin"), "via": "token" });
        tx.execute(
            "INSERT INTO records.event (workspace_id, id, type, subject_kind, subject_id, subject_version, \
             actor, occurred_at, data) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
            &[
                &record.workspace,
                &clock.next_uuid(),
                &format!("{}.{verb}", record.object),
                &record.object,
                &id,
                &record.version,
                &by,
                &clock.now(),
                data,
            ],
        )
        .await
        .expect("an event");
        tx.commit().await.expect("committing");
    }
}

fn object(name: &str) -> Option<&'static str> {
    Some(match name {
        "person" | "people" => "person",
        "company" | "companies" => "company",
        "deal" | "deals" => "deal",
        _ => return None,
    })
}

#[async_trait]
impl RecordAccess for World {
    async fn visible(
        &self,
        actor: &Actor,
        records: &[RecordRef],
    ) -> Result<Vec<Option<RecordFacts>>, Failure> {
        let all = self.records.lock();
        let find = |named: &RecordRef| {
            let record = all.get(&named.id.0)?;
            let seen = !record.deleted
                && record.workspace == actor.workspace
                && object(&named.object) == Some(record.object);
            seen.then(|| RecordFacts {
                object: record.object.to_owned(),
                id: named.id,
                name: "Somebody".to_owned(),
                company: record.company.map(RecordId),
            })
        };
        Ok(records.iter().map(find).collect())
    }

    fn email(&self, text: &str) -> Result<String, String> {
        let text = text.trim().to_lowercase();
        let good = text
            .split_once('@')
            .is_some_and(|(local, host)| !local.is_empty() && host.contains('.'));
        good.then_some(text)
            .ok_or_else(|| "must be an e-mail address".to_owned())
    }

    fn phone(&self, text: &str, _region: &str) -> Result<String, String> {
        let digits: String = text.chars().filter(char::is_ascii_digit).collect();
        let good = digits.len() >= 5 && text.starts_with('+');
        good.then(|| format!("+{digits}"))
            .ok_or_else(|| "must be a phone number".to_owned())
    }
}
