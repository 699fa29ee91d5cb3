//! The one function through which every request goes in and every answer out.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Instant;

use axum::body::{Body, HttpBody};
use axum::extract::{MatchedPath, Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use futures_util::FutureExt;
use http::{HeaderMap, HeaderValue, Method, header};
use kith_kernel::{ErrorCode, Failure, RequestId};
use tower_http::timeout::TimeoutBody;
use tracing::Instrument;

use super::repair::repair;
use super::unread::Watched;
use super::{Edge, REQUEST_ID_HEADER, client, cors, headers};
use crate::{Problem, RequestContext};

/// Longer paths are cut in the log.
const LOGGED_PATH: usize = 256;

pub(super) async fn handle(State(edge): State<Edge>, request: Request, next: Next) -> Response {
    let id = request_id(&edge, request.headers());
    let route = request.extensions().get::<MatchedPath>().cloned();
    let shown = route.as_ref().map_or("unmatched", MatchedPath::as_str);
    let span =
        tracing::info_span!("request", request_id = %id, method = %request.method(), route = shown);
    let work = within(edge, id, route, request, next);
    work.instrument(span).await
}

async fn within(
    edge: Edge,
    id: RequestId,
    route: Option<MatchedPath>,
    request: Request,
    next: Next,
) -> Response {
    let config = &edge.0.config;
    let client = client::address(
        request.extensions(),
        request.headers(),
        &config.trusted_proxies,
    );
    let context = RequestContext::new(id.clone(), client, Arc::clone(&edge.0.limiter));
    let origin = cors::allowed(request.headers(), &config.cors_origins);
    let method = request.method().clone();
    let path = request.uri().path().to_owned();
    let mut line = LogLine::begin(&edge, &context, &method, route.as_ref(), &path);

    let response = match cors::preflight(&method, request.headers(), origin.as_ref()) {
        Some(response) => response,
        None => answer(&edge, request, next, &context).await,
    };
    let mut response = repair(&method, &path, response, &id.0);
    let out = response.headers_mut();
    headers::secure(out, config.hsts);
    if let Some(standing) = context.standing() {
        for (name, value) in standing.headers() {
            out.insert(name, value);
        }
    }
    if !config.cors_origins.is_empty() {
        out.append(header::VARY, HeaderValue::from_static("origin"));
    }
    if let Some(origin) = origin {
        cors::expose(out, origin);
    }
    if let Ok(value) = HeaderValue::from_str(&id.0) {
        out.insert(REQUEST_ID_HEADER, value);
    }
    line.status = Some(response.status().as_u16());
    response
}

/// Runs the router, unless the request can be refused without it.
async fn answer(edge: &Edge, request: Request, next: Next, context: &RequestContext) -> Response {
    if edge.in_flight() > edge.0.config.max_concurrent {
        let busy = Failure::new(
            ErrorCode::Unavailable,
            "The server has more to do than it can. Try again in a moment.",
        );
        return Problem(busy.retry_after(1)).into_response();
    }
    if let Err(problem) = check_path(request.uri().path()) {
        return problem.into_response();
    }
    let (mut parts, body) = request.into_parts();
    parts.extensions.insert(context.clone());
    let limit = crate::extract::JsonLimit(edge.0.config.json_limit);
    parts.extensions.insert(limit);
    let version = parts.version;
    let (body, rest) = if body.is_end_stream() {
        (body, None)
    } else {
        let (body, rest) = Watched::new(body);
        let body = Body::new(TimeoutBody::new(edge.0.config.body_idle, body));
        (body, Some(rest))
    };
    let run = next.run(Request::from_parts(parts, body));
    let mut response = match AssertUnwindSafe(run).catch_unwind().await {
        Ok(response) => response,
        Err(panic) => Problem(Failure::internal(panic_message(&*panic))).into_response(),
    };
    if let Some(rest) = rest {
        rest.close(version, response.headers_mut());
    }
    response
}

fn panic_message(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    format!("panic: {}", text.unwrap_or("without a message"))
}

/// The client's id where it is a sane one, else a new one.
fn request_id(edge: &Edge, headers: &HeaderMap) -> RequestId {
    let sane = |text: &&str| {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.:".contains(&byte);
        (1..=128).contains(&text.len()) && text.bytes().all(plain)
    };
    let given = headers
        .get(REQUEST_ID_HEADER)
        .and_then(|value| value.to_str().ok());
    match given.filter(sane) {
        Some(id) => RequestId(id.into()),
        None => RequestId(edge.0.clock.next_uuid().to_string().into()),
    }
}

/// Refuses paths whose encoding is broken, which would otherwise be taken literally.
fn check_path(path: &str) -> Result<(), Problem> {
    let mut rest = path.bytes();
    while let Some(byte) = rest.next() {
        if byte != b'%' {
            continue;
        }
        let digits = [rest.next().unwrap_or(0), rest.next().unwrap_or(0)];
        if !digits.iter().all(u8::is_ascii_hexdigit) || digits == *b"00" {
            return Err(Problem::new(
                ErrorCode::InvalidRequest,
                "The path is malformed: a % is not followed by two hexadecimal digits, or stands \
                 for U+0000.",
            ));
        }
    }
    Ok(())
}

/// Writes the request's log line and counts it when it is over, also when the client went away.
struct LogLine<'a> {
    edge: &'a Edge,
    context: &'a RequestContext,
    method: &'a Method,
    route: Option<&'a MatchedPath>,
    path: &'a str,
    began: Instant,
    status: Option<u16>,
}

impl<'a> LogLine<'a> {
    fn begin(
        edge: &'a Edge,
        context: &'a RequestContext,
        method: &'a Method,
        route: Option<&'a MatchedPath>,
        path: &'a str,
    ) -> Self {
        edge.0.in_flight.fetch_add(1, Ordering::Relaxed);
        edge.0.tally.in_flight(1.0);
        Self {
            edge,
            context,
            method,
            route,
            path,
            began: Instant::now(),
            status: None,
        }
    }
}

impl Drop for LogLine<'_> {
    fn drop(&mut self) {
        self.edge.0.in_flight.fetch_sub(1, Ordering::Relaxed);
        let took = self.began.elapsed();
        let tally = &self.edge.0.tally;
        tally.in_flight(-1.0);
        tally.over(self.method, self.route, self.status, took);
        let path: String = self.path.chars().take(LOGGED_PATH).collect();
        let (workspace, user) = self.context.actor().unzip();
        let workspace = workspace.map(|id| id.to_string());
        let user = user.map(|id| id.to_string());
        let client = self.context.client();
        #[expect(clippy::cast_precision_loss, reason = "microseconds of one request")]
        let ms = took.as_micros() as f64 / 1000.0;
        match self.status {
            Some(status) if matches!(self.path, "/healthz" | "/readyz" | "/metrics") => {
                tracing::debug!(target: "kith::access", status, ms, path, "request");
            }
            Some(status) => {
                tracing::info!(
                    target: "kith::access", status, ms, path, %client, workspace, user, "request"
                );
            }
            None => {
                tracing::info!(
                    target: "kith::access", status = 499, ms, path, %client, workspace, user,
                    "the client went away"
                );
            }
        }
    }
}
