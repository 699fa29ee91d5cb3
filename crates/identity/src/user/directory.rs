//! What other services may know of users, and the users that an import brings along.

use std::collections::HashMap;

use async_trait::async_trait;
use kith_contracts::access::{Action, authorise};
use kith_contracts::{NewUser, UserDirectory, UserSummary};
use kith_kernel::{Actor, Failure, Role, UserId, WorkspaceId};
use kith_store::Tx;

use super::model::full_name;
use super::store::{self, Stored};
use super::{EmailAddress, User};
use crate::audit::Leave;
use crate::input::Faults;
use crate::workspace::store::reserve_revisions_in;
use crate::{Identity, IdentityError};

/// As many users as one call may bring.
const MAX_USERS: usize = 10_000;

#[async_trait]
impl UserDirectory for Identity {
    async fn changed_since(
        &self,
        workspace: WorkspaceId,
        revision: i64,
        limit: i64,
    ) -> Result<Vec<UserSummary>, Failure> {
        let users =
            store::changed_since(self.store(), workspace, revision, limit.clamp(0, 10_000)).await?;
        Ok(users.iter().map(User::summary).collect())
    }

    async fn ensure_inactive(
        &self,
        actor: &Actor,
        users: Vec<NewUser>,
    ) -> Result<Vec<UserSummary>, Failure> {
        let permit = authorise(actor, Action::Import, None)?;
        let wanted = checked(&users)?;
        if wanted.is_empty() {
            return Ok(Vec::new());
        }
        let workspace = permit.workspace();
        let tx = self.begin(workspace).await?;
        let leave = Leave::permitted(&permit);
        let (found, created) = self.ensure_in(&tx, &leave, workspace, &wanted).await?;
        if created {
            tx.commit().await?;
            self.poke(workspace);
        } else {
            // Gives the reserved revisions back.
            tx.rollback().await?;
        }
        Ok(found)
    }
}

/// A user that an import names.
struct Wanted {
    name: String,
    email: Option<String>,
}

impl Identity {
    /// The users in the order of `wanted`, and whether any of them is new.
    async fn ensure_in(
        &self,
        tx: &Tx,
        leave: &Leave,
        workspace: WorkspaceId,
        wanted: &[Wanted],
    ) -> Result<(Vec<UserSummary>, bool), IdentityError> {
        let count = i64::try_from(wanted.len()).unwrap_or(i64::MAX);
        let last = reserve_revisions_in(tx, workspace, count).await?;
        let mut revision = last.ok_or(IdentityError::NotFound)? - count;
        let mut known = Known::read_in(tx, workspace, wanted).await?;
        let (mut users, mut created) = (Vec::with_capacity(wanted.len()), false);
        for (place, one) in wanted.iter().enumerate() {
            if let Some(user) = known.find(place, one) {
                users.push(user.summary());
                continue;
            }
            revision += 1;
            let user = self.imported(one, revision);
            let stored = Stored {
                user: &user,
                password_hash: None,
            };
            self.insert_user_in(tx, leave, workspace, stored).await?;
            users.push(user.summary());
            known.add(one, user);
            created = true;
        }
        Ok((users, created))
    }

    fn imported(&self, wanted: &Wanted, revision: i64) -> User {
        let now = self.clock().now();
        User {
            id: UserId::new(self.clock()),
            email: wanted.email.clone(),
            name: wanted.name.clone(),
            role: Role::Member,
            active: false,
            has_password: false,
            locale: None,
            time_zone: None,
            theme: None,
            revision,
            version: 1,
            created_at: now,
            updated_at: now,
        }
    }
}

/// Who exists already among those wanted.
struct Known {
    by_email: HashMap<String, User>,
    by_place: HashMap<usize, User>,
    new_by_name: HashMap<String, User>,
}

impl Known {
    async fn read_in(
        tx: &Tx,
        workspace: WorkspaceId,
        wanted: &[Wanted],
    ) -> Result<Self, IdentityError> {
        let emails: Vec<&str> = wanted
            .iter()
            .filter_map(|one| one.email.as_deref())
            .collect();
        let names: Vec<&str> = wanted.iter().map(|one| one.name.as_str()).collect();
        let (by_email, by_name) = tokio::try_join!(
            store::by_emails_in(tx, workspace, &emails),
            store::by_names_in(tx, workspace, &names),
        )?;
        Ok(Self {
            by_email: by_email
                .into_iter()
                .filter_map(|user| Some((user.email.clone()?, user)))
                .collect(),
            by_place: by_name.into_iter().collect(),
            new_by_name: HashMap::new(),
        })
    }

    fn find(&self, place: usize, wanted: &Wanted) -> Option<&User> {
        match &wanted.email {
            Some(email) => self.by_email.get(email),
            None => self
                .by_place
                .get(&place)
                .or_else(|| self.new_by_name.get(&wanted.name.to_lowercase())),
        }
    }

    fn add(&mut self, wanted: &Wanted, user: User) {
        if let Some(email) = &wanted.email {
            self.by_email.insert(email.clone(), user.clone());
        }
        self.new_by_name
            .entry(wanted.name.to_lowercase())
            .or_insert(user);
    }
}

fn checked(users: &[NewUser]) -> Result<Vec<Wanted>, Failure> {
    if users.len() > MAX_USERS {
        return Err(Failure::new(
            kith_kernel::ErrorCode::LimitExceeded,
            format!("Bring at most {MAX_USERS} users at once."),
        ));
    }
    let mut faults = Faults::default();
    let mut wanted = Vec::with_capacity(users.len());
    for (place, user) in users.iter().enumerate() {
        let email = user.email.as_deref().filter(|text| !text.trim().is_empty());
        let email = email.map(EmailAddress::parse);
        let email = faults.check_some(&format!("users[{place}].email"), email);
        let name = match &email {
            Some(email) if user.name.trim().is_empty() => full_name(email.local_part()),
            _ => full_name(&user.name),
        };
        if let Some(name) = faults.check(&format!("users[{place}].name"), name) {
            wanted.push(Wanted {
                name,
                email: email.map(|email| email.as_str().to_owned()),
            });
        }
    }
    faults.none_or_fail()?;
    Ok(wanted)
}
