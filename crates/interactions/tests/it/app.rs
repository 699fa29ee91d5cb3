//! A running service with users of two workspaces and records of its own.

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use http::{HeaderMap, Method, Request, StatusCode};
use http_body_util::BodyExt as _;
use kith_bus::Bus;
use kith_crypto::{Keyring, Secret};
use kith_http::{Edge, HttpConfig, layers};
use kith_interactions::{Deps, Interactions, MIGRATIONS};
use kith_testkit::TestDb;
use serde_json::{Value, json};
use tower::ServiceExt as _;
use uuid::Uuid;

use crate::people::People;
use crate::world::{RECORDS, World};

/// 32 bytes, for tests alone.
pub const KEY: &str = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=";

pub struct App {
    pub db: Arc<TestDb>,
    pub interactions: Interactions,
    pub records: Arc<World>,
    pub bus: Bus,
    router: Router,
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
    pub fn id(self) -> Uuid {
        self.ok()["id"]
            .as_str()
            .expect("an id")
            .parse()
            .expect("an id")
    }

    /// Status, code and the fields of a refusal.
    #[track_caller]
    pub fn refusal(&self) -> (u16, String, Vec<String>) {
        assert!(!self.status.is_success(), "{self:?}");
        let json = self.json();
        let code = json["code"].as_str().unwrap_or("none").to_owned();
        let fields = json["errors"].as_array().cloned().unwrap_or_default();
        let fields = fields
            .iter()
            .map(|one| one["field"].as_str().unwrap_or_default().to_owned());
        (self.status.as_u16(), code, fields.collect())
    }
}

impl App {
    pub async fn start() -> Self {
        let ring = Keyring::parse(&Secret::new(KEY.to_owned())).expect("a key");
        Self::start_with(ring).await
    }

    pub async fn start_with(keyring: Keyring) -> Self {
        let db = TestDb::create(&[RECORDS, MIGRATIONS]).await;
        let records = Arc::new(World::new(db.store.clone()));
        Self::on(Arc::new(db), records, keyring)
    }

    /// The same database, served by another process.
    pub fn reopened(&self, keyring: Keyring) -> Self {
        Self::on(Arc::clone(&self.db), Arc::clone(&self.records), keyring)
    }

    fn on(db: Arc<TestDb>, records: Arc<World>, keyring: Keyring) -> Self {
        let interactions = Interactions::open(Deps {
            store: db.store.clone(),
            clock: db.clock.clone(),
            authenticator: Arc::new(People),
            users: Arc::new(People),
            records: records.clone(),
            keyring: Arc::new(keyring),
        });
        let bus = Bus::new(db.store.clone(), db.clock.clone());
        interactions.follow(&bus).expect("following");
        let api = Router::new().nest("/api/v1", interactions.router().router);
        // The clock stands still, so a limit of requests would never give way.
        let mut config = HttpConfig::default();
        config.rate.burst = 0;
        let router = layers(api, &Edge::new(config, db.clock.clone()));
        Self {
            db,
            interactions,
            records,
            bus,
            router,
        }
    }

    /// Lets everything that follows from what was written happen.
    pub async fn settle(&self) {
        self.bus.drain().await.expect("readers");
        self.interactions.match_now().await.expect("matching");
        self.bus.drain().await.expect("readers");
        let client = self.db.superuser().await;
        let sql = "SELECT reader || ': ' || error FROM interactions.parked";
        let parked = client.query(sql, &[]).await.expect("rows");
        let parked: Vec<&str> = parked.iter().map(|row| row.get(0)).collect();
        assert!(parked.is_empty(), "left behind: {parked:?}");
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

    /// Sends JSON.
    pub async fn send_as(&self, token: &str, method: Method, path: &str, body: &Value) -> Reply {
        let json = [("content-type", "application/json")];
        self.raw(token, method, path, &json, Body::from(body.to_string()))
            .await
    }

    pub async fn get_as(&self, token: &str, path: &str) -> Reply {
        self.raw(token, Method::GET, path, &[], Body::empty()).await
    }

    pub async fn get(&self, path: &str) -> Reply {
        self.get_as("admin", path).await
    }

    pub async fn post(&self, path: &str, body: &Value) -> Reply {
        self.send_as("admin", Method::POST, path, body).await
    }

    /// Sends lines of JSON.
    pub async fn lines(&self, lines: &[Value]) -> Reply {
        let lines: Vec<String> = lines.iter().map(Value::to_string).collect();
        let text = lines.join("\n");
        let kind = [("content-type", "application/x-ndjson")];
        self.raw(
            "admin",
            Method::POST,
            "/interactions/batch",
            &kind,
            Body::from(text),
        )
        .await
    }

    /// Records an e-mail of somebody at a time.
    pub async fn email_from(&self, address: &str, at: &str, more: Value) -> Uuid {
        let mut draft = json!({
            "channel": "email", "direction": "inbound", "occurred_at": at, "subject": "Hello",
            "participants": [{"email": address, "role": "from"}],
        });
        for (name, value) in more.as_object().into_iter().flatten() {
            draft[name] = value.clone();
        }
        self.post("/interactions", &draft).await.id()
    }

    /// The ids of a record's timeline, newest first.
    pub async fn timeline(&self, object: &str, id: Uuid, query: &str) -> Vec<Value> {
        let page = self
            .get(&format!("/timeline/{object}/{id}?{query}"))
            .await
            .ok();
        page["data"].as_array().expect("a list").clone()
    }

    /// The ids of the interactions of a record's timeline, newest first.
    pub async fn interactions_of(&self, object: &str, id: Uuid) -> Vec<Uuid> {
        let all = self.timeline(object, id, "limit=200").await;
        (all.iter())
            .filter(|one| one["type"] == "interaction")
            .map(|one| one["id"].as_str().expect("an id").parse().expect("an id"))
            .collect()
    }

    pub async fn summary(&self, object: &str, id: Uuid) -> Value {
        self.get(&format!("/timeline/{object}/{id}/summary"))
            .await
            .ok()
    }

    /// All that a projection has derived, as text: scores to six digits, without revisions.
    pub async fn derived(&self, projection: &str) -> Vec<String> {
        let tables: &[&str] = match projection {
            "summary" => &["summary", "planned", "belongs"],
            one => &[one],
        };
        let client = self.db.superuser().await;
        let mut all = Vec::new();
        for table in tables {
            let score = match *table {
                "engagement" | "relationship" => "round(t.log2_score::numeric, 6)::text",
                _ => "''",
            };
            // A record that is not in touch any more may have a row that says so, or none.
            let known = match *table {
                "summary" => "coalesce(last_contacted_at, next_activity_at) IS NOT NULL",
                _ => "true",
            };
            let sql = format!(
                "SELECT '{table} ' || {score} || (to_jsonb(t) - 'generation' - 'revision' - 'log2_score')::text \
                 FROM interactions.{table} t WHERE {known} AND generation = \
                 (SELECT generation FROM interactions.projection WHERE name = $1) ORDER BY 1"
            );
            let rows = client.query(&sql, &[&projection]).await.expect("rows");
            all.extend(rows.iter().map(|row| row.get::<_, String>(0)));
        }
        all
    }
}

/// Every projection.
pub const PROJECTIONS: [&str; 5] = [
    "timeline",
    "summary",
    "engagement",
    "relationship",
    "counts",
];
