use crate::running::{Running, complaint, folder, init, json, kith};

#[tokio::test]
async fn a_first_run_says_where_to_go_serves_and_stops_in_order() {
    let data = folder();
    let server = Running::start(data.path(), &[]).await;
    assert_eq!(server.get("/healthz").await.text().await.unwrap(), "ok\n");
    let ready = json(server.get("/readyz").await).await;
    assert_eq!(ready, serde_json::json!({ "ready": true, "missing": [] }));
    let home = server.get("/").await;
    assert_eq!(home.headers()["content-type"], "text/html; charset=utf-8");
    assert!(server.get("/api/docs").await.status().is_success());
    let document = json(server.get("/api/v1/openapi.json").await).await;
    assert_eq!(document["openapi"], "3.1.0");
    let metrics = server.http.get(format!("http://{}/metrics", server.admin));
    let metrics = metrics.send().await.unwrap().text().await.unwrap();
    for name in [
        "kith_http_requests_total{method=\"GET\",path=\"/healthz\",status=\"2xx\"}",
        "kith_store_connections_in_use{pool=",
        "kith_process_resident_bytes",
        "kith_build_info{version=",
    ] {
        assert!(metrics.contains(name), "{name} is not in\n{metrics}");
    }
    // Not for everyone.
    assert_eq!(server.get("/metrics").await.status(), 404);
    let socket = data.path().join("run").join(".s.PGSQL.5432");
    assert!(socket.exists());
    let address = server.address.clone();
    let (ended_well, said, log) = server.stop();
    assert!(ended_well, "{log}");
    assert!(
        said.contains(&format!("http://{address}/setup?token=kith_set_")),
        "{said}"
    );
    assert!(said.contains(" init --data "));
    assert!(!socket.exists());
    assert!(!data.path().join("run").join("http.addr").exists());
    for line in log.lines() {
        let line: serde_json::Value = serde_json::from_str(line).expect("a log line is JSON");
        assert!(line["timestamp"].is_string() && line["level"].is_string());
    }
    assert!(!log.contains("kith_set_"), "a secret is in the log");
}

#[tokio::test]
async fn a_workspace_made_without_and_beside_a_server_is_there() {
    let data = folder();
    let before = init(data.path());
    let server = Running::start(data.path(), &[]).await;
    let beside = init(data.path());
    for token in [&before, &beside] {
        assert_eq!(server.status("/api/v1/session", token).await, 200);
    }
    assert_eq!(
        server.status("/api/v1/session", "kith_pat_wrong").await,
        401
    );
    let (_, said, _) = server.stop();
    assert!(
        !said.contains("/setup"),
        "nothing is left to set up: {said}"
    );
}

#[tokio::test]
async fn one_data_directory_has_one_server() {
    let data = folder();
    let server = Running::start(data.path(), &[]).await;
    let said = complaint(
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
    assert!(said.contains("another Kith server"), "{said}");
    let said = complaint(
        kith()
            .args([
                "serve",
                "--listen",
                &server.address,
                "--admin-listen",
                "off",
                "--data",
            ])
            .arg(folder().path()),
    );
    assert!(said.contains("can't be listened on"), "{said}");
    // The first is none the worse.
    assert_eq!(server.get("/readyz").await.status(), 200);
}
