//! A log, those who may see it, and clients that read streams.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use axum::Router;
use axum::body::{Body, BodyDataStream};
use futures_util::StreamExt as _;
use http::{Method, Request, StatusCode};
use http_body_util::BodyExt as _;
use kith_bus::Bus;
use kith_contracts::{
    Authenticator, Credentials, Interest, LoggedEvent, ObjectNames, RecordEvents, ShownEvent,
    Sifted,
};
use kith_http::{Edge, HttpConfig, layers};
use kith_kernel::{
    Actor, ActorKind, ApiTokenId, Clock, Currency, ErrorCode, Failure, Role, Scope, UserId,
    WorkspaceId, WorkspaceSettings,
};
use kith_live::{Deps, Limits, Live};
use kith_store::{Class, Migrations};
use kith_testkit::TestDb;
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;
use tower::ServiceExt as _;
use uuid::Uuid;

/// A log of records, without the records.
const LOG: Migrations = Migrations {
    schema: "records",
    files: &[(
        "V1__records.sql",
        "SELECT kith.create_event_log('records');",
    )],
};

/// Tokens are `NAME` or `NAME@WORKSPACE`; a name beginning with `secret` may see secrets.
#[derive(Default)]
pub(crate) struct People {
    revoked: parking_lot::Mutex<Vec<String>>,
}

impl People {
    pub(crate) fn revoke(&self, token: &str) {
        self.revoked.lock().push(token.to_owned());
    }
}

/// The same for the same text.
fn id(text: &str) -> Uuid {
    let mut bytes = [7; 16];
    for (place, byte) in text.bytes().enumerate() {
        bytes[place % 16] ^= byte.rotate_left(u32::try_from(place / 16).unwrap());
    }
    Uuid::from_bytes(bytes)
}

pub(crate) fn user(name: &str) -> UserId {
    UserId(id(name))
}

pub(crate) fn workspace(name: &str) -> WorkspaceId {
    WorkspaceId(id(name))
}

#[async_trait]
impl Authenticator for People {
    async fn authenticate(&self, credentials: Credentials) -> Result<Actor, Failure> {
        let Credentials::Bearer(token) = credentials else {
            return Err(Failure::new(ErrorCode::Unauthenticated, "Send a token."));
        };
        if self.revoked.lock().contains(&token) {
            return Err(Failure::new(ErrorCode::Unauthenticated, "It was revoked."));
        }
        let (name, of) = token.split_once('@').unwrap_or((&token, "acme"));
        Ok(Actor {
            workspace: workspace(of),
            user: user(name),
            kind: ActorKind::Token(ApiTokenId(id(&token))),
            role: match name.starts_with("secret") {
                true => Role::Administrator,
                false => Role::Member,
            },
            scopes: Scope::ALL.into(),
            settings: Arc::new(WorkspaceSettings {
                currency: Currency::from_code("EUR").unwrap(),
                region: "DE".to_owned(),
                time_zone: "UTC".to_owned(),
                locale: "en".to_owned(),
            }),
        })
    }

    async fn on_behalf_of(&self, _: WorkspaceId, _: UserId) -> Result<Option<Actor>, Failure> {
        Ok(None)
    }
}

/// Shows every event to everybody, but for secrets. The filter `none` accepts nothing.
struct Everything;

#[async_trait]
impl RecordEvents for Everything {
    async fn check(
        &self,
        _: &Actor,
        object: Option<&str>,
        filter: Option<&str>,
    ) -> Result<Option<ObjectNames>, Failure> {
        if filter == Some("bad") {
            let refused = Failure::new(ErrorCode::InvalidExpression, "It does not parse.");
            return Err(refused.field("filter", "invalid_expression"));
        }
        match object {
            None => Ok(None),
            Some("people") => Ok(Some(ObjectNames {
                key: "person".to_owned(),
                name: "person".to_owned(),
                plural: "people".to_owned(),
            })),
            Some(_) => Err(Failure::new(ErrorCode::ValidationFailed, "There is none.")
                .field("object", "unknown_object")),
        }
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
        let sees = |interest: &Interest, event: &LoggedEvent<'_>| {
            let (object, verb) = event.kind.split_once('.').unwrap();
            interest.filter.as_deref() != Some("none")
                && (object != "secret" || interest.actor.role == Role::Administrator)
                && interest.object.as_deref().is_none_or(|only| only == object)
                && (interest.verbs.is_empty() || interest.verbs.iter().any(|one| one == verb))
        };
        let events = events.iter().map(|event| {
            let wanted_by: Vec<usize> = (0..interests.len())
                .filter(|at| sees(&interests[*at], event))
                .collect();
            let payload = json!({ "type": event.kind, "version": event.subject_version });
            (!wanted_by.is_empty()).then(|| ShownEvent {
                payload: payload.to_string().into(),
                wanted_by,
            })
        });
        Ok(Sifted {
            events: events.collect(),
            broken: Vec::new(),
        })
    }
}

pub(crate) struct World {
    pub(crate) db: TestDb,
    pub(crate) people: Arc<People>,
    pub(crate) live: Live,
    router: Router,
    stop: CancellationToken,
}

impl World {
    pub(crate) async fn start() -> Self {
        Self::with(Limits::default()).await
    }

    pub(crate) async fn with(limits: Limits) -> Self {
        let db = TestDb::create_with(&[LOG], |config| config.pools.system = 4).await;
        Self::on(db, limits)
    }

    /// A process on a database.
    pub(crate) fn on(db: TestDb, limits: Limits) -> Self {
        let bus = Bus::new(db.store.clone(), Clock::system());
        let people = Arc::new(People::default());
        let live = Live::open(Deps {
            bus: bus.clone(),
            authenticator: people.clone(),
            records: Arc::new(Everything),
            others: Vec::new(),
            limits,
        });
        let stop = CancellationToken::new();
        let (running, until) = (live.clone(), stop.clone());
        tokio::spawn(async move {
            tokio::join!(bus.listen(until.clone()), running.run(until));
        });
        let api = Router::new().nest("/api/v1", live.routes().router);
        let mut config = HttpConfig::default();
        config.rate.burst = 0;
        let router = layers(api, &Edge::new(config, Clock::system()));
        Self {
            db,
            people,
            live,
            router,
            stop,
        }
    }

    pub(crate) async fn append(&self, of: &str, kind: &str, version: i64) {
        let sql = "INSERT INTO records.event (workspace_id, id, type, subject_kind, subject_id, \
            subject_version, actor, occurred_at, data) \
            VALUES ($1, gen_random_uuid(), $2, 'person', gen_random_uuid(), $3, '{}', now(), '{}')";
        let of = workspace(of);
        let tx = self.db.store.begin(of, Class::Interactive).await.unwrap();
        tx.commit_with(sql, &[&of, &kind, &version]).await.unwrap();
    }

    pub(crate) async fn call(
        &self,
        token: &str,
        method: Method,
        path: &str,
        body: Option<Value>,
    ) -> (StatusCode, Value) {
        let body = body.map_or(Body::empty(), |body| Body::from(body.to_string()));
        let request = Request::builder()
            .method(method)
            .uri(format!("/api/v1{path}"))
            .header("authorization", format!("Bearer {token}"))
            .header("content-type", "application/json")
            .body(body)
            .unwrap();
        let answer = self.router.clone().oneshot(request).await.unwrap();
        let status = answer.status();
        let bytes = answer.into_body().collect().await.unwrap().to_bytes();
        (
            status,
            serde_json::from_slice(&bytes).unwrap_or(Value::Null),
        )
    }

    /// Opens a stream and reads its `hello`.
    pub(crate) async fn open(&self, token: &str, query: &str, last: Option<&str>) -> Client {
        let mut request = Request::builder()
            .uri(format!("/api/v1/events/stream{query}"))
            .header("authorization", format!("Bearer {token}"))
            .header("accept-encoding", "gzip, br");
        if let Some(last) = last {
            request = request.header("last-event-id", last);
        }
        let request = request.body(Body::empty()).unwrap();
        let answer = self.router.clone().oneshot(request).await.unwrap();
        assert_eq!(answer.status(), 200);
        assert_eq!(answer.headers()["content-type"], "text/event-stream");
        assert!(!answer.headers().contains_key("content-encoding"));
        let mut client = Client {
            body: answer.into_body().into_data_stream(),
            text: String::new(),
            last: last.unwrap_or_default().to_owned(),
            stream: Uuid::nil(),
        };
        let (name, hello) = client.event().await.unwrap();
        assert_eq!(name, "hello");
        client.stream = hello["stream"].as_str().unwrap().parse().unwrap();
        client
    }
}

impl Drop for World {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

/// Reads a stream as a browser does.
pub(crate) struct Client {
    body: BodyDataStream,
    text: String,
    /// The last `id`.
    pub(crate) last: String,
    pub(crate) stream: Uuid,
}

impl Client {
    /// The next event; `None` at the stream's end.
    pub(crate) async fn event(&mut self) -> Option<(String, Value)> {
        loop {
            while let Some(end) = self.text.find("\n\n") {
                let rest = self.text.split_off(end + 2);
                let block = std::mem::replace(&mut self.text, rest);
                if let Some(event) = self.read(&block) {
                    return Some(event);
                }
            }
            let chunk = self.body.next().await?.unwrap();
            self.text.push_str(std::str::from_utf8(&chunk).unwrap());
        }
    }

    fn read(&mut self, block: &str) -> Option<(String, Value)> {
        let (mut name, mut data) = (None, None);
        for line in block.lines() {
            match line.split_once(": ") {
                Some(("id", id)) => id.clone_into(&mut self.last),
                Some(("event", event)) => name = Some(event.to_owned()),
                Some(("data", text)) => data = Some(serde_json::from_str(text).unwrap()),
                _ => {}
            }
        }
        Some((name?, data?))
    }

    /// The version in the next event.
    pub(crate) async fn version(&mut self) -> i64 {
        let (name, data) = self.event().await.unwrap();
        assert_eq!(name, "record");
        data["version"].as_i64().unwrap()
    }

    /// Whether nothing comes for a moment.
    pub(crate) async fn is_quiet(&mut self) -> bool {
        let wait = Duration::from_millis(150);
        tokio::time::timeout(wait, self.event()).await.is_err()
    }
}
