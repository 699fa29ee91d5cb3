//! What leaves a workspace for other systems: webhooks, and events to message brokers.

pub mod broker;
mod delivery;
pub mod outbound;
mod payload;
mod server;
mod stream;
mod webhook;

use std::sync::Arc;

use axum::extract::FromRef;
use kith_bus::Bus;
use kith_contracts::{Authenticator, RecordEvents, Workspaces};
use kith_crypto::Keyring;
use kith_http::{Routed, Routes, idempotency};
use kith_kernel::{Clock, ErrorCode, Failure};
use kith_store::{Migrations, Store, migrations};
use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore};
use tokio_util::sync::CancellationToken;

use broker::{BrokerConfig, BrokerReader};
use delivery::{Dispatcher, WebhookReader};
use outbound::{Allowed, Client, Limits};
use server::Server;
use webhook::Secrets;

pub use webhook::rewrap_keys;

/// The service's migrations.
pub const MIGRATIONS: Migrations = migrations!("integrations", "V1__webhooks.sql");

/// How many tests of webhooks run at the same time in one process.
const TESTS: usize = 8;
/// How many readers note deliveries side by side.
const LANES: u8 = 2;

/// What the service needs of others.
#[derive(Clone)]
pub struct Deps {
    /// The database.
    pub store: Store,
    /// The source of the time and of new ids.
    pub clock: Clock,
    /// What follows the logs.
    pub bus: Bus,
    /// Who turns credentials into actors.
    pub authenticator: Arc<dyn Authenticator>,
    /// The workspaces and their settings.
    pub workspaces: Arc<dyn Workspaces>,
    /// The records' events.
    pub events: Arc<dyn RecordEvents>,
    /// What the workspaces' keys are encrypted with.
    pub master: Arc<Keyring>,
}

/// What an operator decides.
#[derive(Clone, Debug, Default)]
pub struct Config {
    /// Networks that webhooks may lead to although they are not public.
    pub allowed: Allowed,
    /// The bounds of one delivery.
    pub limits: Limits,
    /// The message broker that events are published to, where there is one.
    pub broker: Option<BrokerConfig>,
}

/// The service. Clones share everything.
#[derive(Clone)]
pub struct Integrations {
    inner: Arc<Inner>,
}

struct Inner {
    deps: Deps,
    dispatcher: Dispatcher,
    tests: Arc<Semaphore>,
}

impl Integrations {
    /// The service on a migrated database. Its readers follow the logs as soon as the bus works.
    ///
    /// # Errors
    /// Where TLS can't be set up, or the broker's address is none.
    pub fn open(deps: Deps, config: Config) -> Result<Self, Failure> {
        let client = Client::new(config.allowed, config.limits).map_err(Failure::internal)?;
        let wake = Arc::new(Notify::new());
        let secrets = Arc::new(Secrets::new(deps.store.clone(), Arc::clone(&deps.master)));
        let dispatcher = Dispatcher {
            store: deps.store.clone(),
            clock: deps.clock.clone(),
            client,
            secrets,
            presence: deps.bus.presence().clone(),
            wake: Arc::clone(&wake),
        };
        let server = Server {
            workspaces: Arc::clone(&deps.workspaces),
        };
        if let Some(broker) = config.broker {
            let events = Arc::clone(&deps.events);
            let reader = BrokerReader::new(broker, events, server.clone())?;
            deps.bus
                .follow("integrations", "records", Arc::new(reader), LANES);
        }
        let reader = WebhookReader {
            events: Arc::clone(&deps.events),
            server,
            clock: deps.clock.clone(),
            wake,
        };
        deps.bus
            .follow("integrations", "records", Arc::new(reader), LANES);
        let inner = Inner {
            deps,
            dispatcher,
            tests: Arc::new(Semaphore::new(TESTS)),
        };
        Ok(Self {
            inner: Arc::new(inner),
        })
    }

    /// The routes, for below `/api/v1`.
    pub fn router(&self) -> Routed {
        let routes = Routes::new("Integrations", "Other systems.", self.clone());
        delivery::http::routes(webhook::http::routes(routes)).finish()
    }

    /// Sends what is due, until `stop` is cancelled.
    pub async fn work(&self, stop: CancellationToken) {
        let tidying = async {
            loop {
                if let Err(error) = self.tidy().await {
                    tracing::warn!(%error, "the background work of integrations is behind; trying again");
                }
                tokio::select! {
                    () = stop.cancelled() => return,
                    () = tokio::time::sleep(std::time::Duration::from_secs(60)) => {}
                }
            }
        };
        tokio::join!(self.inner.dispatcher.work(&stop), tidying);
    }

    /// Sends until nothing more is due at this moment. For tests, and for who waits.
    ///
    /// # Errors
    /// Where the database can't be reached.
    pub async fn deliver_due(&self) -> Result<(), Failure> {
        self.inner.dispatcher.drain().await
    }

    async fn tidy(&self) -> Result<(), Failure> {
        let store = self.store();
        store.ensure_event_partitions("integrations", 2).await?;
        while idempotency::sweep(store, "integrations", self.clock().now()).await? > 0 {}
        Ok(())
    }

    fn store(&self) -> &Store {
        &self.inner.deps.store
    }

    fn clock(&self) -> &Clock {
        &self.inner.deps.clock
    }

    fn events(&self) -> &dyn RecordEvents {
        &*self.inner.deps.events
    }

    fn client(&self) -> &Client {
        &self.inner.dispatcher.client
    }

    fn secrets(&self) -> &Secrets {
        &self.inner.dispatcher.secrets
    }

    /// Tells the dispatcher that there is something to send.
    fn poke(&self) {
        self.inner.dispatcher.wake.notify_one();
    }

    /// Leave to run a test of a webhook now.
    fn test_permit(&self) -> Result<OwnedSemaphorePermit, Failure> {
        Arc::clone(&self.inner.tests)
            .try_acquire_owned()
            .map_err(|_| {
                Failure::new(
                    ErrorCode::RateLimited,
                    "Several webhooks are being tested at this moment. Try again in a few seconds.",
                )
                .retry_after(5)
            })
    }
}

impl FromRef<Integrations> for Arc<dyn Authenticator> {
    fn from_ref(integrations: &Integrations) -> Self {
        Arc::clone(&integrations.inner.deps.authenticator)
    }
}
