//! A running identity service for one test, and a client of it.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use http::{HeaderMap, Method, Request, StatusCode, header};
use http_body_util::BodyExt as _;
use kith_crypto::{PasswordCost, Passwords, PoolLimits, Secret};
use kith_http::limit::{LoginRates, Rate};
use kith_http::{Edge, HttpConfig, layers};
use kith_identity::{
    Identity, IdentityConfig, IdentityDeps, MIGRATIONS, NewOperatorUser, NewWorkspace, Workspace,
    WorkspaceDraft,
};
use kith_kernel::{Clock, Role, WorkspaceId};
use kith_testkit::TestDb;
use serde_json::{Value, json};
use tower::ServiceExt as _;

pub(crate) const PASSWORD: &str = "a horse with no name";

pub(crate) struct App {
    pub(crate) identity: Identity,
    pub(crate) passwords: Passwords,
    pub(crate) clock: Clock,
    pub(crate) db: TestDb,
    pub(crate) pokes: Arc<AtomicU64>,
    router: Router,
}

/// What stands in a request to prove who sends it.
#[derive(Clone, Debug)]
pub(crate) enum Proof {
    Nobody,
    Token(String),
    Session { cookie: String, csrf: String },
}

pub(crate) struct Reply {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
}

impl Reply {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|_| panic!("no JSON: {}", self.text))
    }

    pub(crate) fn code(&self) -> String {
        self.json()["code"].as_str().unwrap_or_default().to_owned()
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().unwrap())
    }

    /// The reply, if it has this status.
    #[track_caller]
    pub(crate) fn expect(self, status: u16) -> Self {
        assert_eq!(self.status.as_u16(), status, "{}", self.text);
        self
    }

    /// The reply, if it is a problem document of this status and code.
    #[track_caller]
    pub(crate) fn refused(self, status: u16, code: &str) -> Self {
        let reply = self.expect(status);
        assert_eq!(reply.header("content-type"), "application/problem+json");
        assert_eq!(reply.code(), code, "{}", reply.text);
        reply
    }
}

/// One request, built step by step.
pub(crate) struct Call<'a> {
    app: &'a App,
    request: http::request::Builder,
    body: Body,
}

impl Call<'_> {
    pub(crate) fn by(mut self, proof: &Proof) -> Self {
        self.request = match proof {
            Proof::Nobody => self.request,
            Proof::Token(token) => self
                .request
                .header(header::AUTHORIZATION, format!("Bearer {token}")),
            Proof::Session { cookie, csrf } => self
                .request
                .header(header::COOKIE, format!("__Host-kith_session={cookie}"))
                .header("x-csrf-token", csrf),
        };
        self
    }

    pub(crate) fn header(mut self, name: &'static str, value: &str) -> Self {
        self.request = self.request.header(name, value);
        self
    }

    pub(crate) fn json(mut self, body: &Value) -> Self {
        self.request = self
            .request
            .header(header::CONTENT_TYPE, "application/json");
        self.body = Body::from(body.to_string());
        self
    }

    pub(crate) fn form(mut self, fields: &[(&str, &str)]) -> Self {
        self.request = self
            .request
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        let mut form = form_urlencoded::Serializer::new(String::new());
        form.extend_pairs(fields);
        self.body = Body::from(form.finish());
        self
    }

    pub(crate) async fn send(self) -> Reply {
        let request: Request<Body> = self.request.body(self.body).unwrap();
        let response = self.app.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = body.collect().await.unwrap().to_bytes();
        Reply {
            status: parts.status,
            headers: parts.headers,
            text: String::from_utf8(bytes.to_vec()).unwrap(),
        }
    }
}

impl App {
    /// The service without a limit on logins.
    pub(crate) async fn start() -> Self {
        let off = Rate {
            burst: 0,
            per_second: 0.0,
        };
        Self::start_with(LoginRates {
            pair: off,
            address: off,
            email: off,
        })
        .await
    }

    pub(crate) async fn start_with(login_rates: LoginRates) -> Self {
        let db = TestDb::create(&[MIGRATIONS]).await;
        let cost = PasswordCost {
            memory_kib: 64,
            iterations: 1,
            lanes: 1,
        };
        let passwords = Passwords::new(cost, PoolLimits::default()).unwrap();
        let pokes = Arc::new(AtomicU64::new(0));
        let counter = Arc::clone(&pokes);
        let deps = IdentityDeps {
            store: db.store.clone(),
            clock: db.clock.clone(),
            passwords: passwords.clone(),
            on_change: Arc::new(move |_: WorkspaceId| {
                counter.fetch_add(1, Ordering::Relaxed);
            }),
        };
        let config = IdentityConfig {
            login_rates,
            ..IdentityConfig::new("http://kith.test/")
        };
        let identity = Identity::open(deps, config);
        let api = Router::new()
            .nest("/api/v1", identity.routes().router)
            .merge(identity.pages());
        let edge = Edge::new(HttpConfig::default(), db.clock.clone());
        Self {
            router: layers(api, &edge),
            identity,
            passwords,
            clock: db.clock.clone(),
            db,
            pokes,
        }
    }

    pub(crate) fn call(&self, method: Method, path: &str) -> Call<'_> {
        let client = SocketAddr::from((Ipv4Addr::new(192, 0, 2, 7), 4711));
        let request = Request::builder()
            .method(method)
            .uri(path)
            .extension(ConnectInfo(client));
        Call {
            app: self,
            request,
            body: Body::empty(),
        }
    }

    pub(crate) fn get(&self, path: &str) -> Call<'_> {
        self.call(Method::GET, path)
    }

    pub(crate) fn post(&self, path: &str) -> Call<'_> {
        self.call(Method::POST, path)
    }

    pub(crate) fn patch(&self, path: &str) -> Call<'_> {
        self.call(Method::PATCH, path)
    }

    pub(crate) fn delete(&self, path: &str) -> Call<'_> {
        self.call(Method::DELETE, path)
    }

    /// A workspace with the administrator `ada@NAME.example`; their API token.
    pub(crate) async fn workspace(&self, name: &str) -> (Workspace, Proof) {
        let new = NewWorkspace {
            workspace: WorkspaceDraft {
                name: name.to_owned(),
                ..WorkspaceDraft::default()
            },
            email: format!("ada@{name}.example"),
            name: "Ada Lovelace".to_owned(),
            password: Secret::new(PASSWORD.to_owned()),
        };
        let made = self.identity.init_workspace(new).await.unwrap();
        let token = made.token.expose().to_owned();
        (made.workspace, Proof::Token(token))
    }

    /// A user who signs in with [`PASSWORD`]; their id.
    pub(crate) async fn user(&self, workspace: &Workspace, email: &str, role: Role) -> String {
        let new = NewOperatorUser {
            email: email.to_owned(),
            name: format!("User {email}"),
            role,
            password: Some(Secret::new(PASSWORD.to_owned())),
        };
        let (user, link) = self
            .identity
            .operator()
            .add_user(workspace, new)
            .await
            .unwrap();
        assert!(link.is_none());
        user.id.to_string()
    }

    /// Signs in and gives the session.
    pub(crate) async fn sign_in(&self, email: &str) -> Proof {
        let reply = self.login(email, PASSWORD).await.expect(201);
        session_of(&reply)
    }

    pub(crate) async fn login(&self, email: &str, password: &str) -> Reply {
        self.post("/api/v1/session")
            .json(&json!({"email": email, "password": password}))
            .send()
            .await
    }
}

/// The session that a login's reply brings.
pub(crate) fn session_of(reply: &Reply) -> Proof {
    let cookie = reply.headers[header::SET_COOKIE].to_str().unwrap();
    let (pair, _) = cookie.split_once(';').unwrap();
    let (name, value) = pair.split_once('=').unwrap();
    assert_eq!(name, "__Host-kith_session");
    let body = reply.json();
    let session = body.get("session").unwrap_or(&body);
    Proof::Session {
        cookie: value.to_owned(),
        csrf: session["csrf_token"].as_str().unwrap().to_owned(),
    }
}
