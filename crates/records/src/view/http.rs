//! The routes of views.

use axum::extract::State;
use http::StatusCode;
use kith_http::idempotency::Stored;
use kith_http::openapi::{Operation, Schema};
use kith_http::{
    Access, Answer, Authenticated, IfMatch, Json, OnceJson, Path, Query, Routes, Window,
};
use kith_kernel::{ErrorCode, Page, ViewId};
use serde::Deserialize;
use serde_json::Value;

use super::draft::{COLUMNS, FOOTERS, NAME, SORTS, ViewDraft, WIDTHS};
use super::model::{DefaultFor, Density, Footer, Kind};
use crate::Records;

/// The most views on a page, and how many there are unless it is said.
const LIMIT: i64 = 200;

/// Adds the routes of views.
pub(crate) fn routes(routes: Routes<Records>) -> Routes<Records> {
    let view = || Schema::named("View");
    let id = |operation: Operation| operation.path("id", Schema::uuid(), "The view.");
    routes
        .tag(
            "Views",
            "How records are filtered, sorted and shown, saved under a name: privately, or for all of the workspace.",
        )
        .schema("View", shown_schema())
        .schema("ViewData", draft_schema())
        .get(
            "/views",
            Access::Authenticated,
            list,
            Operation::new("list_views", "List saved views")
                .about("One's own and those that are shared, in the order in which they were saved first.")
                .query(
                    "object",
                    Schema::string(),
                    "The plural name of the object whose views are listed; all objects' unless given.",
                )
                .query(
                    "limit",
                    Schema::integer().with("minimum", 1).with("maximum", LIMIT).with("default", LIMIT),
                    "How many views a page has at most.",
                )
                .shared("Cursor")
                .answers(200, "A page of views.", Schema::page_of(view()))
                .refuses(&[ErrorCode::InvalidCursor]),
        )
        .post("/views", Access::Authenticated, create, describe_create())
        .get(
            "/views/{id}",
            Access::Authenticated,
            read,
            id(Operation::new("get_view", "Read a saved view"))
                .answers(200, "The view.", view())
                .answer_header(200, "ETag", "The view's version."),
        )
        .patch("/views/{id}", Access::Authenticated, update, id(describe_update()))
        .delete(
            "/views/{id}",
            Access::Authenticated,
            delete,
            id(Operation::new("delete_view", "Delete a saved view"))
                .about("For good. A shared view is deleted by its owner or an administrator.")
                .if_match()
                .answers_empty(204, "It is gone."),
        )
}

fn describe_create() -> Operation {
    Operation::new("create_view", "Save a view")
        .about("Read-only users may keep private views, too.")
        .idempotent()
        .json(draft_schema().with("required", vec!["object", "name"]))
        .answers(201, "The view.", Schema::named("View"))
        .answer_header(201, "ETag", "The view's version.")
        .answer_header(201, "Location", "The view's path.")
        .refuses(&[ErrorCode::InvalidExpression, ErrorCode::LimitExceeded])
}

fn describe_update() -> Operation {
    Operation::new("update_view", "Change a saved view")
        .about(
            "Members that are left out stay as they are. A shared view is changed by its owner or an administrator; \
             for whom it opens first (`default`: `mine` or `none`) each user says for themselves, and that is no new \
             version of the view.",
        )
        .if_match()
        .json(Schema::named("ViewData"))
        .answers(200, "The view as it is now.", Schema::named("View"))
        .answer_header(200, "ETag", "The view's version.")
        .refuses(&[ErrorCode::InvalidExpression])
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ListQuery {
    object: Option<String>,
    limit: Option<i64>,
    cursor: Option<String>,
}

async fn list(
    State(records): State<Records>,
    Authenticated(actor): Authenticated,
    Query(query): Query<ListQuery>,
) -> Answer<Json<Page<Value>>> {
    let window = Window::<ViewId>::read(query.limit, query.cursor.as_deref(), LIMIT, LIMIT)?;
    let object = query.object.as_deref();
    let found = records
        .views(&actor, object, window.beyond, window.wanted())
        .await?;
    Ok(Json(window.page(found, |view| {
        view["id"].as_str().map(str::to_owned)
    })))
}

async fn create(
    State(records): State<Records>,
    Authenticated(actor): Authenticated,
    OnceJson(draft, once): OnceJson<ViewDraft>,
) -> Answer<Stored> {
    Ok(records.create_view(&actor, draft, once).await?)
}

async fn read(
    State(records): State<Records>,
    Authenticated(actor): Authenticated,
    Path(id): Path<ViewId>,
) -> Answer<Stored> {
    Ok(records.view(&actor, id).await?)
}

async fn update(
    State(records): State<Records>,
    Authenticated(actor): Authenticated,
    Path(id): Path<ViewId>,
    IfMatch(if_version): IfMatch,
    Json(draft): Json<ViewDraft>,
) -> Answer<Stored> {
    Ok(records.update_view(&actor, id, draft, if_version).await?)
}

async fn delete(
    State(records): State<Records>,
    Authenticated(actor): Authenticated,
    Path(id): Path<ViewId>,
    IfMatch(if_version): IfMatch,
) -> Answer<StatusCode> {
    records.delete_view(&actor, id, if_version).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn column() -> Schema {
    let width = Schema::integer()
        .with("minimum", *WIDTHS.start())
        .with("maximum", *WIDTHS.end());
    Schema::object()
        .required(
            "field",
            Schema::string().about("A field, or one of a related record: `company.industry`."),
        )
        .optional("width", width.nullable().about("In pixels."))
        .optional("pinned", Schema::boolean())
        .closed()
}

fn filter() -> Schema {
    Schema::string()
        .nullable()
        .about("A CEL expression; checked when it is saved.")
}

fn sort() -> Schema {
    Schema::array(Schema::string())
        .with("maxItems", SORTS)
        .about("Fields, `-` before those that descend.")
}

fn members(schema: Schema, add: fn(Schema, &str, Schema) -> Schema) -> Schema {
    let footers = Schema::map(Schema::one_of_texts(Footer::NAMES)).with("maxProperties", FOOTERS);
    let columns = Schema::array(column()).with("maxItems", COLUMNS);
    let path = |about: &str| Schema::string().nullable().about(about);
    let name = Schema::string()
        .with("minLength", 1)
        .with("maxLength", NAME);
    [
        ("name", name),
        ("kind", Schema::one_of_texts(Kind::NAMES)),
        (
            "shared",
            Schema::boolean().about("Whether all of the workspace sees it."),
        ),
        (
            "default",
            Schema::one_of_texts(DefaultFor::NAMES).about(
                "For whom it opens first, as the reader sees it. `everyone` is set by administrators; one's own choice goes before it.",
            ),
        ),
        ("columns", columns),
        ("filter", filter()),
        ("sort", sort()),
        ("group_by", path("The field by which records are put together, such as `stage`.")),
        ("date_field", path("The date or time by which a calendar shows records.")),
        ("density", Schema::one_of_texts(Density::NAMES)),
        ("footers", footers.about("What stands below columns, by field.")),
    ]
    .into_iter()
    .fold(schema, |schema, (name, member)| add(schema, name, member))
}

fn draft_schema() -> Schema {
    let object = Schema::string().about("The object's plural name; only for a new view.");
    let schema = Schema::object().optional("object", object);
    members(schema, Schema::optional).closed()
}

fn shown_schema() -> Schema {
    let owner = Schema::object()
        .required("id", Schema::uuid())
        .required("name", Schema::string().nullable());
    let schema = Schema::object()
        .required("id", Schema::uuid())
        .required(
            "object",
            Schema::string().about("The object's plural name."),
        )
        .required("owner", owner);
    members(schema, Schema::required)
        .required(
            "problem",
            Schema::string().nullable().about(
                "Why the view can't be shown as it was meant, such as a filter by a field that was retired since.",
            ),
        )
        .required("version", Schema::integer())
        .required("created_at", Schema::date_time())
        .required("updated_at", Schema::date_time())
}
