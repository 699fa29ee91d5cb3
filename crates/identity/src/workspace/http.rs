//! `/workspace`: the workspace that one is in.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::header::ETAG;
use jiff::Timestamp;
use kith_http::openapi::{Operation, Schema};
use kith_http::{Access, Answer, Authenticated, IfMatch, Json, Routes, etag};
use kith_kernel::{Currency, WorkspaceId};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{Workspace, WorkspacePatch};
use crate::Identity;
use crate::routes::present;

/// A workspace as clients see it.
#[derive(Debug, Serialize)]
pub(crate) struct WorkspaceAnswer {
    id: WorkspaceId,
    name: String,
    slug: String,
    currency: Currency,
    region: String,
    time_zone: String,
    locale: String,
    version: i64,
    created_at: Timestamp,
    updated_at: Timestamp,
}

impl From<&Workspace> for WorkspaceAnswer {
    fn from(workspace: &Workspace) -> Self {
        let settings = workspace.settings.clone();
        Self {
            id: workspace.id,
            name: workspace.name.clone(),
            slug: workspace.slug.clone(),
            currency: settings.currency,
            region: settings.region,
            time_zone: settings.time_zone,
            locale: settings.locale,
            version: workspace.version,
            created_at: workspace.created_at,
            updated_at: workspace.updated_at,
        }
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct PatchBody {
    #[serde(deserialize_with = "present")]
    name: Option<String>,
    #[serde(deserialize_with = "present")]
    currency: Option<String>,
    #[serde(deserialize_with = "present")]
    region: Option<String>,
    #[serde(deserialize_with = "present")]
    time_zone: Option<String>,
    #[serde(deserialize_with = "present")]
    locale: Option<String>,
}

pub(crate) fn routes(routes: Routes<Identity>) -> Routes<Identity> {
    let settings = |object: Schema, add: fn(Schema, &str, Schema) -> Schema| {
        let object = add(object, "name", Schema::string().with("maxLength", 100));
        let object = add(object, "currency", Schema::named("Currency"));
        let region = Schema::string()
            .about("ISO 3166-1 alpha-2; how phone numbers without a country code are read.")
            .example("DE");
        let object = add(object, "region", region);
        let zone = Schema::string()
            .about("A name of the IANA database; where days begin.")
            .example("Europe/Berlin");
        let object = add(object, "time_zone", zone);
        let locale = Schema::string().about("A BCP 47 tag.").example("en-GB");
        add(object, "locale", locale)
    };
    let workspace = settings(
        Schema::object().required("id", Schema::uuid()).required(
            "slug",
            Schema::string().about("Names the workspace at a login."),
        ),
        Schema::required,
    )
    .required("version", Schema::integer())
    .required("created_at", Schema::date_time())
    .required("updated_at", Schema::date_time());
    let patch = settings(Schema::object(), Schema::optional).closed();
    routes
        .tag("Workspace", "What holds for all of a workspace.")
        .schema("Workspace", workspace)
        .get(
            "/workspace",
            Access::Authenticated,
            get_workspace,
            Operation::new("get_workspace", "Read the workspace's name and settings")
                .answers(200, "The workspace.", Schema::named("Workspace"))
                .answer_header(200, "ETag", "The version."),
        )
        .patch(
            "/workspace",
            Access::Authenticated,
            update_workspace,
            Operation::new(
                "update_workspace",
                "Change the workspace's name or settings",
            )
            .about("For administrators. Members that are absent stay as they are.")
            .json(patch)
            .body_example(json!({"currency": "EUR", "time_zone": "Europe/Berlin"}))
            .if_match()
            .answers(
                200,
                "The workspace as it is now.",
                Schema::named("Workspace"),
            )
            .answer_header(200, "ETag", "The new version."),
        )
}

async fn get_workspace(
    State(identity): State<Identity>,
    Authenticated(actor): Authenticated,
) -> Answer<Response> {
    Ok(answer(&identity.workspace(&actor).await?))
}

async fn update_workspace(
    State(identity): State<Identity>,
    Authenticated(actor): Authenticated,
    IfMatch(version): IfMatch,
    Json(body): Json<PatchBody>,
) -> Answer<Response> {
    let patch = WorkspacePatch {
        name: body.name,
        currency: body.currency,
        region: body.region,
        time_zone: body.time_zone,
        locale: body.locale,
    };
    let workspace = identity.update_workspace(&actor, patch, version).await?;
    Ok(answer(&workspace))
}

fn answer(workspace: &Workspace) -> Response {
    let tag = [(ETAG, etag(workspace.version))];
    (tag, Json(WorkspaceAnswer::from(workspace))).into_response()
}
