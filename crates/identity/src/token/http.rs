//! `/tokens`: a user's own API tokens.

use std::sync::Arc;

use axum::extract::State;
use http::StatusCode;
use jiff::Timestamp;
use kith_http::idempotency::{Claim, Stored, claim_in, complete_in};
use kith_http::openapi::{Operation, Schema};
use kith_http::{Access, Answer, Authenticated, Json, OnceJson, Path, Problem, Routes};
use kith_kernel::{ApiTokenId, ErrorCode, Scope};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{ApiToken, NewToken};
use crate::audit::Leave;
use crate::routes::scopes_schema;
use crate::{Identity, IdentityError};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct TokenBody {
    name: String,
    scopes: Vec<Scope>,
    expires_in_days: Option<u32>,
}

/// A token without its secret.
#[derive(Debug, Serialize)]
struct TokenAnswer {
    id: ApiTokenId,
    name: String,
    scopes: Arc<[Scope]>,
    last_four: String,
    created_at: Timestamp,
    expires_at: Option<Timestamp>,
    last_used_at: Option<Timestamp>,
}

impl From<ApiToken> for TokenAnswer {
    fn from(token: ApiToken) -> Self {
        Self {
            id: token.id,
            name: token.name,
            scopes: token.scopes,
            last_four: token.last_four,
            created_at: token.created_at,
            expires_at: token.expires_at,
            last_used_at: token.last_used_at,
        }
    }
}

#[derive(Debug, Serialize)]
struct CreatedToken {
    #[serde(flatten)]
    token: TokenAnswer,
    /// In clear, in the first answer only.
    secret: Option<String>,
    note: &'static str,
}

#[derive(Debug, Serialize)]
struct TokenList {
    data: Vec<TokenAnswer>,
}

const SHOWN_ONCE: &str = "Store the secret now: it can't be shown again.";
const SHOWN_BEFORE: &str = "The secret was in the first answer to this request and can't be shown again. If it is lost, \
     revoke this token and create another one.";

pub(crate) fn routes(routes: Routes<Identity>) -> Routes<Identity> {
    let token = Schema::object()
        .required("id", Schema::uuid())
        .required("name", Schema::string())
        .required("scopes", scopes_schema())
        .required(
            "last_four",
            Schema::string().about("The last characters of the secret."),
        )
        .required("created_at", Schema::date_time())
        .required("expires_at", Schema::date_time().nullable())
        .required(
            "last_used_at",
            Schema::date_time().nullable().about("To the minute."),
        );
    let created = token
        .clone()
        .required(
            "secret",
            Schema::string()
                .nullable()
                .about("For `Authorization: Bearer …`. Null when the answer is given again."),
        )
        .required("note", Schema::string());
    let body = Schema::object()
        .required("name", Schema::string().with("maxLength", 100))
        .required("scopes", scopes_schema().with("minItems", 1))
        .optional(
            "expires_in_days",
            Schema::integer()
                .with("minimum", 1)
                .with("maximum", super::model::MAX_DAYS)
                .nullable()
                .about("Without it the token lives until it is revoked."),
        )
        .closed();
    let list = Schema::object().required("data", Schema::array(Schema::named("ApiToken")));
    routes
        .tag(
            "Tokens",
            "Personal API tokens for scripts and integrations.",
        )
        .schema("ApiToken", token)
        .schema("CreatedApiToken", created)
        .get(
            "/tokens",
            Access::Authenticated,
            list_tokens,
            Operation::new("list_tokens", "List your own API tokens").answers(
                200,
                "The tokens, the oldest first.",
                list,
            ),
        )
        .post(
            "/tokens",
            Access::Authenticated,
            create_token,
            Operation::new("create_token", "Create an API token")
                .about(
                    "A token is good for no more than its owner, and one created by a token for \
                     no more and no longer than that. `admin` is for administrators.",
                )
                .json(body)
                .body_example(json!({
                    "name": "Nightly import",
                    "scopes": ["records:read", "records:write"],
                    "expires_in_days": 90,
                }))
                .idempotent()
                .answers(
                    201,
                    "The token with its secret.",
                    Schema::named("CreatedApiToken"),
                )
                .refuses(&[ErrorCode::LimitExceeded]),
        )
        .delete(
            "/tokens/{id}",
            Access::Authenticated,
            revoke_token,
            Operation::new("revoke_token", "Revoke one of your own API tokens")
                .path("id", Schema::uuid(), "The token's id.")
                .answers_empty(
                    204,
                    "It is revoked, at once in this process and within seconds in others.",
                ),
        )
}

async fn list_tokens(
    State(identity): State<Identity>,
    Authenticated(actor): Authenticated,
) -> Answer<Json<TokenList>> {
    let tokens = identity.tokens(&actor).await?;
    let data = tokens.into_iter().map(TokenAnswer::from).collect();
    Ok(Json(TokenList { data }))
}

async fn create_token(
    State(identity): State<Identity>,
    Authenticated(actor): Authenticated,
    OnceJson(body, once): OnceJson<TokenBody>,
) -> Answer<Stored> {
    let new = NewToken {
        name: body.name,
        scopes: body.scopes,
        expires_in_days: body.expires_in_days,
    };
    let draft = identity.draft_token(&actor, &new).await?;
    let tx = begin(&identity, &actor).await?;
    if let Some(once) = &once
        && let Claim::Replay(answer) =
            claim_in(&tx, "identity", &actor, once, identity.clock().now()).await?
    {
        return Ok(answer);
    }
    let leave = Leave::own(&actor);
    let (token, secret) = identity
        .create_token_in(&tx, &leave, actor.workspace, actor.user, draft)
        .await?;
    let mut created = CreatedToken {
        token: token.into(),
        secret: None,
        note: SHOWN_BEFORE,
    };
    if let Some(once) = &once {
        let kept = Stored::json(StatusCode::CREATED, &created)?;
        complete_in(&tx, "identity", &actor, once, &kept).await?;
    }
    tx.commit().await.map_err(IdentityError::from)?;
    created.secret = Some(secret.expose().to_owned());
    created.note = SHOWN_ONCE;
    Ok(Stored::json(StatusCode::CREATED, &created)?)
}

async fn begin(identity: &Identity, actor: &kith_kernel::Actor) -> Result<kith_store::Tx, Problem> {
    let tx = identity.begin(actor.workspace).await;
    Ok(tx.map_err(IdentityError::from)?)
}

async fn revoke_token(
    State(identity): State<Identity>,
    Authenticated(actor): Authenticated,
    Path(id): Path<ApiTokenId>,
) -> Answer<StatusCode> {
    identity.revoke_token(&actor, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
