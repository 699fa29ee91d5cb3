//! `GET` and `POST /activate`: where an activation link leads.

use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::response::Response;
use axum::routing::get;
use http::{HeaderMap, StatusCode, Uri};
use kith_kernel::{ErrorCode, Failure};

use crate::page::{Form, Input, dead_link, escape, notice, page};
use crate::routes::refuse_other_sites;
use crate::setup::token_of;
use crate::user::User;
use crate::{Identity, IdentityError};

pub(crate) fn pages() -> Router<Identity> {
    Router::new().route("/activate", get(show).post(submit))
}

async fn show(State(identity): State<Identity>, uri: Uri) -> Response {
    let token = token_of(&uri);
    match identity.user_of_link(&token).await {
        Ok(user) => form(StatusCode::OK, &token, &user, None),
        Err(error) => dead_link(&error.into()),
    }
}

async fn submit(State(identity): State<Identity>, headers: HeaderMap, body: Body) -> Response {
    if let Err(error) = refuse_other_sites(&headers) {
        return dead_link(&error.into());
    }
    let sent = match Form::read(&headers, body).await {
        Ok(sent) => sent,
        Err(failure) => return dead_link(&failure),
    };
    let token = sent.get("token");
    let user = match identity.user_of_link(token).await {
        Ok(user) => user,
        Err(error) => return dead_link(&error.into()),
    };
    match identity.activate(token, sent.secret("password")).await {
        Ok(user) => done(&user),
        Err(IdentityError::ActivationLink) => dead_link(&IdentityError::ActivationLink.into()),
        Err(error) => {
            let failure = Failure::from(error);
            if failure.code == ErrorCode::Internal {
                tracing::error!(cause = ?failure.cause, "an activation failed");
            }
            let status = kith_http::status_of(failure.code);
            form(status, token, &user, Some(&failure))
        }
    }
}

fn form(status: StatusCode, token: &str, user: &User, failure: Option<&Failure>) -> Response {
    let password = Input {
        name: "password",
        label: "Your new password",
        attributes: "required type=\"password\" minlength=\"12\" maxlength=\"256\" \
                     autocomplete=\"new-password\" autofocus",
        value: "",
        hint: "12 characters or more.",
    };
    let body = format!(
        "<p>For {name}, {email}.</p>\n{notice}\
         <form method=\"post\" action=\"/activate\">\n\
         <input type=\"hidden\" name=\"token\" value=\"{token}\">\n\
         <input type=\"hidden\" name=\"email\" value=\"{email}\" autocomplete=\"username\">\n\
         {password}<button>Set password</button>\n</form>\n",
        name = escape(&user.name),
        email = escape(user.email.as_deref().unwrap_or_default()),
        notice = notice(failure),
        token = escape(token),
        password = password.html(failure),
    );
    page(status, "Set your password", &body)
}

fn done(user: &User) -> Response {
    let body = format!(
        "<p>You can sign in as {} now, with your new password.</p>\n<p><a href=\"/\">Open \
         Kith</a></p>\n",
        escape(user.email.as_deref().unwrap_or_default())
    );
    page(StatusCode::OK, "Your password is set", &body)
}
