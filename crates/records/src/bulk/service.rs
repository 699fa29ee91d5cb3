//! What users do with bulk changes.

use http::{HeaderValue, StatusCode, header};
use kith_contracts::access::{Action as May, authorise};
use kith_http::idempotency::{Claim, Idempotency, Stored, claim_in, complete_in};
use kith_kernel::{Actor, BulkId, ErrorCode, Failure, Role};
use kith_store::Class;
use serde_json::Value;

use super::collect::BATCH;
use super::model::{Action, Bulk, Progress, State};
use super::request::BulkBody;
use super::show::show;
use super::store;
use crate::Records;
use crate::record::{Origin, Writer, accepted, object};

impl Records {
    /// Begins a bulk change. The work is done in the background.
    pub(super) async fn begin_bulk(
        &self,
        actor: &Actor,
        body: BulkBody,
        once: Option<Idempotency>,
    ) -> Result<Stored, Failure> {
        let catalog = self.catalog(actor).await?;
        let object = object(&catalog, actor, &body.object)?;
        authorise(actor, body.action.access(), Some(&object.key))?;
        let (request, ids) = body.checked()?;
        if request.action == Action::Update {
            let writer = Writer {
                actor,
                catalog: &catalog,
                clock: self.clock(),
                origin: Origin::Request,
                words: None,
            };
            let values = accepted(&writer, object, request.values.clone());
            values.map_err(|mut error| {
                for field in &mut error.fields {
                    field.field = format!("values.{}", field.field);
                }
                error
            })?;
        }
        let now = self.clock().now();
        let total = ids
            .as_ref()
            .map(|ids| i64::try_from(ids.len()).unwrap_or(0));
        let bulk = Bulk {
            id: BulkId::new(self.clock()),
            workspace: actor.workspace,
            object_key: object.key.clone(),
            state: match ids {
                Some(_) => State::Running,
                None => State::Collecting,
            },
            request,
            progress: Progress {
                total,
                ..Progress::default()
            },
            error: None,
            next_batch: 0,
            created_by: actor.user,
            created_at: now,
            undone_by: None,
            finished_at: None,
        };
        self.plan_bulk(actor, &catalog, object, &bulk)?;
        let tx = (self.store().begin(actor.workspace, Class::Interactive)).await?;
        if let Some(once) = &once
            && let Claim::Replay(stored) = claim_in(&tx, "records", actor, once, now).await?
        {
            tx.rollback().await?;
            return Ok(stored);
        }
        if !store::insert_in(&tx, &bulk).await? {
            let message = format!(
                "There are {} changes of many records under way. Wait until one has ended.",
                store::LIMIT
            );
            return Err(Failure::new(ErrorCode::LimitExceeded, message));
        }
        let batches = ids.iter().flat_map(|ids| ids.chunks(BATCH));
        for (batch, number) in batches.zip(0_i32..) {
            store::add_batch_in(&tx, &bulk, number, batch).await?;
        }
        let place = HeaderValue::from_str(&format!("/api/v1/bulk/{}", bulk.id))
            .map_err(Failure::internal)?;
        let answer = Stored::json(StatusCode::ACCEPTED, &show(&catalog, &bulk))?
            .header(header::LOCATION, place);
        if let Some(once) = &once {
            complete_in(&tx, "records", actor, once, &answer).await?;
        }
        tx.commit().await?;
        self.bulks().poke();
        Ok(answer)
    }

    /// The actor's own bulk changes, newest first.
    pub(super) async fn own_bulks(
        &self,
        actor: &Actor,
        before: Option<BulkId>,
        limit: i64,
    ) -> Result<Vec<Value>, Failure> {
        authorise(actor, May::Read, None)?;
        let catalog = self.catalog(actor).await?;
        let (workspace, user) = (actor.workspace, actor.user);
        let bulks = store::list(self.store(), workspace, user, before, limit).await?;
        Ok(bulks.iter().map(|bulk| show(&catalog, bulk)).collect())
    }

    /// A bulk change and how far it has come: for whoever asked for it, and administrators.
    pub(super) async fn bulk(&self, actor: &Actor, id: BulkId) -> Result<Stored, Failure> {
        authorise(actor, May::Read, None)?;
        let bulk = self.find_bulk(actor, id).await?;
        let catalog = self.catalog(actor).await?;
        Stored::json(StatusCode::OK, &show(&catalog, &bulk))
    }

    /// Stops a bulk change, or its undoing, where it stands.
    pub(super) async fn cancel_bulk(&self, actor: &Actor, id: BulkId) -> Result<Stored, Failure> {
        let bulk = self.find_bulk(actor, id).await?;
        authorise(actor, bulk.request.action.access(), Some(&bulk.object_key))?;
        let now = self.clock().now();
        store::cancel(self.store(), actor.workspace, id, now).await?;
        self.accepted_bulk(actor, id).await
    }

    /// Begins to undo a bulk change. The work is done in the background.
    pub(super) async fn undo_bulk(&self, actor: &Actor, id: BulkId) -> Result<Stored, Failure> {
        let bulk = self.find_bulk(actor, id).await?;
        authorise(actor, bulk.request.action.access(), Some(&bulk.object_key))?;
        let now = self.clock().now();
        if !store::undo(self.store(), actor.workspace, id, actor.user, now).await? {
            let message = match bulk.state {
                State::Undone | State::Undoing => "This is undone already, or being undone.",
                _ => "This is still under way. Stop it first, or wait for its end.",
            };
            return Err(Failure::new(ErrorCode::Conflict, message));
        }
        self.bulks().poke();
        self.accepted_bulk(actor, id).await
    }

    async fn accepted_bulk(&self, actor: &Actor, id: BulkId) -> Result<Stored, Failure> {
        let bulk = self.find_bulk(actor, id).await?;
        let catalog = self.catalog(actor).await?;
        Stored::json(StatusCode::ACCEPTED, &show(&catalog, &bulk))
    }

    async fn find_bulk(&self, actor: &Actor, id: BulkId) -> Result<Bulk, Failure> {
        let bulk = store::find(self.store(), actor.workspace, id).await?;
        bulk.filter(|bulk| bulk.created_by == actor.user || actor.role == Role::Administrator)
            .ok_or_else(Failure::not_found)
    }
}
