//! What administrators do with demo data.

use http::{HeaderValue, StatusCode, header};
use kith_contracts::access::{Action, authorise};
use kith_http::idempotency::{Claim, Idempotency, Stored, claim_in, complete_in};
use kith_kernel::{Actor, ErrorCode, Failure};
use kith_store::Class;

use super::model::{DemoId, DemoRequest, Plan, State};
use super::show::{none, show};
use super::store;
use crate::Records;

impl Records {
    /// Begins to fill the workspace. The work is done in the background.
    pub(super) async fn begin_demo(
        &self,
        actor: &Actor,
        request: DemoRequest,
        once: Option<Idempotency>,
    ) -> Result<Stored, Failure> {
        authorise(actor, Action::Administer, None)?;
        let (sizes, seed) = request.checked()?;
        let workspace = actor.workspace;
        let catalog = self.catalog(actor).await?;
        self.users().follow(workspace).await?;
        let now = self.clock().now();
        let time_zone = actor.settings.time_zone.clone();
        let zone = jiff::tz::TimeZone::get(&time_zone).unwrap_or(jiff::tz::TimeZone::UTC);
        let plan = Plan {
            sizes,
            seed,
            today: zone.to_datetime(now).date(),
            time_zone,
            currency: actor.settings.currency,
            owners: store::owners(self.store(), workspace).await?,
            stages: store::stages(self.store(), workspace).await?,
        };
        let id = DemoId(self.clock().next_uuid());
        let tx = self.store().begin(workspace, Class::Interactive).await?;
        if let Some(once) = &once
            && let Claim::Replay(stored) = claim_in(&tx, "records", actor, once, now).await?
        {
            tx.rollback().await?;
            return Ok(stored);
        }
        if !store::begin_in(&tx, workspace, id, &plan, actor.user, now).await? {
            return Err(Failure::new(
                ErrorCode::Conflict,
                "There is demo data in this workspace. Remove it before you ask for other.",
            ));
        }
        let demo = super::model::Demo {
            id,
            state: State::Filling,
            plan,
            progress: super::model::Progress::default(),
            error: None,
            started_by: actor.user,
            started_at: now,
            finished_at: None,
        };
        let answer = Stored::json(StatusCode::ACCEPTED, &show(&catalog, &demo))?
            .header(header::LOCATION, HeaderValue::from_static("/api/v1/demo"));
        if let Some(once) = &once {
            complete_in(&tx, "records", actor, once, &answer).await?;
        }
        tx.commit().await?;
        self.demos().worker.poke();
        Ok(answer)
    }

    /// The workspace's demo data and how far it has come.
    pub(super) async fn demo(&self, actor: &Actor) -> Result<Stored, Failure> {
        authorise(actor, Action::Administer, None)?;
        let catalog = self.catalog(actor).await?;
        let demo = store::find(self.store(), actor.workspace).await?;
        let shown = demo.map_or_else(none, |demo| show(&catalog, &demo));
        Stored::json(StatusCode::OK, &shown)
    }

    /// Begins to take the demo data out. The work is done in the background.
    pub(super) async fn remove_demo(&self, actor: &Actor) -> Result<Stored, Failure> {
        authorise(actor, Action::Administer, None)?;
        let workspace = actor.workspace;
        let demo = store::find(self.store(), workspace).await?;
        let gone = |state, kept| state == State::Removed && kept == 0;
        if demo.is_none_or(|demo| gone(demo.state, demo.progress.removal.kept)) {
            return Err(Failure::new(
                ErrorCode::NotFound,
                "There is no demo data in this workspace.",
            ));
        }
        store::remove(self.store(), workspace, actor.user, self.clock().now()).await?;
        self.demos().worker.poke();
        let catalog = self.catalog(actor).await?;
        let demo = store::find(self.store(), workspace).await?;
        let shown = demo.map_or_else(none, |demo| show(&catalog, &demo));
        Stored::json(StatusCode::ACCEPTED, &shown)
    }
}
