//! The routes of imports.

use axum::body::Body;
use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use kith_http::openapi::{Operation, Schema};
use kith_http::{Access, Answer, Authenticated, Json, Path, Query, Routes, Window};
use kith_kernel::{Actor, ErrorCode, Failure, ImportId, Page};
use serde::Deserialize;
use serde_json::{Value, json};

use super::describe::{self, or_null};
use super::model::{Import, State as Stage};
use super::plan::Plan;
use super::report::{self, Report};
use super::service::Sent;
use crate::Records;

/// The most imports on a page.
const LIMIT: i64 = 100;

/// Adds the routes of imports.
pub(crate) fn routes(routes: Routes<Records>) -> Routes<Records> {
    let import = || Schema::named("Import");
    let answers = |operation: Operation| operation.path("id", Schema::uuid(), "The import.");
    let started = |id: &str, summary: &str| {
        answers(Operation::new(id, summary))
            .answers(202, "It will be done in the background.", import())
            .refuses(&[ErrorCode::Conflict, ErrorCode::ValidationFailed])
    };
    let file = |id: &str, summary: &str| {
        answers(Operation::new(id, summary))
            .answers_with(200, "The file.", "text/csv", Schema::string())
            .streaming()
    };
    routes
        .tag("Import", "Files of records: sent, mapped, tried, imported, undone.")
        .schema("Import", schema())
        .schema("ImportPlan", plan_schema())
        .schema("ImportAnalysis", describe::analysis())
        .schema("ImportDryRun", describe::dry_run())
        .schema("ImportUndo", describe::undo())
        .post("/imports", Access::Authenticated, create, describe_create())
        .get(
            "/imports",
            Access::Authenticated,
            list,
            Operation::new("list_imports", "List imports, newest first")
                .shared("Limit")
                .shared("Cursor")
                .answers(200, "A page of imports.", Schema::page_of(import()))
                .refuses(&[ErrorCode::InvalidCursor]),
        )
        .get(
            "/imports/{id}",
            Access::Authenticated,
            read,
            answers(Operation::new("get_import", "Read an import and how far it is")).answers(200, "The import.", import()),
        )
        .delete(
            "/imports/{id}",
            Access::Authenticated,
            delete,
            answers(Operation::new("delete_import", "Forget an import and its file"))
                .about("The records stay, but the import can't be undone any more.")
                .answers_empty(204, "It is forgotten.")
                .refuses(&[ErrorCode::Conflict]),
        )
        .put(
            "/imports/{id}/plan",
            Access::Authenticated,
            plan,
            answers(Operation::new("plan_import", "Say what becomes of the file's columns"))
                .json(Schema::named("ImportPlan"))
                .answers(200, "The import with its plan.", import())
                .refuses(&[ErrorCode::Conflict]),
        )
        .post(
            "/imports/{id}/dry-run",
            Access::Authenticated,
            dry_run,
            started("dry_run_import", "Find out what an import would do").about(
                "Reads the whole file and checks each batch of rows in a transaction that is rolled back. \
                 Read the import until its state is `ready` again; `dry_run` then has counts and samples.",
            ),
        )
        .post(
            "/imports/{id}/start",
            Access::Authenticated,
            start,
            started("start_import", "Import the file").about(
                "An import that failed or was cancelled goes on from where it stopped.",
            ),
        )
        .post(
            "/imports/{id}/cancel",
            Access::Authenticated,
            cancel,
            started("cancel_import", "Stop an import").about("The rows that are in stay; undo the import to remove them."),
        )
        .post(
            "/imports/{id}/undo",
            Access::Authenticated,
            undo,
            started("undo_import", "Undo a whole import").about(
                "Records that it created go to the recycle bin, records that it changed get their former values back. \
                 Records that were changed since are left as they are and named in `undo`.",
            ),
        )
        .get(
            "/imports/{id}/rejected",
            Access::Authenticated,
            rejected,
            file("get_rejected_rows", "The rejected rows as CSV, with reasons, ready to be mended and sent again"),
        )
        .get(
            "/imports/{id}/issues",
            Access::Authenticated,
            issues,
            file("get_import_issues", "The rejected rows and those of which something was left out, as CSV, with reasons"),
        )
}

fn describe_create() -> Operation {
    Operation::new("create_import", "Send a file to be imported")
        .about(
            "The body is the file itself: CSV of any delimiter and encoding, XLSX, or NDJSON. Nothing is imported yet: \
             the answer says what is in the file and proposes a plan.",
        )
        .required_query("object", Schema::string(), "The object whose records the rows become, such as `deals`.")
        .query("filename", Schema::string(), "The file's name, which helps to tell what it is.")
        .query(
            "preset",
            Schema::string(),
            "Whose export it is, where that should not be found out: salesforce, hubspot, pipedrive, espocrm, suitecrm, odoo, zoho.",
        )
        .body("application/octet-stream", Schema::string().with("format", "binary"))
        .body("text/csv", Schema::string())
        .answers(201, "The import, to be planned and started.", Schema::named("Import"))
        .answer_header(201, "Location", "The import's address.")
        .refuses(&[ErrorCode::LimitExceeded, ErrorCode::StorageFull])
        .streaming()
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct CreateQuery {
    object: String,
    filename: Option<String>,
    preset: Option<String>,
}

async fn create(
    State(records): State<Records>,
    Authenticated(actor): Authenticated,
    Query(query): Query<CreateQuery>,
    headers: HeaderMap,
    body: Body,
) -> Answer<Response> {
    let sent = Sent {
        object: &query.object,
        file_name: query.filename.as_deref(),
        content_type: headers
            .get(header::CONTENT_TYPE)
            .and_then(|value| value.to_str().ok()),
        preset: query.preset.as_deref(),
    };
    let import = records.receive_import(&actor, sent, body).await?;
    let place = HeaderValue::from_str(&format!("/api/v1/imports/{}", import.id))
        .map_err(Failure::internal)?;
    let shown = show(&records, &actor, &import, true).await?;
    Ok((
        StatusCode::CREATED,
        [(header::LOCATION, place)],
        Json(shown),
    )
        .into_response())
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
    let window = Window::<ImportId>::read(query.limit, query.cursor.as_deref(), 50, LIMIT)?;
    let found = records
        .list_imports(&actor, window.beyond, window.wanted())
        .await?;
    let imports = window.page(found, |import| Some(import.id.to_string()));
    let mut data = Vec::with_capacity(imports.data.len());
    for import in &imports.data {
        data.push(show(&records, &actor, import, false).await?);
    }
    Ok(Json(Page {
        data,
        page: imports.page,
        count: None,
    }))
}

async fn read(
    State(records): State<Records>,
    Authenticated(actor): Authenticated,
    Path(id): Path<ImportId>,
) -> Answer<Json<Value>> {
    let import = records.import(&actor, id).await?;
    Ok(Json(show(&records, &actor, &import, true).await?))
}

async fn delete(
    State(records): State<Records>,
    Authenticated(actor): Authenticated,
    Path(id): Path<ImportId>,
) -> Answer<StatusCode> {
    records.delete_import(&actor, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn plan(
    State(records): State<Records>,
    Authenticated(actor): Authenticated,
    Path(id): Path<ImportId>,
    Json(plan): Json<Plan>,
) -> Answer<Json<Value>> {
    let import = records.plan_import(&actor, id, plan).await?;
    Ok(Json(show(&records, &actor, &import, true).await?))
}

async fn dry_run(
    State(records): State<Records>,
    Authenticated(actor): Authenticated,
    Path(id): Path<ImportId>,
) -> Answer<Response> {
    let import = records.check_import(&actor, id).await?;
    accepted(&records, &actor, &import).await
}

async fn start(
    State(records): State<Records>,
    Authenticated(actor): Authenticated,
    Path(id): Path<ImportId>,
) -> Answer<Response> {
    let import = records.start_import(&actor, id).await?;
    accepted(&records, &actor, &import).await
}

async fn cancel(
    State(records): State<Records>,
    Authenticated(actor): Authenticated,
    Path(id): Path<ImportId>,
) -> Answer<Response> {
    let import = records.cancel_import(&actor, id).await?;
    accepted(&records, &actor, &import).await
}

async fn undo(
    State(records): State<Records>,
    Authenticated(actor): Authenticated,
    Path(id): Path<ImportId>,
) -> Answer<Response> {
    let import = records.undo_import(&actor, id).await?;
    accepted(&records, &actor, &import).await
}

async fn accepted(records: &Records, actor: &Actor, import: &Import) -> Answer<Response> {
    let shown = show(records, actor, import, true).await?;
    Ok((StatusCode::ACCEPTED, Json(shown)).into_response())
}

async fn rejected(
    State(records): State<Records>,
    Authenticated(actor): Authenticated,
    Path(id): Path<ImportId>,
) -> Answer<Response> {
    csv(&records, &actor, id, Report::Rejected, "rejected.csv").await
}

async fn issues(
    State(records): State<Records>,
    Authenticated(actor): Authenticated,
    Path(id): Path<ImportId>,
) -> Answer<Response> {
    csv(&records, &actor, id, Report::Issues, "issues.csv").await
}

async fn csv(
    records: &Records,
    actor: &Actor,
    id: ImportId,
    which: Report,
    name: &'static str,
) -> Answer<Response> {
    let import = records.import(actor, id).await?;
    let body = report::body(records.store(), &import, which).await?;
    let attachment = HeaderValue::from_str(&format!("attachment; filename=\"{name}\""))
        .map_err(Failure::internal)?;
    let csv = HeaderValue::from_static("text/csv; charset=utf-8");
    let headers = [
        (header::CONTENT_TYPE, csv),
        (header::CONTENT_DISPOSITION, attachment),
    ];
    Ok((headers, body).into_response())
}

/// An import as the API shows it.
async fn show(
    records: &Records,
    actor: &Actor,
    import: &Import,
    whole: bool,
) -> Result<Value, Failure> {
    let catalog = records.catalog(actor).await?;
    let object = catalog
        .by_key(&import.object_key)
        .map_or(import.object_key.as_str(), |object| &object.plural);
    let done = match import.state {
        Stage::Completed => Some(1.0),
        Stage::Running if import.file_bytes > 0 => {
            #[expect(
                clippy::cast_precision_loss,
                reason = "a share needs no more than 52 bits"
            )]
            let share = import.bytes_done as f64 / import.file_bytes as f64;
            Some(share.clamp(0.0, 1.0))
        }
        _ => None,
    };
    let mut shown = json!({
        "id": import.id,
        "object": object,
        "file_name": import.file_name,
        "file_bytes": import.file_bytes,
        "state": import.state,
        "cancel_requested": import.cancel_requested,
        "error": import.error,
        "progress": {
            "read": import.counts.read,
            "created": import.counts.created,
            "updated": import.counts.updated,
            "unchanged": import.counts.unchanged,
            "rejected": import.counts.rejected,
            "adjusted": import.counts.adjusted,
            "related_created": import.counts.related,
            "users_created": import.users_created,
            "share": done,
            "rows_per_second": import.rows_per_second,
            "phase": if import.pass > 1 { "relations" } else { "rows" },
        },
        "preset": import.analysis.preset,
        "undo": import.undo,
        "created_by": { "id": import.created_by },
        "created_at": import.created_at,
        "started_at": import.started_at,
        "finished_at": import.finished_at,
    });
    if whole {
        shown["analysis"] = json!({
            "dialect": import.analysis.dialect,
            "columns": import.analysis.columns,
            "rows_sampled": import.analysis.rows_sampled,
            "preset": import.analysis.preset,
            "warnings": import.analysis.warnings,
        });
        shown["proposal"] = json!(import.analysis.proposal);
        shown["plan"] = json!(import.plan);
        shown["dry_run"] = json!(import.dry_run);
    }
    Ok(shown)
}

fn schema() -> Schema {
    let count = || Schema::integer();
    let progress = Schema::object()
        .required("read", count().about("Rows read that are not blank."))
        .required("created", count())
        .required("updated", count())
        .required("unchanged", count())
        .required("rejected", count())
        .required(
            "adjusted",
            count().about("Rows among those imported of which something was left out."),
        )
        .required(
            "related_created",
            count().about("Records that rows only name, created for that."),
        )
        .required("users_created", count())
        .required(
            "share",
            Schema::number()
                .nullable()
                .about("How much of the file is done, from 0 to 1."),
        )
        .required("rows_per_second", Schema::number().nullable())
        .required("phase", Schema::one_of_texts(&["rows", "relations"]));
    let states: Vec<&str> = Stage::ALL.into_iter().map(Stage::as_str).collect();
    Schema::object()
        .required("id", Schema::uuid())
        .required("object", Schema::string())
        .required("file_name", Schema::string())
        .required("file_bytes", count())
        .required("state", Schema::one_of_texts(&states))
        .required("cancel_requested", Schema::boolean())
        .required("error", Schema::string().nullable())
        .required("progress", progress)
        .required("preset", Schema::string().nullable())
        .required("undo", or_null("ImportUndo").about("What undoing it did."))
        .required(
            "created_by",
            Schema::object().required("id", Schema::uuid()),
        )
        .required("created_at", Schema::date_time())
        .required("started_at", Schema::date_time().nullable())
        .required("finished_at", Schema::date_time().nullable())
        .optional("analysis", Schema::named("ImportAnalysis"))
        .optional("proposal", Schema::named("ImportPlan"))
        .optional(
            "plan",
            or_null("ImportPlan")
                .about("The plan that was set; the proposal counts where none was."),
        )
        .optional(
            "dry_run",
            or_null("ImportDryRun").about("What the last dry run found."),
        )
}

fn plan_schema() -> Schema {
    let texts = || Schema::map(Schema::string());
    let column = Schema::object()
        .required("column", Schema::string().about("The column, by its name in the header."))
        .optional("field", Schema::string().nullable().about(
            "A field (`emails`), a part of one (`address.city`, `amount.currency`), `full_name`, `id`; null ignores the column.",
        ))
        .optional("match", Schema::string().about("By what a relation finds its record: id, name, or a unique field."))
        .optional("on_missing", Schema::one_of_texts(&["reject", "create", "clear"]))
        .optional("on_invalid", Schema::one_of_texts(&["reject", "clear"]))
        .optional("on_ambiguous", Schema::one_of_texts(&["reject", "first"]))
        .optional("values", texts().about("Texts that stand for others."))
        .optional("dates", Schema::one_of_texts(&["dmy", "mdy", "ymd"]).nullable())
        .optional("numbers", Schema::one_of_texts(&["point", "comma"]).nullable())
        .optional("currency", Schema::string().nullable())
        .optional("region", Schema::string().nullable())
        .optional("separator", Schema::string().nullable())
        .closed();
    Schema::object()
        .optional(
            "mode",
            Schema::one_of_texts(&["create", "update", "upsert"]),
        )
        .optional(
            "by",
            Schema::string()
                .nullable()
                .about("The field by which rows find their records."),
        )
        .optional("columns", Schema::array(column))
        .optional(
            "set",
            texts().about("Values that every row gets, by field."),
        )
        .optional("empty", Schema::one_of_texts(&["keep", "clear"]))
        .optional("lists", Schema::one_of_texts(&["add", "replace"]))
        .optional(
            "dialect",
            Schema::any().about("How the file is written; as in the analysis, with changes."),
        )
        .closed()
}
