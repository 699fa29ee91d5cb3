//! Creating, listing and revoking personal API tokens.

use std::sync::Arc;

use jiff::Timestamp;
use kith_crypto::{Token, TokenKind};
use kith_kernel::{Actor, ActorKind, ApiTokenId, Scope, UserId, WorkspaceId};
use kith_store::Tx;
use serde_json::json;

use super::{ApiToken, MAX_TOKENS, model, store};
use crate::audit::{self, Event, Leave, Subject};
use crate::input::Faults;
use crate::{Identity, IdentityError, user};

/// A token to be, as a client describes it.
#[derive(Clone, Debug)]
pub(crate) struct NewToken {
    pub(crate) name: String,
    pub(crate) scopes: Vec<Scope>,
    pub(crate) expires_in_days: Option<u32>,
}

/// A token to be, checked.
#[derive(Clone, Debug)]
pub(crate) struct TokenDraft {
    pub(crate) name: String,
    pub(crate) scopes: Arc<[Scope]>,
    pub(crate) expires_at: Option<Timestamp>,
}

impl Identity {
    pub(crate) async fn tokens(&self, actor: &Actor) -> Result<Vec<ApiToken>, IdentityError> {
        Ok(store::of_user(self.store(), actor.workspace, actor.user).await?)
    }

    /// Checks a token that `actor` wants for themselves: never good for more, or for longer, than
    /// what they act by.
    pub(crate) async fn draft_token(
        &self,
        actor: &Actor,
        new: &NewToken,
    ) -> Result<TokenDraft, IdentityError> {
        let bound = match actor.kind {
            ActorKind::Token(id) => {
                let own = store::get(self.store(), actor.workspace, id).await?;
                own.ok_or(IdentityError::InvalidCredentials)?.expires_at
            }
            ActorKind::Session(_) | ActorKind::System => None,
        };
        let mut faults = Faults::default();
        let name = faults.check("name", model::name(&new.name));
        let scopes = faults.check("scopes", model::scopes(&new.scopes, actor));
        let expiry = model::expiry(self.clock().now(), new.expires_in_days, bound);
        let expires_at = faults.check("expires_in_days", expiry);
        faults.none_or_fail()?;
        let (Some(name), Some(scopes), Some(expires_at)) = (name, scopes, expires_at) else {
            return Err(IdentityError::NotFound);
        };
        Ok(TokenDraft {
            name,
            scopes,
            expires_at,
        })
    }

    /// Creates a token for `user`; its secret is in the answer and nowhere else.
    pub(crate) async fn create_token_in(
        &self,
        tx: &Tx,
        leave: &Leave,
        workspace: WorkspaceId,
        user: UserId,
        draft: TokenDraft,
    ) -> Result<(ApiToken, Token), IdentityError> {
        let now = self.clock().now();
        let owner = user::store::lock_in(tx, workspace, user).await?;
        if !owner.is_some_and(|owner| owner.active) {
            return Err(IdentityError::InvalidCredentials);
        }
        if store::count_in(tx, workspace, user, now).await? >= MAX_TOKENS {
            return Err(IdentityError::TooManyTokens);
        }
        let secret = Token::generate(TokenKind::Api);
        let token = ApiToken {
            id: ApiTokenId::new(self.clock()),
            user,
            name: draft.name,
            scopes: draft.scopes,
            last_four: secret.last_four().to_owned(),
            created_at: now,
            expires_at: draft.expires_at,
            last_used_at: None,
        };
        store::insert_in(tx, workspace, &token, &secret.hash()).await?;
        let event = Event {
            kind: "api_token.created",
            subject: Subject::ApiToken(token.id),
            version: 1,
            data: json!({
                "user": user,
                "name": token.name,
                "scopes": token.scopes,
                "expires_at": token.expires_at,
            }),
        };
        audit::log_in(tx, self.clock(), workspace, leave, event).await?;
        Ok((token, secret))
    }

    /// Revokes one of the actor's own tokens.
    pub(crate) async fn revoke_token(
        &self,
        actor: &Actor,
        id: ApiTokenId,
    ) -> Result<(), IdentityError> {
        let workspace = actor.workspace;
        let tx = self.begin(workspace).await?;
        let now = self.clock().now();
        if !store::revoke_in(&tx, workspace, actor.user, id, now).await? {
            return Err(IdentityError::NotFound);
        }
        let event = Event {
            kind: "api_token.revoked",
            subject: Subject::ApiToken(id),
            version: 2,
            data: json!({}),
        };
        audit::log_in(&tx, self.clock(), workspace, &Leave::own(actor), event).await?;
        tx.commit().await?;
        self.cache().forget_user(workspace, actor.user);
        Ok(())
    }
}
