//! Making and using activation links.

use jiff::{SignedDuration, Timestamp};
use kith_contracts::access::{Action, authorise};
use kith_crypto::{Secret, Token, TokenKind};
use kith_kernel::{Actor, UserId, WorkspaceId};
use kith_store::Tx;
use serde_json::json;

use super::store;
use crate::audit::{self, Event, Leave, Subject};
use crate::input::Faults;
use crate::user::{self, User, password};
use crate::{Identity, IdentityError};

const LIFE: SignedDuration = SignedDuration::from_hours(7 * 24);

/// A link to be passed on to a user, once.
#[derive(Clone, Debug)]
pub struct ActivationLink {
    /// The secret in the link.
    pub token: Token,
    /// The address to open.
    pub url: Secret<String>,
    /// When it ceases to work.
    pub expires_at: Timestamp,
}

impl Identity {
    /// Makes a link for a user who is active or has never been. The one before it ceases to work.
    pub(crate) async fn new_link_in(
        &self,
        tx: &Tx,
        leave: &Leave,
        workspace: WorkspaceId,
        user: &User,
    ) -> Result<ActivationLink, IdentityError> {
        user.email.as_ref().ok_or(IdentityError::NoEmail)?;
        if user.has_password && !user.active {
            return Err(IdentityError::Deactivated);
        }
        let now = self.clock().now();
        let expires_at = now.saturating_add(LIFE).unwrap_or(Timestamp::MAX);
        let token = Token::generate(TokenKind::Activation);
        store::put_in(tx, workspace, user.id, &token.hash(), now, expires_at).await?;
        let event = Event {
            kind: "user.activation_link_created",
            subject: Subject::User(user.id),
            version: user.version,
            data: json!({ "expires_at": expires_at }),
        };
        audit::log_in(tx, self.clock(), workspace, leave, event).await?;
        let base = self.public_url();
        let url = format!("{base}/activate?token={}", token.expose());
        Ok(ActivationLink {
            token,
            url: url.into(),
            expires_at,
        })
    }

    /// Leave to give users links.
    pub(crate) fn leave_to_link(actor: &Actor) -> Result<Leave, IdentityError> {
        let permit = authorise(actor, Action::Administer, None)?;
        Ok(Leave::permitted(&permit))
    }

    /// A new link for an existing user, in the caller's transaction.
    pub(crate) async fn link_for_in(
        &self,
        tx: &Tx,
        leave: &Leave,
        workspace: WorkspaceId,
        id: UserId,
    ) -> Result<ActivationLink, IdentityError> {
        let user = user::store::lock_in(tx, workspace, id).await?;
        let user = user.ok_or(IdentityError::NotFound)?;
        self.new_link_in(tx, leave, workspace, &user).await
    }

    /// Whether a link still works, and for whom; for the page that it opens.
    pub(crate) async fn user_of_link(&self, token: &str) -> Result<User, IdentityError> {
        let (workspace, id, _) = self.find_link(token).await?;
        let user = user::store::get(self.store(), workspace, id).await?;
        user.ok_or(IdentityError::ActivationLink)
    }

    /// Sets the password of the user whom the link was made for, and makes them active. All of
    /// their sessions end.
    pub(crate) async fn activate(
        &self,
        token: &str,
        new: Secret<String>,
    ) -> Result<User, IdentityError> {
        let (workspace, id, token) = self.find_link(token).await?;
        let user = user::store::get(self.store(), workspace, id).await?;
        let user = user.ok_or(IdentityError::ActivationLink)?;
        let mut faults = Faults::default();
        let acceptable = password::check(new.expose(), user.email.as_deref(), &user.name);
        faults.check("password", acceptable);
        faults.none_or_fail()?;
        let hash = self.passwords().hash(new).await?;
        let now = self.clock().now();
        let leave = Leave::proven(id);
        let tx = self.begin(workspace).await?;
        let mut user = self.lock_user_in(&tx, workspace, id).await?;
        if !store::use_in(&tx, workspace, id, &token.hash(), now).await? {
            return Err(IdentityError::ActivationLink);
        }
        user.active = true;
        user.has_password = true;
        user.version = user::store::set_password_in(&tx, workspace, &user, &hash).await?;
        let event = Event {
            kind: "user.password_set",
            subject: Subject::User(id),
            version: user.version,
            data: json!({ "by_link": true }),
        };
        audit::log_in(&tx, self.clock(), workspace, &leave, event).await?;
        self.end_sessions_in(&tx, &leave, workspace, id, None)
            .await?;
        tx.commit().await?;
        self.changed(workspace, id);
        Ok(user)
    }

    async fn find_link(&self, token: &str) -> Result<(WorkspaceId, UserId, Token), IdentityError> {
        let token = Token::parse(TokenKind::Activation, token);
        let token = token.ok_or(IdentityError::ActivationLink)?;
        let found = store::find(self.store(), &token.hash(), self.clock().now()).await?;
        let (workspace, user) = found.ok_or(IdentityError::ActivationLink)?;
        Ok((workspace, user, token))
    }
}
