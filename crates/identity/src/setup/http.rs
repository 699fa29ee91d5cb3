//! `POST /setup`.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, StatusCode, header};
use kith_crypto::{Secret, csrf_token};
use kith_http::openapi::{Operation, Schema};
use kith_http::{Access, Answer, ClientIp, Json, Routes};
use kith_kernel::ErrorCode;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::NewWorkspace;
use crate::Identity;
use crate::routes::{refuse_other_sites, user_agent};
use crate::session::{Origin, SessionAnswer, cookie_of};
use crate::workspace::WorkspaceDraft;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct SetupBody {
    token: String,
    workspace: String,
    email: String,
    #[serde(default)]
    name: String,
    password: Secret<String>,
    currency: Option<String>,
    region: Option<String>,
    time_zone: Option<String>,
    locale: Option<String>,
}

#[derive(Debug, Serialize)]
struct SetupAnswer {
    session: SessionAnswer,
    /// In clear, in this answer only.
    api_token: String,
}

pub(crate) fn routes(routes: Routes<Identity>) -> Routes<Identity> {
    let text = |about: &str| Schema::string().nullable().about(about);
    let body = Schema::object()
        .required(
            "token",
            Schema::string().about("What the set-up link has as `token`."),
        )
        .required(
            "workspace",
            Schema::string().with("maxLength", 100).about("Its name."),
        )
        .required("email", Schema::format("email"))
        .optional("name", Schema::string().with("maxLength", 200))
        .required(
            "password",
            Schema::format("password")
                .with("minLength", 12)
                .with("maxLength", 256),
        )
        .optional("currency", text("A code of ISO 4217; EUR when absent."))
        .optional("region", text("ISO 3166-1 alpha-2; US when absent."))
        .optional("time_zone", text("An IANA name; UTC when absent."))
        .optional("locale", text("A BCP 47 tag; en when absent."))
        .closed();
    let answer = Schema::object()
        .required("session", Schema::named("Session"))
        .required(
            "api_token",
            Schema::string().about("An API token with all scopes, good for 90 days, shown once."),
        );
    let needed = Schema::object().required(
        "needed",
        Schema::boolean().about("Whether there is no workspace yet."),
    );
    let routes = routes.tag("Set-up", "Making the first workspace.").get(
        "/setup",
        Access::Public,
        state,
        Operation::new(
            "get_setup",
            "Tell whether the first workspace is still to be made",
        )
        .answers(200, "Whether it is.", needed),
    );
    routes.post(
        "/setup",
        Access::Public,
        set_up,
        Operation::new("set_up", "Make the first workspace by the set-up link")
            .about("The server prints the link when it starts without a workspace.")
            .json(body)
            .body_example(json!({
                "token": "kith_set_…",
                "workspace": "Acme",
                "email": "ada@example.com",
                "name": "Ada Lovelace",
                "password": "…",
                "currency": "EUR",
                "region": "DE",
                "time_zone": "Europe/Berlin",
            }))
            .answers(
                201,
                "The workspace is made and its administrator signed in.",
                answer,
            )
            .answer_header(201, "Set-Cookie", "The session cookie.")
            .refuses(&[ErrorCode::Conflict, ErrorCode::CsrfRejected]),
    )
}

#[derive(Debug, Serialize)]
struct SetupState {
    needed: bool,
}

async fn state(State(identity): State<Identity>) -> Answer<Json<SetupState>> {
    let needed = identity.needs_setup().await?;
    Ok(Json(SetupState { needed }))
}

async fn set_up(
    State(identity): State<Identity>,
    ClientIp(client): ClientIp,
    headers: HeaderMap,
    Json(body): Json<SetupBody>,
) -> Answer<Response> {
    refuse_other_sites(&headers)?;
    let new = NewWorkspace {
        workspace: WorkspaceDraft {
            name: body.workspace,
            currency: body.currency,
            region: body.region,
            time_zone: body.time_zone,
            locale: body.locale,
        },
        email: body.email,
        name: body.name,
        password: body.password,
    };
    let origin = Origin {
        ip: client.to_string(),
        user_agent: user_agent(&headers),
    };
    let (made, session, cookie) = identity.set_up(&body.token, new, &origin).await?;
    let csrf = csrf_token(cookie.expose());
    let answer = SetupAnswer {
        session: SessionAnswer::new(&made.user, &made.workspace, Some(session.id), Some(csrf)),
        api_token: made.token.expose().to_owned(),
    };
    let cookie = [(header::SET_COOKIE, cookie_of(&cookie))];
    Ok((StatusCode::CREATED, cookie, Json(answer)).into_response())
}
