//! A small service behind the real layers.

use std::sync::Arc;

use async_trait::async_trait;
use axum::Router;
use axum::body::Body;
use axum::extract::FromRef;
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, Method, Request, StatusCode};
use kith_contracts::{Authenticator, Credentials};
use kith_http::openapi::{Operation, Schema};
use kith_http::{
    Access, Answer, Authenticated, Edge, HttpConfig, IfMatch, Json, Path, Problem, Query, Routed,
    Routes, etag, layers,
};
use kith_kernel::{
    Actor, ActorKind, ApiTokenId, Clock, Currency, ErrorCode, Failure, Role, Scope, SessionId,
    UserId, WorkspaceId, WorkspaceSettings,
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tower::ServiceExt;

/// Knows one token, `good`, and one session, `good` with the CSRF token `csrf`.
pub(crate) struct Door {
    actor: Actor,
}

pub(crate) fn actor() -> Actor {
    let clock = Clock::system();
    Actor {
        workspace: WorkspaceId::new(&clock),
        user: UserId::new(&clock),
        kind: ActorKind::Token(ApiTokenId::new(&clock)),
        role: Role::Member,
        scopes: Arc::new(Scope::ALL),
        settings: Arc::new(WorkspaceSettings {
            currency: Currency::EUR,
            region: "DE".into(),
            time_zone: "Europe/Berlin".into(),
            locale: "de-DE".into(),
        }),
    }
}

#[async_trait]
impl Authenticator for Door {
    async fn authenticate(&self, credentials: Credentials) -> Result<Actor, Failure> {
        let refused = || {
            Failure::new(
                ErrorCode::Unauthenticated,
                "These credentials are not valid.",
            )
        };
        match credentials {
            Credentials::Bearer(token) if token == "good" => Ok(self.actor.clone()),
            Credentials::Session {
                cookie,
                csrf,
                unsafe_method,
            } if cookie == "good" => {
                if unsafe_method && csrf.as_deref() != Some("csrf") {
                    return Err(Failure::new(
                        ErrorCode::CsrfRejected,
                        "Send the CSRF token.",
                    ));
                }
                Ok(Actor {
                    kind: ActorKind::Session(SessionId(self.actor.user.0)),
                    ..self.actor.clone()
                })
            }
            _ => Err(refused()),
        }
    }

    async fn on_behalf_of(&self, _: WorkspaceId, _: UserId) -> Result<Option<Actor>, Failure> {
        Ok(None)
    }
}

#[derive(Clone, FromRef)]
pub(crate) struct Sub {
    door: Arc<dyn Authenticator>,
}

#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Note {
    text: String,
    #[serde(default)]
    tags: Vec<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct ListQuery {
    limit: Option<u32>,
}

async fn list(Query(query): Query<ListQuery>) -> Json<Value> {
    Json(json!({ "limit": query.limit }))
}

async fn create(Authenticated(actor): Authenticated, Json(note): Json<Note>) -> Answer<Response> {
    if note.text.is_empty() {
        let failure = Failure::new(ErrorCode::ValidationFailed, "Give a text.");
        return Err(failure.field("text", "required").into());
    }
    let body = json!({ "text": note.text, "tags": note.tags, "by": actor.user });
    Ok((StatusCode::CREATED, [("etag", etag(1))], Json(body)).into_response())
}

async fn read(Path(id): Path<UserId>) -> Json<Value> {
    Json(json!({ "id": id }))
}

async fn update(IfMatch(version): IfMatch) -> Answer<Json<Value>> {
    match version {
        Some(7) | None => Ok(Json(json!({}))),
        Some(_) => {
            let failure = Failure::new(ErrorCode::VersionMismatch, "Somebody else changed it.");
            Err(failure.detail("current_version", 7).into())
        }
    }
}

async fn break_down() -> Problem {
    Failure::internal("password of the database is hunter2").into()
}

async fn panic() -> Json<Value> {
    panic!("secret of the panic")
}

async fn large() -> Json<String> {
    Json("x".repeat(10_000))
}

async fn who(found: Option<Authenticated>) -> Json<bool> {
    Json(found.is_some())
}

pub(crate) fn routed() -> Routed {
    let sub = Sub {
        door: Arc::new(Door { actor: actor() }),
    };
    let anything = || Schema::any();
    Routes::new("notes", "Notes about anything.", sub)
        .schema(
            "Note",
            Schema::object()
                .required("text", Schema::string())
                .optional("tags", Schema::array(Schema::string()))
                .closed(),
        )
        .get(
            "/notes",
            Access::Authenticated,
            list,
            Operation::new("list_notes", "List notes")
                .shared("Limit")
                .answers(200, "Notes.", anything()),
        )
        .post(
            "/notes",
            Access::Authenticated,
            create,
            Operation::new("create_note", "Write a note")
                .json(Schema::named("Note"))
                .idempotent()
                .answers(201, "The note.", Schema::named("Note")),
        )
        .get(
            "/notes/{id}",
            Access::Authenticated,
            read,
            Operation::new("read_note", "Read a note")
                .path("id", Schema::uuid(), "The note's id.")
                .answers(200, "The note.", anything()),
        )
        .patch(
            "/notes/{id}",
            Access::Authenticated,
            update,
            Operation::new("update_note", "Change a note")
                .path("id", Schema::uuid(), "The note's id.")
                .if_match()
                .answers(200, "The note.", anything()),
        )
        .get(
            "/break",
            Access::Public,
            break_down,
            Operation::new("break", "Break down").answers(200, "Never.", anything()),
        )
        .get(
            "/panic",
            Access::Public,
            panic,
            Operation::new("panic", "Panic").answers(200, "Never.", anything()),
        )
        .get(
            "/large",
            Access::Public,
            large,
            Operation::new("large", "Answer much").answers(200, "Much.", Schema::string()),
        )
        .get(
            "/who",
            Access::Public,
            who,
            Operation::new("who", "Say whether somebody is signed in").answers(
                200,
                "Whether.",
                Schema::boolean(),
            ),
        )
        .post(
            "/small",
            Access::Public,
            small,
            Operation::new("small", "Take little")
                .json(anything())
                .json_limit(64)
                .answers(200, "The same.", anything()),
        )
        .finish()
}

async fn small(Json(value): Json<Value>) -> Json<Value> {
    Json(value)
}

pub(crate) fn app(config: HttpConfig) -> Router {
    let router = Router::new().nest("/api/v1", routed().router);
    layers(router, &Edge::new(config, Clock::system()))
}

/// An answer, read to its end.
pub(crate) struct Got {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl Got {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).expect("JSON")
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().expect("text"))
    }

    /// The problem document's code, after a look at what every problem has.
    pub(crate) fn code(&self) -> String {
        assert_eq!(self.header("content-type"), "application/problem+json");
        let problem = self.json();
        assert_eq!(problem["status"], self.status);
        assert_eq!(problem["request_id"], self.header("x-request-id"));
        let code = problem["code"].as_str().expect("a code").to_owned();
        assert_eq!(problem["type"], format!("/problems/{code}"));
        code
    }
}

/// Sends a request with headers, written `name: value`.
pub(crate) async fn send(
    app: &Router,
    method: Method,
    path: &str,
    headers: &[&str],
    body: impl Into<Body>,
) -> Got {
    let mut request = Request::builder().method(method).uri(path);
    for header in headers {
        let (name, value) = header.split_once(": ").expect("name: value");
        request = request.header(name, value);
    }
    let request = request.body(body.into()).expect("a request");
    let response = app.clone().oneshot(request).await.expect("an answer");
    let (parts, body) = response.into_parts();
    let body = axum::body::to_bytes(body, usize::MAX)
        .await
        .expect("a body");
    Got {
        status: parts.status.as_u16(),
        headers: parts.headers,
        body: body.to_vec(),
    }
}

pub(crate) async fn get(app: &Router, path: &str, headers: &[&str]) -> Got {
    send(app, Method::GET, path, headers, "").await
}

pub(crate) async fn post(app: &Router, path: &str, body: impl Into<Body>) -> Got {
    let headers = [
        "authorization: Bearer good",
        "content-type: application/json",
    ];
    send(app, Method::POST, path, &headers, body).await
}
