//! For administrators: what readers left behind, which jobs were given up, and how to go on.

mod http;
mod model;

use std::sync::Arc;

use axum::extract::FromRef;
use kith_contracts::Authenticator;
use kith_contracts::access::{Action, authorise};
use kith_http::Routed;
use kith_kernel::{Actor, Failure};
use uuid::Uuid;

use crate::reader::Parked;
use crate::{Bus, Job};
use model::{DeadJob, ReaderState};

/// The most subjects of one service that are shown.
const PARKED: i64 = 1_000;

/// What the routes need.
#[derive(Clone)]
pub struct Admin {
    bus: Bus,
    authenticator: Arc<dyn Authenticator>,
}

impl Admin {
    /// The administration of a bus.
    pub fn new(bus: Bus, authenticator: Arc<dyn Authenticator>) -> Self {
        Self { bus, authenticator }
    }

    /// The routes, for below `/api/v1`.
    pub fn routes(self) -> Routed {
        http::routes(self)
    }

    async fn readers(&self, actor: &Actor) -> Result<Vec<ReaderState>, Failure> {
        authorise(actor, Action::Administer, None)?;
        let mut states = Vec::new();
        for reader in self.bus.readers() {
            states.push(ReaderState::of(&reader, self.bus.clock()).await?);
        }
        Ok(states)
    }

    async fn parked(&self, actor: &Actor) -> Result<Vec<Parked>, Failure> {
        authorise(actor, Action::Administer, None)?;
        let mut seen = Vec::new();
        let mut all = Vec::new();
        for reader in self.bus.readers() {
            if !seen.contains(&reader.owner) {
                seen.push(reader.owner);
                all.extend(reader.parked.of_workspace(actor.workspace, PARKED).await?);
            }
        }
        Ok(all)
    }

    /// How many subjects are tried again.
    async fn resume(
        &self,
        actor: &Actor,
        (service, name): (&str, &str),
        subject: Option<Uuid>,
    ) -> Result<u64, Failure> {
        authorise(actor, Action::Administer, None)?;
        let readers = self.bus.readers();
        let reader = (readers.iter())
            .find(|reader| reader.owner == service && reader.reader.name() == name)
            .ok_or_else(Failure::not_found)?;
        Ok((reader.parked)
            .resume(actor.workspace, name, subject)
            .await?)
    }

    async fn dead(
        &self,
        actor: &Actor,
        after: Option<Uuid>,
        limit: i64,
    ) -> Result<Vec<DeadJob>, Failure> {
        authorise(actor, Action::Administer, None)?;
        let mut all: Vec<DeadJob> = Vec::new();
        for jobs in self.bus.all_jobs() {
            let dead: Vec<Job> = jobs.dead(actor.workspace, after, limit).await?;
            let service = jobs.owner();
            all.extend(dead.into_iter().map(|job| DeadJob { service, job }));
        }
        all.sort_by_key(|dead| dead.job.id);
        all.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
        Ok(all)
    }

    async fn revive(&self, actor: &Actor, id: Uuid) -> Result<(), Failure> {
        authorise(actor, Action::Administer, None)?;
        for jobs in self.bus.all_jobs() {
            if jobs.revive(actor.workspace, id).await? {
                return Ok(());
            }
        }
        Err(Failure::not_found())
    }
}

impl FromRef<Admin> for Arc<dyn Authenticator> {
    fn from_ref(admin: &Admin) -> Self {
        Arc::clone(&admin.authenticator)
    }
}
