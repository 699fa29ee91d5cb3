//! `/users`.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use http::header::{ETAG, LOCATION};
use jiff::Timestamp;
use kith_contracts::access::{Action, authorise};
use kith_http::idempotency::{Claim, Stored, claim_in, complete_in};
use kith_http::openapi::{Operation, Schema};
use kith_http::{
    Access, Answer, Authenticated, IfMatch, Json, OnceJson, Path, Problem, Query, Routes, etag,
};
use kith_kernel::{CountMode, ErrorCode, Page, Role, UserId};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::describe::{create_operation, list_operation, patch_schema, user_schema};
use super::model::Theme;
use super::{NewAccount, User, UserList, UserPatch};
use crate::activation::LinkAnswer;
use crate::audit::Leave;
use crate::input::{Change, Faults};
use crate::routes::present;
use crate::{Identity, IdentityError};

const MAX_PAGE: u32 = 200;

/// A user as clients see them.
#[derive(Debug, Serialize)]
pub(crate) struct UserAnswer {
    id: UserId,
    email: Option<String>,
    name: String,
    role: Role,
    active: bool,
    has_password: bool,
    locale: Option<String>,
    time_zone: Option<String>,
    theme: Option<Theme>,
    version: i64,
    created_at: Timestamp,
    updated_at: Timestamp,
}

impl From<&User> for UserAnswer {
    fn from(user: &User) -> Self {
        Self {
            id: user.id,
            email: user.email.clone(),
            name: user.name.clone(),
            role: user.role,
            active: user.active,
            has_password: user.has_password,
            locale: user.locale.clone(),
            time_zone: user.time_zone.clone(),
            theme: user.theme,
            version: user.version,
            created_at: user.created_at,
            updated_at: user.updated_at,
        }
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct ListQuery {
    active: Option<bool>,
    search: Option<String>,
    limit: Option<u32>,
    cursor: Option<String>,
    count: CountMode,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct NewBody {
    email: String,
    name: String,
    role: Role,
    locale: Option<String>,
    time_zone: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct PatchBody {
    #[serde(deserialize_with = "present")]
    email: Option<String>,
    #[serde(deserialize_with = "present")]
    name: Option<String>,
    #[serde(deserialize_with = "present")]
    role: Option<Role>,
    #[serde(deserialize_with = "present")]
    active: Option<bool>,
    locale: Change<String>,
    time_zone: Change<String>,
    theme: Change<Theme>,
}

#[derive(Debug, Serialize)]
struct CreatedUser {
    #[serde(flatten)]
    user: UserAnswer,
    activation: LinkAnswer,
}

pub(crate) fn routes(routes: Routes<Identity>) -> Routes<Identity> {
    let id = |operation: Operation| operation.path("id", Schema::uuid(), "The user's id.");
    let changed = |operation: Operation| {
        operation
            .json(patch_schema())
            .body_example(json!({"role": "read_only"}))
            .if_match()
            .answers(200, "The user as they are now.", Schema::named("User"))
            .answer_header(200, "ETag", "The new version.")
            .refuses(&[ErrorCode::Duplicate, ErrorCode::Conflict])
    };
    let read = |operation: Operation| {
        operation
            .answers(200, "The user.", Schema::named("User"))
            .answer_header(200, "ETag", "The version.")
    };
    routes
        .tag("Users", "Who works in the workspace.")
        .schema("User", user_schema())
        .get("/users", Access::Authenticated, list_users, list_operation())
        .post("/users", Access::Authenticated, create_user, create_operation())
        .get(
            "/users/me",
            Access::Authenticated,
            get_me,
            read(Operation::new("get_own_user", "Read your own user")),
        )
        .patch(
            "/users/me",
            Access::Authenticated,
            update_me,
            changed(Operation::new("update_own_user", "Change your own user").about(
                "In a session everyone may change their own name, locale, time zone and theme.",
            )),
        )
        .get(
            "/users/{id}",
            Access::Authenticated,
            get_user,
            id(read(Operation::new("get_user", "Read a user"))),
        )
        .patch(
            "/users/{id}",
            Access::Authenticated,
            update_user,
            id(changed(Operation::new("update_user", "Change a user").about(
                "For administrators. Deactivating a user ends their sessions and revokes their API \
                 tokens; what they own stays theirs. The last active administrator can't be \
                 deactivated or given another role.",
            ))),
        )
}

async fn list_users(
    State(identity): State<Identity>,
    Authenticated(actor): Authenticated,
    Query(query): Query<ListQuery>,
) -> Answer<Json<Page<UserAnswer>>> {
    let limit = query.limit.unwrap_or(50);
    if !(1..=MAX_PAGE).contains(&limit) {
        return Err(Problem::new(
            ErrorCode::InvalidRequest,
            format!("`limit` takes 1 to {MAX_PAGE}."),
        ));
    }
    let list = UserList {
        active: query.active,
        search: query.search,
        limit,
        cursor: query.cursor,
        count: query.count,
    };
    let page = identity.list_users(&actor, &list).await?;
    Ok(Json(Page {
        data: page.data.iter().map(UserAnswer::from).collect(),
        page: page.page,
        count: page.count,
    }))
}

async fn get_user(
    State(identity): State<Identity>,
    Authenticated(actor): Authenticated,
    Path(id): Path<UserId>,
) -> Answer<Response> {
    Ok(answer(&identity.user(&actor, id).await?))
}

async fn get_me(
    State(identity): State<Identity>,
    Authenticated(actor): Authenticated,
) -> Answer<Response> {
    Ok(answer(&identity.user(&actor, actor.user).await?))
}

async fn update_user(
    State(identity): State<Identity>,
    Authenticated(actor): Authenticated,
    Path(id): Path<UserId>,
    IfMatch(version): IfMatch,
    Json(body): Json<PatchBody>,
) -> Answer<Response> {
    let user = identity
        .update_user(&actor, id, body.into(), version)
        .await?;
    Ok(answer(&user))
}

async fn update_me(
    State(identity): State<Identity>,
    Authenticated(actor): Authenticated,
    IfMatch(version): IfMatch,
    Json(body): Json<PatchBody>,
) -> Answer<Response> {
    let user = identity
        .update_user(&actor, actor.user, body.into(), version)
        .await?;
    Ok(answer(&user))
}

async fn create_user(
    State(identity): State<Identity>,
    Authenticated(actor): Authenticated,
    OnceJson(body, once): OnceJson<NewBody>,
) -> Answer<Stored> {
    let permit = authorise(&actor, Action::Administer, None)?;
    let new = NewAccount {
        email: body.email,
        name: body.name,
        role: body.role,
        locale: body.locale,
        time_zone: body.time_zone,
    };
    let mut faults = Faults::default();
    let draft = identity.draft_user(&new, &mut faults);
    faults.none_or_fail()?;
    let mut user = draft.ok_or(IdentityError::NotFound)?;
    let tx = identity
        .begin(actor.workspace)
        .await
        .map_err(IdentityError::from)?;
    if let Some(once) = &once
        && let Claim::Replay(answer) =
            claim_in(&tx, "identity", &actor, once, identity.clock().now()).await?
    {
        return Ok(answer);
    }
    let leave = Leave::permitted(&permit);
    let link = identity
        .invite_in(&tx, &leave, actor.workspace, &mut user)
        .await?;
    let created = |activation| {
        let body = CreatedUser {
            user: (&user).into(),
            activation,
        };
        let stored = Stored::json(StatusCode::CREATED, &body)?;
        let location = format!("/api/v1/users/{}", user.id);
        let location =
            http::HeaderValue::from_str(&location).map_err(kith_kernel::Failure::internal)?;
        Ok::<_, Problem>(
            stored
                .header(ETAG, etag(user.version))
                .header(LOCATION, location),
        )
    };
    if let Some(once) = &once {
        let kept = created(LinkAnswer::without_secret(&link))?;
        complete_in(&tx, "identity", &actor, once, &kept).await?;
    }
    tx.commit().await.map_err(IdentityError::from)?;
    identity.changed(actor.workspace, user.id);
    created(LinkAnswer::with_secret(&link))
}

impl From<PatchBody> for UserPatch {
    fn from(body: PatchBody) -> Self {
        Self {
            email: body.email,
            name: body.name,
            role: body.role,
            active: body.active,
            locale: body.locale,
            time_zone: body.time_zone,
            theme: body.theme,
        }
    }
}

fn answer(user: &User) -> Response {
    let tag = [(ETAG, etag(user.version))];
    (tag, Json(UserAnswer::from(user))).into_response()
}
