//! The use cases of signing in.
//!
//! An unknown address, a user who may not sign in, one without a password and a wrong
//! password get the same answer after the same work: one look-up and one password hash. Only an
//! address that has accounts in several workspaces costs a hash for each of them, unless the
//! login names the workspace.

use std::net::IpAddr;

use kith_crypto::{Secret, Token, Verdict};
use kith_kernel::{Actor, ActorKind};
use serde_json::json;

use super::store::{self, Account};
use crate::audit::{self, Event, Leave, Subject};
use crate::input::Faults;
use crate::session::{Origin, Session, own_session};
use crate::user::{User, password};
use crate::uses::FailedLogin;
use crate::workspace::Workspace;
use crate::{Identity, IdentityError, user, workspace};

/// Longer inputs are wrong without being looked at.
const MAX_PASSWORD_BYTES: usize = 4 * 256;
const MAX_EMAIL_BYTES: usize = 254;

/// What somebody signs in with.
#[derive(Debug)]
pub(crate) struct Login {
    pub(crate) email: String,
    pub(crate) password: Secret<String>,
    pub(crate) workspace: Option<String>,
}

/// Somebody has signed in.
#[derive(Debug)]
pub(crate) struct SignedIn {
    pub(crate) session: Session,
    pub(crate) token: Token,
    pub(crate) user: User,
    pub(crate) workspace: Workspace,
}

impl Identity {
    pub(crate) async fn sign_in(
        &self,
        login: Login,
        client: IpAddr,
        user_agent: Option<String>,
    ) -> Result<SignedIn, IdentityError> {
        let email = login.email.trim().to_lowercase();
        self.login_limiter().attempt(client, &email)?;
        let accounts = self.accounts(&email, login.workspace.as_deref()).await?;
        let (account, rehash) = match self.verify(&accounts, &login.password).await {
            Ok(found) => found,
            Err(error) => {
                self.note_failure(&accounts, client, &error);
                return Err(error);
            }
        };
        let new_hash = if rehash {
            Some(self.passwords().hash(login.password).await?)
        } else {
            None
        };
        let origin = Origin {
            ip: client.to_string(),
            user_agent,
        };
        let signed_in = self.begin_login(account, new_hash, &origin).await?;
        self.login_limiter().succeeded(client, &email);
        Ok(signed_in)
    }

    async fn accounts(
        &self,
        email: &str,
        slug: Option<&str>,
    ) -> Result<Vec<Account>, IdentityError> {
        let storable = |text: &str| text.len() <= MAX_EMAIL_BYTES && !text.contains('\0');
        if !storable(email) || !slug.is_none_or(storable) {
            return Ok(Vec::new());
        }
        Ok(store::accounts(self.store(), email, slug).await?)
    }

    /// The one account that the password fits, and whether its hash should be made again.
    async fn verify<'a>(
        &self,
        accounts: &'a [Account],
        password: &Secret<String>,
    ) -> Result<(&'a Account, bool), IdentityError> {
        let too_long = password.expose().len() > MAX_PASSWORD_BYTES;
        let candidates: Vec<&Account> = accounts
            .iter()
            .filter(|account| account.password_hash.is_some() && !too_long)
            .collect();
        if candidates.is_empty() {
            let tried = if too_long {
                Secret::default()
            } else {
                password.clone()
            };
            self.passwords().verify(tried, None).await?;
            return Err(IdentityError::WrongCredentials);
        }
        let mut fitting = Vec::new();
        for account in candidates {
            let stored = account.password_hash.clone();
            let verdict = self.passwords().verify(password.clone(), stored).await?;
            if let Verdict::Right { rehash } = verdict {
                fitting.push((account, rehash));
            }
        }
        match fitting.as_slice() {
            [] => Err(IdentityError::WrongCredentials),
            [one] => Ok(*one),
            several => {
                let choice = |(account, _): &(&Account, bool)| {
                    (account.workspace_name.clone(), account.slug.clone())
                };
                Err(IdentityError::SeveralWorkspaces(
                    several.iter().map(choice).collect(),
                ))
            }
        }
    }

    fn note_failure(&self, accounts: &[Account], client: IpAddr, error: &IdentityError) {
        if !matches!(error, IdentityError::WrongCredentials) {
            return;
        }
        tracing::info!(%client, known = !accounts.is_empty(), "a login failed");
        for account in accounts {
            self.uses().note_failure(FailedLogin {
                workspace: account.workspace,
                user: account.user,
                ip: client.to_string(),
            });
        }
    }

    async fn begin_login(
        &self,
        account: &Account,
        new_hash: Option<String>,
        origin: &Origin,
    ) -> Result<SignedIn, IdentityError> {
        let tx = self.begin(account.workspace).await?;
        if !store::still_valid_in(&tx, account).await? {
            return Err(IdentityError::WrongCredentials);
        }
        if let (Some(old), Some(new)) = (&account.password_hash, new_hash) {
            user::store::rehash_in(&tx, account.workspace, account.user, old, &new).await?;
        }
        let (session, token) = self
            .begin_session_in(&tx, account.workspace, account.user, origin)
            .await?;
        tx.commit().await?;
        let (user, workspace) = tokio::try_join!(
            user::store::get(self.store(), account.workspace, account.user),
            workspace::store::get(self.store(), account.workspace),
        )?;
        Ok(SignedIn {
            session,
            token,
            user: user.ok_or(IdentityError::NotFound)?,
            workspace: workspace.ok_or(IdentityError::NotFound)?,
        })
    }

    /// Sets a new password for the actor, who has to know the current one, and ends their
    /// other sessions.
    pub(crate) async fn change_password(
        &self,
        actor: &Actor,
        client: IpAddr,
        current: Secret<String>,
        new: Secret<String>,
    ) -> Result<(), IdentityError> {
        if !matches!(actor.kind, ActorKind::Session(_)) {
            return Err(IdentityError::SessionNeeded);
        }
        let (workspace, id) = (actor.workspace, actor.user);
        let user = user::store::get(self.store(), workspace, id).await?;
        let user = user.ok_or(IdentityError::NotFound)?;
        let mut faults = Faults::default();
        let acceptable = password::check(new.expose(), user.email.as_deref(), &user.name);
        faults.check("new_password", acceptable);
        faults.none_or_fail()?;
        self.login_limiter().attempt(client, &id.to_string())?;
        let stored = user::store::password_hash(self.store(), workspace, id).await?;
        let current = if current.expose().len() > MAX_PASSWORD_BYTES {
            Secret::default()
        } else {
            current
        };
        if self.passwords().verify(current, stored.clone()).await? == Verdict::Wrong {
            return Err(IdentityError::WrongPassword);
        }
        self.login_limiter().succeeded(client, &id.to_string());
        let hash = self.passwords().hash(new).await?;
        self.store_password(actor, stored, &hash).await
    }

    async fn store_password(
        &self,
        actor: &Actor,
        old_hash: Option<String>,
        hash: &str,
    ) -> Result<(), IdentityError> {
        let (workspace, leave) = (actor.workspace, Leave::own(actor));
        let tx = self.begin(workspace).await?;
        let mut user = self.lock_user_in(&tx, workspace, actor.user).await?;
        let current = user::store::password_hash_in(&tx, workspace, user.id).await?;
        // Somebody else changed it while we were hashing: what we verified is no longer current.
        if current != old_hash || !user.active {
            return Err(IdentityError::WrongPassword);
        }
        user.version = user::store::set_password_in(&tx, workspace, &user, hash).await?;
        let event = Event {
            kind: "user.password_changed",
            subject: Subject::User(user.id),
            version: user.version,
            data: json!({}),
        };
        audit::log_in(&tx, self.clock(), workspace, &leave, event).await?;
        self.end_sessions_in(&tx, &leave, workspace, user.id, own_session(actor))
            .await?;
        tx.commit().await?;
        self.changed(workspace, user.id);
        Ok(())
    }
}
