use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use axum::routing::{get, post};
use kith_http::server::{ServerConfig, serve};
use kith_http::{ClientIp, Edge, HttpConfig, Json, layers};
use kith_kernel::Clock;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

struct Running {
    address: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    server: JoinHandle<()>,
}

async fn run(config: ServerConfig, http: HttpConfig) -> Running {
    let router = Router::new()
        .route(
            "/ip",
            get(|ClientIp(ip): ClientIp| async move { ip.to_string() }),
        )
        .route(
            "/slow",
            get(|| tokio::time::sleep(Duration::from_millis(300))),
        )
        .route("/hang", get(std::future::pending::<()>))
        .route(
            "/body",
            post(|Json(value): Json<serde_json::Value>| async move { Json(value) }),
        );
    let router = layers(router, &Edge::new(http, Clock::system()));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (stop, stopped) = oneshot::channel();
    let server = tokio::spawn(serve(listener, router, config, async {
        let _ = stopped.await;
    }));
    Running {
        address,
        stop: Some(stop),
        server,
    }
}

/// Sends bytes and reads until the server closes.
async fn exchange(address: SocketAddr, bytes: &str) -> String {
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(bytes.as_bytes()).await.unwrap();
    read(&mut stream).await
}

async fn read(stream: &mut TcpStream) -> String {
    let mut answer = Vec::new();
    // A reset is an end too.
    let _ = stream.read_to_end(&mut answer).await;
    String::from_utf8_lossy(&answer).into_owned()
}

const CLOSE: &str = "host: x\r\nconnection: close\r\n\r\n";

#[tokio::test]
async fn requests_are_answered_with_the_clients_address_known() {
    let running = run(ServerConfig::default(), HttpConfig::default()).await;
    let answer = exchange(running.address, &format!("GET /ip HTTP/1.1\r\n{CLOSE}")).await;
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    assert!(answer.ends_with("127.0.0.1"));
    let forged = format!("GET /ip HTTP/1.1\r\nx-forwarded-for: 6.6.6.6\r\n{CLOSE}");
    assert!(
        exchange(running.address, &forged)
            .await
            .ends_with("127.0.0.1")
    );
}

#[tokio::test]
async fn a_stop_lets_requests_in_flight_end_and_takes_no_more() {
    let mut running = run(ServerConfig::default(), HttpConfig::default()).await;
    let mut stream = TcpStream::connect(running.address).await.unwrap();
    stream
        .write_all(b"GET /slow HTTP/1.1\r\nhost: x\r\n\r\n")
        .await
        .unwrap();
    tokio::time::sleep(Duration::from_millis(100)).await;
    running.stop.take().unwrap().send(()).unwrap();
    let answer = read(&mut stream).await;
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    running.server.await.unwrap();
    assert!(TcpStream::connect(running.address).await.is_err());
}

#[tokio::test]
async fn what_hangs_is_cut_off_when_the_time_to_drain_is_over() {
    let config = ServerConfig {
        drain: Duration::from_millis(50),
        ..ServerConfig::default()
    };
    let mut running = run(config, HttpConfig::default()).await;
    let mut stream = TcpStream::connect(running.address).await.unwrap();
    stream
        .write_all(b"GET /hang HTTP/1.1\r\nhost: x\r\n\r\n")
        .await
        .unwrap();
    tokio::time::sleep(Duration::from_millis(50)).await;
    running.stop.take().unwrap().send(()).unwrap();
    // Ends at all: a server that waited for the handler would never.
    running.server.await.unwrap();
}

#[tokio::test]
async fn a_client_that_never_ends_its_head_or_its_body_is_let_go() {
    let config = ServerConfig {
        header_timeout: Duration::from_millis(100),
        ..ServerConfig::default()
    };
    let http = HttpConfig {
        body_idle: Duration::from_millis(100),
        ..HttpConfig::default()
    };
    let running = run(config, http).await;
    let answer = exchange(running.address, "GET /ip HTTP/1.1\r\nhost: x\r\nx-slow").await;
    assert!(!answer.contains(" 200 "), "{answer}");
    let head = "POST /body HTTP/1.1\r\ncontent-type: application/json\r\ncontent-length: 10\r\n";
    let answer = exchange(running.address, &format!("{head}{CLOSE}{{")).await;
    assert!(answer.starts_with("HTTP/1.1 400"), "{answer}");
}

#[tokio::test]
async fn nonsense_ends_the_connection_and_nothing_else() {
    let running = run(ServerConfig::default(), HttpConfig::default()).await;
    for nonsense in [
        "\x16\x03\x01\x02\x00\x01\x00\x01\r\n\r\n",
        "GET  /ip\r\n\r\n",
        "GET /ip HTTP/1.1\r\nbad header\r\n\r\n",
        "POST /body HTTP/1.1\r\nhost: x\r\ncontent-length: -1\r\n\r\n",
    ] {
        let answer = exchange(running.address, nonsense).await;
        assert!(!answer.contains(" 200 "), "{answer}");
    }
    let answer = exchange(running.address, &format!("GET /ip HTTP/1.1\r\n{CLOSE}")).await;
    assert!(answer.starts_with("HTTP/1.1 200"));
}
