//! The service beside a log of records, with users of two workspaces.

use std::sync::Arc;

use async_trait::async_trait;
use axum::Router;
use axum::body::Body;
use http::{HeaderMap, Method, Request, StatusCode};
use http_body_util::BodyExt as _;
use kith_bus::Bus;
use kith_contracts::{
    Authenticator, Credentials, Interest, LoggedEvent, ObjectNames, RecordEvents, ShownEvent,
    Sifted, Workspaces,
};
use kith_crypto::{Keyring, Secret};
use kith_http::{Edge, HttpConfig, layers};
use kith_integrations::broker::BrokerConfig;
use kith_integrations::outbound::{Allowed, Limits};
use kith_integrations::{Config, Deps, Integrations, MIGRATIONS};
use kith_kernel::{
    Actor, ActorKind, ApiTokenId, Currency, ErrorCode, Failure, Role, Scope, UserId, WorkspaceId,
    WorkspaceSettings,
};
use kith_store::{Class, Migrations};
use kith_testkit::TestDb;
use serde_json::{Value, json};
use tower::ServiceExt as _;
use uuid::Uuid;

/// The tokens of the users: `admin`, `member`, `reader` of one workspace, `stranger` of another.
pub const TOKENS: [&str; 4] = ["admin", "member", "reader", "stranger"];

/// A service with nothing but a log.
const RECORDS: Migrations = Migrations {
    schema: "records",
    files: &[("V1__log.sql", "SELECT kith.create_event_log('records');")],
};

const APPEND: &str = "INSERT INTO records.event \
    (workspace_id, id, type, subject_kind, subject_id, subject_version, actor, occurred_at, data) \
    VALUES ($1, $2, $3, $4, $5, $6, '{\"via\":\"token\"}', now(), $7)";

pub struct World {
    pub db: TestDb,
    pub bus: Bus,
    pub integrations: Integrations,
    router: Router,
    config: Config,
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

    /// Status, code and first field of a refusal.
    #[track_caller]
    pub fn refusal(&self) -> (u16, String, String) {
        assert!(!self.status.is_success(), "{self:?}");
        let json = self.json();
        let text = |value: &Value| value.as_str().unwrap_or("none").to_owned();
        (
            self.status.as_u16(),
            text(&json["code"]),
            text(&json["errors"][0]["field"]),
        )
    }
}

impl World {
    pub async fn start() -> Self {
        Self::with(Limits::default()).await
    }

    /// The same, with bounds of deliveries.
    pub async fn with(limits: Limits) -> Self {
        let config = Config {
            allowed: allowed(),
            limits,
            broker: None,
        };
        Self::configured(config).await
    }

    /// The same, publishing to a broker.
    pub async fn publishing(broker: BrokerConfig) -> Self {
        let config = Config {
            allowed: allowed(),
            broker: Some(broker),
            ..Config::default()
        };
        Self::configured(config).await
    }

    async fn configured(config: Config) -> Self {
        let db =
            TestDb::create_with(&[RECORDS, MIGRATIONS], |config| config.pools.system = 4).await;
        let (bus, integrations, router) = open(&db, config.clone());
        Self {
            db,
            bus,
            integrations,
            router,
            config,
        }
    }

    /// Another process on the same database; the one before is as good as dead.
    pub fn restart(&mut self) {
        (self.bus, self.integrations, self.router) = open(&self.db, self.config.clone());
    }

    /// Sends a request.
    pub async fn send(
        &self,
        token: &str,
        method: Method,
        path: &str,
        body: Option<&Value>,
    ) -> Reply {
        self.send_with(token, method, path, body, &[]).await
    }

    pub async fn send_with(
        &self,
        token: &str,
        method: Method,
        path: &str,
        body: Option<&Value>,
        headers: &[(&str, &str)],
    ) -> Reply {
        let mut request = Request::builder()
            .method(method)
            .uri(format!("/api/v1{path}"))
            .header("authorization", format!("Bearer {token}"));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let body = match body {
            None => Body::empty(),
            Some(json) => {
                request = request.header("content-type", "application/json");
                Body::from(json.to_string())
            }
        };
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

    pub async fn get(&self, path: &str) -> Value {
        self.send("admin", Method::GET, path, None).await.ok()
    }

    pub async fn post(&self, path: &str, body: &Value) -> Reply {
        self.send("admin", Method::POST, path, Some(body)).await
    }

    pub async fn patch(&self, path: &str, body: &Value) -> Reply {
        self.send("admin", Method::PATCH, path, Some(body)).await
    }

    /// A webhook of the members; its answer has the secret.
    pub async fn webhook(&self, members: Value) -> Value {
        self.bus.drain().await.expect("the log is read");
        self.post("/webhooks", &members).await.ok()
    }

    /// Appends an event of a record to the log.
    pub async fn append(&self, kind: &str, subject: u128, version: i64, data: Value) {
        self.append_all(&[(kind, subject, version)], &data).await;
    }

    /// Appends several in one transaction.
    pub async fn append_all(&self, events: &[(&str, u128, i64)], data: &Value) {
        let workspace = workspace("admin");
        let tx = (self.db.store.begin(workspace, Class::Interactive).await).expect("a transaction");
        for (kind, subject, version) in events {
            let object = kind.split('.').next().expect("a kind");
            let (id, subject) = (self.db.clock.next_uuid(), Uuid::from_u128(*subject));
            tx.execute(
                APPEND,
                &[&workspace, &id, kind, &object, &subject, version, data],
            )
            .await
            .expect("an event");
        }
        tx.commit().await.expect("a commit");
    }

    /// Lets the log be read and everything be sent that is due.
    pub async fn run(&self) {
        self.bus.drain().await.expect("the log is read");
        self.integrations
            .deliver_due()
            .await
            .expect("deliveries are sent");
    }

    pub fn advance(&self, seconds: i64) {
        self.db
            .clock
            .advance(jiff::SignedDuration::from_secs(seconds));
    }

    /// The deliveries of a webhook, newest first.
    pub async fn deliveries(&self, id: &str) -> Vec<Value> {
        let page = self
            .get(&format!("/webhooks/{id}/deliveries?limit=200"))
            .await;
        page["data"].as_array().expect("a list").clone()
    }
}

fn allowed() -> Allowed {
    Allowed::new(vec!["127.0.0.0/8".parse().expect("a network")])
}

fn open(db: &TestDb, config: Config) -> (Bus, Integrations, Router) {
    let people = Arc::new(People);
    let bus = Bus::new(db.store.clone(), db.clock.clone());
    let key = Secret::new("c2VjcmV0IHNlY3JldCBzZWNyZXQgc2VjcmV0ISEhIXg=".to_owned());
    let deps = Deps {
        store: db.store.clone(),
        clock: db.clock.clone(),
        bus: bus.clone(),
        authenticator: people.clone(),
        workspaces: people.clone(),
        events: people,
        master: Arc::new(Keyring::parse(&key).expect("a key")),
    };
    let integrations = Integrations::open(deps, config).expect("the service");
    let api = Router::new().nest("/api/v1", integrations.router().router);
    // The clock stands still, so a limit of requests would never give way.
    let mut config = HttpConfig::default();
    config.rate.burst = 0;
    let router = layers(api, &Edge::new(config, db.clock.clone()));
    (bus, integrations, router)
}

pub fn workspace(token: &str) -> WorkspaceId {
    WorkspaceId(Uuid::from_u128(if token == "stranger" { 2 } else { 1 }))
}

/// Knows the users of [`TOKENS`], and two objects.
struct People;

fn actor(token: &str) -> Actor {
    let number = TOKENS.iter().position(|known| *known == token);
    Actor {
        workspace: workspace(token),
        user: UserId(Uuid::from_u128(100 + number.expect("a token") as u128)),
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

    async fn on_behalf_of(&self, _: WorkspaceId, _: UserId) -> Result<Option<Actor>, Failure> {
        Ok(None)
    }
}

#[async_trait]
impl Workspaces for People {
    async fn settings(&self, _: WorkspaceId) -> Result<Option<Arc<WorkspaceSettings>>, Failure> {
        Ok(Some(Arc::new(settings())))
    }

    async fn all(&self) -> Result<Vec<WorkspaceId>, Failure> {
        Ok(vec![workspace("admin"), workspace("stranger")])
    }
}

/// Filters accept the events whose data has them as a member; `broken` is none any more.
#[async_trait]
impl RecordEvents for People {
    async fn check(
        &self,
        _: &Actor,
        object: Option<&str>,
        filter: Option<&str>,
    ) -> Result<Option<ObjectNames>, Failure> {
        if filter == Some("bad") {
            return Err(Failure::new(ErrorCode::InvalidExpression, "No.")
                .field("filter", "invalid_expression"));
        }
        let Some(plural) = object else {
            return Ok(None);
        };
        let known = self.objects(workspace("admin")).await?;
        let found = known.into_iter().find(|object| object.plural == plural);
        let missing =
            || Failure::new(ErrorCode::ValidationFailed, "No.").field("object", "unknown_object");
        found.map(Some).ok_or_else(missing)
    }

    async fn objects(&self, _: WorkspaceId) -> Result<Vec<ObjectNames>, Failure> {
        let names = |key: &str| ObjectNames {
            key: key.to_owned(),
            name: key.to_owned(),
            plural: format!("{key}s"),
        };
        Ok(vec![names("deal"), names("lead")])
    }

    async fn sift(
        &self,
        _: WorkspaceId,
        interests: &[Interest],
        events: &[LoggedEvent<'_>],
    ) -> Result<Sifted, Failure> {
        let mut sifted = Sifted::default();
        for (place, interest) in interests.iter().enumerate() {
            if interest.filter.as_deref() == Some("broken") {
                let failure = Failure::new(ErrorCode::InvalidExpression, "No.");
                sifted.broken.push((place, failure));
            }
        }
        for event in events {
            let data: Value = serde_json::from_str(event.data.get()).expect("JSON");
            let verb = event.kind.rsplit('.').next().expect("a kind");
            let wants = |interest: &Interest| {
                (interest.object.as_deref()).is_none_or(|key| key == event.subject_kind)
                    && (interest.verbs.is_empty()
                        || interest.verbs.iter().any(|wanted| wanted == verb))
                    && (interest.filter.as_deref()).is_none_or(|member| data[member] == true)
            };
            let wanted_by: Vec<usize> = (interests.iter().enumerate())
                .filter(|(_, interest)| wants(interest))
                .map(|(place, _)| place)
                .collect();
            let payload = json!({
                "type": event.kind, "id": event.id, "record_id": event.subject,
                "version": event.subject_version, "data": data,
            });
            sifted
                .events
                .push((!wanted_by.is_empty()).then(|| ShownEvent {
                    payload: Arc::from(payload.to_string()),
                    wanted_by,
                }));
        }
        Ok(sifted)
    }
}
