//! The routes of timelines.

use axum::extract::State;
use jiff::Timestamp;
use jiff::civil::Date;
use kith_contracts::RecordRef;
use kith_http::openapi::{Operation, Schema};
use kith_http::{Access, Answer, Authenticated, Json, Path, Query, Routes};
use kith_kernel::{ErrorCode, Failure, Page, RecordId};
use serde::Deserialize;
use serde_json::Value;

use super::counts::{By, DAYS};
use super::page::LIMIT;
use super::{counts, page};
use crate::Interactions;

/// Adds the routes of timelines.
pub(crate) fn routes(routes: Routes<Interactions>) -> Routes<Interactions> {
    routes
        .tag("Timelines", "What happened with a record, and what can be counted of it.")
        .schema("TimelineChange", change())
        .schema("ContactSummary", summary_schema())
        .get("/timeline/{object}/{id}", Access::Authenticated, timeline, describe_timeline())
        .get(
            "/timeline/{object}/{id}/summary",
            Access::Authenticated,
            summary,
            record(Operation::new("get_timeline_summary", "Read when a record was and will be in touch"))
                .about(
                    "The score of engagement and the strength of relationships add up interactions by their weight, \
                     each counting half as much after every half-life.",
                )
                .answers(200, "The summary.", Schema::named("ContactSummary")),
        )
        .get("/interactions/counts", Access::Authenticated, count, describe_counts())
}

fn record(operation: Operation) -> Operation {
    operation
        .path(
            "object",
            Schema::string(),
            "The object's plural name, such as `people`.",
        )
        .path("id", Schema::uuid(), "The record.")
}

fn describe_timeline() -> Operation {
    let entry = Schema::any_of([
        Schema::named("Interaction"),
        Schema::named("TimelineChange"),
    ]);
    record(Operation::new("get_timeline", "Read a record's timeline"))
        .about(
            "Newest first: interactions with the record (with a company's people too), changes of the record, notes \
             and tasks about it. Bodies are left out; read the interaction for them.",
        )
        .query(
            "channel",
            Schema::string(),
            "Channels, separated by commas; `change` is that of the record's changes. All unless given.",
        )
        .query("from", Schema::date_time(), "From this moment on.")
        .query("to", Schema::date_time(), "Before this moment.")
        .query(
            "limit",
            Schema::integer().with("minimum", 1).with("maximum", LIMIT).with("default", 50),
            "How many entries a page has at most.",
        )
        .shared("Cursor")
        .answers(200, "A page of the timeline.", Schema::page_of(entry))
        .refuses(&[ErrorCode::InvalidCursor])
}

fn describe_counts() -> Operation {
    let number = Schema::object()
        .required("begins", Schema::date().nullable())
        .required("channel", Schema::string())
        .required("direction", Schema::string())
        .required("count", Schema::integer());
    let answer = Schema::object()
        .required("from", Schema::date())
        .required("to", Schema::date())
        .required("data", Schema::array(number));
    Operation::new("count_interactions", "Count a record's interactions")
        .about("Per channel and direction, for charts. Days are those of UTC.")
        .required_query(
            "record",
            Schema::string(),
            "The record, as object and id: `people:01890a5d-…`.",
        )
        .query(
            "from",
            Schema::date(),
            "The first day; 90 days in all unless given.",
        )
        .query(
            "to",
            Schema::date(),
            &format!("The last day, today unless given; at most {DAYS} days later."),
        )
        .query(
            "channel",
            Schema::string(),
            "Channels, separated by commas.",
        )
        .query(
            "by",
            Schema::one_of_texts(&By::NAMES),
            "How numbers are put together.",
        )
        .answers(
            200,
            "The numbers; those that are zero are left out.",
            answer,
        )
        .refuses(&[ErrorCode::NotFound])
}

fn change() -> Schema {
    let stage = Schema::object()
        .optional("from", Schema::uuid().nullable())
        .optional("to", Schema::uuid().nullable());
    let about = Schema::object()
        .required("object", Schema::string())
        .required("id", Schema::uuid());
    Schema::object()
        .required("id", Schema::uuid())
        .required(
            "type",
            Schema::string().about("Such as `deal.updated` or `note.created`."),
        )
        .required("channel", Schema::one_of_texts(&["change"]))
        .required("occurred_at", Schema::date_time())
        .required("user", Schema::uuid().nullable().about("Who did it."))
        .optional(
            "fields",
            Schema::array(Schema::string()).about("The keys of fields that changed."),
        )
        .optional("stage", stage.about("The stages, where the stage changed."))
        .optional(
            "record",
            about.about("The note or task, where that is about the record."),
        )
}

fn summary_schema() -> Schema {
    let user = Schema::object()
        .required("id", Schema::uuid())
        .required("name", Schema::string().nullable());
    let relationship = Schema::object()
        .required("user", user)
        .required("person", Schema::uuid())
        .required("strength", Schema::number())
        .required("last_at", Schema::date_time());
    let engagement = Schema::object()
        .required("score", Schema::number())
        .required("half_life_days", Schema::number());
    Schema::object()
        .required("object", Schema::string())
        .required("id", Schema::uuid())
        .required("last_contacted_at", Schema::date_time().nullable())
        .required("next_activity_at", Schema::date_time().nullable())
        .required("engagement", engagement)
        .required(
            "relationships",
            Schema::array(relationship).about("The strongest ones first."),
        )
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct TimelineQuery {
    channel: Option<String>,
    from: Option<Timestamp>,
    to: Option<Timestamp>,
    limit: Option<i64>,
    cursor: Option<String>,
}

async fn timeline(
    State(interactions): State<Interactions>,
    Authenticated(actor): Authenticated,
    Path((object, id)): Path<(String, RecordId)>,
    Query(query): Query<TimelineQuery>,
) -> Answer<Json<Page<Value>>> {
    let wanted = page::Wanted {
        channel: query.channel,
        from: query.from,
        to: query.to,
        limit: query.limit,
        cursor: query.cursor,
    };
    let page = interactions
        .timeline(&actor, RecordRef { object, id }, wanted)
        .await?;
    Ok(Json(page))
}

async fn summary(
    State(interactions): State<Interactions>,
    Authenticated(actor): Authenticated,
    Path((object, id)): Path<(String, RecordId)>,
) -> Answer<Json<Value>> {
    Ok(Json(
        interactions
            .summary(&actor, RecordRef { object, id })
            .await?,
    ))
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct CountQuery {
    record: String,
    from: Option<Date>,
    to: Option<Date>,
    channel: Option<String>,
    #[serde(default)]
    by: By,
}

async fn count(
    State(interactions): State<Interactions>,
    Authenticated(actor): Authenticated,
    Query(query): Query<CountQuery>,
) -> Answer<Json<Value>> {
    let named = query.record.split_once(':').and_then(|(object, id)| {
        let object = object.to_owned();
        id.parse().ok().map(|id| RecordRef { object, id })
    });
    let record = named.ok_or_else(|| {
        let message = "`record` must be an object and an id, such as people:01890a5d-…";
        Failure::new(ErrorCode::InvalidRequest, message).field("record", "invalid_value")
    })?;
    let wanted = counts::Wanted {
        from: query.from,
        to: query.to,
        channel: query.channel,
        by: query.by,
    };
    Ok(Json(interactions.counts(&actor, record, wanted).await?))
}
