//! `GET /audit`: what happened to workspace, users, sessions and tokens.

use axum::extract::State;
use jiff::Timestamp;
use kith_contracts::access::{Action, authorise};
use kith_http::openapi::{Operation, Schema};
use kith_http::{Access, Answer, Authenticated, Json, Problem, Query, Routes};
use kith_kernel::{ErrorCode, EventId, Page, PageInfo};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use uuid::Uuid;

use super::store;
use crate::cursor::Cursor;
use crate::{Identity, IdentityError};

const MAX_PAGE: u32 = 200;

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct ListQuery {
    limit: Option<u32>,
    cursor: Option<String>,
}

/// One thing that happened.
#[derive(Debug, Serialize)]
pub(crate) struct AuditEntry {
    pub(crate) id: EventId,
    #[serde(rename = "type")]
    pub(crate) kind: String,
    pub(crate) subject_kind: String,
    pub(crate) subject_id: Uuid,
    pub(crate) actor: Value,
    pub(crate) occurred_at: Timestamp,
    pub(crate) data: Value,
}

pub(crate) fn routes(routes: Routes<Identity>) -> Routes<Identity> {
    let entry = Schema::object()
        .required("id", Schema::uuid())
        .required("type", Schema::string().example("user.updated"))
        .required(
            "subject_kind",
            Schema::one_of_texts(&["workspace", "user", "session", "api_token"]),
        )
        .required("subject_id", Schema::uuid())
        .required(
            "actor",
            Schema::map(Schema::any()).about(
                "`user` with the `session` or `token` they acted by, or `operator` for the \
                 server's command line. Empty where nobody is known.",
            ),
        )
        .required("occurred_at", Schema::date_time())
        .required("data", Schema::map(Schema::any()));
    routes
        .tag("Audit", "Who did what to users, tokens and the workspace.")
        .schema("AuditEntry", entry)
        .get(
            "/audit",
            Access::Authenticated,
            list_entries,
            Operation::new("list_audit_entries", "List what happened, the latest first")
                .about("For administrators.")
                .shared("Limit")
                .shared("Cursor")
                .answers(
                    200,
                    "A page of entries.",
                    Schema::page_of(Schema::named("AuditEntry")),
                )
                .refuses(&[ErrorCode::InvalidCursor]),
        )
}

async fn list_entries(
    State(identity): State<Identity>,
    Authenticated(actor): Authenticated,
    Query(query): Query<ListQuery>,
) -> Answer<Json<Page<AuditEntry>>> {
    let permit = authorise(&actor, Action::Administer, None)?;
    let limit = query.limit.unwrap_or(50);
    if !(1..=MAX_PAGE).contains(&limit) {
        return Err(Problem::new(
            ErrorCode::InvalidRequest,
            format!("`limit` takes 1 to {MAX_PAGE}."),
        ));
    }
    let of = json!("audit");
    let before: Option<EventId> = Cursor::read(query.cursor.as_deref(), &of)?;
    let mut data = store::page(
        identity.store(),
        permit.workspace(),
        before,
        i64::from(limit) + 1,
    )
    .await
    .map_err(IdentityError::from)?;
    let has_more = data.len() > limit as usize;
    data.truncate(limit as usize);
    let last = data.last().filter(|_| has_more);
    let next_cursor = last.map(|entry| Cursor::write(&entry.id, &of));
    Ok(Json(Page {
        data,
        page: PageInfo {
            next_cursor,
            has_more,
        },
        count: None,
    }))
}
