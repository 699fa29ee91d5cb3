//! Logs of records and integrations, and the users who are told of them.

use std::sync::Arc;

use async_trait::async_trait;
use axum::Router;
use axum::body::Body;
use http::{Method, Request};
use http_body_util::BodyExt as _;
use kith_bus::Bus;
use kith_contracts::{
    Authenticator, Credentials, Interest, LoggedEvent, NewUser, ObjectNames, RecordEvents,
    ShownEvent, Sifted, UserDirectory, UserSummary,
};
use kith_http::{Edge, HttpConfig, layers};
use kith_kernel::{
    Actor, ActorKind, ApiTokenId, Currency, ErrorCode, Failure, Role, Scope, UserId, WorkspaceId,
    WorkspaceSettings,
};
use kith_notifications::{Deps, MIGRATIONS, Notifications};
use kith_store::{Class, Migrations};
use kith_testkit::TestDb;
use serde_json::{Value, json};
use tower::ServiceExt as _;
use uuid::Uuid;

/// Everybody, with their role; `gone` is inactive. `stranger` is of another workspace.
const USERS: [(&str, Role); 5] = [
    ("admin", Role::Administrator),
    ("member", Role::Member),
    ("reader", Role::ReadOnly),
    ("gone", Role::Member),
    ("stranger", Role::Administrator),
];

const RECORDS: Migrations = Migrations {
    schema: "records",
    files: &[(
        "V1__records.sql",
        "SELECT kith.create_event_log('records');",
    )],
};
const INTEGRATIONS: Migrations = Migrations {
    schema: "integrations",
    files: &[(
        "V1__integrations.sql",
        "SELECT kith.create_event_log('integrations');",
    )],
};

pub(crate) fn user(name: &str) -> UserId {
    let mut bytes = [0; 16];
    bytes[..name.len()].copy_from_slice(name.as_bytes());
    UserId(Uuid::from_bytes(bytes))
}

pub(crate) fn workspace(name: &str) -> WorkspaceId {
    WorkspaceId(Uuid::from_bytes(
        [if name == "stranger" { 2 } else { 1 }; 16],
    ))
}

struct People;

pub(crate) fn actor(name: &str) -> Actor {
    find(name).unwrap()
}

fn find(name: &str) -> Option<Actor> {
    let (_, role) = USERS.iter().find(|(known, _)| *known == name)?;
    Some(Actor {
        workspace: workspace(name),
        user: user(name),
        kind: ActorKind::Token(ApiTokenId(user(name).0)),
        role: *role,
        scopes: Scope::ALL.into(),
        settings: Arc::new(WorkspaceSettings {
            currency: Currency::from_code("EUR")?,
            region: "DE".to_owned(),
            time_zone: "UTC".to_owned(),
            locale: "en".to_owned(),
        }),
    })
}

#[async_trait]
impl Authenticator for People {
    async fn authenticate(&self, credentials: Credentials) -> Result<Actor, Failure> {
        let refused = || Failure::new(ErrorCode::Unauthenticated, "Sign in.");
        match credentials {
            Credentials::Bearer(token) => find(&token).ok_or_else(refused),
            Credentials::Session { .. } => Err(refused()),
        }
    }

    async fn on_behalf_of(&self, of: WorkspaceId, id: UserId) -> Result<Option<Actor>, Failure> {
        let found = USERS.iter().find(|(name, _)| user(name) == id);
        let found = found.filter(|(name, _)| *name != "gone" && workspace(name) == of);
        Ok(found.and_then(|(name, _)| find(name)))
    }
}

#[async_trait]
impl UserDirectory for People {
    async fn changed_since(
        &self,
        of: WorkspaceId,
        _: i64,
        _: i64,
    ) -> Result<Vec<UserSummary>, Failure> {
        let own = USERS.iter().filter(|(name, _)| workspace(name) == of);
        let users = own.map(|(name, _)| UserSummary {
            id: user(name),
            name: (*name).to_owned(),
            email: None,
            active: *name != "gone",
            revision: 1,
        });
        Ok(users.collect())
    }

    async fn ensure_inactive(
        &self,
        _: &Actor,
        _: Vec<NewUser>,
    ) -> Result<Vec<UserSummary>, Failure> {
        Ok(Vec::new())
    }
}

/// Shows what the log has; `reader` may not see deals.
struct Shown;

#[async_trait]
impl RecordEvents for Shown {
    async fn check(
        &self,
        _: &Actor,
        _: Option<&str>,
        _: Option<&str>,
    ) -> Result<Option<ObjectNames>, Failure> {
        Ok(None)
    }

    async fn objects(&self, _: WorkspaceId) -> Result<Vec<ObjectNames>, Failure> {
        Ok(Vec::new())
    }

    async fn sift(
        &self,
        _: WorkspaceId,
        interests: &[Interest],
        events: &[LoggedEvent<'_>],
    ) -> Result<Sifted, Failure> {
        let show = |event: &LoggedEvent<'_>| {
            let data: Value = serde_json::from_str(event.data.get()).unwrap();
            let payload = json!({
                "object": format!("{}s", event.subject_kind),
                "record_id": event.subject,
                "data": { "name": "The record", "about": data["values"]["about"] },
            });
            let sees = |at: &usize| {
                interests[*at].actor.role != Role::ReadOnly || event.subject_kind != "deal"
            };
            let wanted_by: Vec<usize> = (0..interests.len()).filter(sees).collect();
            (!wanted_by.is_empty()).then(|| ShownEvent {
                payload: payload.to_string().into(),
                wanted_by,
            })
        };
        Ok(Sifted {
            events: events.iter().map(show).collect(),
            broken: Vec::new(),
        })
    }
}

pub(crate) struct World {
    pub(crate) db: TestDb,
    pub(crate) bus: Bus,
    pub(crate) notifications: Notifications,
    router: Router,
}

impl World {
    pub(crate) async fn start() -> Self {
        let services = [RECORDS, INTEGRATIONS, MIGRATIONS];
        let db = TestDb::create_with(&services, |config| config.pools.system = 4).await;
        let bus = Bus::new(db.store.clone(), db.clock.clone());
        let notifications = Notifications::open(Deps {
            store: db.store.clone(),
            clock: db.clock.clone(),
            bus: bus.clone(),
            authenticator: Arc::new(People),
            users: Arc::new(People),
            records: Arc::new(Shown),
        })
        .unwrap();
        let api = Router::new().nest("/api/v1", notifications.router().router);
        let mut config = HttpConfig::default();
        config.rate.burst = 0;
        let router = layers(api, &Edge::new(config, db.clock.clone()));
        let world = Self {
            db,
            bus,
            notifications,
            router,
        };
        // The readers begin with what happens from now on.
        world.bus.drain().await.unwrap();
        world
    }

    /// Something happens to a record, by `by`, and everybody reads of it.
    pub(crate) async fn happens(&self, by: &Value, kind: &str, record: Uuid, data: &Value) {
        self.happens_in("records", by, kind, record, data).await;
    }

    pub(crate) async fn happens_in(
        &self,
        log: &str,
        by: &Value,
        kind: &str,
        subject: Uuid,
        data: &Value,
    ) {
        let of = workspace("member");
        let sql = format!(
            "INSERT INTO {log}.event (workspace_id, id, type, subject_kind, subject_id, subject_version, \
             actor, occurred_at, data) VALUES ($1, $2, $3, $4, $5, 1, $6, $7, $8)"
        );
        let subject_kind = kind.split('.').next().unwrap();
        let (id, now) = (self.db.clock.next_uuid(), self.db.clock.now());
        let tx = self.db.store.begin(of, Class::Interactive).await.unwrap();
        tx.execute(
            &sql,
            &[&of, &id, &kind, &subject_kind, &subject, by, &now, data],
        )
        .await
        .unwrap();
        tx.commit().await.unwrap();
        self.bus.drain().await.unwrap();
    }

    pub(crate) async fn call(
        &self,
        token: &str,
        method: Method,
        path: &str,
        body: Option<Value>,
    ) -> (u16, Value) {
        let body = body.map_or(Body::empty(), |body| Body::from(body.to_string()));
        let request = Request::builder()
            .method(method)
            .uri(format!("/api/v1{path}"))
            .header("authorization", format!("Bearer {token}"))
            .header("content-type", "application/json")
            .body(body)
            .unwrap();
        let answer = self.router.clone().oneshot(request).await.unwrap();
        let status = answer.status().as_u16();
        let bytes = answer.into_body().collect().await.unwrap().to_bytes();
        (
            status,
            serde_json::from_slice(&bytes).unwrap_or(Value::Null),
        )
    }

    /// What somebody was told, newest first.
    pub(crate) async fn told(&self, token: &str) -> Vec<Value> {
        let (_, page) = self.call(token, Method::GET, "/notifications", None).await;
        page["data"].as_array().unwrap().clone()
    }

    /// The kinds of what somebody was told, newest first.
    pub(crate) async fn kinds(&self, token: &str) -> Vec<String> {
        let told = self.told(token).await;
        let kinds = told
            .iter()
            .map(|one| one["kind"].as_str().unwrap().to_owned());
        kinds.collect()
    }
}
