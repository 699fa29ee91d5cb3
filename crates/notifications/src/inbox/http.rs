use axum::extract::State;
use kith_contracts::access::{Action, authorise};
use kith_http::openapi::{Operation, Schema};
use kith_http::{Access, Answer, Authenticated, Json, Path, Query, Routes, Window};
use kith_kernel::{Actor, ErrorCode, Failure, Page, UserId, WorkspaceId};
use serde::Deserialize;
use serde_json::{Value, json};
use uuid::Uuid;

use super::store;
use super::{Kind, Notification};
use crate::Notifications;

/// How many are on a page unless it is said, and the most.
const LIMITS: (i64, i64) = (50, 200);

/// Adds the inbox.
pub(crate) fn routes(routes: Routes<Notifications>) -> Routes<Notifications> {
    let one = || Schema::named("Notification");
    routes
        .schema("Notification", schema())
        .get(
            "/notifications",
            Access::Authenticated,
            list,
            Operation::new(
                "list_notifications",
                "List your notifications, newest first",
            )
            .about(
                "They are kept for 90 days. New ones come as `notification` events of the stream.",
            )
            .query(
                "unread",
                Schema::boolean(),
                "Only those that you have not read.",
            )
            .shared("Limit")
            .shared("Cursor")
            .answers(200, "A page of notifications.", Schema::page_of(one()))
            .refuses(&[ErrorCode::InvalidCursor]),
        )
        .get(
            "/notifications/unread",
            Access::Authenticated,
            unread,
            Operation::new("count_unread_notifications", "Count what you have not read").answers(
                200,
                "The number.",
                Schema::object()
                    .required("unread", Schema::integer().about("At most 1,000."))
                    .required(
                        "exact",
                        Schema::boolean().about("False where there are more."),
                    ),
            ),
        )
        .patch(
            "/notifications/{id}",
            Access::Authenticated,
            mark,
            Operation::new("mark_notification", "Mark one as read, or as not read")
                .path("id", Schema::uuid(), "The notification.")
                .json(
                    Schema::object()
                        .required("read", Schema::boolean())
                        .closed(),
                )
                .answers(200, "It as it is now.", one())
                .refuses(&[ErrorCode::NotFound]),
        )
        .post(
            "/notifications/read",
            Access::Authenticated,
            mark_all,
            Operation::new("mark_notifications_read", "Mark all as read")
                .json(
                    Schema::object()
                        .optional(
                            "up_to",
                            Schema::uuid()
                                .nullable()
                                .about("The newest one that you have seen; all without it."),
                        )
                        .closed(),
                )
                .answers(
                    200,
                    "How many were not read.",
                    Schema::object().required("marked", Schema::integer()),
                ),
        )
}

fn schema() -> Schema {
    Schema::object()
        .required("id", Schema::uuid())
        .required("kind", Schema::one_of_texts(&Kind::NAMES))
        .required("created_at", Schema::date_time())
        .required("read_at", Schema::date_time().nullable())
        .required(
            "data",
            Schema::map(Schema::any()).about(
                "What it is about. A record is named by `object` (the plural name), `record_id` and `name`; `actor` is \
                 the user who did it. A mention has an `excerpt`, and with a note `about`; a reminder `due_at`; an \
                 import `import_id`, `file_name`, `state` and `counts`; a webhook `webhook_id`.",
            ),
        )
}

/// Whose inbox it is.
fn owner(actor: &Actor) -> Result<(WorkspaceId, UserId), Failure> {
    authorise(actor, Action::Read, None)?;
    Ok((actor.workspace, actor.user))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ListQuery {
    #[serde(default)]
    unread: bool,
    limit: Option<i64>,
    cursor: Option<String>,
}

async fn list(
    State(service): State<Notifications>,
    Authenticated(actor): Authenticated,
    Query(query): Query<ListQuery>,
) -> Answer<Json<Page<Notification>>> {
    let (usual, most) = LIMITS;
    let window = Window::<Uuid>::read(query.limit, query.cursor.as_deref(), usual, most)?;
    let (store, of) = (&service.deps().store, owner(&actor)?);
    let found = store::list(store, of, query.unread, window.beyond, window.wanted()).await?;
    Ok(Json(window.page(found, |one| Some(one.id.to_string()))))
}

async fn unread(
    State(service): State<Notifications>,
    Authenticated(actor): Authenticated,
) -> Answer<Json<Value>> {
    let unread = store::unread(&service.deps().store, owner(&actor)?).await?;
    Ok(Json(
        json!({ "unread": unread, "exact": unread < store::COUNTED }),
    ))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Mark {
    read: bool,
}

async fn mark(
    State(service): State<Notifications>,
    Authenticated(actor): Authenticated,
    Path(id): Path<Uuid>,
    Json(body): Json<Mark>,
) -> Answer<Json<Notification>> {
    let (deps, of) = (service.deps(), owner(&actor)?);
    let marked = store::mark(&deps.store, &deps.clock, of, id, body.read).await?;
    Ok(Json(marked.ok_or_else(Failure::not_found)?))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct MarkAll {
    #[serde(default)]
    up_to: Option<Uuid>,
}

async fn mark_all(
    State(service): State<Notifications>,
    Authenticated(actor): Authenticated,
    Json(body): Json<MarkAll>,
) -> Answer<Json<Value>> {
    let (deps, of) = (service.deps(), owner(&actor)?);
    let marked = store::mark_all(&deps.store, &deps.clock, of, body.up_to).await?;
    Ok(Json(json!({ "marked": marked })))
}
