//! The users of two workspaces.

use std::sync::Arc;

use async_trait::async_trait;
use kith_contracts::{Authenticator, Credentials, NewUser, UserDirectory, UserSummary};
use kith_kernel::{
    Actor, ActorKind, ApiTokenId, Currency, ErrorCode, Failure, Role, Scope, UserId, WorkspaceId,
    WorkspaceSettings,
};
use uuid::Uuid;

/// The tokens of the users: `admin`, `member`, `reader` of one workspace, `stranger` of another.
pub const TOKENS: [&str; 4] = ["admin", "member", "reader", "stranger"];

/// The id of the user with the token.
pub fn user(token: &str) -> UserId {
    let number = TOKENS.iter().position(|known| *known == token);
    UserId(Uuid::from_u128(100 + number.expect("a token") as u128))
}

/// The workspace of the user with the token.
pub fn workspace(token: &str) -> WorkspaceId {
    WorkspaceId(Uuid::from_u128(if token == "stranger" { 2 } else { 1 }))
}

/// Knows the users of [`TOKENS`].
pub struct People;

/// The actor of a token.
pub fn actor(token: &str) -> Actor {
    Actor {
        workspace: workspace(token),
        user: user(token),
        kind: ActorKind::Token(ApiTokenId(Uuid::from_u128(1))),
        role: match token {
            "member" => Role::Member,
            "reader" => Role::ReadOnly,
            _ => Role::Administrator,
        },
        scopes: Arc::from(Scope::ALL),
        settings: Arc::new(WorkspaceSettings {
            currency: Currency::USD,
            region: "US".to_owned(),
            time_zone: "Europe/Berlin".to_owned(),
            locale: "en-US".to_owned(),
        }),
    }
}

#[async_trait]
impl Authenticator for People {
    async fn authenticate(&self, credentials: Credentials) -> Result<Actor, Failure> {
        match credentials {
            Credentials::Bearer(token) if TOKENS.contains(&token.as_str()) => Ok(actor(&token)),
            _ => Err(Failure::new(ErrorCode::Unauthenticated, "Who are you?")),
        }
    }

    async fn on_behalf_of(
        &self,
        _workspace: WorkspaceId,
        id: UserId,
    ) -> Result<Option<Actor>, Failure> {
        Ok(TOKENS
            .iter()
            .find(|token| user(token) == id)
            .map(|token| actor(token)))
    }
}

#[async_trait]
impl UserDirectory for People {
    async fn changed_since(
        &self,
        of: WorkspaceId,
        revision: i64,
        _limit: i64,
    ) -> Result<Vec<UserSummary>, Failure> {
        let users = TOKENS.iter().zip(1_i64..);
        Ok(users
            .filter(|(token, number)| workspace(token) == of && *number > revision)
            .map(|(token, number)| UserSummary {
                id: user(token),
                name: format!("The {token}"),
                email: Some(format!("{token}@example.com")),
                active: true,
                revision: number,
            })
            .collect())
    }

    async fn ensure_inactive(
        &self,
        _actor: &Actor,
        _users: Vec<NewUser>,
    ) -> Result<Vec<UserSummary>, Failure> {
        Ok(Vec::new())
    }
}
