//! What surrounds every route.

mod client;
mod compress;
mod cors;
mod headers;
mod outermost;
mod repair;
mod tally;
mod unread;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use axum::Router;
use axum::middleware::from_fn_with_state;
use ipnet::IpNet;
use kith_kernel::Clock;

use crate::extract::DEFAULT_LIMIT;
use crate::limit::{ActorLimiter, Rate};

/// The header that carries a request's id, in and out.
pub const REQUEST_ID_HEADER: &str = "x-request-id";

/// What an operator can choose about the HTTP edge.
#[derive(Clone, Debug)]
pub struct HttpConfig {
    /// The largest JSON body, in bytes.
    pub json_limit: usize,
    /// The allowance of each token and session.
    pub rate: Rate,
    /// Requests handled at the same time; more are refused with 503.
    pub max_concurrent: usize,
    /// How long a body may pause.
    pub body_idle: Duration,
    /// Proxies whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<IpNet>,
    /// Origins whose pages may call the API, such as `https://app.example.org`.
    pub cors_origins: Vec<String>,
    /// Whether browsers are told to come by TLS only. Choose it only behind TLS.
    pub hsts: bool,
}

impl Default for HttpConfig {
    fn default() -> Self {
        Self {
            json_limit: DEFAULT_LIMIT,
            rate: Rate {
                burst: 1000,
                per_second: 200.0,
            },
            max_concurrent: 1024,
            body_idle: Duration::from_secs(30),
            trusted_proxies: Vec::new(),
            cors_origins: Vec::new(),
            hsts: false,
        }
    }
}

/// The HTTP edge of one process: its configuration and what it counts.
#[derive(Clone)]
pub struct Edge(Arc<Inner>);

struct Inner {
    config: HttpConfig,
    clock: Clock,
    limiter: Arc<ActorLimiter>,
    in_flight: AtomicUsize,
    tally: tally::Tally,
}

impl Edge {
    /// An edge of this configuration.
    pub fn new(config: HttpConfig, clock: Clock) -> Self {
        Self(Arc::new(Inner {
            limiter: Arc::new(ActorLimiter::new(config.rate)),
            config,
            clock,
            in_flight: AtomicUsize::new(0),
            tally: tally::Tally::default(),
        }))
    }

    /// How many requests are being handled.
    pub fn in_flight(&self) -> usize {
        self.0.in_flight.load(Ordering::Relaxed)
    }
}

/// Puts the layers around a router, outermost first: compression; request id, log line, metrics,
/// headers, refusal when overloaded, panics made into problems. Apply it once, to the whole.
pub fn layers(router: Router, edge: &Edge) -> Router {
    router
        .layer(from_fn_with_state(edge.clone(), outermost::handle))
        .layer(compress::layer())
}
