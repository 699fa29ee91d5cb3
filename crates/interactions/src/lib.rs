//! Interactions: everything that happens with a customer, appended to a log and never changed, and
//! what is read of it.

mod contract;
mod erasure;
mod error;
mod interaction;
mod key;
mod kind;
mod matching;
mod operator;
mod projection;
mod timeline;
mod user;

use std::sync::Arc;

use async_trait::async_trait;
use axum::extract::FromRef;
use kith_bus::{Bus, Scheduled};
use kith_contracts::{Authenticator, RecordAccess, UserDirectory};
use kith_crypto::Keyring;
use kith_http::{Routed, Routes, idempotency};
use kith_kernel::{Clock, Failure};
use kith_store::{Migrations, Store, migrations};

pub use error::InteractionsError;
pub use key::Rewrapped;
pub use projection::{Rebuilding, Status};

use key::Keys;
use matching::{KnownPeople, Matcher, QUEUE, Unmatched};
use user::Users;

/// The service's migrations.
pub const MIGRATIONS: Migrations = migrations!("interactions", "V1__interactions.sql");

/// What the service needs of others.
#[derive(Clone)]
pub struct Deps {
    /// The database.
    pub store: Store,
    /// The source of the time and of new ids.
    pub clock: Clock,
    /// Who turns credentials into actors.
    pub authenticator: Arc<dyn Authenticator>,
    /// The users of workspaces.
    pub users: Arc<dyn UserDirectory>,
    /// The records that interactions are about.
    pub records: Arc<dyn RecordAccess>,
    /// The keys that data keys are encrypted with.
    pub keyring: Arc<Keyring>,
}

/// The interactions service. Clones share everything.
#[derive(Clone)]
pub struct Interactions {
    inner: Arc<Inner>,
}

struct Inner {
    deps: Deps,
    keys: Keys,
    users: Users,
}

impl Interactions {
    /// The service on a migrated database.
    pub fn open(deps: Deps) -> Self {
        let keys = Keys::new(Arc::clone(&deps.keyring), deps.clock.clone());
        let users = Users::new(deps.store.clone(), Arc::clone(&deps.users), keys.clone());
        Self {
            inner: Arc::new(Inner { deps, keys, users }),
        }
    }

    /// The routes, for below `/api/v1`.
    pub fn router(&self) -> Routed {
        let routes = Routes::new(
            "Interactions",
            "What happens with customers: calls, meetings, e-mails and whatever else, appended and never changed.",
            self.clone(),
        );
        let routes = interaction::http::routes(routes);
        let routes = erasure::http::routes(routes);
        let routes = timeline::http::routes(routes);
        kind::http::routes(routes).finish()
    }

    /// Lets projections and matching follow the logs, and registers jobs and schedules.
    ///
    /// # Errors
    /// When a schedule is none.
    pub fn follow(&self, bus: &Bus) -> Result<(), Failure> {
        let (store, clock) = (self.store().clone(), self.clock().clone());
        let jobs = bus.jobs("interactions");
        let matcher = Matcher {
            store: store.clone(),
            clock: clock.clone(),
        };
        jobs.register(QUEUE, 1, Arc::new(matcher));
        let known = KnownPeople {
            keys: self.keys().clone(),
            jobs: jobs.clone(),
            clock: clock.clone(),
        };
        bus.follow("interactions", "records", Arc::new(known), 1);
        let unmatched = Unmatched {
            jobs,
            clock: clock.clone(),
        };
        bus.follow("interactions", "interactions", Arc::new(unmatched), 1);
        projection::follow(bus);
        let meetings = projection::Meetings { store, clock };
        bus.schedule("interactions", "* * * * *", Arc::new(meetings))?;
        bus.schedule(
            "interactions",
            "23 * * * *",
            Arc::new(Tidying(self.clone())),
        )
    }

    /// The database.
    pub(crate) fn store(&self) -> &Store {
        &self.inner.deps.store
    }

    /// The source of the time and of new ids.
    pub(crate) fn clock(&self) -> &Clock {
        &self.inner.deps.clock
    }

    /// The records that interactions are about.
    pub(crate) fn access(&self) -> &dyn RecordAccess {
        &*self.inner.deps.records
    }

    /// The data keys.
    pub(crate) fn keys(&self) -> &Keys {
        &self.inner.keys
    }

    /// The copy of the workspaces' users.
    pub(crate) fn users(&self) -> &Users {
        &self.inner.users
    }
}

/// Removes what is overdue, and makes the partitions of the next months.
struct Tidying(Interactions);

#[async_trait]
impl Scheduled for Tidying {
    fn name(&self) -> &'static str {
        "tidying"
    }

    async fn run(&self) -> Result<(), Failure> {
        let (store, now) = (self.0.store(), self.0.clock().now());
        store.ensure_event_partitions("interactions", 2).await?;
        while idempotency::sweep(store, "interactions", now).await? > 0 {}
        Ok(())
    }
}

impl FromRef<Interactions> for Arc<dyn Authenticator> {
    fn from_ref(interactions: &Interactions) -> Self {
        Arc::clone(&interactions.inner.deps.authenticator)
    }
}
