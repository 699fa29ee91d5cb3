//! Erasing a person.

use http::StatusCode;
use kith_contracts::access::{Action, authorise};
use kith_http::idempotency::{Claim, Idempotency, Stored, claim_in, complete_in};
use kith_kernel::{Actor, Failure, RecordId};
use kith_store::Class;
use serde_json::Value;
use uuid::Uuid;

use super::store::{self, Erasure};
use crate::interaction::{ERASED, NewEvent, actor_json, append_events_in};
use crate::{Interactions, key, matching};

impl Interactions {
    /// Destroys the keys of a person and forgets how they are known. The log says so to the
    /// projections, which remove them within moments. The person's record is not touched: it may
    /// be gone already.
    pub(super) async fn erase(
        &self,
        actor: &Actor,
        person: RecordId,
        once: Option<Idempotency>,
    ) -> Result<Stored, Failure> {
        authorise(actor, Action::Administer, None)?;
        let workspace = actor.workspace;
        let now = self.clock().now();
        let tx = self.store().begin(workspace, Class::Interactive).await?;
        if let Some(once) = &once
            && let Claim::Replay(stored) = claim_in(&tx, "interactions", actor, once, now).await?
        {
            tx.rollback().await?;
            return Ok(stored);
        }
        matching::lock_in(&tx).await?;
        store::adopt_in(&tx, workspace, person.0).await?;
        let keys = key::destroy_in(&tx, workspace, person.0).await?;
        store::forget_in(&tx, workspace, person.0).await?;
        let erasure = Erasure {
            id: self.clock().next_uuid(),
            person: person.0,
            by: actor.user.0,
            at: now,
            keys: i32::try_from(keys).unwrap_or(i32::MAX),
        };
        store::insert_in(&tx, workspace, &erasure).await?;
        let event = NewEvent {
            workspace,
            kind: ERASED,
            subject_kind: "person",
            subject: person.0,
            version: 1,
            actor: actor_json(actor),
            data: "{}".to_owned(),
        };
        append_events_in(&tx, self.clock(), now, &[event]).await?;
        let answer = Stored::json(StatusCode::CREATED, &erasure.show())?;
        if let Some(once) = &once {
            complete_in(&tx, "interactions", actor, once, &answer).await?;
        }
        tx.commit().await?;
        self.keys().forget();
        Ok(answer)
    }

    pub(super) async fn erasures(
        &self,
        actor: &Actor,
        before: Option<Uuid>,
        limit: i64,
    ) -> Result<Vec<Value>, Failure> {
        authorise(actor, Action::Administer, None)?;
        let found = store::list(self.store(), actor.workspace, before, limit).await?;
        Ok(found.iter().map(Erasure::show).collect())
    }
}
