use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

use crate::running::{Running, folder, init, json};

/// PostgreSQL's process, by the file that it writes itself.
fn postgres(data: &std::path::Path) -> Pid {
    let text = std::fs::read_to_string(data.join("postgres").join("postmaster.pid")).unwrap();
    let pid: i32 = text.lines().next().unwrap().trim().parse().unwrap();
    Pid::from_raw(pid).unwrap()
}

#[tokio::test]
async fn a_database_that_dies_makes_requests_wait_not_fail_for_good() {
    let data = folder();
    let token = init(data.path());
    let server = Running::start(data.path(), &[]).await;
    assert_eq!(server.status("/api/v1/companies", &token).await, 200);
    // It dies, and what it needs to start again is not there for a while.
    let settings = data.path().join("postgres.conf");
    let away = data.path().join("postgres.conf.away");
    std::fs::rename(&settings, &away).unwrap();
    kill_process(postgres(data.path()), Signal::KILL).unwrap();
    let red = json(server.until("/readyz", 503).await).await;
    assert_eq!(red["missing"][0]["name"], "database");
    assert_eq!(server.get("/healthz").await.status(), 200);
    let request = server
        .http
        .get(server.url("/api/v1/companies"))
        .bearer_auth(&token);
    let refused = request.send().await.unwrap();
    assert_eq!(refused.status(), 503);
    assert!(refused.headers().contains_key("retry-after"));
    let problem = json(refused).await;
    assert!(problem["request_id"].is_string());
    std::fs::rename(&away, &settings).unwrap();
    server.until("/readyz", 200).await;
    assert_eq!(server.status("/api/v1/companies", &token).await, 200);
}

#[tokio::test]
async fn a_killed_server_comes_back_with_everything_that_it_acknowledged() {
    let data = folder();
    let token = init(data.path());
    let mut server = Running::start(data.path(), &[]).await;
    let created = server
        .http
        .post(server.url("/api/v1/companies"))
        .bearer_auth(&token)
        .json(&serde_json::json!({ "name": "Durable" }))
        .send()
        .await
        .unwrap();
    assert_eq!(created.status(), 201);
    let id = json(created).await["id"].as_str().unwrap().to_owned();
    server.signal(Signal::KILL);
    server.child.wait().unwrap();
    // Its notes are still there and must not be believed.
    for name in ["http", "admin"] {
        let note = data.path().join("run").join(format!("{name}.addr"));
        std::fs::remove_file(note).unwrap();
    }
    let server = Running::start(data.path(), &[]).await;
    assert_eq!(
        server
            .status(&format!("/api/v1/companies/{id}/history"), &token)
            .await,
        200
    );
}

#[tokio::test]
async fn a_second_signal_stops_at_once() {
    let data = folder();
    let mut server = Running::start(data.path(), &["--drain-seconds", "600"]).await;
    // A request whose body never comes keeps the server from draining.
    let (address, token) = (server.address.clone(), init(data.path()));
    let mut stream = std::net::TcpStream::connect(address).unwrap();
    let head = format!(
        "POST /api/v1/companies HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {token}\r\n\
         content-type: application/json\r\ncontent-length: 10\r\n\r\n"
    );
    std::io::Write::write_all(&mut stream, head.as_bytes()).unwrap();
    tokio::time::sleep(Duration::from_millis(300)).await;
    server.signal(Signal::TERM);
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert!(server.child.try_wait().unwrap().is_none(), "it drains");
    server.signal(Signal::INT);
    let began = Instant::now();
    let status = server.child.wait().unwrap();
    assert!(!status.success());
    assert!(
        began.elapsed() < Duration::from_secs(30),
        "it would drain for ten minutes"
    );
}
