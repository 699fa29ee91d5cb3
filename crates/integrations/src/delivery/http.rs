//! The routes of deliveries.

use axum::extract::State as AppState;
use http::StatusCode;
use jiff::Timestamp;
use kith_http::openapi::{Operation, Schema};
use kith_http::{Access, Answer, Authenticated, Json, Path, Query, Routes, Window};
use kith_kernel::{DeliveryId, ErrorCode, Page, WebhookId};
use serde::Deserialize;
use serde_json::{Value, json};

use super::model::State;
use super::service::AGAIN;
use super::store::Again;
use crate::Integrations;

/// How many deliveries a page has unless it is said, and at most.
const LIMITS: (i64, i64) = (50, 200);

/// Adds the routes of deliveries.
pub(crate) fn routes(routes: Routes<Integrations>) -> Routes<Integrations> {
    let delivery = || Schema::named("Delivery");
    let id = |operation: Operation| operation.path("id", Schema::uuid(), "The webhook.");
    let one = move |operation: Operation| {
        id(operation).path(
            "delivery",
            Schema::uuid(),
            "The delivery: what its `webhook-id` says.",
        )
    };
    routes
        .schema("Delivery", schema())
        .get(
            "/webhooks/{id}/deliveries",
            Access::Authenticated,
            list,
            id(Operation::new("list_deliveries", "List a webhook's deliveries, newest first"))
                .about("Those that have ended are kept for 30 days.")
                .query("state", Schema::one_of_texts(&State::NAMES), "Only those in this state.")
                .query(
                    "limit",
                    Schema::integer().with("minimum", 1).with("maximum", LIMITS.1).with("default", LIMITS.0),
                    "How many deliveries a page has at most.",
                )
                .shared("Cursor")
                .answers(200, "A page of deliveries.", Schema::page_of(delivery()))
                .refuses(&[ErrorCode::InvalidCursor]),
        )
        .get(
            "/webhooks/{id}/deliveries/{delivery}",
            Access::Authenticated,
            read,
            one(Operation::new("get_delivery", "Read a delivery, with what was sent"))
                .answers(200, "The delivery.", delivery()),
        )
        .post(
            "/webhooks/{id}/deliveries/{delivery}/redeliver",
            Access::Authenticated,
            redeliver,
            one(Operation::new("redeliver", "Send a delivery again"))
                .about("Under the same id, so that a receiver which has it already can tell.")
                .answers(202, "It will be sent.", delivery())
                .refuses(&[ErrorCode::Conflict]),
        )
        .post(
            "/webhooks/{id}/redeliver",
            Access::Authenticated,
            redeliver_range,
            id(Operation::new("redeliver_range", "Send the deliveries of a time again"))
                .about("Those that were noted from `from` until before `to`, in their order; 10,000 at most.")
                .json(range_schema())
                .answers(
                    202,
                    "They will be sent.",
                    Schema::object().required("deliveries", Schema::integer().about("How many; where it is 10,000, there may be more.")),
                ),
        )
        .post(
            "/webhooks/{id}/test",
            Access::Authenticated,
            test,
            id(Operation::new("test_webhook", "Send a test to a webhook"))
                .about("Posts an event of the type `webhook.test` at once and waits for the answer, 15 seconds at most. It is not tried again.")
                .answers(200, "The delivery, with what came back.", delivery())
                .refuses(&[ErrorCode::RateLimited]),
        )
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ListQuery {
    state: Option<String>,
    limit: Option<i64>,
    cursor: Option<String>,
}

async fn list(
    AppState(integrations): AppState<Integrations>,
    Authenticated(actor): Authenticated,
    Path(id): Path<WebhookId>,
    Query(query): Query<ListQuery>,
) -> Answer<Json<Page<Value>>> {
    let (usual, most) = LIMITS;
    let window = Window::<DeliveryId>::read(query.limit, query.cursor.as_deref(), usual, most)?;
    let state = query.state.as_deref();
    let found = integrations
        .deliveries(&actor, id, state, window.beyond, window.wanted())
        .await?;
    Ok(Json(window.page(found, |delivery| {
        delivery["id"].as_str().map(str::to_owned)
    })))
}

async fn read(
    AppState(integrations): AppState<Integrations>,
    Authenticated(actor): Authenticated,
    Path((id, delivery)): Path<(WebhookId, DeliveryId)>,
) -> Answer<Json<Value>> {
    Ok(Json(integrations.delivery(&actor, id, delivery).await?))
}

async fn redeliver(
    AppState(integrations): AppState<Integrations>,
    Authenticated(actor): Authenticated,
    Path((id, delivery)): Path<(WebhookId, DeliveryId)>,
) -> Answer<(StatusCode, Json<Value>)> {
    let shown = integrations.redeliver(&actor, id, delivery).await?;
    Ok((StatusCode::ACCEPTED, Json(shown)))
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Range {
    from: Timestamp,
    to: Timestamp,
    state: Option<Ended>,
}

/// States in which a delivery can be sent again.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Ended {
    Delivered,
    Failed,
}

async fn redeliver_range(
    AppState(integrations): AppState<Integrations>,
    Authenticated(actor): Authenticated,
    Path(id): Path<WebhookId>,
    Json(range): Json<Range>,
) -> Answer<(StatusCode, Json<Value>)> {
    let which = Again {
        from: range.from,
        to: range.to,
        state: range.state.map(|state| match state {
            Ended::Delivered => State::Delivered,
            Ended::Failed => State::Failed,
        }),
        only: None,
        most: AGAIN,
    };
    let sent = integrations.again(&actor, id, which).await?;
    Ok((StatusCode::ACCEPTED, Json(json!({ "deliveries": sent }))))
}

async fn test(
    AppState(integrations): AppState<Integrations>,
    Authenticated(actor): Authenticated,
    Path(id): Path<WebhookId>,
) -> Answer<Json<Value>> {
    Ok(Json(integrations.test_webhook(&actor, id).await?))
}

fn range_schema() -> Schema {
    Schema::object()
        .required("from", Schema::date_time())
        .required("to", Schema::date_time())
        .optional(
            "state",
            Schema::one_of_texts(&["delivered", "failed"])
                .nullable()
                .about("Only those in this state; both unless given."),
        )
        .closed()
}

fn schema() -> Schema {
    let attempt = Schema::object()
        .required("at", Schema::date_time())
        .required("duration_ms", Schema::integer())
        .required(
            "status",
            Schema::integer()
                .nullable()
                .about("The status of the answer, where there was one."),
        )
        .required(
            "body",
            Schema::string().about("The first kibibyte of the answer."),
        )
        .required(
            "error",
            Schema::string().nullable().about("Why there was none."),
        );
    Schema::object()
        .required(
            "id",
            Schema::uuid().about("What `webhook-id` says, at each attempt."),
        )
        .required("event_id", Schema::uuid())
        .required("type", Schema::string().about("Such as `deal.updated`."))
        .required(
            "subject_id",
            Schema::uuid().about("The record. Deliveries about one go out one after the other."),
        )
        .required("state", Schema::one_of_texts(&State::NAMES))
        .required("attempts", Schema::integer())
        .required(
            "next_attempt_at",
            Schema::date_time().nullable().about(
                "Null for one that waits until an earlier one about the same record has ended.",
            ),
        )
        .required(
            "log",
            Schema::array(attempt).about("The attempts, oldest first."),
        )
        .required("created_at", Schema::date_time())
        .required("finished_at", Schema::date_time().nullable())
        .optional(
            "payload",
            Schema::string().about("The body that is posted; only where one delivery is read."),
        )
}
