use std::sync::Arc;

use jiff::Timestamp;
use kith_crypto::TokenHash;
use kith_kernel::{Actor, ActorKind, Role, Scope, UserId, WorkspaceId, WorkspaceSettings};
use kith_store::{Class, Row, Store, StoreError};

use super::cache::Known;
use crate::session::model::ends_at;
use crate::token::store::scopes_of;
use crate::user::model::role_of;
use crate::workspace::store::settings_of;

/// By `api_token_token_key`; a token names no workspace, so this is asked without one.
const BY_API_TOKEN: &str = "
    SELECT one.workspace_id, one.id, one.user_id, one.scopes, one.expires_at, one.last_used_at,
           owner.role, currency, region, workspace.time_zone, workspace.locale
    FROM identity.api_token AS one
    JOIN identity.user_account AS owner
      ON owner.workspace_id = one.workspace_id AND owner.id = one.user_id
    JOIN identity.workspace ON workspace.workspace_id = one.workspace_id
    WHERE one.token_hash = $1 AND one.revoked_at IS NULL AND owner.active";

/// By `session_token_key`.
const BY_SESSION: &str = "
    SELECT one.workspace_id, one.id, one.user_id, one.expires_at, one.last_seen_at,
           owner.role, currency, region, workspace.time_zone, workspace.locale
    FROM identity.session AS one
    JOIN identity.user_account AS owner
      ON owner.workspace_id = one.workspace_id AND owner.id = one.user_id
    JOIN identity.workspace ON workspace.workspace_id = one.workspace_id
    WHERE one.token_hash = $1 AND owner.active";

/// By primary keys.
const ACTIVE_USER: &str = "
    SELECT owner.role, currency, region, workspace.time_zone, workspace.locale
    FROM identity.user_account AS owner
    JOIN identity.workspace ON workspace.workspace_id = owner.workspace_id
    WHERE owner.workspace_id = $1 AND owner.id = $2 AND owner.active";

pub(super) async fn by_api_token(
    store: &Store,
    hash: &TokenHash,
) -> Result<Option<Known>, StoreError> {
    let hash = hash.as_bytes();
    let rows = store
        .system_read(Class::Interactive, BY_API_TOKEN, &[&hash])
        .await?;
    let Some(row) = rows.first() else {
        return Ok(None);
    };
    let kind = ActorKind::Token(row.try_get("id")?);
    Ok(Some(Known {
        actor: actor(row, kind, scopes_of(row)?)?,
        ends_at: row.try_get("expires_at")?,
        touched_at: row.try_get("last_used_at")?,
    }))
}

pub(super) async fn by_session(
    store: &Store,
    hash: &TokenHash,
) -> Result<Option<Known>, StoreError> {
    let hash = hash.as_bytes();
    let rows = store
        .system_read(Class::Interactive, BY_SESSION, &[&hash])
        .await?;
    let Some(row) = rows.first() else {
        return Ok(None);
    };
    let kind = ActorKind::Session(row.try_get("id")?);
    let last_seen: Timestamp = row.try_get("last_seen_at")?;
    Ok(Some(Known {
        actor: actor(row, kind, Scope::ALL.into())?,
        ends_at: Some(ends_at(last_seen, row.try_get("expires_at")?)),
        touched_at: Some(last_seen),
    }))
}

pub(super) async fn active_user(
    store: &Store,
    workspace: WorkspaceId,
    user: UserId,
) -> Result<Option<(Role, WorkspaceSettings)>, StoreError> {
    let rows = store
        .read(
            workspace,
            Class::Interactive,
            ACTIVE_USER,
            &[&workspace, &user],
        )
        .await?;
    rows.first()
        .map(|row| Ok((role_of(row.try_get("role")?), settings_of(row)?)))
        .transpose()
}

fn actor(row: &Row, kind: ActorKind, scopes: Arc<[Scope]>) -> Result<Actor, StoreError> {
    Ok(Actor {
        workspace: row.try_get("workspace_id")?,
        user: row.try_get("user_id")?,
        kind,
        role: role_of(row.try_get("role")?),
        scopes,
        settings: Arc::new(settings_of(row)?),
    })
}
