//! What answers before the services do: health, and a polite refusal while they start.

use std::sync::{Arc, OnceLock};

use axum::Router;
use axum::extract::Request;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use kith_http::{Edge, Problem, layers};
use kith_kernel::{ErrorCode, Failure};
use tower::ServiceExt as _;

use super::readiness::Readiness;

/// The services' router, once they have started.
pub(crate) type Services = Arc<OnceLock<Router>>;

/// Health at `/healthz` and `/readyz`; everything else goes to `services` as soon as they run.
pub(crate) fn router(readiness: &Readiness, services: Services, edge: &Edge) -> Router {
    let starting = layers(Router::new().fallback(refuse), edge);
    layers(health(readiness), edge).fallback(move |request: Request| {
        let router = services.get().unwrap_or(&starting).clone();
        async move { forward(router, request).await }
    })
}

async fn forward(router: Router, request: Request) -> Response {
    match router.oneshot(request).await {
        Ok(response) => response,
        Err(never) => match never {},
    }
}

async fn refuse() -> Problem {
    let starting = Failure::new(
        ErrorCode::Unavailable,
        "The server is starting. Try again in a moment.",
    );
    Problem(starting.retry_after(1))
}

/// The two probes.
pub(crate) fn health(readiness: &Readiness) -> Router {
    let readiness = readiness.clone();
    Router::new()
        .route("/healthz", get(|| async { "ok\n" }))
        .route(
            "/readyz",
            get(move || {
                let readiness = readiness.clone();
                async move { readiness.answer().await.into_response() }
            }),
        )
}
