use std::process::{Command, Output};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::Router;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::get;

use crate::running::{Running, folder, init, json, kith, run};

const COMPANIES: &str = "\
account,sector,subsidiary_of,employees
Acme,technology,,100
Bluth,housing,Acme,many
Cogs,machines,Acme,12
";

/// `kith import` and `kith export` at a server.
struct Desk {
    address: String,
    token: String,
}

impl Desk {
    fn kith(&self, arguments: &[&str]) -> Command {
        let mut command = kith();
        command
            .args(arguments)
            .env("KITH_URL", format!("http://{}", self.address))
            .env("KITH_TOKEN", &self.token);
        command
    }

    /// Blocks, so it runs beside the server's runtime.
    async fn run(&self, arguments: &[&str], input: &'static str) -> Output {
        let mut command = self.kith(arguments);
        tokio::task::spawn_blocking(move || run(&mut command, input))
            .await
            .unwrap()
    }
}

fn out(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_is_tried_imported_reported_and_undone() {
    let data = folder();
    let token = init(data.path());
    let server = Running::start(data.path(), &[]).await;
    let desk = Desk {
        address: server.address.clone(),
        token: token.clone(),
    };
    let file = data.path().join("companies.csv");
    std::fs::write(&file, COMPANIES).unwrap();
    let file = file.to_str().unwrap();
    let rejected = data.path().join("rejected.csv");
    let count = async || {
        let url = server.url("/api/v1/companies?count=exact&limit=1");
        let request = server.http.get(url).bearer_auth(&token);
        json(request.send().await.unwrap()).await["count"]["value"].clone()
    };
    let options = [
        "--map",
        "account=name",
        "--map",
        "sector=industry",
        "--map",
        "subsidiary_of=parent",
        "--map",
        "employees=employees",
        "--on-invalid",
        "employees=reject",
    ];
    let mut import = vec!["import", "companies", file];
    import.extend(options);

    let plan = desk
        .run(&[&import[..], &["--show-plan"]].concat(), "")
        .await;
    let plan: serde_json::Value = serde_json::from_slice(&plan.stdout).unwrap();
    assert_eq!(plan["columns"][0]["field"], "name");

    let tried = desk.run(&[&import[..], &["--dry-run"]].concat(), "").await;
    assert!(tried.status.success(), "{}", said(&tried));
    assert!(
        out(&tried).contains("2 created, 1 rejected of 3 rows"),
        "{}",
        out(&tried)
    );
    assert_eq!(count().await, 0, "nothing is imported yet");

    let strict = ["--strict", "--rejected", rejected.to_str().unwrap()];
    let arguments = [&import[..], &strict].concat();
    let done = desk.run(&arguments, "").await;
    assert!(
        !done.status.success(),
        "a rejected row fails a strict import"
    );
    assert!(
        said(&done).contains("2 created, 1 rejected of 3 rows"),
        "{}",
        said(&done)
    );
    assert!(
        said(&done).contains("1 rows were rejected"),
        "{}",
        said(&done)
    );
    let rows = std::fs::read_to_string(&rejected).unwrap();
    assert!(rows.contains("Bluth") && !rows.contains("Cogs"), "{rows}");
    assert_eq!(count().await, 2);

    let export = desk
        .run(
            &[
                "export",
                "companies",
                "--fields",
                "name,employees",
                "--sort",
                "name",
            ],
            "",
        )
        .await;
    assert!(export.status.success(), "{}", said(&export));
    let lines: Vec<String> = out(&export).lines().map(str::to_owned).collect();
    assert_eq!(lines.len(), 3, "{lines:?}");
    assert!(
        lines[1].contains("Acme") && lines[2].contains("Cogs"),
        "{lines:?}"
    );
    let sheet = data.path().join("companies.xlsx");
    let filter = "employees > 50";
    let arguments = [
        "export",
        "companies",
        "--filter",
        filter,
        "-o",
        sheet.to_str().unwrap(),
    ];
    let export = desk.run(&arguments, "").await;
    assert!(export.status.success(), "{}", said(&export));
    assert!(
        std::fs::read(&sheet).unwrap().starts_with(b"PK"),
        "it is a workbook"
    );

    let id = said(&done);
    let id = id
        .split("--undo ")
        .nth(1)
        .unwrap()
        .split_whitespace()
        .next()
        .unwrap();
    let undone = desk.run(&["import", "--undo", id], "").await;
    assert!(undone.status.success(), "{}", said(&undone));
    assert_eq!(count().await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_may_come_from_standard_input() {
    let data = folder();
    let token = init(data.path());
    let server = Running::start(data.path(), &[]).await;
    let desk = Desk {
        address: server.address.clone(),
        token,
    };
    let done = desk
        .run(&["import", "companies", "-"], "name\nPiped\n")
        .await;
    assert!(
        said(&done).contains("1 created of 1 rows"),
        "{}",
        said(&done)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn mistakes_are_explained() {
    let data = folder();
    let token = init(data.path());
    let server = Running::start(data.path(), &[]).await;
    let desk = Desk {
        address: server.address.clone(),
        token,
    };
    for (arguments, expected) in [
        (
            &["import", "companies", "/nowhere.csv"][..],
            "/nowhere.csv can't be read",
        ),
        (&["import", "ships", "-"], "There is no object `ships`"),
        (
            &["import", "--undo", "1"],
            "There is nothing at this address",
        ),
    ] {
        let output = desk.run(arguments, "name\nX\n").await;
        assert!(!output.status.success());
        assert!(said(&output).contains(expected), "{}", said(&output));
    }
    let stranger = Desk {
        token: "kith_pat_wrong".into(),
        ..desk
    };
    let output = stranger
        .run(&["import", "companies", "-"], "name\nX\n")
        .await;
    assert!(
        said(&output).contains("kith token create"),
        "{}",
        said(&output)
    );
    drop(server);
    let output = stranger
        .kith(&["export", "companies"])
        .env("KITH_URL", "ftp://x")
        .output();
    assert!(said(&output.unwrap()).contains("no address of a server"));
}

/// A server that is busy twice, then answers, then breaks off.
#[tokio::test(flavor = "multi_thread")]
async fn a_busy_server_is_asked_again_and_half_an_export_is_none() {
    async fn export(State(asked): State<Arc<AtomicUsize>>) -> Response {
        match asked.fetch_add(1, Ordering::Relaxed) {
            0 => (
                http::StatusCode::SERVICE_UNAVAILABLE,
                [("retry-after", "0")],
            )
                .into_response(),
            1 => http::StatusCode::TOO_MANY_REQUESTS.into_response(),
            2 => "name\nAcme\n".into_response(),
            _ => {
                let parts = [Ok("name\n"), Err(std::io::Error::other("broken"))];
                axum::body::Body::from_stream(futures_util::stream::iter(parts)).into_response()
            }
        }
    }
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let desk = Desk {
        address: listener.local_addr().unwrap().to_string(),
        token: "t".into(),
    };
    let router = Router::new()
        .route("/api/v1/companies/export", get(export))
        .with_state(Arc::default());
    tokio::spawn(kith_http::server::serve(
        listener,
        router,
        kith_http::server::ServerConfig::default(),
        std::future::pending(),
    ));
    let folder = folder();
    let file = folder.path().join("out.csv");
    let arguments = ["export", "companies", "-o", file.to_str().unwrap()];
    let output = desk.run(&arguments, "").await;
    assert!(output.status.success(), "{}", said(&output));
    assert_eq!(std::fs::read_to_string(&file).unwrap(), "name\nAcme\n");
    std::fs::remove_file(&file).unwrap();
    let output = desk.run(&arguments, "").await;
    assert!(said(&output).contains("broke off"), "{}", said(&output));
    assert_eq!(
        std::fs::read_dir(folder.path()).unwrap().count(),
        0,
        "nothing is left"
    );
}
