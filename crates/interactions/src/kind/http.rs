//! The routes of interaction types.

use axum::extract::State;
use http::StatusCode;
use kith_http::idempotency::Stored;
use kith_http::openapi::{Operation, Schema};
use kith_http::{Access, Answer, Authenticated, IfMatch, Json, OnceJson, Path, Routes};
use kith_kernel::{ErrorCode, Page, PageInfo};
use serde_json::Value;

use super::model::{NAME, TypeDraft};
use crate::Interactions;

/// Adds the routes of interaction types.
pub(crate) fn routes(routes: Routes<Interactions>) -> Routes<Interactions> {
    let kind = || Schema::named("InteractionType");
    let key = |operation: Operation| operation.path("key", Schema::string(), "The type's key.");
    routes
        .tag(
            "Interaction types",
            "The channels that a workspace adds to the built-in ones, and the schemas of interactions' bodies.",
        )
        .schema("InteractionType", shown())
        .schema("InteractionTypeData", data(Schema::object()).closed())
        .get(
            "/interaction-types",
            Access::Authenticated,
            list,
            Operation::new("list_interaction_types", "List interaction types")
                .about("All of them, by key. Built-in channels are listed where the workspace gave them a schema.")
                .answers(200, "The types.", Schema::page_of(kind())),
        )
        .post(
            "/interaction-types",
            Access::Authenticated,
            create,
            Operation::new("create_interaction_type", "Make an interaction type")
                .about(
                    "For administrators. The schema is JSON Schema (2020-12) with these keywords: type, enum, const, \
                     properties, required, additionalProperties, items, minimum, maximum, exclusiveMinimum, \
                     exclusiveMaximum, minItems, maxItems, minLength, maxLength, pattern, format (date, date-time, \
                     email, uuid, uri). The key of a built-in channel gives that one a schema.",
                )
                .idempotent()
                .json(
                    data(Schema::object().optional("key", name().about("The channel's name in the API.")))
                        .closed()
                        .with("required", vec!["key", "name"]),
                )
                .answers(201, "The type.", kind())
                .answer_header(201, "ETag", "The type's version.")
                .answer_header(201, "Location", "The type's path.")
                .refuses(&[ErrorCode::Duplicate, ErrorCode::LimitExceeded]),
        )
        .get(
            "/interaction-types/{key}",
            Access::Authenticated,
            read,
            key(Operation::new("get_interaction_type", "Read an interaction type"))
                .answers(200, "The type.", kind())
                .answer_header(200, "ETag", "The type's version."),
        )
        .patch(
            "/interaction-types/{key}",
            Access::Authenticated,
            update,
            key(Operation::new("update_interaction_type", "Change an interaction type"))
                .about("For administrators. What was recorded before is not held against a new schema.")
                .if_match()
                .json(Schema::named("InteractionTypeData"))
                .answers(200, "The type as it is now.", kind())
                .answer_header(200, "ETag", "The type's version."),
        )
        .delete(
            "/interaction-types/{key}",
            Access::Authenticated,
            delete,
            key(Operation::new("delete_interaction_type", "Delete an interaction type"))
                .about("For administrators. Its interactions stay; no more can be recorded.")
                .if_match()
                .answers_empty(204, "It is gone."),
        )
}

fn name() -> Schema {
    Schema::string()
        .with("minLength", 1)
        .with("maxLength", NAME)
}

fn data(schema: Schema) -> Schema {
    schema
        .optional("name", name().about("What people call it."))
        .optional("icon", name().nullable().about("The name of its icon."))
        .optional(
            "schema",
            Schema::any().about("The JSON schema of the bodies of its interactions, or null."),
        )
}

fn shown() -> Schema {
    Schema::object()
        .required("key", Schema::string())
        .required("name", Schema::string())
        .required("icon", Schema::string().nullable())
        .required("schema", Schema::any())
        .required("version", Schema::integer())
        .required("created_at", Schema::date_time())
        .required("updated_at", Schema::date_time())
}

async fn list(
    State(interactions): State<Interactions>,
    Authenticated(actor): Authenticated,
) -> Answer<Json<Page<Value>>> {
    Ok(Json(Page {
        data: interactions.types(&actor).await?,
        page: PageInfo::default(),
        count: None,
    }))
}

async fn create(
    State(interactions): State<Interactions>,
    Authenticated(actor): Authenticated,
    OnceJson(draft, once): OnceJson<TypeDraft>,
) -> Answer<Stored> {
    Ok(interactions.create_type(&actor, draft, once).await?)
}

async fn read(
    State(interactions): State<Interactions>,
    Authenticated(actor): Authenticated,
    Path(key): Path<String>,
) -> Answer<Stored> {
    Ok(interactions.get_type(&actor, &key).await?)
}

async fn update(
    State(interactions): State<Interactions>,
    Authenticated(actor): Authenticated,
    Path(key): Path<String>,
    IfMatch(if_version): IfMatch,
    Json(draft): Json<TypeDraft>,
) -> Answer<Stored> {
    Ok(interactions
        .update_type(&actor, &key, draft, if_version)
        .await?)
}

async fn delete(
    State(interactions): State<Interactions>,
    Authenticated(actor): Authenticated,
    Path(key): Path<String>,
    IfMatch(if_version): IfMatch,
) -> Answer<StatusCode> {
    interactions.delete_type(&actor, &key, if_version).await?;
    Ok(StatusCode::NO_CONTENT)
}
