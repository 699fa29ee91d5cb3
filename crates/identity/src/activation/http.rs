//! `POST /users/{id}/activation-link` and `POST /activate`.

use axum::extract::State;
use http::StatusCode;
use jiff::Timestamp;
use kith_crypto::Secret;
use kith_http::idempotency::{Claim, Stored, claim_in, complete_in};
use kith_http::openapi::{Operation, Schema};
use kith_http::{Access, Answer, Authenticated, Json, Once, Path, Routes};
use kith_kernel::{ErrorCode, UserId};
use serde::{Deserialize, Serialize};

use super::ActivationLink;
use crate::{Identity, IdentityError};

/// A link as the administrator gets it.
#[derive(Debug, Serialize)]
pub(crate) struct LinkAnswer {
    /// In the first answer only.
    url: Option<String>,
    expires_at: Timestamp,
    note: &'static str,
}

impl LinkAnswer {
    pub(crate) fn with_secret(link: &ActivationLink) -> Self {
        Self {
            url: Some(link.url.expose().clone()),
            expires_at: link.expires_at,
            note: "Pass this link on to the user. It works once and can't be shown again.",
        }
    }

    pub(crate) fn without_secret(link: &ActivationLink) -> Self {
        Self {
            url: None,
            expires_at: link.expires_at,
            note: "The link was in the first answer to this request and can't be shown again. If \
                   it is lost, create another one.",
        }
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ActivateBody {
    token: String,
    password: Secret<String>,
}

pub(crate) fn routes(routes: Routes<Identity>) -> Routes<Identity> {
    let link = Schema::object()
        .required(
            "url",
            Schema::format("uri")
                .nullable()
                .about("The link. Null when the answer is given again."),
        )
        .required("expires_at", Schema::date_time())
        .required("note", Schema::string());
    let body = Schema::object()
        .required(
            "token",
            Schema::string().about("What the link has as `token`."),
        )
        .required(
            "password",
            Schema::format("password")
                .with("minLength", 12)
                .with("maxLength", 256),
        )
        .closed();
    routes
        .schema("ActivationLink", link)
        .post(
            "/users/{id}/activation-link",
            Access::Authenticated,
            create_link,
            Operation::new(
                "create_activation_link",
                "Create a link to set a password with",
            )
            .about(
                "For administrators. For users who have never signed in, and for those who \
                     forgot their password. The link before it ceases to work.",
            )
            .path("id", Schema::uuid(), "The user's id.")
            .idempotent()
            .answers(201, "The link.", Schema::named("ActivationLink"))
            .refuses(&[ErrorCode::Conflict]),
        )
        .post(
            "/activate",
            Access::Public,
            activate,
            Operation::new("activate", "Set a password by an activation link")
                .about("Makes the user active and ends all of their sessions.")
                .json(body)
                .answers_empty(204, "The password is set; sign in with it.")
                .refuses(&[ErrorCode::Conflict]),
        )
}

async fn create_link(
    State(identity): State<Identity>,
    Authenticated(actor): Authenticated,
    Path(id): Path<UserId>,
    Once(once): Once,
) -> Answer<Stored> {
    let leave = Identity::leave_to_link(&actor)?;
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
    let link = identity
        .link_for_in(&tx, &leave, actor.workspace, id)
        .await?;
    if let Some(once) = &once {
        let kept = Stored::json(StatusCode::CREATED, &LinkAnswer::without_secret(&link))?;
        complete_in(&tx, "identity", &actor, once, &kept).await?;
    }
    tx.commit().await.map_err(IdentityError::from)?;
    Ok(Stored::json(
        StatusCode::CREATED,
        &LinkAnswer::with_secret(&link),
    )?)
}

async fn activate(
    State(identity): State<Identity>,
    Json(body): Json<ActivateBody>,
) -> Answer<StatusCode> {
    identity.activate(&body.token, body.password).await?;
    Ok(StatusCode::NO_CONTENT)
}
