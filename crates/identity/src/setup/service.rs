//! Making a workspace with its first administrator.

use jiff::{SignedDuration, Timestamp};
use kith_crypto::{Secret, Token, TokenKind};
use kith_kernel::{Role, Scope};
use kith_store::{Class, Tx};

use super::store;
use crate::audit::Leave;
use crate::input::Faults;
use crate::session::{Origin, Session};
use crate::token::TokenDraft;
use crate::user::store::Stored;
use crate::user::{EmailAddress, NewAccount, User, password};
use crate::workspace::store::reserve_revisions_in;
use crate::workspace::{self, Workspace, WorkspaceDraft};
use crate::{Identity, IdentityError};

/// How long a set-up link works.
const LINK_LIFE: SignedDuration = SignedDuration::from_hours(24);
/// How long the first API token works.
const TOKEN_LIFE: SignedDuration = SignedDuration::from_hours(90 * 24);

/// A workspace to be, with its first administrator.
#[derive(Clone, Debug, Default)]
pub struct NewWorkspace {
    /// Name and settings.
    pub workspace: WorkspaceDraft,
    /// The administrator's e-mail address.
    pub email: String,
    /// The administrator's name; what stands before the `@` when empty.
    pub name: String,
    /// The administrator's password, 12 to 256 characters.
    pub password: Secret<String>,
}

/// A workspace that was set up.
#[derive(Clone, Debug)]
pub struct SetUp {
    /// The workspace.
    pub workspace: Workspace,
    /// Its first administrator.
    pub user: User,
    /// An API token of theirs with all scopes, good for 90 days. It can't be shown again.
    pub token: Token,
}

impl Identity {
    /// A link to set the first workspace up with, good once and for 24 hours; `None` when there
    /// is a workspace already. `public_url` is where browsers reach the server, such as
    /// `http://127.0.0.1:8080`.
    ///
    /// # Errors
    /// When the database can't be reached.
    pub async fn setup_link(&self, public_url: &str) -> Result<Option<String>, IdentityError> {
        if workspace::store::any(self.store()).await? {
            return Ok(None);
        }
        let now = self.clock().now();
        let expires_at = now.saturating_add(LINK_LIFE).unwrap_or(Timestamp::MAX);
        let token = Token::generate(TokenKind::Setup);
        let tx = self.store().begin_system(Class::Interactive).await?;
        store::delete_overdue_in(&tx, now).await?;
        store::insert_in(&tx, &token.hash(), now, expires_at).await?;
        tx.commit().await?;
        let base = public_url.trim_end_matches('/');
        Ok(Some(format!("{base}/setup?token={}", token.expose())))
    }

    /// Whether there is no workspace yet.
    pub(crate) async fn needs_setup(&self) -> Result<bool, IdentityError> {
        Ok(!workspace::store::any(self.store()).await?)
    }

    /// Makes a workspace with its first administrator and an API token for them, as the server's
    /// operator. There may be others already.
    ///
    /// # Errors
    /// Values that are not acceptable, or a database that can't be reached.
    pub async fn init_workspace(&self, new: NewWorkspace) -> Result<SetUp, IdentityError> {
        let (mut workspace, mut user) = self.check(&new)?;
        let hash = self.passwords().hash(new.password).await?;
        let tx = self.store().begin_system(Class::Interactive).await?;
        let token = self.make_in(&tx, &mut workspace, &mut user, &hash).await?;
        tx.commit().await?;
        self.poke(workspace.id);
        Ok(SetUp {
            workspace,
            user,
            token,
        })
    }

    /// Makes the first workspace by a set-up link, and signs its administrator in.
    pub(crate) async fn set_up(
        &self,
        token: &str,
        new: NewWorkspace,
        origin: &Origin,
    ) -> Result<(SetUp, Session, Token), IdentityError> {
        let link = self.valid_setup_token(token).await?;
        let (mut workspace, mut user) = self.check(&new)?;
        let hash = self.passwords().hash(new.password).await?;
        let tx = self.store().begin_system(Class::Interactive).await?;
        let valid = store::use_in(&tx, &link.hash(), self.clock().now()).await?;
        if !valid || workspace::store::any_in(&tx).await? {
            return Err(IdentityError::SetupLink);
        }
        let token = self.make_in(&tx, &mut workspace, &mut user, &hash).await?;
        let (session, cookie) = self
            .begin_session_in(&tx, workspace.id, user.id, origin)
            .await?;
        tx.commit().await?;
        self.poke(workspace.id);
        let made = SetUp {
            workspace,
            user,
            token,
        };
        Ok((made, session, cookie))
    }

    /// The token of a set-up link, if it is still good.
    pub(crate) async fn valid_setup_token(&self, token: &str) -> Result<Token, IdentityError> {
        let token = Token::parse(TokenKind::Setup, token).ok_or(IdentityError::SetupLink)?;
        let now = self.clock().now();
        if store::is_valid(self.store(), &token.hash(), now).await? {
            Ok(token)
        } else {
            Err(IdentityError::SetupLink)
        }
    }

    fn check(&self, new: &NewWorkspace) -> Result<(Workspace, User), IdentityError> {
        let mut name = new.name.clone();
        if name.trim().is_empty()
            && let Ok(email) = EmailAddress::parse(&new.email)
        {
            email.local_part().clone_into(&mut name);
        }
        let account = NewAccount {
            email: new.email.clone(),
            name,
            role: Role::Administrator,
            locale: None,
            time_zone: None,
        };
        let mut faults = Faults::default();
        let workspace = self.draft_workspace(&new.workspace, &mut faults);
        let user = self.draft_user(&account, &mut faults);
        let email = user.as_ref().and_then(|user| user.email.as_deref());
        let acceptable = password::check(new.password.expose(), email, &account.name);
        faults.check("password", acceptable);
        faults.none_or_fail()?;
        let (Some(workspace), Some(mut user)) = (workspace, user) else {
            return Err(IdentityError::NotFound);
        };
        user.active = true;
        user.has_password = true;
        Ok((workspace, user))
    }

    async fn make_in(
        &self,
        tx: &Tx,
        workspace: &mut Workspace,
        user: &mut User,
        hash: &str,
    ) -> Result<Token, IdentityError> {
        let leave = Leave::operator();
        self.insert_workspace_in(tx, &leave, workspace).await?;
        let revision = reserve_revisions_in(tx, workspace.id, 1).await?;
        user.revision = revision.ok_or(IdentityError::NotFound)?;
        let stored = Stored {
            user,
            password_hash: Some(hash),
        };
        self.insert_user_in(tx, &leave, workspace.id, stored)
            .await?;
        let now = self.clock().now();
        let draft = TokenDraft {
            name: "First token".to_owned(),
            scopes: Scope::ALL.into(),
            expires_at: now.saturating_add(TOKEN_LIFE).ok(),
        };
        let (_, token) = self
            .create_token_in(tx, &leave, workspace.id, user.id, draft)
            .await?;
        Ok(token)
    }
}
