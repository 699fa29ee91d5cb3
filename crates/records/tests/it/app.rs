//! A running record platform with users of two workspaces.

use std::sync::Arc;

use async_trait::async_trait;
use axum::Router;
use axum::body::Body;
use http::{HeaderMap, Method, Request, StatusCode};
use http_body_util::BodyExt as _;
use kith_contracts::{Authenticator, Credentials, NewUser, UserDirectory, UserSummary, Workspaces};
use kith_http::{Edge, HttpConfig, layers};
use kith_kernel::{
    Actor, ActorKind, ApiTokenId, Currency, ErrorCode, Failure, Role, Scope, UserId, WorkspaceId,
    WorkspaceSettings,
};
use kith_records::import::ImportConfig;
use kith_records::{Deps, MIGRATIONS, Records};
use kith_testkit::TestDb;
use serde_json::Value;
use tempfile::TempDir;
use tower::ServiceExt as _;
use uuid::Uuid;

/// The tokens of the users: `admin`, `member`, `reader` of one workspace, `stranger` of another.
pub const TOKENS: [&str; 4] = ["admin", "member", "reader", "stranger"];

pub struct App {
    pub db: TestDb,
    pub records: Records,
    router: Router,
    /// Where files that are imported are kept.
    pub files: TempDir,
}

/// An answer, read to its end.
#[derive(Debug)]
pub struct Reply {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub text: String,
}

impl Reply {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|_| panic!("no JSON: {self:?}"))
    }

    /// The JSON of a successful answer.
    #[track_caller]
    pub fn ok(self) -> Value {
        assert!(self.status.is_success(), "{self:?}");
        self.json()
    }

    /// The id in a successful answer.
    #[track_caller]
    pub fn id(self) -> String {
        self.ok()["id"].as_str().expect("an id").to_owned()
    }

    /// Status and code of a refusal.
    #[track_caller]
    pub fn refusal(&self) -> (u16, String) {
        assert!(!self.status.is_success(), "{self:?}");
        let code = self.json()["code"].as_str().unwrap_or("none").to_owned();
        (self.status.as_u16(), code)
    }
}

impl App {
    pub async fn start() -> Self {
        let db = TestDb::create(&[MIGRATIONS]).await;
        let people = Arc::new(People);
        let files = tempfile::tempdir().expect("a folder");
        let records = Records::open(Deps {
            store: db.store.clone(),
            clock: db.clock.clone(),
            authenticator: people.clone(),
            workspaces: people.clone(),
            users: people,
            imports: ImportConfig::new(files.path()),
        });
        let api = Router::new().nest("/api/v1", records.router().router);
        // The clock stands still, so a limit of requests would never give way.
        let mut config = HttpConfig::default();
        config.rate.burst = 0;
        let edge = Edge::new(config, db.clock.clone());
        let router = layers(api, &edge);
        Self {
            db,
            records,
            router,
            files,
        }
    }

    /// Sends a request with a body of any kind.
    pub async fn raw(
        &self,
        token: &str,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: Body,
    ) -> Reply {
        let mut request = Request::builder()
            .method(method)
            .uri(format!("/api/v1{path}"))
            .header("authorization", format!("Bearer {token}"));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(body).expect("a request");
        let answer = (self.router.clone().oneshot(request).await).expect("an answer");
        let (parts, body) = answer.into_parts();
        let body = body.collect().await.expect("a body").to_bytes();
        Reply {
            status: parts.status,
            headers: parts.headers,
            text: String::from_utf8(body.to_vec()).expect("UTF-8"),
        }
    }

    /// Sends JSON as `admin`.
    pub async fn send(&self, method: Method, path: &str, body: &Value) -> Reply {
        let json = [("content-type", "application/json")];
        self.raw("admin", method, path, &json, Body::from(body.to_string()))
            .await
    }

    pub async fn get(&self, path: &str) -> Reply {
        self.raw("admin", Method::GET, path, &[], Body::empty())
            .await
    }

    /// The same, of a path that is made on the spot.
    pub async fn get_owned(&self, path: String) -> Reply {
        self.get(&path).await
    }

    pub async fn post(&self, path: &str, body: &Value) -> Reply {
        self.send(Method::POST, path, body).await
    }

    pub async fn patch(&self, path: &str, body: &Value) -> Reply {
        self.send(Method::PATCH, path, body).await
    }

    pub async fn delete(&self, path: &str) -> Reply {
        self.raw("admin", Method::DELETE, path, &[], Body::empty())
            .await
    }
}

/// The id of the user with the token.
pub fn user(token: &str) -> UserId {
    let number = TOKENS.iter().position(|known| *known == token);
    UserId(Uuid::from_u128(100 + number.expect("a token") as u128))
}

/// The workspace of the user with the token.
pub fn workspace(token: &str) -> WorkspaceId {
    WorkspaceId(Uuid::from_u128(if token == "stranger" { 2 } else { 1 }))
}

/// Knows the users of [`TOKENS`].
struct People;

/// The actor of a token.
pub fn actor(token: &str) -> Actor {
    Actor {
        workspace: workspace(token),
        user: user(token),
        kind: ActorKind::Token(ApiTokenId(Uuid::from_u128(1))),
        role: match token {
            "member" => Role::Member,
            "reader" => Role::ReadOnly,
            _ => Role::Administrator,
        },
        scopes: Arc::from(Scope::ALL),
        settings: Arc::new(settings()),
    }
}

fn settings() -> WorkspaceSettings {
    WorkspaceSettings {
        currency: Currency::USD,
        region: "US".to_owned(),
        time_zone: "Europe/Berlin".to_owned(),
        locale: "en-US".to_owned(),
    }
}

#[async_trait]
impl Authenticator for People {
    async fn authenticate(&self, credentials: Credentials) -> Result<Actor, Failure> {
        match credentials {
            Credentials::Bearer(token) if TOKENS.contains(&token.as_str()) => Ok(actor(&token)),
            _ => Err(Failure::new(ErrorCode::Unauthenticated, "Who are you?")),
        }
    }

    async fn on_behalf_of(
        &self,
        _workspace: WorkspaceId,
        id: UserId,
    ) -> Result<Option<Actor>, Failure> {
        let token = TOKENS.iter().find(|token| user(token) == id);
        Ok(token.map(|token| Actor {
            kind: ActorKind::System,
            ..actor(token)
        }))
    }
}

#[async_trait]
impl Workspaces for People {
    async fn settings(&self, _id: WorkspaceId) -> Result<Option<Arc<WorkspaceSettings>>, Failure> {
        Ok(Some(Arc::new(settings())))
    }

    async fn all(&self) -> Result<Vec<WorkspaceId>, Failure> {
        Ok(vec![workspace("admin"), workspace("stranger")])
    }
}

#[async_trait]
impl UserDirectory for People {
    async fn changed_since(
        &self,
        of: WorkspaceId,
        revision: i64,
        _limit: i64,
    ) -> Result<Vec<UserSummary>, Failure> {
        let users = TOKENS.iter().zip(1_i64..);
        Ok(users
            .filter(|(token, number)| workspace(token) == of && *number > revision)
            .map(|(token, number)| UserSummary {
                id: user(token),
                name: format!("The {token}"),
                email: Some(format!("{token}@example.com")),
                active: true,
                revision: number,
            })
            .collect())
    }

    async fn ensure_inactive(
        &self,
        _actor: &Actor,
        users: Vec<NewUser>,
    ) -> Result<Vec<UserSummary>, Failure> {
        // The same user gets the same id, whenever they are asked for.
        let number = |name: &str| {
            let hash = |hash: u128, byte: u8| hash.wrapping_mul(257).wrapping_add(u128::from(byte));
            name.to_lowercase().bytes().fold(1_u128 << 100, hash)
        };
        let user = |user: NewUser| UserSummary {
            id: UserId(Uuid::from_u128(number(
                user.email.as_deref().unwrap_or(&user.name),
            ))),
            name: user.name,
            email: user.email,
            active: false,
            revision: 10,
        };
        Ok(users.into_iter().map(user).collect())
    }
}
