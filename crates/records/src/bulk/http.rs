//! The routes of bulk changes.

use axum::extract::State;
use kith_http::idempotency::Stored;
use kith_http::openapi::{Operation, Schema};
use kith_http::{Access, Answer, Authenticated, Json, OnceJson, Path, Query, Routes, Window};
use kith_kernel::{BulkId, ErrorCode, Page};
use serde::Deserialize;
use serde_json::{Value, json};

use super::model::{Action, Lists};
use super::request::{BulkBody, IDS};
use super::show::schema;
use crate::Records;

/// The most bulk changes on a page.
const LIMIT: i64 = 200;

/// Adds the routes of bulk changes.
pub(crate) fn routes(routes: Routes<Records>) -> Routes<Records> {
    let bulk = || Schema::named("Bulk");
    let id = |operation: Operation| operation.path("id", Schema::uuid(), "The bulk change.");
    routes
        .tag(
            "Bulk",
            "The same change of many records: all that match a filter, or a list of them.",
        )
        .schema("Bulk", schema())
        .post("/bulk", Access::Authenticated, create, describe_create())
        .get(
            "/bulk",
            Access::Authenticated,
            list,
            Operation::new("list_bulk", "List your own bulk changes, newest first")
                .shared("Limit")
                .shared("Cursor")
                .answers(200, "A page of bulk changes.", Schema::page_of(bulk()))
                .refuses(&[ErrorCode::InvalidCursor]),
        )
        .get(
            "/bulk/{id}",
            Access::Authenticated,
            read,
            id(Operation::new(
                "get_bulk",
                "Read a bulk change and how far it is",
            ))
            .about("For whoever asked for it, and administrators.")
            .answers(200, "The bulk change.", bulk()),
        )
        .post(
            "/bulk/{id}/cancel",
            Access::Authenticated,
            cancel,
            id(Operation::new("cancel_bulk", "Stop a bulk change"))
                .about("What was changed stays changed; undo it to have it back.")
                .answers(202, "It stands still.", bulk()),
        )
        .post(
            "/bulk/{id}/undo",
            Access::Authenticated,
            undo,
            id(Operation::new("undo_bulk", "Undo a bulk change"))
                .about(
                    "Records get their former values back, come back from the recycle bin or go there again. Those \
                     that somebody changed since are left as they are and named in `undo.left`. Possible for 30 days.",
                )
                .answers(202, "It will be undone in the background.", bulk())
                .refuses(&[ErrorCode::Conflict]),
        )
}

fn describe_create() -> Operation {
    let ids = || Schema::array(Schema::uuid()).with("maxItems", IDS);
    let body = Schema::object()
        .required(
            "object",
            Schema::string().about("The object's plural name."),
        )
        .required("action", Schema::one_of_texts(&Action::NAMES))
        .optional(
            "filter",
            Schema::string().nullable().about(
                "Which records, as a CEL expression; \"true\" for all. `restore` looks into the recycle bin.",
            ),
        )
        .optional("ids", ids().about("Or which records, by their ids."))
        .optional("exclude_ids", ids().about("Records that are left out."))
        .optional(
            "values",
            Schema::map(Schema::any()).about("`update`: the new values, as in a change of one record."),
        )
        .optional(
            "lists",
            Schema::one_of_texts(&Lists::NAMES).about(
                "`update`: whether a list, such as tags, takes the place of a record's or is added to it; \
                 `replace` unless given. Parts of addresses go with it.",
            ),
        )
        .closed();
    Operation::new("create_bulk", "Change many records")
        .about(
            "The records are fixed when the work starts. They are changed in the background, each as if it were \
             changed alone: what is refused is counted and named, and the others are changed all the same.",
        )
        .idempotent()
        .json(body)
        .body_example(json!({
            "object": "deals", "action": "update", "filter": "owner == null && stage.kind == \"open\"",
            "values": {"source": "Referral"},
        }))
        .answers(202, "It will be done in the background.", Schema::named("Bulk"))
        .answer_header(202, "Location", "Where to read how far it is.")
        .refuses(&[
            ErrorCode::NotFound,
            ErrorCode::InvalidExpression,
            ErrorCode::LimitExceeded,
        ])
}

async fn create(
    State(records): State<Records>,
    Authenticated(actor): Authenticated,
    OnceJson(body, once): OnceJson<BulkBody>,
) -> Answer<Stored> {
    Ok(records.begin_bulk(&actor, body, once).await?)
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ListQuery {
    limit: Option<i64>,
    cursor: Option<String>,
}

async fn list(
    State(records): State<Records>,
    Authenticated(actor): Authenticated,
    Query(query): Query<ListQuery>,
) -> Answer<Json<Page<Value>>> {
    let window = Window::<BulkId>::read(query.limit, query.cursor.as_deref(), 50, LIMIT)?;
    let found = records
        .own_bulks(&actor, window.beyond, window.wanted())
        .await?;
    Ok(Json(window.page(found, |bulk| {
        bulk["id"].as_str().map(str::to_owned)
    })))
}

async fn read(
    State(records): State<Records>,
    Authenticated(actor): Authenticated,
    Path(id): Path<BulkId>,
) -> Answer<Stored> {
    Ok(records.bulk(&actor, id).await?)
}

async fn cancel(
    State(records): State<Records>,
    Authenticated(actor): Authenticated,
    Path(id): Path<BulkId>,
) -> Answer<Stored> {
    Ok(records.cancel_bulk(&actor, id).await?)
}

async fn undo(
    State(records): State<Records>,
    Authenticated(actor): Authenticated,
    Path(id): Path<BulkId>,
) -> Answer<Stored> {
    Ok(records.undo_bulk(&actor, id).await?)
}
