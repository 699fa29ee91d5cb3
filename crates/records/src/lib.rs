//! The record platform: a catalog of objects and fields, and the records themselves.

mod access;
pub mod bulk;
pub mod catalog;
mod contact;
pub mod demo;
mod duplicates;
pub mod error;
pub mod export;
mod expression;
mod filter;
pub mod import;
mod live;
pub mod openapi;
pub mod query;
pub mod record;
pub mod search;
mod seed;
mod start;
mod undo;
pub mod users;
mod validation;
pub mod value;
pub mod view;
mod working;

use std::sync::Arc;
use std::time::Duration;

use axum::extract::FromRef;
use kith_contracts::{Authenticator, UserDirectory, Workspaces};
use kith_http::{Routed, Routes, idempotency};
use kith_kernel::{Actor, Clock, Failure};
use kith_store::{Migrations, Store, migrations};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use catalog::{Catalog, Catalogs};
use users::UserCopy;
use working::Worker;

/// The service's migrations.
pub const MIGRATIONS: Migrations = migrations!(
    "records",
    "V1__records.sql",
    "V2__query.sql",
    "V3__imports.sql",
    "V4__demo.sql",
    "V5__views.sql",
    "V6__bulk.sql",
    "V7__by_name.sql",
    "V8__bus.sql",
    "V9__last_names.sql",
    "V10__contact.sql",
);

/// What the service needs of others.
#[derive(Clone)]
pub struct Deps {
    /// The database.
    pub store: Store,
    /// The source of the time and of new ids.
    pub clock: Clock,
    /// Who turns credentials into actors.
    pub authenticator: Arc<dyn Authenticator>,
    /// The workspaces and their settings.
    pub workspaces: Arc<dyn Workspaces>,
    /// The users of workspaces.
    pub users: Arc<dyn UserDirectory>,
    /// Where files that are imported are kept.
    pub imports: import::ImportConfig,
}

/// The record platform. Clones share everything.
#[derive(Clone)]
pub struct Records {
    inner: Arc<Inner>,
}

struct Inner {
    deps: Deps,
    catalogs: Catalogs,
    users: UserCopy,
    build: Notify,
    queries: query::Shared,
    imports: import::Working,
    demos: demo::Working,
    bulks: Worker,
}

impl Records {
    /// The service on a migrated database.
    pub fn open(deps: Deps) -> Self {
        let catalogs = Catalogs::new(deps.store.clone());
        let users = UserCopy::new(deps.store.clone(), Arc::clone(&deps.users));
        let holder = deps.clock.next_uuid();
        let imports = import::Working::new(deps.imports.clone(), holder);
        Self {
            inner: Arc::new(Inner {
                deps,
                catalogs,
                users,
                build: Notify::new(),
                queries: query::Shared::default(),
                imports,
                demos: demo::Working::new(holder),
                bulks: Worker::new(holder),
            }),
        }
    }

    /// The routes, for below `/api/v1`.
    pub fn router(&self) -> Routed {
        let routes = Routes::new(
            "Records",
            "Companies, people, deals and everything else, standard or custom.",
            self.clone(),
        );
        let routes = record::http::routes(routes);
        let routes = query::http::routes(routes);
        let routes = import::http::routes(routes);
        let routes = export::http::routes(routes);
        let routes = search::http::routes(routes);
        let routes = demo::http::routes(routes);
        let routes = view::http::routes(routes);
        let routes = filter::http::routes(routes);
        let routes = start::routes(routes);
        let routes = bulk::http::routes(routes);
        let routes = duplicates::http::routes(routes);
        catalog::http::routes(routes).finish()
    }

    /// Begins new workspaces, completes indexes, follows the users of other services, and removes
    /// what is overdue, until `stop` is cancelled. It looks at the world every half minute and when poked.
    pub async fn work(&self, stop: CancellationToken) {
        loop {
            if let Err(error) = self.tidy().await {
                tracing::warn!(%error, "the background work of records is behind; trying again");
            }
            let pause = tokio::time::sleep(Duration::from_secs(30));
            tokio::select! {
                () = stop.cancelled() => return,
                () = self.inner.build.notified() => {}
                () = pause => {}
            }
        }
    }

    /// One round of the background work.
    ///
    /// # Errors
    /// When the database or another service can't be reached; the next round goes on.
    pub async fn tidy(&self) -> Result<(), Failure> {
        let store = self.store();
        store.ensure_event_partitions("records", 2).await?;
        for workspace in self.inner.deps.workspaces.all().await? {
            self.users().follow(workspace).await?;
            if let Some(settings) = self.inner.deps.workspaces.settings(workspace).await? {
                self.begin_workspace(workspace, settings).await?;
            }
        }
        catalog::Builder::new(self).run().await?;
        while idempotency::sweep(store, "records", self.clock().now()).await? > 0 {}
        self.sweep_bulks().await?;
        Ok(())
    }

    /// Wakes the background work, because a field was marked or users changed.
    pub fn poke_builder(&self) {
        self.inner.build.notify_one();
    }

    /// The catalog of the actor's workspace, which begins now if it is new.
    pub async fn catalog(&self, actor: &Actor) -> Result<Arc<Catalog>, Failure> {
        let catalog = self.catalogs().get(actor.workspace).await?;
        if catalog.version > 0 {
            return Ok(catalog);
        }
        let settings = Arc::clone(&actor.settings);
        self.begin_workspace(actor.workspace, settings).await?;
        Ok(self.catalogs().get(actor.workspace).await?)
    }

    /// What readers of records share.
    pub(crate) fn shared(&self) -> &query::Shared {
        &self.inner.queries
    }

    /// The database.
    pub fn store(&self) -> &Store {
        &self.inner.deps.store
    }

    /// The source of the time and of new ids.
    pub fn clock(&self) -> &Clock {
        &self.inner.deps.clock
    }

    /// The workspaces' catalogs.
    pub fn catalogs(&self) -> &Catalogs {
        &self.inner.catalogs
    }

    /// The copy of the workspaces' users.
    pub fn users(&self) -> &UserCopy {
        &self.inner.users
    }

    /// The imports of this process.
    pub(crate) fn imports(&self) -> &import::Working {
        &self.inner.imports
    }

    /// The demo data of this process.
    pub(crate) fn demos(&self) -> &demo::Working {
        &self.inner.demos
    }

    /// The changes of many records at once of this process.
    pub(crate) fn bulks(&self) -> &Worker {
        &self.inner.bulks
    }

    /// What the service was given.
    pub fn deps(&self) -> &Deps {
        &self.inner.deps
    }
}

impl FromRef<Records> for Arc<dyn Authenticator> {
    fn from_ref(records: &Records) -> Self {
        Arc::clone(&records.inner.deps.authenticator)
    }
}
