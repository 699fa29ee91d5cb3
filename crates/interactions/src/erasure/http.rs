//! The routes of erasures.

use axum::extract::State;
use kith_http::idempotency::Stored;
use kith_http::openapi::{Operation, Schema};
use kith_http::{Access, Answer, Authenticated, Json, OnceJson, Query, Routes};
use kith_kernel::{ErrorCode, Failure, Page, PageInfo, RecordId};
use serde::Deserialize;
use serde_json::Value;
use uuid::Uuid;

use crate::Interactions;

/// The most erasures on a page.
const LIMIT: i64 = 200;

/// Adds the routes of erasures.
pub(crate) fn routes(routes: Routes<Interactions>) -> Routes<Interactions> {
    let erasure = || Schema::named("Erasure");
    routes
        .schema("Erasure", shown())
        .post(
            "/interactions/erasures",
            Access::Authenticated,
            create,
            Operation::new("erase_person", "Erase a person from all interactions")
                .about(
                    "For administrators, and for good. The keys of what was said with the person and of who they were \
                     are destroyed, so that neither can be read any more; within moments they vanish from timelines, \
                     summaries and charts. The record of the person stays: delete or change it too. Backups that are \
                     older have the keys until they are discarded.",
                )
                .idempotent()
                .json(Schema::object().required("person", Schema::uuid()).closed())
                .answers(201, "The keys are destroyed.", erasure()),
        )
        .get(
            "/interactions/erasures",
            Access::Authenticated,
            list,
            Operation::new("list_erasures", "List erasures")
                .about("For administrators, newest first.")
                .query(
                    "limit",
                    Schema::integer().with("minimum", 1).with("maximum", LIMIT).with("default", 50),
                    "How many erasures a page has at most.",
                )
                .shared("Cursor")
                .answers(200, "A page of erasures.", Schema::page_of(erasure()))
                .refuses(&[ErrorCode::InvalidCursor]),
        )
}

fn shown() -> Schema {
    Schema::object()
        .required("id", Schema::uuid())
        .required("person", Schema::uuid())
        .required("erased_by", Schema::uuid())
        .required("erased_at", Schema::date_time())
        .required("keys_destroyed", Schema::integer())
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Draft {
    person: RecordId,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ListQuery {
    limit: Option<i64>,
    cursor: Option<String>,
}

async fn create(
    State(interactions): State<Interactions>,
    Authenticated(actor): Authenticated,
    OnceJson(draft, once): OnceJson<Draft>,
) -> Answer<Stored> {
    Ok(interactions.erase(&actor, draft.person, once).await?)
}

async fn list(
    State(interactions): State<Interactions>,
    Authenticated(actor): Authenticated,
    Query(query): Query<ListQuery>,
) -> Answer<Json<Page<Value>>> {
    let limit = query.limit.unwrap_or(50);
    if !(1..=LIMIT).contains(&limit) {
        let message = format!("`limit` must be from 1 to {LIMIT}.");
        let refused = Failure::new(ErrorCode::InvalidRequest, message);
        return Err(refused.field("limit", "invalid_value").into());
    }
    let before: Option<Uuid> = query
        .cursor
        .as_deref()
        .map(str::parse)
        .transpose()
        .map_err(|_| {
            let message = "The cursor is not one of this list. Begin with the first page.";
            Failure::new(ErrorCode::InvalidCursor, message)
        })?;
    let mut data = interactions.erasures(&actor, before, limit + 1).await?;
    let most = usize::try_from(limit).unwrap_or(usize::MAX);
    let has_more = data.len() > most;
    data.truncate(most);
    let last = data.last().filter(|_| has_more);
    let next_cursor = last.and_then(|one| one["id"].as_str().map(str::to_owned));
    Ok(Json(Page {
        data,
        page: PageInfo {
            next_cursor,
            has_more,
        },
        count: None,
    }))
}
