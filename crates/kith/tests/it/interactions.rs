//! Interactions at a server, with the records that they are about.

use std::path::Path;
use std::process::Output;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::running::{Running, complaint, folder, init, json as read, kith, run};

struct Client<'s> {
    server: &'s Running,
    token: &'s str,
}

impl Client<'_> {
    async fn post(&self, path: &str, body: &Value) -> Value {
        let request = self.server.http.post(self.server.url(path));
        let answer = request
            .bearer_auth(self.token)
            .json(body)
            .send()
            .await
            .unwrap();
        assert!(answer.status().is_success(), "{path}: {answer:?}");
        read(answer).await
    }

    async fn get(&self, path: &str) -> Value {
        let request = self.server.http.get(self.server.url(path));
        read(request.bearer_auth(self.token).send().await.unwrap()).await
    }

    /// Asks until the answer is right: what is derived follows within moments.
    async fn until(&self, path: &str, right: impl Fn(&Value) -> bool) -> Value {
        let began = Instant::now();
        loop {
            let answer = self.get(path).await;
            if right(&answer) {
                return answer;
            }
            assert!(
                began.elapsed() < Duration::from_secs(60),
                "{path} still answers {answer}"
            );
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
}

fn command(arguments: &[&str], data: &Path) -> Output {
    run(kith().args(arguments).arg("--data").arg(data), "")
}

fn out(output: &Output) -> String {
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn texts(timeline: &Value, member: &str) -> Vec<String> {
    let all = timeline["data"].as_array().unwrap().iter();
    all.map(|one| one[member].as_str().unwrap_or("-").to_owned())
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_happens_with_a_customer_is_seen_on_their_records() {
    let data = folder();
    let token = init(data.path());
    let server = Running::start(data.path(), &[]).await;
    let client = Client {
        server: &server,
        token: &token,
    };
    let early = json!({"channel": "email", "direction": "inbound", "subject": "Early", "occurred_at": "2026-01-01T10:00:00Z",
        "participants": [{"email": "Grace@Example.org"}]});
    client.post("/api/v1/interactions", &early).await;
    let company = client
        .post("/api/v1/companies", &json!({"name": "Navy"}))
        .await;
    let company = company["id"].as_str().unwrap();
    let person = json!({"first_name": "Grace", "last_name": "Hopper", "emails": ["grace@example.org"],
        "phones": ["+49 30 901820"], "company": company});
    let person = client.post("/api/v1/people", &person).await;
    let person = person["id"].as_str().unwrap().to_owned();
    let call = json!({"channel": "call", "direction": "outbound", "subject": "Call", "occurred_at": "2026-02-01T10:00:00Z",
        "participants": [{"phone": "+49 (30) 90 18 20"}, {"email": "ada@example.org"}],
        "records": [{"object": "people", "id": person}]});
    client.post("/api/v1/interactions", &call).await;
    let task = json!({"name": "Call again", "due_at": "2027-01-01T10:00:00Z", "about": {"object": "person", "id": person}});
    client.post("/api/v1/tasks", &task).await;

    let path = format!("/api/v1/timeline/people/{person}");
    let timeline = client
        .until(&path, |answer| {
            texts(answer, "subject").contains(&"Early".to_owned())
        })
        .await;
    let types = texts(&timeline, "type");
    assert!(
        types.contains(&"person.created".to_owned()) && types.contains(&"task.created".to_owned()),
        "{types:?}"
    );
    let subjects = texts(&timeline, "subject");
    assert_eq!(subjects[subjects.len() - 2..], ["Call", "Early"]);
    for (object, id) in [("people", person.as_str()), ("companies", company)] {
        let path = format!("/api/v1/timeline/{object}/{id}/summary");
        let summary = client
            .until(&path, |answer| !answer["next_activity_at"].is_null())
            .await;
        assert_eq!(
            summary["last_contacted_at"], "2026-02-01T10:00:00Z",
            "{summary}"
        );
        assert_eq!(
            summary["next_activity_at"], "2027-01-01T10:00:00Z",
            "{summary}"
        );
        assert_eq!(
            summary["relationships"][0]["person"],
            json!(person),
            "{summary}"
        );
    }

    // Built anew while the server runs, and with new keys, it is the same.
    assert_eq!(client.get(&path).await, timeline);
    assert_eq!(
        out(&command(
            &["projections", "rebuild", "timeline"],
            data.path()
        )),
        "timeline is rebuilt.\n"
    );
    assert_eq!(client.get(&path).await, timeline);
    let listed = out(&command(&["projections", "list"], data.path()));
    assert_eq!(listed.lines().count(), 5, "{listed}");
    assert!(listed.contains("timeline       rebuilt 2"), "{listed}");
    let unknown = complaint(
        kith()
            .args(["projections", "rebuild", "x", "--data"])
            .arg(data.path()),
    );
    assert!(unknown.contains("counts"), "{unknown}");
    let rotated = out(&command(&["keys", "rotate"], data.path()));
    assert!(
        rotated.contains("data keys were encrypted anew"),
        "{rotated}"
    );
    assert_eq!(client.get(&path).await, timeline);
    let again = json!({"channel": "note", "subject": "Note", "records": [{"object": "people", "id": person}]});
    client.post("/api/v1/interactions", &again).await;

    // Erased, there is nothing left but the changes of the record.
    client
        .post("/api/v1/interactions/erasures", &json!({"person": person}))
        .await;
    client
        .until(&path, |answer| answer["data"] == json!([]))
        .await;
    let (ended_well, _, log) = server.stop();
    assert!(ended_well, "{log}");

    // Without its keys, the server says so instead of serving what it can't read.
    std::fs::remove_file(data.path().join("master.key")).unwrap();
    let lost = complaint(
        kith()
            .args([
                "serve",
                "--listen",
                "127.0.0.1:0",
                "--admin-listen",
                "off",
                "--data",
            ])
            .arg(data.path()),
    );
    assert!(
        lost.contains("master key") && lost.contains("Restore master.key"),
        "{lost}"
    );
}
