//! The route of duplicates.

use axum::extract::State;
use kith_http::openapi::{Operation, Schema};
use kith_http::{Access, Answer, Authenticated, Json, Path, Routes};
use kith_kernel::RecordId;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::compare::Code;
use crate::Records;
use crate::record::object;

/// Adds the route of duplicates.
pub(crate) fn routes(routes: Routes<Records>) -> Routes<Records> {
    routes.post(
        "/{plural}/duplicates",
        Access::Authenticated,
        find,
        Operation::expanded(),
    )
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Body {
    values: Map<String, Value>,
    #[serde(default)]
    except: Option<RecordId>,
}

async fn find(
    State(records): State<Records>,
    Authenticated(actor): Authenticated,
    Path(plural): Path<String>,
    Json(body): Json<Body>,
) -> Answer<Json<Value>> {
    let catalog = records.catalog(&actor).await?;
    let object = object(&catalog, &actor, &plural)?;
    let likely = (records.duplicates(&actor, &catalog, object, &body.values, body.except)).await?;
    Ok(Json(json!({ "data": likely })))
}

/// What the API knows of the route for one object.
pub(crate) fn describe(plural: &str, label: &str) -> Operation {
    let body = Schema::object()
        .required(
            "values",
            Schema::map(Schema::any()).about("What is known of the record so far."),
        )
        .optional(
            "except",
            Schema::uuid()
                .nullable()
                .about("A record that is no duplicate: the one that is changed."),
        )
        .closed();
    Operation::new(
        format!("duplicates_of_{plural}"),
        format!("Find {label} that a new record may be a duplicate of"),
    )
    .about("At most five, the likeliest first. Values that are not acceptable yet are left out.")
    .json(body)
    .answers(
        200,
        "The records.",
        Schema::object().required("data", Schema::array(Schema::named("Duplicate"))),
    )
}

/// A record that a new one may be a duplicate of.
pub(crate) fn schema() -> Schema {
    let reason = Schema::object()
        .required("code", Schema::one_of_texts(&Code::NAMES))
        .required("field", Schema::string())
        .required("value", Schema::string());
    Schema::object()
        .required("id", Schema::uuid())
        .required("name", Schema::string())
        .required(
            "detail",
            Schema::string()
                .nullable()
                .about("What tells it apart from others of its name."),
        )
        .required(
            "reasons",
            Schema::array(reason).about("The strongest first."),
        )
}
