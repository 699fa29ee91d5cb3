//! `POST /session`, `DELETE /session`, `POST /users/me/password`.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, StatusCode, header};
use kith_crypto::{Secret, csrf_token};
use kith_http::openapi::{Operation, Schema};
use kith_http::{Access, Answer, Authenticated, ClientIp, Json, Routes};
use kith_kernel::ErrorCode;
use serde::Deserialize;
use serde_json::json;

use super::service::Login;
use crate::routes::{refuse_other_sites, user_agent};
use crate::session::{SessionAnswer, cookie_of, own_session, removed_cookie};
use crate::{Identity, IdentityError};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct LoginBody {
    email: String,
    password: Secret<String>,
    workspace: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct PasswordBody {
    current_password: Secret<String>,
    new_password: Secret<String>,
}

pub(crate) fn routes(routes: Routes<Identity>) -> Routes<Identity> {
    let login = Schema::object()
        .required("email", Schema::format("email"))
        .required("password", Schema::format("password"))
        .optional(
            "workspace",
            Schema::string()
                .nullable()
                .about("The workspace's slug, where one address has several accounts."),
        )
        .closed();
    let password = Schema::object()
        .required("current_password", Schema::format("password"))
        .required(
            "new_password",
            Schema::format("password")
                .with("minLength", 12)
                .with("maxLength", 256),
        )
        .closed();
    routes
        .post(
            "/session",
            Access::Public,
            sign_in,
            Operation::new("sign_in", "Sign in with e-mail address and password")
                .about(
                    "Sets the session cookie. The answer is the same for unknown users, users who \
                     may not sign in and wrong passwords. Where the password fits accounts in \
                     several workspaces, `conflict` lists them in `workspaces`.",
                )
                .json(login)
                .body_example(json!({"email": "ada@example.com", "password": "…"}))
                .answers(201, "The session.", Schema::named("Session"))
                .answer_header(201, "Set-Cookie", "The session cookie.")
                .refuses(&[
                    ErrorCode::Unauthenticated,
                    ErrorCode::Conflict,
                    ErrorCode::CsrfRejected,
                ]),
        )
        .delete(
            "/session",
            Access::Authenticated,
            sign_out,
            Operation::new("sign_out", "End this session")
                .answers_empty(204, "Signed out; the cookie is removed."),
        )
        .post(
            "/users/me/password",
            Access::Authenticated,
            change_password,
            Operation::new("change_password", "Change your own password")
                .about("Ends your other sessions. API tokens stay in force. Needs a session.")
                .json(password)
                .answers_empty(204, "The password is changed."),
        )
}

async fn sign_in(
    State(identity): State<Identity>,
    ClientIp(client): ClientIp,
    headers: HeaderMap,
    Json(body): Json<LoginBody>,
) -> Answer<Response> {
    refuse_other_sites(&headers)?;
    let login = Login {
        email: body.email,
        password: body.password,
        workspace: body.workspace,
    };
    let signed_in = identity
        .sign_in(login, client, user_agent(&headers))
        .await?;
    let answer = SessionAnswer::new(
        &signed_in.user,
        &signed_in.workspace,
        Some(signed_in.session.id),
        Some(csrf_token(signed_in.token.expose())),
    );
    let cookie = [(header::SET_COOKIE, cookie_of(&signed_in.token))];
    Ok((StatusCode::CREATED, cookie, Json(answer)).into_response())
}

async fn sign_out(
    State(identity): State<Identity>,
    Authenticated(actor): Authenticated,
) -> Answer<Response> {
    let id = own_session(&actor).ok_or(IdentityError::SessionNeeded)?;
    match identity.end_session(&actor, id).await {
        // Ended by another request meanwhile.
        Ok(()) | Err(IdentityError::NotFound) => {}
        Err(error) => return Err(error.into()),
    }
    let cookie = [(header::SET_COOKIE, removed_cookie())];
    Ok((StatusCode::NO_CONTENT, cookie).into_response())
}

async fn change_password(
    State(identity): State<Identity>,
    Authenticated(actor): Authenticated,
    ClientIp(client): ClientIp,
    Json(body): Json<PasswordBody>,
) -> Answer<StatusCode> {
    identity
        .change_password(&actor, client, body.current_password, body.new_password)
        .await?;
    Ok(StatusCode::NO_CONTENT)
}
