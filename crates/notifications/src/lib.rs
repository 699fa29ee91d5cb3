//! What users are told: an inbox for each, with mentions, assignments, reminders, and what became
//! of work that ran in the background.

mod inbox;
mod live;
mod reminder;
mod tell;

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use axum::extract::FromRef;
use jiff::SignedDuration;
use kith_bus::{Bus, Scheduled};
use kith_contracts::{Authenticator, LiveEvents, RecordEvents, UserDirectory};
use kith_http::{Routed, Routes};
use kith_kernel::{Clock, Failure};
use kith_store::{Migrations, Store, migrations};
use tokio_util::sync::CancellationToken;

use live::Shown;
use reminder::Tasks;
use tell::{Hooks, Told};

/// The service's migrations.
pub const MIGRATIONS: Migrations = migrations!("notifications", "V1__notifications.sql");

/// How long notifications are kept.
const KEPT: SignedDuration = SignedDuration::from_hours(90 * 24);
/// How often it is looked whether a task is due.
const LOOK: Duration = Duration::from_secs(10);

/// What the service needs of others.
#[derive(Clone)]
pub struct Deps {
    /// The database.
    pub store: Store,
    /// The source of the time and of new ids.
    pub clock: Clock,
    /// What follows the logs.
    pub bus: Bus,
    /// Who turns credentials into actors, and says what a user may do.
    pub authenticator: Arc<dyn Authenticator>,
    /// The users of workspaces.
    pub users: Arc<dyn UserDirectory>,
    /// The records' events, as somebody may see them.
    pub records: Arc<dyn RecordEvents>,
}

/// The service. Clones share everything.
#[derive(Clone)]
pub struct Notifications {
    deps: Arc<Deps>,
}

impl Notifications {
    /// The service on a migrated database. Its readers follow the logs as soon as the bus works.
    ///
    /// # Errors
    /// When its nightly work can't be scheduled.
    pub fn open(deps: Deps) -> Result<Self, Failure> {
        let service = Self {
            deps: Arc::new(deps),
        };
        let deps = &service.deps;
        let told = Told::new(Arc::clone(deps));
        deps.bus
            .follow("notifications", "records", Arc::new(told), 1);
        deps.bus
            .follow("notifications", "records", Arc::new(Tasks), 1);
        let hooks = Hooks::new(Arc::clone(deps));
        deps.bus
            .follow("notifications", "integrations", Arc::new(hooks), 1);
        let sweep = Sweep(Arc::clone(deps));
        deps.bus
            .schedule("notifications", "41 2 * * *", Arc::new(sweep))?;
        Ok(service)
    }

    /// The routes, for below `/api/v1`.
    pub fn router(&self) -> Routed {
        let routes = Routes::new("Notifications", "What you are told.", self.clone());
        inbox::http::routes(routes).finish()
    }

    /// Shows notifications to those whom they are for, as they come.
    pub fn live(&self) -> Arc<dyn LiveEvents> {
        Arc::new(Shown {
            deps: Arc::clone(&self.deps),
        })
    }

    /// Reminds of tasks, until `stop` is cancelled.
    pub async fn work(&self, stop: CancellationToken) {
        loop {
            if let Err(failure) = self.remind().await {
                tracing::warn!(error = %failure, cause = ?failure.cause, "reminders are behind; trying again");
            }
            tokio::select! {
                () = stop.cancelled() => return,
                () = tokio::time::sleep(LOOK) => {}
            }
        }
    }

    /// Reminds of all tasks that are due now; of how many.
    ///
    /// # Errors
    /// When the database can't be reached.
    pub async fn remind(&self) -> Result<usize, Failure> {
        let mut all = 0;
        loop {
            let reminded = reminder::remind(&self.deps).await?;
            all += reminded;
            if reminded == 0 {
                return Ok(all);
            }
        }
    }

    pub(crate) fn deps(&self) -> &Deps {
        &self.deps
    }
}

/// Forgets what is old, and makes room for the months to come.
struct Sweep(Arc<Deps>);

#[async_trait]
impl Scheduled for Sweep {
    fn name(&self) -> &'static str {
        "sweep"
    }

    async fn run(&self) -> Result<(), Failure> {
        let (store, now) = (&self.0.store, self.0.clock.now());
        store.ensure_event_partitions("notifications", 2).await?;
        let before = now.checked_sub(KEPT).unwrap_or(now);
        while inbox::store::sweep(store, before).await? > 0 {}
        Ok(())
    }
}

impl FromRef<Notifications> for Arc<dyn Authenticator> {
    fn from_ref(notifications: &Notifications) -> Self {
        Arc::clone(&notifications.deps.authenticator)
    }
}
