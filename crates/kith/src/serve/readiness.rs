//! Whether this process should be sent requests, and if not, why.

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::time::{Duration, Instant};

use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use kith_http::Json;
use kith_store::Store;
use serde::Serialize;
use tokio::sync::Mutex;

/// How long an answer of the database holds, so that probes can't become load.
const FRESH: Duration = Duration::from_secs(1);

/// How long the database may take to answer.
const PATIENCE: Duration = Duration::from_secs(2);

const STARTING: u8 = 0;
const SERVING: u8 = 1;
const STOPPING: u8 = 2;

/// The state of this process and of what it depends on.
#[derive(Clone)]
pub(crate) struct Readiness(Arc<Inner>);

struct Inner {
    phase: AtomicU8,
    store: Mutex<Watched>,
}

#[derive(Default)]
struct Watched {
    store: Option<Store>,
    seen: Option<(Instant, Option<String>)>,
}

/// The document at `/readyz`.
#[derive(Serialize)]
struct Report {
    ready: bool,
    missing: Vec<Missing>,
}

/// A dependency that is missing.
#[derive(Serialize)]
struct Missing {
    name: &'static str,
    reason: String,
}

impl Readiness {
    /// Of a process that starts.
    pub(crate) fn starting() -> Self {
        Self(Arc::new(Inner {
            phase: AtomicU8::new(STARTING),
            store: Mutex::new(Watched::default()),
        }))
    }

    /// From now on the database counts.
    pub(crate) async fn watch(&self, store: &Store) {
        self.0.store.lock().await.store = Some(store.clone());
    }

    /// Everything is set up.
    pub(crate) fn serving(&self) {
        self.0.phase.store(SERVING, Ordering::Relaxed);
    }

    /// No further requests should come.
    pub(crate) fn stopping(&self) {
        self.0.phase.store(STOPPING, Ordering::Relaxed);
    }

    /// The answer to `/readyz`: 200, or 503 with every dependency that is missing.
    pub(crate) async fn answer(&self) -> Response {
        let mut missing = Vec::new();
        match self.0.phase.load(Ordering::Relaxed) {
            SERVING => {}
            STOPPING => missing.push(Missing {
                name: "server",
                reason: "stopping".into(),
            }),
            _ => missing.push(Missing {
                name: "server",
                reason: "starting".into(),
            }),
        }
        if let Some(reason) = self.database().await {
            let name = "database";
            missing.push(Missing { name, reason });
        }
        let ready = missing.is_empty();
        let mut response = Json(Report { ready, missing }).into_response();
        if !ready {
            *response.status_mut() = StatusCode::SERVICE_UNAVAILABLE;
            let headers = response.headers_mut();
            headers.insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
        }
        response
    }

    /// What is wrong with the database.
    async fn database(&self) -> Option<String> {
        let mut watched = self.0.store.lock().await;
        if let Some((at, seen)) = &watched.seen
            && at.elapsed() < FRESH
        {
            return seen.clone();
        }
        let store = watched.store.clone()?;
        let seen = match tokio::time::timeout(PATIENCE, store.ready()).await {
            Ok(Ok(())) => None,
            Ok(Err(error)) => Some(error.to_string()),
            Err(_) => Some("does not answer in time".into()),
        };
        watched.seen = Some((Instant::now(), seen.clone()));
        seen
    }
}
