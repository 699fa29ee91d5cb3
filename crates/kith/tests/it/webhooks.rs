//! Webhooks of the real server, killed while they are sent.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use http::HeaderMap;
use rustix::process::Signal;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::mpsc;

use crate::running::{Running, folder, init, json as read};

/// A delivery: its id, and what it says.
type Received = (String, Value);

#[derive(Clone)]
struct Receiver {
    received: mpsc::UnboundedSender<Received>,
    hangs: Arc<AtomicBool>,
}

async fn take(State(receiver): State<Receiver>, headers: HeaderMap, body: String) {
    let id = headers["webhook-id"].to_str().unwrap().to_owned();
    let body = serde_json::from_str(&body).unwrap();
    let _ = receiver.received.send((id, body));
    if receiver.hangs.load(Ordering::SeqCst) {
        tokio::time::sleep(Duration::from_secs(600)).await;
    }
}

async fn send(server: &Running, token: &str, path: &str, body: &Value) -> Value {
    let request = server.http.post(server.url(path)).bearer_auth(token);
    let answer = request.json(body).send().await.unwrap();
    assert!(answer.status().is_success(), "{}", answer.status());
    read(answer).await
}

async fn start(data: &Path) -> Running {
    Running::start(data, &["--webhooks-allow", "127.0.0.0/8"]).await
}

#[tokio::test]
async fn a_server_that_is_killed_while_it_delivers_loses_nothing() {
    let (sender, mut received) = mpsc::unbounded_channel();
    let hangs = Arc::new(AtomicBool::new(true));
    let receiver = Receiver {
        received: sender,
        hangs: Arc::clone(&hangs),
    };
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/kith", listener.local_addr().unwrap());
    let router = Router::new().fallback(take).with_state(receiver);
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });

    let data = folder();
    let token = init(data.path());
    let mut server = start(data.path()).await;
    let webhook = json!({
        "url": url, "object": "companies", "filter": "industry == \"tech\" && owner.name != \"nobody\"",
    });
    send(&server, &token, "/api/v1/webhooks", &webhook).await;
    let me = read(
        server
            .http
            .get(server.url("/api/v1/session"))
            .bearer_auth(&token)
            .send()
            .await
            .unwrap(),
    )
    .await;
    let owner = me["user"]["id"].clone();
    let company = json!({"name": "Acme", "industry": "tech", "owner": owner});
    let made = send(&server, &token, "/api/v1/companies", &company).await;
    let (first, event) = received.recv().await.unwrap();
    assert_eq!(event["type"], "company.created");
    assert_eq!(event["data"]["id"], made["id"]);
    assert_eq!(event["data"]["version"], made["version"]);

    server.signal(Signal::KILL);
    server.child.wait().unwrap();
    for name in ["http", "admin"] {
        let note = data.path().join("run").join(format!("{name}.addr"));
        std::fs::remove_file(note).unwrap();
    }
    hangs.store(false, Ordering::SeqCst);
    let server = start(data.path()).await;
    let (again, event) = received.recv().await.unwrap();
    assert_eq!((again, &event["type"]), (first, &json!("company.created")));
    send(
        &server,
        &token,
        "/api/v1/companies",
        &json!({"name": "Other"}),
    )
    .await;
    send(&server, &token, "/api/v1/companies", &company).await;
    let (_, event) = received.recv().await.unwrap();
    assert_eq!(event["data"]["name"], "Acme");
    assert_ne!(event["data"]["id"], made["id"]);
}
