//! `GET` and `POST /setup`: the set-up for people.

use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use http::{HeaderMap, StatusCode, Uri, header};
use kith_http::ClientIp;
use kith_kernel::{ErrorCode, Failure};

use super::{NewWorkspace, SetUp};
use crate::page::{Form, Input, dead_link, escape, notice, page};
use crate::routes::{refuse_other_sites, user_agent};
use crate::session::{Origin, cookie_of};
use crate::workspace::WorkspaceDraft;
use crate::{Identity, IdentityError};

pub(crate) fn pages() -> Router<Identity> {
    Router::new().route("/setup", get(show).post(submit))
}

async fn show(State(identity): State<Identity>, uri: Uri) -> Response {
    let token = token_of(&uri);
    match identity.valid_setup_token(&token).await {
        Ok(_) => form(StatusCode::OK, &token, &Form::default(), None),
        Err(error) => dead_link(&error.into()),
    }
}

async fn submit(
    State(identity): State<Identity>,
    ClientIp(client): ClientIp,
    headers: HeaderMap,
    body: Body,
) -> Response {
    if let Err(error) = refuse_other_sites(&headers) {
        return dead_link(&error.into());
    }
    let sent = match Form::read(&headers, body).await {
        Ok(sent) => sent,
        Err(failure) => return dead_link(&failure),
    };
    let origin = Origin {
        ip: client.to_string(),
        user_agent: user_agent(&headers),
    };
    let token = sent.get("token");
    match identity.set_up(token, wanted(&sent), &origin).await {
        Ok((made, _, cookie)) => {
            let done = done(identity.public_url(), &made);
            ([(header::SET_COOKIE, cookie_of(&cookie))], done).into_response()
        }
        Err(IdentityError::SetupLink) => dead_link(&IdentityError::SetupLink.into()),
        Err(error) => {
            let failure = Failure::from(error);
            if failure.code == ErrorCode::Internal {
                tracing::error!(cause = ?failure.cause, "the set-up failed");
            }
            let status = kith_http::status_of(failure.code);
            form(status, token, &sent, Some(&failure))
        }
    }
}

fn wanted(sent: &Form) -> NewWorkspace {
    NewWorkspace {
        workspace: WorkspaceDraft {
            name: sent.get("workspace").to_owned(),
            currency: sent.optional("currency"),
            region: sent.optional("region"),
            time_zone: sent.optional("time_zone"),
            locale: sent.optional("locale"),
        },
        email: sent.get("email").to_owned(),
        name: sent.get("name").to_owned(),
        password: sent.secret("password"),
    }
}

/// The `token` of a link; empty when there is none.
pub(crate) fn token_of(uri: &Uri) -> String {
    let query = uri.query().unwrap_or_default();
    form_urlencoded::parse(query.as_bytes())
        .find(|(name, _)| name == "token")
        .map(|(_, value)| value.into_owned())
        .unwrap_or_default()
}

fn form(status: StatusCode, token: &str, sent: &Form, failure: Option<&Failure>) -> Response {
    let input = |name, label, attributes, hint| {
        let value = if name == "password" {
            ""
        } else {
            sent.get(name)
        };
        let input = Input {
            name,
            label,
            attributes,
            value,
            hint,
        };
        input.html(failure)
    };
    let inputs = [
        input(
            "workspace",
            "Your organisation",
            "required maxlength=\"100\" autocomplete=\"organization\" autofocus",
            "",
        ),
        input(
            "name",
            "Your name",
            "required maxlength=\"200\" autocomplete=\"name\"",
            "",
        ),
        input(
            "email",
            "Your e-mail address",
            "required type=\"email\" maxlength=\"254\" autocomplete=\"username\"",
            "You sign in with it.",
        ),
        input(
            "password",
            "Your password",
            "required type=\"password\" minlength=\"12\" maxlength=\"256\" \
             autocomplete=\"new-password\"",
            "12 characters or more.",
        ),
        input(
            "currency",
            "Currency",
            "maxlength=\"3\" placeholder=\"EUR\"",
            "Three letters. Amounts without a currency are in this one.",
        ),
        input(
            "region",
            "Country",
            "maxlength=\"2\" placeholder=\"US\"",
            "Two letters. Phone numbers without a country code are of this country.",
        ),
        input(
            "time_zone",
            "Time zone",
            "maxlength=\"64\" placeholder=\"UTC\"",
            "Such as Europe/Berlin. Days begin at its midnight.",
        ),
    ];
    let body = format!(
        "<p>You will be the first administrator. Everything can be changed later.</p>\n{}\
         <form method=\"post\" action=\"/setup\">\n\
         <input type=\"hidden\" name=\"token\" value=\"{}\">\n{}\
         <button>Set up</button>\n</form>\n",
        notice(failure),
        escape(token),
        inputs.concat(),
    );
    page(status, "Set Kith up", &body)
}

fn done(public_url: &str, made: &SetUp) -> Response {
    let body = format!(
        "<p>{workspace} is ready, and you are signed in as {email}.</p>\n\
         <h2>Your API token</h2>\n\
         <p>It has all rights and works for 90 days. Store it now: it can't be shown again.</p>\n\
         <pre>{token}</pre>\n\
         <h2>What you can do next</h2>\n\
         <pre>export KITH_URL={url}\nexport KITH_TOKEN={token}\n\
         kith demo\nkith import companies companies.csv</pre>\n\
         <p>The API is described at <a href=\"/api/docs\">/api/docs</a>.</p>\n",
        workspace = escape(&made.workspace.name),
        email = escape(made.user.email.as_deref().unwrap_or_default()),
        token = escape(made.token.expose()),
        url = escape(public_url),
    );
    page(StatusCode::CREATED, "Kith is set up", &body)
}
