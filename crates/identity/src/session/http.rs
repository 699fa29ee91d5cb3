//! `GET /session` and the list of a user's sessions.

use axum::extract::State;
use http::{HeaderMap, HeaderValue, StatusCode};
use jiff::Timestamp;
use kith_crypto::{Token, csrf_token};
use kith_http::openapi::{Operation, Schema};
use kith_http::{Access, Answer, Authenticated, Json, Path, Routes, SESSION_COOKIE, cookie};
use kith_kernel::{ActorKind, SessionId};
use serde::Serialize;

use super::model::ABSOLUTE;
use super::{Session, own_session};
use crate::Identity;
use crate::user::{User, UserAnswer};
use crate::workspace::{Workspace, WorkspaceAnswer};

/// Who is signed in, where, and what their browser needs.
#[derive(Debug, Serialize)]
pub(crate) struct SessionAnswer {
    id: Option<SessionId>,
    csrf_token: Option<String>,
    user: UserAnswer,
    workspace: WorkspaceAnswer,
}

impl SessionAnswer {
    pub(crate) fn new(
        user: &User,
        workspace: &Workspace,
        id: Option<SessionId>,
        csrf_token: Option<String>,
    ) -> Self {
        Self {
            id,
            csrf_token,
            user: user.into(),
            workspace: workspace.into(),
        }
    }
}

#[derive(Debug, Serialize)]
struct SessionItem {
    id: SessionId,
    current: bool,
    ip: Option<String>,
    user_agent: Option<String>,
    created_at: Timestamp,
    last_seen_at: Timestamp,
    expires_at: Timestamp,
}

#[derive(Debug, Serialize)]
struct SessionList {
    data: Vec<SessionItem>,
}

pub(crate) fn routes(routes: Routes<Identity>) -> Routes<Identity> {
    let session = Schema::object()
        .required(
            "id",
            Schema::uuid().nullable().about("Null for an API token."),
        )
        .required(
            "csrf_token",
            Schema::string().nullable().about(
                "To be sent as X-CSRF-Token with what changes something. Null for an API token.",
            ),
        )
        .required("user", Schema::named("User"))
        .required("workspace", Schema::named("Workspace"));
    let item = Schema::object()
        .required("id", Schema::uuid())
        .required(
            "current",
            Schema::boolean().about("Whether this request belongs to it."),
        )
        .required("ip", Schema::string().nullable())
        .required("user_agent", Schema::string().nullable())
        .required("created_at", Schema::date_time())
        .required("last_seen_at", Schema::date_time().about("To the minute."))
        .required("expires_at", Schema::date_time());
    let list = Schema::object().required("data", Schema::array(item));
    routes
        .schema("Session", session)
        .get(
            "/session",
            Access::Authenticated,
            current,
            Operation::new("get_session", "Tell who is signed in").answers(
                200,
                "The session.",
                Schema::named("Session"),
            ),
        )
        .get(
            "/sessions",
            Access::Authenticated,
            list_sessions,
            Operation::new("list_sessions", "List your own sessions").answers(
                200,
                "The sessions, the one used last first.",
                list,
            ),
        )
        .delete(
            "/sessions",
            Access::Authenticated,
            end_others,
            Operation::new(
                "end_other_sessions",
                "End all of your sessions but this one",
            )
            .answers_empty(204, "They are ended."),
        )
        .delete(
            "/sessions/{id}",
            Access::Authenticated,
            end_one,
            Operation::new("end_session", "End one of your own sessions")
                .path("id", Schema::uuid(), "The session's id.")
                .answers_empty(204, "It is ended."),
        )
}

async fn current(
    State(identity): State<Identity>,
    Authenticated(actor): Authenticated,
    headers: HeaderMap,
) -> Answer<Json<SessionAnswer>> {
    let csrf = match actor.kind {
        ActorKind::Session(_) => cookie(&headers, SESSION_COOKIE).map(csrf_token),
        ActorKind::Token(_) | ActorKind::System => None,
    };
    let user = identity.user(&actor, actor.user).await?;
    let workspace = identity.workspace(&actor).await?;
    let id = own_session(&actor);
    Ok(Json(SessionAnswer::new(&user, &workspace, id, csrf)))
}

async fn list_sessions(
    State(identity): State<Identity>,
    Authenticated(actor): Authenticated,
) -> Answer<Json<SessionList>> {
    let own = own_session(&actor);
    let item = |session: Session| SessionItem {
        current: own == Some(session.id),
        id: session.id,
        ip: session.ip,
        user_agent: session.user_agent,
        created_at: session.created_at,
        last_seen_at: session.last_seen_at,
        expires_at: session.expires_at,
    };
    let sessions = identity.sessions(&actor).await?;
    let data = sessions.into_iter().map(item).collect();
    Ok(Json(SessionList { data }))
}

async fn end_others(
    State(identity): State<Identity>,
    Authenticated(actor): Authenticated,
) -> Answer<StatusCode> {
    identity.end_other_sessions(&actor).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn end_one(
    State(identity): State<Identity>,
    Authenticated(actor): Authenticated,
    Path(id): Path<SessionId>,
) -> Answer<StatusCode> {
    identity.end_session(&actor, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The `Set-Cookie` of a session. The prefix `__Host-` makes browsers take it only with `Secure`,
/// without a domain and for all paths, so that no other host can plant one.
pub(crate) fn cookie_of(token: &Token) -> HeaderValue {
    let seconds = ABSOLUTE.as_secs();
    set_cookie(token.expose(), seconds)
}

/// The `Set-Cookie` that removes the session's cookie.
pub(crate) fn removed_cookie() -> HeaderValue {
    set_cookie("", 0)
}

fn set_cookie(value: &str, max_age: i64) -> HeaderValue {
    let text = format!(
        "{SESSION_COOKIE}={value}; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age={max_age}"
    );
    // Tokens are letters, digits and underscores.
    HeaderValue::from_str(&text).unwrap_or_else(|_| HeaderValue::from_static(""))
}
