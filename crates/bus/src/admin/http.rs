use axum::extract::State;
use kith_http::openapi::{Operation, Schema};
use kith_http::{Access, Answer, Authenticated, Json, Path, Query, Routed, Routes, Window};
use kith_kernel::{ErrorCode, Page};
use serde::Deserialize;
use serde_json::{Value, json};
use uuid::Uuid;

use super::Admin;
use super::model::{DeadJob, ReaderState};
use crate::reader::Parked;

/// The most jobs on a page, and how many there are unless it is said.
const LIMITS: (i64, i64) = (50, 200);

pub(super) fn routes(admin: Admin) -> Routed {
    let list = |of: &str| Schema::object().required("data", Schema::array(Schema::named(of)));
    Routes::new(
        "Event log",
        "For administrators: how far the readers of the event logs are, what they had to leave behind, and jobs that \
         were given up.",
        admin,
    )
    .schema("LogReader", reader())
    .schema("ParkedSubject", parked_subject())
    .schema("DeadJob", dead_job())
    .get(
        "/log/readers",
        Access::Authenticated,
        readers,
        Operation::new("list_log_readers", "How far the readers of the event logs are")
            .answers(200, "Every reader.", list("LogReader")),
    )
    .get(
        "/log/parked",
        Access::Authenticated,
        parked,
        Operation::new("list_parked", "What readers had to leave behind")
            .about(
                "A record whose event a reader can't take. Its later events wait; those of other records are not \
                 held up. It is tried again five times within an hour or so, then it waits for you.",
            )
            .answers(200, "At most 1,000 of each service.", list("ParkedSubject")),
    )
    .post(
        "/log/parked/resume",
        Access::Authenticated,
        resume,
        Operation::new("resume_parked", "Try again what was left behind")
            .json(
                Schema::object()
                    .required("service", Schema::string())
                    .required("reader", Schema::string())
                    .optional(
                        "subject_id",
                        Schema::uuid().nullable().about("All subjects of the reader without it."),
                    )
                    .closed(),
            )
            .answers(
                202,
                "How many are tried again.",
                Schema::object().required("resumed", Schema::integer()),
            )
            .refuses(&[ErrorCode::NotFound]),
    )
    .get(
        "/log/jobs",
        Access::Authenticated,
        dead,
        Operation::new("list_dead_jobs", "Jobs that were given up")
            .about("They are kept for 30 days.")
            .shared("Limit")
            .shared("Cursor")
            .answers(200, "A page of jobs, oldest first.", Schema::page_of(Schema::named("DeadJob")))
            .refuses(&[ErrorCode::InvalidCursor]),
    )
    .post(
        "/log/jobs/{id}/retry",
        Access::Authenticated,
        retry,
        Operation::new("retry_dead_job", "Try a job again that was given up")
            .path("id", Schema::uuid(), "The job.")
            .answers_empty(202, "It waits in its queue again, with all its attempts.")
            .refuses(&[ErrorCode::NotFound]),
    )
    .finish()
}

fn reader() -> Schema {
    Schema::object()
        .required("service", Schema::string().about("Whose reader it is."))
        .required("reader", Schema::string())
        .required("source", Schema::string().about("Whose log it reads."))
        .required(
            "lanes",
            Schema::integer().about("How many work side by side."),
        )
        .required(
            "behind_since",
            Schema::date_time()
                .nullable()
                .about("When the oldest event was recorded that it has not taken."),
        )
        .required("lag_seconds", Schema::number())
        .required(
            "parked",
            Schema::integer().about("Subjects that it left behind."),
        )
}

fn parked_subject() -> Schema {
    Schema::object()
        .required("service", Schema::string())
        .required("reader", Schema::string())
        .required("subject_kind", Schema::string().example("person"))
        .required("subject_id", Schema::uuid())
        .required("event_id", Schema::uuid())
        .required("event_type", Schema::string().example("person.updated"))
        .required("attempts", Schema::integer())
        .required("error", Schema::string())
        .required("parked_at", Schema::date_time())
        .required(
            "retry_at",
            Schema::date_time()
                .nullable()
                .about("Absent where it waits for you."),
        )
}

fn dead_job() -> Schema {
    Schema::object()
        .required("service", Schema::string())
        .required("id", Schema::uuid())
        .required("queue", Schema::string())
        .required("kind", Schema::string())
        .required("payload", Schema::any())
        .required("attempts", Schema::integer())
        .required("max_attempts", Schema::integer())
        .required("error", Schema::string().nullable())
        .required("created_at", Schema::date_time())
        .required("updated_at", Schema::date_time())
}

/// A list that fits on one page.
#[derive(serde::Serialize)]
struct List<T> {
    data: Vec<T>,
}

async fn readers(
    State(admin): State<Admin>,
    Authenticated(actor): Authenticated,
) -> Answer<Json<List<ReaderState>>> {
    let data = admin.readers(&actor).await?;
    Ok(Json(List { data }))
}

async fn parked(
    State(admin): State<Admin>,
    Authenticated(actor): Authenticated,
) -> Answer<Json<List<Parked>>> {
    let data = admin.parked(&actor).await?;
    Ok(Json(List { data }))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Resume {
    service: String,
    reader: String,
    #[serde(default)]
    subject_id: Option<Uuid>,
}

async fn resume(
    State(admin): State<Admin>,
    Authenticated(actor): Authenticated,
    Json(body): Json<Resume>,
) -> Answer<(http::StatusCode, Json<Value>)> {
    let of = (body.service.as_str(), body.reader.as_str());
    let resumed = admin.resume(&actor, of, body.subject_id).await?;
    Ok((
        http::StatusCode::ACCEPTED,
        Json(json!({ "resumed": resumed })),
    ))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DeadQuery {
    limit: Option<i64>,
    cursor: Option<String>,
}

async fn dead(
    State(admin): State<Admin>,
    Authenticated(actor): Authenticated,
    Query(query): Query<DeadQuery>,
) -> Answer<Json<Page<DeadJob>>> {
    let (usual, most) = LIMITS;
    let window = Window::<Uuid>::read(query.limit, query.cursor.as_deref(), usual, most)?;
    let found = admin.dead(&actor, window.beyond, window.wanted()).await?;
    Ok(Json(
        window.page(found, |dead| Some(dead.job.id.to_string())),
    ))
}

async fn retry(
    State(admin): State<Admin>,
    Authenticated(actor): Authenticated,
    Path(id): Path<Uuid>,
) -> Answer<http::StatusCode> {
    admin.revive(&actor, id).await?;
    Ok(http::StatusCode::ACCEPTED)
}
