//! A receiver of webhooks that answers as it is told.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use http::{HeaderMap, StatusCode};
use parking_lot::Mutex;
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// What came in.
#[derive(Clone, Debug)]
pub struct Received {
    pub id: String,
    pub timestamp: String,
    pub signature: String,
    pub body: String,
}

impl Received {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).expect("JSON")
    }

    /// The type and the version of the event.
    pub fn what(&self) -> String {
        let json = self.json();
        format!(
            "{} {}",
            json["type"].as_str().expect("a type"),
            json["version"]
        )
    }
}

/// How it answers.
#[derive(Clone, Debug)]
pub struct Mood {
    pub status: u16,
    pub headers: Vec<(&'static str, String)>,
    pub body: String,
    pub pause: Duration,
}

impl Default for Mood {
    fn default() -> Self {
        Self {
            status: 204,
            headers: Vec::new(),
            body: String::new(),
            pause: Duration::ZERO,
        }
    }
}

#[derive(Clone, Default)]
struct Shared {
    received: Arc<Mutex<Vec<Received>>>,
    mood: Arc<Mutex<Mood>>,
}

pub struct Receiver {
    pub url: String,
    shared: Shared,
    serving: JoinHandle<()>,
}

impl Receiver {
    pub async fn start() -> Self {
        let shared = Shared::default();
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("http://{}/hook", listener.local_addr().expect("an address"));
        let router = Router::new().fallback(take).with_state(shared.clone());
        let serving = tokio::spawn(async move {
            axum::serve(listener, router).await.expect("serving");
        });
        Self {
            url,
            shared,
            serving,
        }
    }

    /// Answers with this status from now on.
    pub fn answer(&self, status: u16) {
        self.mood(Mood {
            status,
            ..Mood::default()
        });
    }

    pub fn mood(&self, mood: Mood) {
        *self.shared.mood.lock() = mood;
    }

    pub fn received(&self) -> Vec<Received> {
        self.shared.received.lock().clone()
    }

    /// The types and versions of what came in, in order.
    pub fn whats(&self) -> Vec<String> {
        self.received().iter().map(Received::what).collect()
    }

    /// Waits until so much came in.
    pub async fn wait_for(&self, count: usize) {
        while self.shared.received.lock().len() < count {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

async fn take(State(shared): State<Shared>, headers: HeaderMap, body: Bytes) -> Response {
    let text = |name: &str| {
        headers
            .get(name)
            .map_or("", |value| value.to_str().expect("text"))
            .to_owned()
    };
    let received = Received {
        id: text("webhook-id"),
        timestamp: text("webhook-timestamp"),
        signature: text("webhook-signature"),
        body: String::from_utf8(body.to_vec()).expect("UTF-8"),
    };
    shared.received.lock().push(received);
    let mood = shared.mood.lock().clone();
    tokio::time::sleep(mood.pause).await;
    let status = StatusCode::from_u16(mood.status).expect("a status");
    let mut answer = (status, mood.body).into_response();
    for (name, value) in mood.headers {
        answer
            .headers_mut()
            .insert(name, value.parse().expect("a value"));
    }
    answer
}
