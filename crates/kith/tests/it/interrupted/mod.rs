//! Real servers that are cut off in the middle of something.

mod broken_off;
mod full_disk;
mod killed;
mod taken_over;

use std::collections::HashSet;
use std::fmt::Write as _;
use std::path::Path;
use std::time::{Duration, Instant};

use http::Method;
use serde_json::{Value, json};

use crate::running::Running;

/// How long anything may take: the lease of a process that died runs out, and then it is done.
const PATIENCE: Duration = Duration::from_secs(150);

/// A server that says little: nobody reads its log, and a full pipe would hold it up.
async fn start(data: &Path, arguments: &[&str]) -> Running {
    let quiet = ["--log-level", "error"];
    Running::start(data, &[&quiet[..], arguments].concat()).await
}

/// A client of a server.
pub(super) struct Desk<'a> {
    pub(super) server: &'a Running,
    pub(super) token: &'a str,
}

impl Desk<'_> {
    /// Sends a request; the answer's status and JSON.
    async fn ask(&self, method: Method, path: &str, body: &Value) -> (u16, Value) {
        let url = self.server.url(&format!("/api/v1{path}"));
        let mut request = self
            .server
            .http
            .request(method, url)
            .bearer_auth(self.token)
            // A connection on which a file was refused is not to be used again.
            .header("connection", "close");
        if !body.is_null() {
            request = request.json(body);
        }
        answered(request).await
    }

    async fn get(&self, path: &str) -> Value {
        let (status, answer) = self.ask(Method::GET, path, &Value::Null).await;
        assert_eq!(status, 200, "{path}: {answer}");
        answer
    }

    async fn post(&self, path: &str, body: &Value) -> Value {
        let (status, answer) = self.ask(Method::POST, path, body).await;
        assert!((200..300).contains(&status), "{path}: {status} {answer}");
        answer
    }

    /// Sends a file of companies.
    async fn upload(&self, file: impl Into<reqwest::Body>) -> (u16, Value) {
        let url = self.server.url("/api/v1/imports");
        let request = self.server.http.post(url).bearer_auth(self.token);
        let request = request
            .query(&[("object", "companies"), ("filename", "c.csv")])
            .header("content-type", "text/csv")
            .body(file);
        answered(request).await
    }

    /// Sends a file and has it imported; the import's id.
    async fn import(&self, file: String, plan: Option<&Value>) -> String {
        let (status, import) = self.upload(file).await;
        assert_eq!(status, 201, "{import}");
        let id = import["id"].as_str().unwrap().to_owned();
        if let Some(plan) = plan {
            let path = format!("/imports/{id}/plan");
            let (status, answer) = self.ask(Method::PUT, &path, plan).await;
            assert_eq!(status, 200, "{answer}");
        }
        self.post(&format!("/imports/{id}/start"), &json!({})).await;
        id
    }

    /// Reads an import until it is as `wanted`.
    async fn until(&self, id: &str, wanted: impl Fn(&Value) -> bool) -> Value {
        let began = Instant::now();
        loop {
            let import = self.get(&format!("/imports/{id}")).await;
            if wanted(&import) {
                return import;
            }
            assert!(began.elapsed() < PATIENCE, "it stays so: {import}");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    async fn count(&self, filter: &str) -> i64 {
        let url = self.server.url("/api/v1/companies?limit=1&count=exact");
        let mut request = self.server.http.get(url).bearer_auth(self.token);
        if !filter.is_empty() {
            request = request.query(&[("filter", filter)]);
        }
        let (status, answer) = answered(request).await;
        assert_eq!(status, 200, "{answer}");
        answer["count"]["value"].as_i64().unwrap()
    }
}

async fn answered(request: reqwest::RequestBuilder) -> (u16, Value) {
    let answer = request.timeout(PATIENCE).send().await.unwrap();
    let status = answer.status().as_u16();
    let text = answer.text().await.unwrap();
    (status, serde_json::from_str(&text).unwrap_or_default())
}

fn read(import: &Value) -> i64 {
    import["progress"]["read"].as_i64().unwrap()
}

/// Rows of a file that is large enough to be interrupted.
const ROWS: i64 = 24_000;
const KEYS: i64 = ROWS / 2;
/// One row of so many is wrong.
const WRONG: i64 = 100;

/// Each key comes twice, so that a row that is lost or done twice shows in its record's version.
fn file() -> String {
    let mut file = String::from("external_id,name,employees\n");
    for row in 0..ROWS {
        let key = row % KEYS;
        if row % WRONG == WRONG - 1 {
            let _ = writeln!(file, "k{key},Company {key},many in {row}");
        } else {
            let _ = writeln!(file, "k{key},Company {key},{row}");
        }
    }
    file
}

fn plan() -> Value {
    json!({
        "mode": "upsert", "by": "external_id",
        "columns": [
            {"column": "external_id", "field": "external_id"},
            {"column": "name", "field": "name"},
            {"column": "employees", "field": "employees", "on_invalid": "reject"},
        ],
    })
}

/// A company that the file changes, so that there is something to put back.
async fn company_of_before(desk: &Desk<'_>) {
    let company = json!({ "external_id": "k0", "name": "Before", "employees": 7 });
    desk.post("/companies", &company).await;
}

/// Every row of the file is in exactly once, or rejected exactly once.
async fn assert_all_in(desk: &Desk<'_>, import: &Value) {
    let good = KEYS - KEYS / WRONG;
    let mut progress = import["progress"].clone();
    for name in ["share", "rows_per_second", "phase"] {
        progress.as_object_mut().unwrap().remove(name);
    }
    assert_eq!(
        progress,
        json!({
            "read": ROWS, "created": good - 1, "updated": good + 1, "unchanged": 0,
            "rejected": ROWS / WRONG, "adjusted": 0, "related_created": 0, "users_created": 0,
        })
    );
    assert_eq!(desk.count("external_id != null").await, good);
    // Every company has the value of its last row, and one version for each of its rows.
    assert_eq!(desk.count(&format!("employees < {KEYS}")).await, 0);
    assert_eq!(desk.count("version == 2").await, good - 1);
    assert_eq!(desk.count("version == 3").await, 1);
    let id = import["id"].as_str().unwrap();
    let url = desk.server.url(&format!("/api/v1/imports/{id}/rejected"));
    let request = desk.server.http.get(url).bearer_auth(desk.token);
    let rejected = request.send().await.unwrap().text().await.unwrap();
    let lines: Vec<&str> = rejected.lines().skip(1).collect();
    let different: HashSet<&str> = lines.iter().copied().collect();
    assert_eq!(lines.len(), usize::try_from(ROWS / WRONG).unwrap());
    assert_eq!(different.len(), lines.len(), "a row is rejected twice");
}

/// Undoes the import, after which only what was there before is left, as it was.
async fn assert_undone(desk: &Desk<'_>, id: &str) {
    desk.post(&format!("/imports/{id}/undo"), &json!({})).await;
    let ended = |import: &Value| import["state"] != "undoing";
    let undone = desk.until(id, ended).await;
    assert_eq!(undone["state"], "undone", "{undone}");
    let good = KEYS - KEYS / WRONG;
    assert_eq!(
        undone["undo"],
        json!({ "deleted": good - 1, "restored": 1, "left": 0, "left_records": [] })
    );
    assert_eq!(desk.count("").await, 1);
    assert_eq!(desk.count("name == 'Before' && employees == 7").await, 1);
}
