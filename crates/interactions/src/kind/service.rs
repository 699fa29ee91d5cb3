//! What administrators do with interaction types.

use std::collections::HashMap;

use http::{HeaderValue, StatusCode, header};
use kith_contracts::access::{Action, authorise};
use kith_http::etag;
use kith_http::idempotency::{Claim, Idempotency, Stored, claim_in, complete_in};
use kith_kernel::{Actor, ErrorCode, Failure, WorkspaceId};
use kith_store::{Class, Tx};
use serde_json::Value;

use super::model::{Given, InteractionType, TypeDraft, is_key};
use super::schema::Schema;
use super::store;
use crate::Interactions;

impl Interactions {
    /// The schemas of a workspace's types, by key.
    pub(crate) async fn compiled_types(
        &self,
        workspace: WorkspaceId,
    ) -> Result<HashMap<String, Schema>, Failure> {
        let types = store::all(self.store(), workspace).await?;
        // A schema that an older or newer program took is not held against interactions.
        let compiled = |kind: InteractionType| {
            let schema = kind.schema.as_ref().map(Schema::compile);
            (kind.key, schema.and_then(Result::ok).unwrap_or_default())
        };
        Ok(types.into_iter().map(compiled).collect())
    }

    pub(super) async fn types(&self, actor: &Actor) -> Result<Vec<Value>, Failure> {
        authorise(actor, Action::Read, None)?;
        let types = store::all(self.store(), actor.workspace).await?;
        Ok(types.iter().map(InteractionType::show).collect())
    }

    pub(super) async fn get_type(&self, actor: &Actor, key: &str) -> Result<Stored, Failure> {
        authorise(actor, Action::Read, None)?;
        let kind = match is_key(key) {
            true => store::find(self.store(), actor.workspace, key).await?,
            false => None,
        };
        answer(StatusCode::OK, &kind.ok_or_else(Failure::not_found)?)
    }

    pub(super) async fn create_type(
        &self,
        actor: &Actor,
        draft: TypeDraft,
        once: Option<Idempotency>,
    ) -> Result<Stored, Failure> {
        authorise(actor, Action::ShapeCatalog, None)?;
        draft.check(true)?;
        let now = self.clock().now();
        let kind = InteractionType {
            key: draft.key.unwrap_or_default(),
            name: draft.name.unwrap_or_default().trim().to_owned(),
            icon: draft.icon.value(),
            schema: draft.schema.value(),
            version: 1,
            created_at: now,
            updated_at: now,
        };
        let tx = self.begin_type(actor).await?;
        if let Some(once) = &once
            && let Claim::Replay(stored) = claim_in(&tx, "interactions", actor, once, now).await?
        {
            tx.rollback().await?;
            return Ok(stored);
        }
        if !store::insert_in(&tx, actor.workspace, &kind).await? {
            let taken = store::lock_in(&tx, actor.workspace, &kind.key).await?;
            tx.rollback().await?;
            return Err(match taken {
                Some(_) => Failure::new(ErrorCode::Duplicate, "There is a type with this key.")
                    .field("key", "taken"),
                None => {
                    let message = format!("A workspace has at most {} types.", store::LIMIT);
                    Failure::new(ErrorCode::LimitExceeded, message)
                }
            });
        }
        let place = format!("/api/v1/interaction-types/{}", kind.key);
        let place = HeaderValue::from_str(&place).map_err(Failure::internal)?;
        let answer = answer(StatusCode::CREATED, &kind)?.header(header::LOCATION, place);
        if let Some(once) = &once {
            complete_in(&tx, "interactions", actor, once, &answer).await?;
        }
        tx.commit().await?;
        Ok(answer)
    }

    pub(super) async fn update_type(
        &self,
        actor: &Actor,
        key: &str,
        draft: TypeDraft,
        if_version: Option<i64>,
    ) -> Result<Stored, Failure> {
        authorise(actor, Action::ShapeCatalog, None)?;
        draft.check(false)?;
        let tx = self.begin_type(actor).await?;
        let mut kind = lock_in(&tx, actor, key, if_version).await?;
        if let Some(name) = draft.name {
            name.trim().clone_into(&mut kind.name);
        }
        if let Given::Value(icon) = draft.icon {
            kind.icon = icon;
        }
        if let Given::Value(schema) = draft.schema {
            kind.schema = schema;
        }
        kind.version += 1;
        kind.updated_at = self.clock().now().max(kind.updated_at);
        store::update_in(&tx, actor.workspace, &kind).await?;
        tx.commit().await?;
        answer(StatusCode::OK, &kind)
    }

    pub(super) async fn delete_type(
        &self,
        actor: &Actor,
        key: &str,
        if_version: Option<i64>,
    ) -> Result<(), Failure> {
        authorise(actor, Action::ShapeCatalog, None)?;
        let tx = self.begin_type(actor).await?;
        lock_in(&tx, actor, key, if_version).await?;
        store::delete_in(&tx, actor.workspace, key).await?;
        tx.commit().await?;
        Ok(())
    }

    async fn begin_type(&self, actor: &Actor) -> Result<Tx, Failure> {
        Ok(self
            .store()
            .begin(actor.workspace, Class::Interactive)
            .await?)
    }
}

async fn lock_in(
    tx: &Tx,
    actor: &Actor,
    key: &str,
    if_version: Option<i64>,
) -> Result<InteractionType, Failure> {
    if !is_key(key) {
        return Err(Failure::not_found());
    }
    let kind = store::lock_in(tx, actor.workspace, key).await?;
    let kind = kind.ok_or_else(Failure::not_found)?;
    if if_version.is_some_and(|version| version != kind.version) {
        let message =
            "The type was changed in the meantime. Read it again, then repeat your change.";
        let failure = Failure::new(ErrorCode::VersionMismatch, message);
        return Err(failure.detail("current_version", kind.version));
    }
    Ok(kind)
}

fn answer(status: StatusCode, kind: &InteractionType) -> Result<Stored, Failure> {
    Ok(Stored::json(status, &kind.show())?.header(header::ETAG, etag(kind.version)))
}
