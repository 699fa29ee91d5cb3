//! What the server's operator does at the command line. Whoever can run commands there has
//! the database anyway, so nothing is authorised here, but all of it is logged.

use kith_crypto::{Secret, Token};
use kith_kernel::{ErrorCode, Failure, Role, Scope};
use serde_json::json;

use crate::activation::{self, ActivationLink};
use crate::audit::{self, Event, Leave, Subject};
use crate::input::Faults;
use crate::token::{ApiToken, TokenDraft, model as token_model};
use crate::user::store::{self as users, Listing, Stored};
use crate::user::{EmailAddress, NewAccount, User, UserPatch, password};
use crate::workspace::store::reserve_revisions_in;
use crate::workspace::{self, Workspace};
use crate::{Identity, IdentityError};

/// A user whom the operator adds.
#[derive(Clone, Debug)]
pub struct NewOperatorUser {
    /// The e-mail address.
    pub email: String,
    /// The full name.
    pub name: String,
    /// What the user may do.
    pub role: Role,
    /// A password; without one, the user gets an activation link.
    pub password: Option<Secret<String>>,
}

/// What came of resetting a password.
#[derive(Clone, Debug)]
pub enum PasswordReset {
    /// The given password holds from now on.
    Set,
    /// The user sets a new one by this link; until then the old one holds.
    Link(ActivationLink),
}

/// The operator's commands.
pub struct Operator<'a> {
    identity: &'a Identity,
}

impl<'a> Operator<'a> {
    pub(crate) fn new(identity: &'a Identity) -> Self {
        Self { identity }
    }

    /// Every workspace of the server.
    ///
    /// # Errors
    /// When the database can't be reached.
    pub async fn workspaces(&self) -> Result<Vec<Workspace>, IdentityError> {
        Ok(workspace::store::all(self.identity.store()).await?)
    }

    /// The workspace of this slug, or the only one there is when no slug is given.
    ///
    /// # Errors
    /// `NotFound` where there is none, `Conflict` where a slug is needed.
    pub async fn workspace(&self, slug: Option<&str>) -> Result<Workspace, IdentityError> {
        let mut all = self.workspaces().await?;
        let refused = |message: String, code| IdentityError::Refused(Failure::new(code, message));
        match (slug, all.len()) {
            (Some(slug), _) => {
                let found = all.into_iter().find(|workspace| workspace.slug == slug);
                let message = format!("There is no workspace with the slug {slug}.");
                found.ok_or_else(|| refused(message, ErrorCode::NotFound))
            }
            (None, 1) => all.pop().ok_or(IdentityError::NotFound),
            (None, 0) => Err(refused(
                "There is no workspace yet. Make one with kith init.".to_owned(),
                ErrorCode::NotFound,
            )),
            (None, _) => {
                let slugs: Vec<String> = all.into_iter().map(|one| one.slug).collect();
                Err(refused(
                    format!("Name one of the workspaces: {}.", slugs.join(", ")),
                    ErrorCode::Conflict,
                ))
            }
        }
    }

    /// All users of a workspace, by name.
    ///
    /// # Errors
    /// When the database can't be reached.
    pub async fn users(&self, workspace: &Workspace) -> Result<Vec<User>, IdentityError> {
        const PAGE: i64 = 1000;
        let mut all: Vec<(User, String)> = Vec::new();
        loop {
            let after = all.last().map(|(user, key)| (key.as_str(), user.id));
            let listing = Listing {
                after,
                limit: PAGE,
                ..Listing::default()
            };
            let page = users::page(self.identity.store(), workspace.id, &listing).await?;
            let full = i64::try_from(page.len()).is_ok_and(|rows| rows == PAGE);
            all.extend(page);
            if !full {
                return Ok(all.into_iter().map(|(user, _)| user).collect());
            }
        }
    }

    /// The user of this e-mail address.
    ///
    /// # Errors
    /// `NotFound` where there is none.
    pub async fn user(&self, workspace: &Workspace, email: &str) -> Result<User, IdentityError> {
        let mut faults = Faults::default();
        let parsed = faults.check("email", EmailAddress::parse(email));
        faults.none_or_fail()?;
        let email = parsed.ok_or(IdentityError::NotFound)?;
        let found = users::by_email(self.identity.store(), workspace.id, email.as_str()).await?;
        found.ok_or_else(|| {
            IdentityError::Refused(Failure::new(
                ErrorCode::NotFound,
                format!("{} has no user {email}.", workspace.name),
            ))
        })
    }

    /// Adds a user: active with the given password, or with a link to set one.
    ///
    /// # Errors
    /// Values that are not acceptable, or an address that is taken.
    pub async fn add_user(
        &self,
        workspace: &Workspace,
        new: NewOperatorUser,
    ) -> Result<(User, Option<ActivationLink>), IdentityError> {
        let identity = self.identity;
        let account = NewAccount {
            email: new.email,
            name: new.name,
            role: new.role,
            locale: None,
            time_zone: None,
        };
        let mut faults = Faults::default();
        let draft = identity.draft_user(&account, &mut faults);
        if let Some(password) = &new.password {
            let email = draft.as_ref().and_then(|user| user.email.as_deref());
            let acceptable = password::check(password.expose(), email, &account.name);
            faults.check("password", acceptable);
        }
        faults.none_or_fail()?;
        let mut user = draft.ok_or(IdentityError::NotFound)?;
        let leave = Leave::operator();
        let link = if let Some(password) = new.password {
            let hash = identity.passwords().hash(password).await?;
            let tx = identity.begin(workspace.id).await?;
            let revision = reserve_revisions_in(&tx, workspace.id, 1).await?;
            user.revision = revision.ok_or(IdentityError::NotFound)?;
            user.active = true;
            user.has_password = true;
            let stored = Stored {
                user: &user,
                password_hash: Some(&hash),
            };
            identity
                .insert_user_in(&tx, &leave, workspace.id, stored)
                .await?;
            tx.commit().await?;
            None
        } else {
            let tx = identity.begin(workspace.id).await?;
            let link = identity
                .invite_in(&tx, &leave, workspace.id, &mut user)
                .await?;
            tx.commit().await?;
            Some(link)
        };
        identity.changed(workspace.id, user.id);
        Ok((user, link))
    }

    /// Sets a user's password, ends their sessions and makes them active; or, without a
    /// password, makes a link by which they set one.
    ///
    /// # Errors
    /// A password that is not acceptable, or no such user.
    pub async fn reset_password(
        &self,
        workspace: &Workspace,
        email: &str,
        new: Option<Secret<String>>,
    ) -> Result<PasswordReset, IdentityError> {
        let identity = self.identity;
        let user = self.user(workspace, email).await?;
        let leave = Leave::operator();
        let Some(new) = new else {
            let tx = identity.begin(workspace.id).await?;
            let link = identity
                .link_for_in(&tx, &leave, workspace.id, user.id)
                .await?;
            tx.commit().await?;
            return Ok(PasswordReset::Link(link));
        };
        let mut faults = Faults::default();
        let acceptable = password::check(new.expose(), user.email.as_deref(), &user.name);
        faults.check("password", acceptable);
        faults.none_or_fail()?;
        let hash = identity.passwords().hash(new).await?;
        let tx = identity.begin(workspace.id).await?;
        let mut user = identity.lock_user_in(&tx, workspace.id, user.id).await?;
        user.active = true;
        user.version = users::set_password_in(&tx, workspace.id, &user, &hash).await?;
        let event = Event {
            kind: "user.password_set",
            subject: Subject::User(user.id),
            version: user.version,
            data: json!({}),
        };
        audit::log_in(&tx, identity.clock(), workspace.id, &leave, event).await?;
        identity
            .end_sessions_in(&tx, &leave, workspace.id, user.id, None)
            .await?;
        activation::store::delete_in(&tx, workspace.id, user.id).await?;
        tx.commit().await?;
        identity.changed(workspace.id, user.id);
        Ok(PasswordReset::Set)
    }

    /// Deactivates a user: ends their sessions and revokes their tokens.
    ///
    /// # Errors
    /// `LastAdministrator`, or no such user.
    pub async fn deactivate_user(
        &self,
        workspace: &Workspace,
        email: &str,
    ) -> Result<User, IdentityError> {
        let user = self.user(workspace, email).await?;
        let patch = UserPatch {
            active: Some(false),
            ..UserPatch::default()
        };
        let leave = Leave::operator();
        self.identity
            .update_user_as(&leave, workspace.id, user.id, patch, None)
            .await
    }

    /// Creates an API token for a user. Without `scopes` it has all that the user may have;
    /// without `days` it lives until it is revoked.
    ///
    /// # Errors
    /// Values that are not acceptable, more scopes than the user has, or no such active user.
    pub async fn create_token(
        &self,
        workspace: &Workspace,
        email: &str,
        name: &str,
        scopes: Option<&[Scope]>,
        days: Option<u32>,
    ) -> Result<(ApiToken, Token), IdentityError> {
        let identity = self.identity;
        let user = self.user(workspace, email).await?;
        let Some(actor) = self.actor(workspace, &user).await? else {
            return Err(IdentityError::Refused(Failure::new(
                ErrorCode::Conflict,
                format!("{email} is not active. Activate the user first."),
            )));
        };
        let mut faults = Faults::default();
        let name = faults.check("name", token_model::name(name));
        let wanted = scopes.unwrap_or(token_model::scopes_of(user.role));
        let scopes = faults.check("scopes", token_model::scopes(wanted, &actor));
        let now = identity.clock().now();
        let expiry = token_model::expiry(now, days, None);
        let expires_at = faults.check("expires_in_days", expiry);
        faults.none_or_fail()?;
        let (Some(name), Some(scopes), Some(expires_at)) = (name, scopes, expires_at) else {
            return Err(IdentityError::NotFound);
        };
        let draft = TokenDraft {
            name,
            scopes,
            expires_at,
        };
        let tx = identity.begin(workspace.id).await?;
        let made = identity
            .create_token_in(&tx, &Leave::operator(), workspace.id, user.id, draft)
            .await?;
        tx.commit().await?;
        Ok(made)
    }

    async fn actor(
        &self,
        workspace: &Workspace,
        user: &User,
    ) -> Result<Option<kith_kernel::Actor>, IdentityError> {
        use kith_contracts::Authenticator as _;
        Ok(self.identity.on_behalf_of(workspace.id, user.id).await?)
    }
}
