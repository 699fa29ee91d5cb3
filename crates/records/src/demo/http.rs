//! The routes of demo data.

use axum::extract::State;
use kith_http::idempotency::Stored;
use kith_http::openapi::{Operation, Schema};
use kith_http::{Access, Answer, Authenticated, OnceJson, Routes};
use kith_kernel::ErrorCode;

use super::model::{DemoRequest, LIMIT, State as Stage};
use crate::Records;

/// Adds the routes of demo data.
pub(crate) fn routes(routes: Routes<Records>) -> Routes<Records> {
    let demo = || Schema::named("Demo");
    routes
        .tag(
            "Demo data",
            "Invented records to look around with, and their removal. For administrators.",
        )
        .schema("Demo", schema())
        .post("/demo", Access::Authenticated, create, describe_create())
        .get(
            "/demo",
            Access::Authenticated,
            read,
            Operation::new("get_demo", "Read how far the demo data is")
                .answers(200, "The demo data; `state` is `none` where there is none.", demo())
                .refuses(&[ErrorCode::Forbidden]),
        )
        .delete(
            "/demo",
            Access::Authenticated,
            remove,
            Operation::new("remove_demo", "Take the demo data out for good")
                .about(
                    "Works in the background, also while the demo data is still being made. A demo record that a \
                     record of your own points to stays, and is named in `kept_records`; remove that record, then \
                     repeat the request. The event log stays.",
                )
                .answers(202, "It will be removed in the background.", demo())
                .refuses(&[ErrorCode::Forbidden, ErrorCode::NotFound]),
        )
}

async fn create(
    State(records): State<Records>,
    Authenticated(actor): Authenticated,
    OnceJson(request, once): OnceJson<DemoRequest>,
) -> Answer<Stored> {
    Ok(records.begin_demo(&actor, request, once).await?)
}

async fn read(
    State(records): State<Records>,
    Authenticated(actor): Authenticated,
) -> Answer<Stored> {
    Ok(records.demo(&actor).await?)
}

async fn remove(
    State(records): State<Records>,
    Authenticated(actor): Authenticated,
) -> Answer<Stored> {
    Ok(records.remove_demo(&actor).await?)
}

fn describe_create() -> Operation {
    let number = |about: &str| {
        let schema = Schema::integer().with("minimum", 0).with("maximum", LIMIT);
        schema.about(about)
    };
    let body = Schema::object()
        .optional("people", number("How many people; 500 when left out."))
        .optional("companies", number("When left out, 4 for 10 people."))
        .optional("deals", number("When left out, 6 for 10 people."))
        .optional("tasks", number("When left out, 8 for 10 people."))
        .optional("notes", number("When left out, 12 for 10 people."))
        .optional(
            "seed",
            Schema::integer()
                .with("minimum", 0)
                .with("maximum", u32::MAX)
                .about("The same seed gives the same data on the same day."),
        )
        .closed();
    Operation::new("create_demo", "Fill the workspace with demo data")
        .about(
            "Invents companies, people, deals in all stages of the default pipeline, products, tasks and notes, in \
             the background. A workspace has one set of demo data at a time.",
        )
        .idempotent()
        .json(body)
        .answers(202, "It will be made in the background.", Schema::named("Demo"))
        .answer_header(202, "Location", "Where to read how far it is.")
        .refuses(&[
            ErrorCode::Forbidden,
            ErrorCode::Conflict,
            ErrorCode::ValidationFailed,
        ])
}

fn schema() -> Schema {
    let mut states = vec!["none"];
    states.extend(Stage::ALL.map(Stage::as_str));
    let records = Schema::object()
        .required(
            "object",
            Schema::string().about("The object's plural name."),
        )
        .required("wanted", Schema::integer().nullable())
        .required("made", Schema::integer());
    let pointing = || {
        Schema::object()
            .required("object", Schema::string())
            .required("id", Schema::uuid())
            .required("name", Schema::string())
    };
    Schema::object()
        .required("state", Schema::one_of_texts(&states))
        .optional("seed", Schema::integer())
        .optional(
            "today",
            Schema::date().about("The day around which everything happens."),
        )
        .optional(
            "progress",
            Schema::object()
                .required("done", Schema::integer())
                .required("total", Schema::integer()),
        )
        .optional("records", Schema::array(records))
        .optional(
            "left_out",
            Schema::integer().about("Records that the workspace's rules refused."),
        )
        .optional(
            "refusal",
            Schema::string()
                .nullable()
                .about("What the first rule said."),
        )
        .optional("removed", Schema::integer())
        .optional(
            "kept",
            Schema::integer().about("Records that stay because others point to them."),
        )
        .optional(
            "kept_records",
            Schema::array(pointing().required("because", pointing()))
                .about("The first twenty of these, each with a record that points to it."),
        )
        .optional("error", Schema::string().nullable())
        .optional("started_by", Schema::uuid())
        .optional("started_at", Schema::date_time())
        .optional("finished_at", Schema::date_time().nullable())
}
