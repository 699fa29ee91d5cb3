//! `/metrics`.

use std::time::Duration;

use anyhow::Context;
use axum::Router;
use axum::routing::get;
use http::header;
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};

/// Upper bounds of latencies, in seconds.
const BUCKETS: [f64; 14] = [
    0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0,
];

/// Collects what the crates count.
pub(crate) fn start() -> anyhow::Result<PrometheusHandle> {
    let handle = PrometheusBuilder::new()
        .set_buckets_for_metric(Matcher::Suffix("_seconds".into()), &BUCKETS)
        .and_then(PrometheusBuilder::install_recorder)
        .context("metrics can't be collected")?;
    describe();
    metrics::gauge!("kith_build_info", "version" => env!("CARGO_PKG_VERSION")).set(1);
    let upkeep = handle.clone();
    tokio::spawn(async move {
        let mut tick = tokio::time::interval(Duration::from_secs(5));
        loop {
            tick.tick().await;
            upkeep.run_upkeep();
        }
    });
    Ok(handle)
}

fn describe() {
    metrics::describe_gauge!(
        "kith_build_info",
        "Always 1; the label says which version runs."
    );
    metrics::describe_counter!("kith_http_requests_total", "Requests answered.");
    metrics::describe_histogram!(
        "kith_http_request_duration_seconds",
        metrics::Unit::Seconds,
        "From a request's head to its answer's head."
    );
    metrics::describe_gauge!("kith_http_requests_in_flight", "Requests being handled.");
    metrics::describe_gauge!(
        "kith_process_resident_bytes",
        metrics::Unit::Bytes,
        "Memory of this process; the embedded PostgreSQL's is not in it."
    );
}

/// The route for Prometheus.
pub(crate) fn router(handle: PrometheusHandle) -> Router {
    let scrape = move || {
        let handle = handle.clone();
        async move {
            if let Some(bytes) = resident_bytes() {
                metrics::gauge!("kith_process_resident_bytes").set(bytes);
            }
            let kind = "text/plain; version=0.0.4; charset=utf-8";
            ([(header::CONTENT_TYPE, kind)], handle.render())
        }
    };
    Router::new().route("/metrics", get(scrape))
}

/// Memory that this process holds, where the system tells.
fn resident_bytes() -> Option<f64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kib: u32 = line.trim().trim_end_matches("kB").trim().parse().ok()?;
    Some(f64::from(kib) * 1024.0)
}
