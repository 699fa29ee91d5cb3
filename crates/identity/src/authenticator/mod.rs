//! How a request's token or session cookie becomes an actor.

pub(crate) mod cache;
mod store;

use async_trait::async_trait;
use jiff::Timestamp;
use kith_contracts::{Authenticator, Credentials};
use kith_crypto::{Token, TokenHash, TokenKind, constant_time_eq, csrf_token};
use kith_kernel::{Actor, ActorKind, Failure, Scope, UserId, WorkspaceId};

use self::cache::{Found, Known};
use crate::uses::Use;
use crate::{Identity, IdentityError};

#[async_trait]
impl Authenticator for Identity {
    async fn authenticate(&self, credentials: Credentials) -> Result<Actor, Failure> {
        match credentials {
            Credentials::Bearer(text) => {
                let token = Token::parse(TokenKind::Api, &text);
                Ok(self.actor_of(token).await?)
            }
            Credentials::Session {
                cookie,
                csrf,
                unsafe_method,
            } => {
                let token = Token::parse(TokenKind::Session, &cookie);
                let actor = self.actor_of(token).await?;
                if unsafe_method && !csrf.is_some_and(|csrf| belongs_to(&csrf, &cookie)) {
                    return Err(IdentityError::CsrfRejected.into());
                }
                Ok(actor)
            }
        }
    }

    async fn on_behalf_of(
        &self,
        workspace: WorkspaceId,
        user: UserId,
    ) -> Result<Option<Actor>, Failure> {
        let found = store::active_user(self.store(), workspace, user).await?;
        Ok(found.map(|(role, settings)| Actor {
            workspace,
            user,
            kind: ActorKind::System,
            role,
            scopes: Scope::ALL.into(),
            settings: settings.into(),
        }))
    }
}

impl Identity {
    async fn actor_of(&self, token: Option<Token>) -> Result<Actor, IdentityError> {
        let token = token.ok_or(IdentityError::InvalidCredentials)?;
        let (hash, now) = (token.hash(), self.clock().now());
        match self.cache().find(&hash, now) {
            Found::Known { actor, touch } => {
                if touch {
                    self.note_use(&actor, now);
                }
                Ok(actor)
            }
            Found::Unknown => Err(IdentityError::InvalidCredentials),
            Found::Nothing(asked) => {
                let found = self.look_up(token.kind(), &hash).await?;
                let now = self.clock().now();
                let valid = found.filter(|known| known.ends_at.is_none_or(|ends| now < ends));
                let Some(known) = valid else {
                    self.cache().remember_unknown(hash, asked, now);
                    return Err(IdentityError::InvalidCredentials);
                };
                let actor = known.actor.clone();
                if self.cache().remember(hash, known, asked, now) {
                    self.note_use(&actor, now);
                }
                Ok(actor)
            }
        }
    }

    async fn look_up(
        &self,
        kind: TokenKind,
        hash: &TokenHash,
    ) -> Result<Option<Known>, IdentityError> {
        let found = match kind {
            TokenKind::Session => store::by_session(self.store(), hash).await?,
            TokenKind::Api => store::by_api_token(self.store(), hash).await?,
            TokenKind::Setup | TokenKind::Activation => None,
        };
        Ok(found)
    }

    fn note_use(&self, actor: &Actor, now: Timestamp) {
        let used = match actor.kind {
            ActorKind::Session(id) => Use::Session(id),
            ActorKind::Token(id) => Use::ApiToken(id),
            ActorKind::System => return,
        };
        self.uses().note(actor.workspace, used, now);
    }
}

fn belongs_to(csrf: &str, cookie: &str) -> bool {
    constant_time_eq(csrf.as_bytes(), csrf_token(cookie).as_bytes())
}
