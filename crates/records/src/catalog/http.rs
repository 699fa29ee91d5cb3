//! The routes of the catalog.

use axum::extract::State;
use kith_contracts::access::{Action, authorise};
use kith_http::idempotency::Stored;
use kith_http::openapi::{Operation, Schema};
use kith_http::{Access, Answer, Authenticated, IfMatch, Json, OnceJson, Path, Routes, etag};
use kith_kernel::{ErrorCode, Failure};
use serde_json::{Map, Value as JsonValue};

use super::FieldType;
use super::service::ObjectDraft;
use super::show::show_object;
use crate::Records;

/// Adds the routes of the catalog.
pub(crate) fn routes(routes: Routes<Records>) -> Routes<Records> {
    let signed_in = Access::Authenticated;
    routes
        .tag("Catalog", "The objects of the workspace and their fields.")
        .schema("Object", object_schema())
        .schema("Field", field_schema())
        .get("/objects", signed_in, list, describe_list())
        .post(
            "/objects",
            signed_in,
            create_object,
            describe_create_object(),
        )
        .get("/objects/{name}", signed_in, get, describe_get())
        .patch(
            "/objects/{name}",
            signed_in,
            update_object,
            describe_update_object(),
        )
        .post(
            "/objects/{name}/fields",
            signed_in,
            create_field,
            describe_create_field(),
        )
        .patch(
            "/objects/{name}/fields/{field}",
            signed_in,
            update_field,
            describe_update_field(),
        )
}

async fn list(
    State(records): State<Records>,
    Authenticated(actor): Authenticated,
) -> Answer<Stored> {
    authorise(&actor, Action::Read, None)?;
    let catalog = records.catalog(&actor).await?;
    let objects: Vec<JsonValue> = (catalog.objects().iter())
        .map(|object| show_object(&catalog, object))
        .collect();
    Ok(Stored::json(
        http::StatusCode::OK,
        &serde_json::json!({ "data": objects, "version": catalog.version }),
    )?)
}

async fn get(
    State(records): State<Records>,
    Authenticated(actor): Authenticated,
    Path(name): Path<String>,
) -> Answer<Stored> {
    authorise(&actor, Action::Read, None)?;
    let catalog = records.catalog(&actor).await?;
    let object = (catalog.by_name(&name).or_else(|| catalog.by_plural(&name)))
        .or_else(|| catalog.by_key(&name))
        .ok_or_else(Failure::not_found)?;
    let answer = Stored::json(http::StatusCode::OK, &show_object(&catalog, object))?;
    Ok(answer.header(http::header::ETAG, etag(object.version)))
}

async fn create_object(
    State(records): State<Records>,
    Authenticated(actor): Authenticated,
    OnceJson(draft, once): OnceJson<ObjectDraft>,
) -> Answer<Stored> {
    Ok(records.create_object(&actor, draft, once).await?)
}

async fn update_object(
    State(records): State<Records>,
    Authenticated(actor): Authenticated,
    Path(name): Path<String>,
    IfMatch(if_version): IfMatch,
    Json(draft): Json<ObjectDraft>,
) -> Answer<Stored> {
    Ok((records.update_object(&actor, &name, draft, if_version)).await?)
}

async fn create_field(
    State(records): State<Records>,
    Authenticated(actor): Authenticated,
    Path(name): Path<String>,
    OnceJson(members, once): OnceJson<Map<String, JsonValue>>,
) -> Answer<Stored> {
    Ok(records.create_field(&actor, &name, members, once).await?)
}

async fn update_field(
    State(records): State<Records>,
    Authenticated(actor): Authenticated,
    Path((name, field)): Path<(String, String)>,
    IfMatch(if_version): IfMatch,
    Json(members): Json<Map<String, JsonValue>>,
) -> Answer<Stored> {
    Ok((records.update_field(&actor, &name, &field, members, if_version)).await?)
}

fn describe_list() -> Operation {
    Operation::new("list_objects", "All objects with their fields").answers(
        200,
        "The objects, standard ones first, retired ones included.",
        Schema::object()
            .required("data", Schema::array(Schema::named("Object")))
            .required("version", Schema::integer()),
    )
}

fn describe_get() -> Operation {
    Operation::new("get_object", "One object with its fields")
        .path(
            "name",
            Schema::string(),
            "The object's singular or plural name.",
        )
        .answers(200, "The object.", Schema::named("Object"))
        .refuses(&[ErrorCode::NotFound])
}

fn describe_create_object() -> Operation {
    Operation::new("create_object", "Make a custom object")
        .idempotent()
        .json(object_draft().required("name", name_schema()))
        .answers(201, "The object.", Schema::named("Object"))
        .refuses(&[
            ErrorCode::Forbidden,
            ErrorCode::ValidationFailed,
            ErrorCode::Duplicate,
            ErrorCode::LimitExceeded,
        ])
}

fn describe_update_object() -> Operation {
    Operation::new("update_object", "Rename, describe or retire an object")
        .path(
            "name",
            Schema::string(),
            "The object's name; a retired one's key.",
        )
        .if_match()
        .json(
            object_draft()
                .optional("name", name_schema())
                .optional("retired", Schema::boolean()),
        )
        .answers(200, "The object.", Schema::named("Object"))
        .refuses(&[
            ErrorCode::Forbidden,
            ErrorCode::NotFound,
            ErrorCode::ValidationFailed,
            ErrorCode::Duplicate,
            ErrorCode::VersionMismatch,
        ])
}

fn describe_create_field() -> Operation {
    Operation::new("create_field", "Make a custom field")
        .about("Beside the members below, the members of the field's type are given, such as `options`.")
        .path("name", Schema::string(), "The object's name.")
        .idempotent()
        .json(field_draft().required("name", name_schema()).required("type", type_schema()))
        .answers(201, "The field.", Schema::named("Field"))
        .refuses(&[
            ErrorCode::Forbidden, ErrorCode::NotFound, ErrorCode::ValidationFailed, ErrorCode::InvalidExpression,
            ErrorCode::Duplicate, ErrorCode::LimitExceeded,
        ])
}

fn describe_update_field() -> Operation {
    Operation::new("update_field", "Rename, change or retire a field")
        .about("A field's type can't be changed; options of a select can be added, renamed and retired.")
        .path("name", Schema::string(), "The object's name.")
        .path("field", Schema::string(), "The field's name; a retired one's key.")
        .if_match()
        .json(field_draft().optional("name", name_schema()).optional("retired", Schema::boolean()))
        .answers(200, "The field.", Schema::named("Field"))
        .refuses(&[
            ErrorCode::Forbidden, ErrorCode::NotFound, ErrorCode::ValidationFailed, ErrorCode::InvalidExpression,
            ErrorCode::Duplicate, ErrorCode::VersionMismatch, ErrorCode::LimitExceeded,
        ])
}

fn name_schema() -> Schema {
    Schema::string().with("pattern", "^[a-z][a-z0-9_]{0,49}$")
}

fn object_draft() -> Schema {
    Schema::object()
        .optional("plural", name_schema())
        .optional("label", Schema::string())
        .optional("label_plural", Schema::string())
        .optional("description", Schema::string())
        .closed()
}

fn field_draft() -> Schema {
    Schema::object()
        .optional("label", Schema::string())
        .optional("description", Schema::string())
        .optional("required", Schema::boolean())
        .optional("unique", Schema::boolean())
        .optional("indexed", Schema::boolean())
        .optional("default", Schema::any())
        .optional(
            "validation",
            Schema::string()
                .nullable()
                .about("A CEL expression that has to be true."),
        )
        .optional("validation_message", Schema::string().nullable())
        .optional("options", Schema::array(Schema::any()))
        .optional(
            "object",
            Schema::string().about("Relations and roll-ups: the other object's name."),
        )
        .optional("max", Schema::integer())
        .optional("prefix", Schema::string())
        .optional("digits", Schema::integer())
        .optional(
            "expression",
            Schema::string().about("Formula: the CEL expression."),
        )
        .optional(
            "relation",
            Schema::string().about("Roll-up: the relation of the other object that points here."),
        )
        .optional(
            "function",
            Schema::one_of_texts(&["count", "sum", "avg", "min", "max"]),
        )
        .optional("field", Schema::string().nullable())
        .optional("filter", Schema::string().nullable())
}

fn type_schema() -> Schema {
    Schema::one_of_texts(&FieldType::NAMES)
}

fn object_schema() -> Schema {
    Schema::object()
        .required("id", Schema::uuid())
        .required("key", Schema::string())
        .required("name", Schema::string())
        .required("plural", Schema::string())
        .required("label", Schema::string())
        .required("label_plural", Schema::string())
        .required("description", Schema::string())
        .required("standard", Schema::boolean())
        .required("retired", Schema::boolean())
        .required("version", Schema::integer())
        .required("fields", Schema::array(Schema::named("Field")))
}

fn field_schema() -> Schema {
    Schema::object()
        .about("The members of the field's type stand among these.")
        .required("id", Schema::uuid())
        .required("key", Schema::string())
        .required("name", Schema::string())
        .required("label", Schema::string())
        .required("description", Schema::string())
        .required("type", type_schema())
        .required("standard", Schema::boolean())
        .required("read_only", Schema::boolean())
        .required("required", Schema::boolean())
        .required("unique", Schema::boolean())
        .required("indexed", Schema::boolean())
        .required(
            "building",
            Schema::boolean().about("Whether an index or uniqueness is being built."),
        )
        .required("build_error", Schema::string().nullable())
        .required("default", Schema::any())
        .required("validation", Schema::string().nullable())
        .required("validation_message", Schema::string().nullable())
        .required("retired", Schema::boolean())
        .required("version", Schema::integer())
}
