//! The API's description: what `kith openapi` prints and `/api/v1/openapi.json` answers.

use std::sync::{Arc, OnceLock};

use axum::extract::{FromRef, State};
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use kith_contracts::Authenticator;
use kith_http::openapi::{Info, OpenApiPart, Operation, Schema, document};
use kith_http::{Access, Answer, Authenticated, Routed, Routes};
use kith_identity::Identity;
use kith_records::catalog::{Catalog, standard};
use kith_records::{Records, openapi};
use serde_json::Value;

/// The OpenAPI document of these parts.
pub(crate) fn describe(parts: impl IntoIterator<Item = OpenApiPart>) -> Value {
    let info = Info {
        title: "Kith",
        version: env!("CARGO_PKG_VERSION"),
        description: include_str!("api.md"),
    };
    document(info, parts)
}

/// What the API knows of the standard objects, as they are before anybody shapes them.
pub(crate) fn standard_objects() -> OpenApiPart {
    openapi::describe(&Catalog::new(0, standard::OBJECTS.clone()))
}

/// What the document is made from.
#[derive(Clone)]
struct Describer {
    authenticator: Arc<dyn Authenticator>,
    /// Present where this process serves records.
    records: Option<Records>,
    /// All that doesn't depend on the workspace.
    fixed: Arc<OnceLock<OpenApiPart>>,
}

impl FromRef<Describer> for Arc<dyn Authenticator> {
    fn from_ref(describer: &Describer) -> Self {
        Arc::clone(&describer.authenticator)
    }
}

/// Adds `/openapi.json`, which describes `routed`, itself and the workspace's objects.
pub(crate) fn with_description(
    routed: Routed,
    identity: &Identity,
    records: Option<Records>,
) -> Routed {
    let fixed = Arc::default();
    let describer = Describer {
        authenticator: Arc::new(identity.clone()),
        records,
        fixed: Arc::clone(&fixed),
    };
    let own = Routes::new("Description", "The API about itself.", describer)
        .get(
            "/openapi.json",
            Access::Public,
            answer,
            Operation::new("read_openapi", "Read this document")
                .about(
                    "With credentials it describes the workspace's own objects and fields, \
                     without them the standard ones.",
                )
                .header(
                    "If-None-Match",
                    Schema::string(),
                    "The ETag of the document that you have.",
                )
                .answers(200, "The OpenAPI 3.1 document.", Schema::any())
                .answer_header(200, "ETag", "Changes with the document.")
                .answers_empty(304, "It is the document that you have."),
        )
        .finish();
    let routed = routed.merge(own);
    // Nobody else holds the cell.
    let _ = fixed.set(routed.part.clone());
    routed
}

async fn answer(
    State(describer): State<Describer>,
    found: Option<Authenticated>,
    headers: HeaderMap,
) -> Answer<Response> {
    let fixed = describer.fixed.get().cloned().unwrap_or_default();
    let objects = match (&describer.records, found) {
        (Some(records), Some(Authenticated(actor))) => {
            openapi::describe(&*records.catalog(&actor).await?)
        }
        (Some(_), None) => standard_objects(),
        (None, _) => OpenApiPart::default(),
    };
    let whole = describe([fixed, objects]).to_string();
    Ok(unless_known(&headers, whole))
}

/// The document, unless the client has it already.
fn unless_known(headers: &HeaderMap, whole: String) -> Response {
    let tag = format!("\"{:x}\"", checksum(whole.as_bytes()));
    let tag = HeaderValue::from_str(&tag).unwrap_or_else(|_| HeaderValue::from_static("\"0\""));
    let known = headers.get(header::IF_NONE_MATCH) == Some(&tag);
    let head = [
        (header::ETAG, tag),
        (
            header::CACHE_CONTROL,
            HeaderValue::from_static("private, no-cache"),
        ),
        (
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/json"),
        ),
    ];
    if known {
        return (StatusCode::NOT_MODIFIED, head).into_response();
    }
    (head, whole).into_response()
}

/// FNV-1a, 64 bits: tells one version of the document from another.
fn checksum(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
    })
}
