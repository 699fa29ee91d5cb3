use std::time::{Duration, Instant};

use http::Method;
use serde_json::{Value, json};

use crate::running::{Running, folder, init, json};

/// Names that a spreadsheet would run, that look as if they were marked already, and plain ones.
const NAMES: [&str; 8] = [
    "=HYPERLINK(\"http://example.org\",\"x\")",
    "+cmd|' /C calc'!A0",
    "-2+3+cmd",
    "@SUM(A1)",
    "'=marked",
    "Ünï 😀 <&> \"quoted\", comma",
    "0012",
    "-12.5",
];

struct Desk<'a> {
    server: &'a Running,
    token: &'a str,
}

impl Desk<'_> {
    fn ask(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        let url = self.server.url(&format!("/api/v1{path}"));
        self.server
            .http
            .request(method, url)
            .bearer_auth(self.token)
    }

    async fn get(&self, path: &str) -> Value {
        json(self.ask(Method::GET, path).send().await.unwrap()).await
    }

    async fn export(&self, format: &str, kind: &str) -> Vec<u8> {
        let path = format!(
            "/companies/export?format={format}&fields=external_id,name,employees&sort=external_id"
        );
        let answer = self.ask(Method::GET, &path).send().await.unwrap();
        assert_eq!(answer.status(), 200);
        assert_eq!(answer.headers()["content-type"], kind);
        answer.bytes().await.unwrap().to_vec()
    }

    /// Imports a file by a plan, to the end.
    async fn import(&self, file: Vec<u8>, name: &str, kind: &str) -> Value {
        let path = format!("/imports?object=companies&filename={name}");
        let sent = self.ask(Method::POST, &path).header("content-type", kind);
        let sent = sent.body(file).send().await.unwrap();
        assert_eq!(sent.status(), 201);
        let import = json(sent).await;
        let columns: Vec<&str> = (import["analysis"]["columns"].as_array().unwrap().iter())
            .map(|column| column["name"].as_str().unwrap())
            .collect();
        assert_eq!(columns, ["id", "external_id", "name", "employees"]);
        let path = format!("/imports/{}", import["id"].as_str().unwrap());
        let plan = json!({
            "mode": "upsert", "by": "external_id",
            "columns": [
                {"column": "external_id", "field": "external_id"},
                {"column": "name", "field": "name"},
                {"column": "employees", "field": "employees"},
            ],
        });
        let planned = self.ask(Method::PUT, &format!("{path}/plan")).json(&plan);
        assert_eq!(planned.send().await.unwrap().status(), 200);
        let started = self.ask(Method::POST, &format!("{path}/start"));
        let started = started.json(&json!({})).send().await.unwrap();
        assert_eq!(started.status(), 202);
        let began = Instant::now();
        loop {
            let import = self.get(&path).await;
            if import["state"] != "running" {
                assert_eq!(import["state"], "completed", "{import}");
                return import["progress"].clone();
            }
            assert!(began.elapsed() < Duration::from_secs(60), "{import}");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    async fn companies(&self) -> Vec<Value> {
        let path = "/companies?fields=external_id,name,employees&sort=external_id";
        let mut rows = self.get(path).await["data"].as_array().unwrap().clone();
        for row in &mut rows {
            row.as_object_mut().unwrap().remove("id");
        }
        rows
    }
}

#[tokio::test]
async fn a_workbook_goes_in_and_out_and_runs_nothing_in_a_spreadsheet() {
    const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
    const CSV: &str = "text/csv; charset=utf-8";
    let data = folder();
    let (ours, theirs) = (&init(data.path()), &init(data.path()));
    let server = &Running::start(data.path(), &["--log-level", "error"]).await;
    let (ours, theirs) = (
        Desk {
            server,
            token: ours,
        },
        Desk {
            server,
            token: theirs,
        },
    );
    for (number, name) in NAMES.iter().enumerate() {
        let company =
            json!({ "external_id": format!("w{number}"), "name": name, "employees": number });
        let created = ours.ask(Method::POST, "/companies").json(&company);
        assert_eq!(created.send().await.unwrap().status(), 201);
    }
    let book = ours.export("xlsx", XLSX).await;
    assert!(book.starts_with(b"PK"), "it is no workbook");
    let new = theirs.import(book, "book.xlsx", XLSX).await;
    assert_eq!(
        (&new["created"], &new["rejected"]),
        (&json!(NAMES.len()), &json!(0))
    );
    let rows = theirs.companies().await;
    assert_eq!(rows, ours.companies().await);
    let names: Vec<&str> = rows
        .iter()
        .map(|row| row["name"].as_str().unwrap())
        .collect();
    assert_eq!(names, NAMES);

    let csv = theirs.export("csv", CSV).await;
    let text = String::from_utf8(csv.clone()).unwrap();
    let cells: Vec<&str> = (text.lines().skip(1))
        .map(|line| line.splitn(3, ',').nth(2).unwrap())
        .collect();
    insta::assert_snapshot!(cells.join("\n"), @r#"
    "'=HYPERLINK(""http://example.org"",""x"")",0
    "'+cmd|' /C calc'!A0",1
    '-2+3+cmd,2
    '@SUM(A1),3
    ''=marked,4
    "Ünï 😀 <&> ""quoted"", comma",5
    0012,6
    -12.5,7
    "#);
    let book = theirs.export("xlsx", XLSX).await;
    for (file, name, kind) in [(csv, "out.csv", CSV), (book, "out.xlsx", XLSX)] {
        let again = theirs.import(file, name, kind).await;
        assert_eq!(again["unchanged"], NAMES.len(), "{name}: {again}");
    }
    assert_eq!(theirs.companies().await, rows);
}
