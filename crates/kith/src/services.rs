//! The one place that knows every service.

use std::sync::{Arc, OnceLock};

use anyhow::Context;
use axum::Router;
use kith_bus::Bus;
use kith_bus::admin::Admin;
use kith_crypto::{Keyring, PasswordCost, Passwords, PoolLimits};
use kith_http::Routed;
use kith_identity::{Identity, IdentityConfig, IdentityDeps};
use kith_integrations::Integrations;
use kith_interactions::Interactions;
use kith_kernel::Clock;
use kith_live::{Limits, Live};
use kith_notifications::Notifications;
use kith_records::import::ImportConfig;
use kith_records::{Deps, Records};
use kith_store::{ConnectionConfig, Migrations, Store, StoreConfig};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::describe::with_description;
use crate::serve::Roles;

/// The tables of all services, in the order in which they are made.
pub(crate) const MIGRATIONS: &[Migrations] = &[
    kith_identity::MIGRATIONS,
    kith_records::MIGRATIONS,
    kith_integrations::MIGRATIONS,
    kith_notifications::MIGRATIONS,
    kith_interactions::MIGRATIONS,
];

/// What the services are told by whoever runs them.
pub(crate) struct Setup {
    /// The address under which people reach the server.
    pub(crate) public_url: String,
    /// Where files that are imported are kept.
    pub(crate) imports: ImportConfig,
    /// What data keys are encrypted with.
    pub(crate) keyring: Arc<Keyring>,
    /// What leads to other systems.
    pub(crate) integrations: kith_integrations::Config,
}

/// All services, opened on one database.
#[derive(Clone)]
pub(crate) struct Services {
    /// Who somebody is.
    pub(crate) identity: Identity,
    /// The record platform.
    pub(crate) records: Records,
    /// What follows the services' event logs.
    pub(crate) bus: Bus,
    /// What happens with customers.
    pub(crate) interactions: Interactions,
    /// What data keys are encrypted with.
    pub(crate) keyring: Arc<Keyring>,
    /// What happens, told to browsers.
    pub(crate) live: Live,
    /// What happens, told to other systems.
    pub(crate) integrations: Integrations,
    /// What users are told.
    pub(crate) notifications: Notifications,
}

impl Services {
    /// Brings the database's tables up to date and opens the services.
    pub(crate) async fn open(store: &Store, setup: Setup) -> anyhow::Result<Self> {
        for service in MIGRATIONS {
            let report = store
                .migrate(service)
                .await
                .with_context(|| format!("the tables of {} can't be made", service.schema))?;
            if report.ahead > 0 {
                tracing::warn!(
                    service = service.schema,
                    versions = report.ahead,
                    "the database was made by a newer Kith"
                );
            }
        }
        Self::on(store, setup)
    }

    /// The services on a database whose tables are there.
    fn on(store: &Store, setup: Setup) -> anyhow::Result<Self> {
        let passwords = Passwords::new(PasswordCost::default(), PoolLimits::default())
            .context("passwords can't be hashed")?;
        // Records learn of users from identity, and are poked by it when these change.
        let poked: Arc<OnceLock<Records>> = Arc::default();
        let on_change = {
            let poked = Arc::clone(&poked);
            move |_workspace| {
                if let Some(records) = poked.get() {
                    records.poke_builder();
                }
            }
        };
        let identity = Identity::open(
            IdentityDeps {
                store: store.clone(),
                clock: store.clock().clone(),
                passwords,
                on_change: Arc::new(on_change),
            },
            IdentityConfig::new(&setup.public_url),
        );
        let records = Records::open(Deps {
            store: store.clone(),
            clock: store.clock().clone(),
            authenticator: Arc::new(identity.clone()),
            workspaces: Arc::new(identity.clone()),
            users: Arc::new(identity.clone()),
            imports: setup.imports,
        });
        let _ = poked.set(records.clone());
        let bus = Bus::new(store.clone(), store.clock().clone());
        let notifications = Notifications::open(kith_notifications::Deps {
            store: store.clone(),
            clock: store.clock().clone(),
            bus: bus.clone(),
            authenticator: Arc::new(identity.clone()),
            users: Arc::new(identity.clone()),
            records: Arc::new(records.clone()),
        })
        .map_err(|failure| anyhow::anyhow!(failure.message))?;
        let live = Live::open(kith_live::Deps {
            bus: bus.clone(),
            authenticator: Arc::new(identity.clone()),
            records: Arc::new(records.clone()),
            others: vec![("notifications", notifications.live())],
            limits: Limits::default(),
        });
        let interactions = Interactions::open(kith_interactions::Deps {
            store: store.clone(),
            clock: store.clock().clone(),
            authenticator: Arc::new(identity.clone()),
            users: Arc::new(identity.clone()),
            records: Arc::new(records.clone()),
            keyring: Arc::clone(&setup.keyring),
        });
        interactions
            .follow(&bus)
            .map_err(|failure| anyhow::anyhow!(failure.message))?;
        let integrations = Integrations::open(
            kith_integrations::Deps {
                store: store.clone(),
                clock: store.clock().clone(),
                bus: bus.clone(),
                authenticator: Arc::new(identity.clone()),
                workspaces: Arc::new(identity.clone()),
                events: Arc::new(records.clone()),
                master: Arc::clone(&setup.keyring),
            },
            setup.integrations,
        )
        .map_err(|failure| anyhow::anyhow!(failure.message))?;
        Ok(Self {
            identity,
            records,
            bus,
            live,
            interactions,
            keyring: setup.keyring,
            integrations,
            notifications,
        })
    }

    /// The services without a database, to ask what their routes are.
    pub(crate) async fn nowhere() -> anyhow::Result<Self> {
        let connection = ConnectionConfig::parse("host=localhost user=nobody")?;
        let store = Store::open(StoreConfig::new(connection), Clock::system()).await?;
        let setup = Setup {
            public_url: String::new(),
            imports: ImportConfig::new("imports"),
            keyring: Arc::new(Keyring::generate()?),
            integrations: kith_integrations::Config::default(),
        };
        Self::on(&store, setup)
    }

    /// The routes below `/api/v1` of the services that `roles` name.
    pub(crate) fn routes(&self, roles: &Roles) -> Routed {
        let mut routes = Routed::empty();
        if roles.has("identity", "http") {
            routes = routes.merge(self.identity.routes());
        }
        if roles.has("records", "http") {
            routes = routes.merge(self.records.router());
            let admin = Admin::new(self.bus.clone(), Arc::new(self.identity.clone()));
            routes = routes.merge(admin.routes());
        }
        if roles.has("live", "http") {
            routes = routes.merge(self.live.routes());
        }
        if roles.has("notifications", "http") {
            routes = routes.merge(self.notifications.router());
        }
        if roles.has("interactions", "http") {
            routes = routes.merge(self.interactions.router());
        }
        if roles.has("integrations", "http") {
            routes = routes.merge(self.integrations.router());
        }
        let records = roles.has("records", "http").then(|| self.records.clone());
        with_description(routes, &self.identity, records)
    }

    /// The pages of the services that `roles` name, which the browser application has better ones
    /// for.
    pub(crate) fn pages(&self, roles: &Roles, has_app: bool) -> Router {
        if roles.has("identity", "http") && !has_app {
            self.identity.pages()
        } else {
            Router::new()
        }
    }

    /// The background work of this process, which ends when `stop` says so.
    pub(crate) fn work(&self, roles: &Roles, stop: &CancellationToken) -> JoinSet<()> {
        let mut work = JoinSet::new();
        let (bus, until) = (self.bus.clone(), stop.clone());
        work.spawn(async move { bus.listen(until).await });
        let (bus, owners, until) = (self.bus.clone(), roles.workers(), stop.clone());
        work.spawn(async move { bus.work_of(&owners, until).await });
        if roles.serves_http() || roles.has("identity", "worker") {
            // Notes when tokens and sessions were used, which every process that is asked sees.
            let (identity, stop) = (self.identity.clone(), stop.clone());
            work.spawn(async move { identity.work(stop).await });
        }
        if roles.has("live", "http") {
            let (live, until) = (self.live.clone(), stop.clone());
            work.spawn(async move { live.run(until).await });
        }
        if roles.has("notifications", "worker") {
            let (notifications, until) = (self.notifications.clone(), stop.clone());
            work.spawn(async move { notifications.work(until).await });
        }
        if roles.has("integrations", "worker") {
            let (integrations, until) = (self.integrations.clone(), stop.clone());
            work.spawn(async move { integrations.work(until).await });
        }
        if roles.has("records", "worker") {
            let (records, stop) = (self.records.clone(), stop.clone());
            let (importing, until) = (records.clone(), stop.clone());
            work.spawn(async move { importing.work_imports(until).await });
            let (inventing, until) = (records.clone(), stop.clone());
            work.spawn(async move { inventing.work_demos(until).await });
            let (changing, until) = (records.clone(), stop.clone());
            work.spawn(async move { changing.work_bulks(until).await });
            let (copying, bus, until) = (records.clone(), self.bus.clone(), stop.clone());
            let contacts = self.interactions.clone();
            work.spawn(async move { copying.follow_contacts(&bus, &contacts, until).await });
            work.spawn(async move { records.work(stop).await });
        }
        work
    }
}

#[cfg(test)]
mod tests {
    use axum::body::Body;
    use http::Request;
    use kith_http::openapi::{check_document, check_routes};
    use kith_http::{Access, Edge, HttpConfig, layers};
    use tower::ServiceExt as _;

    use super::*;
    use crate::describe::{describe, standard_objects};

    async fn all() -> Routed {
        let services = Services::nowhere().await.unwrap();
        services.routes(&Roles::all())
    }

    #[tokio::test]
    async fn the_document_agrees_with_the_routes_and_with_itself() {
        let mut routed = all().await;
        routed.part.merge(standard_objects());
        assert_eq!(check_routes(&routed), Vec::<String>::new());
        assert_eq!(
            check_document(&describe([routed.part])),
            Vec::<String>::new()
        );
    }

    /// There is no database behind it: whatever gets past the check of credentials fails.
    #[tokio::test]
    async fn no_route_answers_a_stranger_unless_it_is_meant_to() {
        let routed = all().await;
        let app = layers(
            routed.router,
            &Edge::new(HttpConfig::default(), Clock::system()),
        );
        assert!(routed.table.len() > 20);
        for route in routed
            .table
            .iter()
            .filter(|route| route.access == Access::Authenticated)
        {
            let path: String = route.path.replace(['{', '}'], "");
            let request = Request::builder().method(&route.method).uri(&path);
            let request = request.body(Body::empty()).unwrap();
            let answer = app.clone().oneshot(request).await.unwrap();
            assert_eq!(answer.status(), 401, "{} {path}", route.method);
        }
        let open: Vec<String> = routed
            .table
            .iter()
            .filter(|route| route.access == Access::Public)
            .map(|route| format!("{} {}", route.method, route.path))
            .collect();
        insta::assert_snapshot!(open.join(", "), @"POST /session, POST /activate, GET /setup, POST /setup, GET /openapi.json");
    }
}
