//! What is counted of requests.

use std::collections::HashMap;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use axum::extract::MatchedPath;
use http::Method;
use metrics::{Counter, Gauge, Histogram, Label};
use parking_lot::RwLock;

const METHODS: [&str; 8] = [
    "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "OTHER",
];

/// Classes of status; `gone` is a client that did not wait for the answer.
const CLASSES: [&str; 6] = ["gone", "1xx", "2xx", "3xx", "4xx", "5xx"];

/// The label of requests that no route takes.
const UNMATCHED: &str = "unmatched";

/// The series of one route, made when they are first needed.
type Series = [[OnceLock<(Counter, Histogram)>; CLASSES.len()]; METHODS.len()];

/// The series of all routes. They are looked up once, because looking up costs more than counting.
#[derive(Default)]
pub(super) struct Tally {
    routes: RwLock<HashMap<Arc<str>, Arc<Series>>>,
    in_flight: OnceLock<Gauge>,
}

impl Tally {
    /// A request came (`1.0`) or is over (`-1.0`).
    pub(super) fn in_flight(&self, change: f64) {
        let gauge = self
            .in_flight
            .get_or_init(|| metrics::gauge!("kith_http_requests_in_flight"));
        gauge.increment(change);
    }

    /// A request is over; without a status, its client went away.
    pub(super) fn over(
        &self,
        method: &Method,
        route: Option<&MatchedPath>,
        status: Option<u16>,
        took: Duration,
    ) {
        let path = route.map_or(UNMATCHED, MatchedPath::as_str);
        let method = METHODS.iter().position(|known| *known == method.as_str());
        let method = method.unwrap_or(METHODS.len() - 1);
        let class = status.map_or(0, |status| usize::from(status / 100).min(CLASSES.len() - 1));
        let series = self.series(path);
        let (counter, histogram) = series[method][class].get_or_init(|| {
            let labels = [
                Label::from_static_parts("method", METHODS[method]),
                Label::new("path", path.to_owned()),
                Label::from_static_parts("status", CLASSES[class]),
            ];
            (
                metrics::counter!("kith_http_requests_total", labels.iter()),
                metrics::histogram!("kith_http_request_duration_seconds", labels.iter()),
            )
        });
        counter.increment(1);
        histogram.record(took);
    }

    fn series(&self, path: &str) -> Arc<Series> {
        if let Some(known) = self.routes.read().get(path) {
            return Arc::clone(known);
        }
        let mut routes = self.routes.write();
        Arc::clone(routes.entry(path.into()).or_default())
    }
}
