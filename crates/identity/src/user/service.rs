//! What is done with users.

use kith_contracts::access::{Action, authorise};
use kith_kernel::{Actor, ActorKind, Count, CountMode, Page, PageInfo, Role, UserId, WorkspaceId};
use kith_store::{StoreError, Tx};
use serde_json::json;

use super::model::full_name;
use super::patch::{UserPatch, applied, checked, facts};
use super::store::{self, Listing, Stored};
use super::{EmailAddress, User};
use crate::activation::ActivationLink;
use crate::audit::{self, Event, Leave, Subject};
use crate::cursor::Cursor;
use crate::input::Faults;
use crate::workspace::model::{locale, time_zone};
use crate::workspace::store::reserve_revisions_in;
use crate::{Identity, IdentityError, activation, token};

/// A user to be.
#[derive(Clone, Debug)]
pub(crate) struct NewAccount {
    pub(crate) email: String,
    pub(crate) name: String,
    pub(crate) role: Role,
    pub(crate) locale: Option<String>,
    pub(crate) time_zone: Option<String>,
}

/// Which users to list.
#[derive(Clone, Debug, Default)]
pub(crate) struct UserList {
    pub(crate) active: Option<bool>,
    pub(crate) search: Option<String>,
    pub(crate) limit: u32,
    pub(crate) cursor: Option<String>,
    pub(crate) count: CountMode,
}

/// How far users are counted unless asked exactly.
const COUNT_CAP: i64 = 10_000;

impl Identity {
    pub(crate) async fn list_users(
        &self,
        actor: &Actor,
        list: &UserList,
    ) -> Result<Page<User>, IdentityError> {
        authorise(actor, Action::Read, None)?;
        let query = json!([list.active, list.search]);
        let after: Option<(String, UserId)> = Cursor::read(list.cursor.as_deref(), &query)?;
        let search = list.search.as_deref().map(str::trim);
        let listing = Listing {
            after: after.as_ref().map(|(name, id)| (name.as_str(), *id)),
            active: list.active,
            search: search.filter(|text| !text.is_empty()),
            limit: i64::from(list.limit) + 1,
        };
        let (mut rows, count) = tokio::try_join!(
            store::page(self.store(), actor.workspace, &listing),
            self.count_users(actor.workspace, &listing, list.count),
        )?;
        let has_more = rows.len() > list.limit as usize;
        rows.truncate(list.limit as usize);
        let last = rows.last().filter(|_| has_more);
        let next_cursor = last.map(|(user, key)| Cursor::write(&(key, user.id), &query));
        Ok(Page {
            data: rows.into_iter().map(|(user, _)| user).collect(),
            page: PageInfo {
                next_cursor,
                has_more,
            },
            count,
        })
    }

    async fn count_users(
        &self,
        workspace: WorkspaceId,
        listing: &Listing<'_>,
        mode: CountMode,
    ) -> Result<Option<Count>, StoreError> {
        let cap = match mode {
            CountMode::None => return Ok(None),
            CountMode::Capped => COUNT_CAP,
            CountMode::Exact => i64::MAX - 1,
        };
        let found = store::count(self.store(), workspace, listing, cap + 1).await?;
        Ok(Some(Count {
            value: u64::try_from(found.min(cap)).unwrap_or(0),
            exact: found <= cap,
        }))
    }

    pub(crate) async fn user(&self, actor: &Actor, id: UserId) -> Result<User, IdentityError> {
        // Everyone may see themselves, whatever their token is good for.
        if actor.user != id {
            authorise(actor, Action::Read, None)?;
        }
        let found = store::get(self.store(), actor.workspace, id).await?;
        found.ok_or(IdentityError::NotFound)
    }

    /// Checks a user to be, without looking at who exists already.
    pub(crate) fn draft_user(&self, new: &NewAccount, faults: &mut Faults) -> Option<User> {
        let email = faults.check("email", EmailAddress::parse(&new.email));
        let name = faults.check("name", full_name(&new.name));
        let locale = faults.check_some("locale", new.locale.as_deref().map(locale));
        let time_zone = faults.check_some("time_zone", new.time_zone.as_deref().map(time_zone));
        let now = self.clock().now();
        Some(User {
            id: UserId::new(self.clock()),
            email: Some(email?.as_str().to_owned()),
            name: name?,
            role: new.role,
            active: false,
            has_password: false,
            locale,
            time_zone,
            theme: None,
            revision: 0,
            version: 1,
            created_at: now,
            updated_at: now,
        })
    }

    /// Inserts a user and logs it; the caller has taken `user.revision` in this transaction.
    pub(crate) async fn insert_user_in(
        &self,
        tx: &Tx,
        leave: &Leave,
        workspace: WorkspaceId,
        new: Stored<'_>,
    ) -> Result<(), IdentityError> {
        let user = new.user;
        let event = Event {
            kind: "user.created",
            subject: Subject::User(user.id),
            version: 1,
            data: json!({ "after": facts(user) }),
        };
        store::insert_in(tx, workspace, new).await?;
        Ok(audit::log_in(tx, self.clock(), workspace, leave, event).await?)
    }

    /// Creates a user who becomes active by the link that comes back, in the caller's
    /// transaction.
    pub(crate) async fn invite_in(
        &self,
        tx: &Tx,
        leave: &Leave,
        workspace: WorkspaceId,
        user: &mut User,
    ) -> Result<ActivationLink, IdentityError> {
        let revision = reserve_revisions_in(tx, workspace, 1).await?;
        user.revision = revision.ok_or(IdentityError::NotFound)?;
        let stored = Stored {
            user,
            password_hash: None,
        };
        self.insert_user_in(tx, leave, workspace, stored).await?;
        self.new_link_in(tx, leave, workspace, user).await
    }

    pub(crate) async fn update_user(
        &self,
        actor: &Actor,
        id: UserId,
        patch: UserPatch,
        if_match: Option<i64>,
    ) -> Result<User, IdentityError> {
        let leave = leave_to_update(actor, id, &patch)?;
        let patch = checked(&patch)?;
        self.update_user_as(&leave, actor.workspace, id, patch, if_match)
            .await
    }

    /// Changes a user; `patch` has been checked.
    pub(crate) async fn update_user_as(
        &self,
        leave: &Leave,
        workspace: WorkspaceId,
        id: UserId,
        patch: UserPatch,
        if_match: Option<i64>,
    ) -> Result<User, IdentityError> {
        let tx = self.begin(workspace).await?;
        let before = self.lock_user_in(&tx, workspace, id).await?;
        if if_match.is_some_and(|version| version != before.version) {
            return Err(IdentityError::VersionMismatch {
                current: before.version,
            });
        }
        let mut after = applied(&before, patch);
        let data = audit::difference(facts(&before), facts(&after));
        if data.is_none() {
            return self.unchanged(tx, workspace, id).await;
        }
        if after.active && !before.active {
            after.email.as_ref().ok_or(IdentityError::NoEmail)?;
            if !after.has_password {
                return Err(IdentityError::NoPasswordYet);
            }
        }
        let version = store::update_in(&tx, workspace, &after).await?;
        after.version = version.ok_or(IdentityError::LastAdministrator)?;
        let event = Event {
            kind: "user.updated",
            subject: Subject::User(id),
            version: after.version,
            data: data.unwrap_or_default(),
        };
        audit::log_in(&tx, self.clock(), workspace, leave, event).await?;
        if before.active && !after.active {
            self.shut_out_in(&tx, leave, workspace, id).await?;
        }
        tx.commit().await?;
        self.changed(workspace, id);
        Ok(after)
    }

    /// Gives back the revision that was reserved for a change that changes nothing.
    async fn unchanged(
        &self,
        tx: Tx,
        workspace: WorkspaceId,
        id: UserId,
    ) -> Result<User, IdentityError> {
        tx.rollback().await?;
        let user = store::get(self.store(), workspace, id).await?;
        user.ok_or(IdentityError::NotFound)
    }

    /// Ends a user's sessions, tokens and links. They come back by none of them.
    async fn shut_out_in(
        &self,
        tx: &Tx,
        leave: &Leave,
        workspace: WorkspaceId,
        id: UserId,
    ) -> Result<(), IdentityError> {
        let now = self.clock().now();
        self.end_sessions_in(tx, leave, workspace, id, None).await?;
        let revoked = token::store::revoke_all_in(tx, workspace, id, now).await?;
        let event = |id| Event {
            kind: "api_token.revoked",
            subject: Subject::ApiToken(id),
            version: 2,
            data: json!({}),
        };
        let events = revoked.into_iter().map(event).collect();
        audit::log_all_in(tx, self.clock(), workspace, leave, events).await?;
        activation::store::delete_in(tx, workspace, id).await?;
        Ok(())
    }

    /// Takes the next revision, which keeps others from changing users, and reads the user as it
    /// will be written: with that revision and the present time.
    pub(crate) async fn lock_user_in(
        &self,
        tx: &Tx,
        workspace: WorkspaceId,
        id: UserId,
    ) -> Result<User, IdentityError> {
        let revision = reserve_revisions_in(tx, workspace, 1).await?;
        let user = store::lock_in(tx, workspace, id).await?;
        let (Some(mut user), Some(revision)) = (user, revision) else {
            return Err(IdentityError::NotFound);
        };
        user.revision = revision;
        user.updated_at = self.clock().now();
        Ok(user)
    }
}

/// Administrators change users; everyone changes their own name, language and time zone,
/// in a session.
fn leave_to_update(actor: &Actor, id: UserId, patch: &UserPatch) -> Result<Leave, IdentityError> {
    let is_personal = patch.email.is_none() && patch.role.is_none() && patch.active.is_none();
    if actor.user == id && is_personal && matches!(actor.kind, ActorKind::Session(_)) {
        return Ok(Leave::own(actor));
    }
    let permit = authorise(actor, Action::Administer, None)?;
    Ok(Leave::permitted(&permit))
}
