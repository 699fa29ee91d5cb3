use axum::body::Body;
use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use http::{HeaderMap, HeaderValue, Method, header};
use kith_http::openapi::{Operation, Schema};
use kith_http::{Access, Answer, Authenticated, Query, Routes, credentials};
use kith_kernel::{ErrorCode, Failure};
use serde::Deserialize;

use super::Open;
use crate::Live;
use crate::hub::{Source, Wish};

/// The header by which a client says what it saw last.
const LAST_EVENT_ID: &str = "last-event-id";
/// What may happen to records.
const VERBS: [&str; 4] = ["created", "updated", "deleted", "restored"];

/// Adds the stream.
pub(crate) fn routes(routes: Routes<Live>) -> Routes<Live> {
    routes.get(
        "/events/stream",
        Access::Authenticated,
        open,
        Operation::new("stream_events", "Follow what happens")
            .about(
                "Server-sent events. `hello` comes first: its `stream` is the id by which a client says what it looks \
                 at (`/presence/{stream}`). A `record` event says what became of a record: `type` such as \
                 `person.updated`, `object`, `record_id`, `version`, `changes`, and `data`, the record as it is read. \
                 `presence` says who looks at the same. A field `id` says where the stream stands; a client that sends \
                 the last one as `Last-Event-ID` is shown what it missed, and nothing twice. `reset` says that too much was missed, or that it is not \
                 kept any more: read anew whatever you show. `end` says why a stream is over for good. A client that \
                 doesn't keep up is cut off, and comes back with `Last-Event-ID`.",
            )
            .query(
                "object",
                Schema::string(),
                "Records of one object only, by its plural name.",
            )
            .query("filter", Schema::string(), "A CEL expression over that object's records, as they are after the event.")
            .query("types", Schema::string().example("created,updated"), "What may have happened to records: created, updated, deleted, restored, separated by commas.")
            .query("only", Schema::string().example("record"), "The events that are wanted, separated by commas; all without it.")
            .query("last_event_id", Schema::string(), "The same as the header Last-Event-ID, for clients that can't send it.")
            .header("Last-Event-ID", Schema::string(), "The last `id` that the client has seen.")
            .answers_with(200, "The stream.", "text/event-stream", Schema::string())
            .refuses(&[
                ErrorCode::InvalidRequest,
                ErrorCode::ValidationFailed,
                ErrorCode::InvalidExpression,
                ErrorCode::LimitExceeded,
            ])
            .streaming(),
    )
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wanted {
    object: Option<String>,
    filter: Option<String>,
    types: Option<String>,
    only: Option<String>,
    last_event_id: Option<String>,
}

async fn open(
    State(live): State<Live>,
    Authenticated(actor): Authenticated,
    headers: HeaderMap,
    Query(wanted): Query<Wanted>,
) -> Answer<Response> {
    let records = &live.deps().records;
    let names = records
        .check(&actor, wanted.object.as_deref(), wanted.filter.as_deref())
        .await?;
    let known: Vec<&str> = (live.hub().sources().iter()).map(Source::name).collect();
    let only = chosen("only", wanted.only.as_deref(), &known)?;
    let verbs = chosen("types", wanted.types.as_deref(), &VERBS)?;
    let wish = Wish {
        actor,
        object: names.map(|names| names.key),
        verbs: verbs.iter().map(|verb| (*verb).to_owned()).collect(),
        filter: wanted.filter.as_deref().map(Into::into),
        sources: (known.iter())
            .map(|name| only.is_empty() || only.contains(name))
            .collect(),
    };
    let proof = credentials(&Method::GET, &headers)?.ok_or_else(|| {
        Failure::new(ErrorCode::Unauthenticated, "Sign in, or send an API token.")
    })?;
    let last = (headers.get(LAST_EVENT_ID))
        .and_then(|value| value.to_str().ok())
        .map(str::to_owned)
        .or(wanted.last_event_id);
    let clock = live.deps().bus.clock().clone();
    let open = Open::begin(live, wish, proof, last.as_deref(), &clock).await?;
    let mut response = Body::from_stream(open.chunks()).into_response();
    let headers = response.headers_mut();
    let kind = HeaderValue::from_static("text/event-stream");
    headers.insert(header::CONTENT_TYPE, kind);
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    // Proxies that gather answers have to let this one through.
    headers.insert("x-accel-buffering", HeaderValue::from_static("no"));
    Ok(response)
}

/// A list of known names, separated by commas.
fn chosen<'k>(
    parameter: &str,
    text: Option<&str>,
    known: &[&'k str],
) -> Result<Vec<&'k str>, Failure> {
    let names = text.into_iter().flat_map(|text| text.split(','));
    let names = names.map(str::trim).filter(|name| !name.is_empty());
    names
        .map(|name| {
            let found = known.iter().find(|known| **known == name);
            found.copied().ok_or_else(|| {
                let message = format!(
                    "`{parameter}` takes {}, separated by commas.",
                    known.join(", ")
                );
                Failure::new(ErrorCode::InvalidRequest, message).field(parameter, "invalid_value")
            })
        })
        .collect()
}
