//! Users by name or e-mail.

use std::collections::{HashMap, HashSet};

use kith_contracts::{NewUser, UserSummary};
use kith_kernel::{UserId, WorkspaceId};
use kith_store::{Class, Store, StoreError};
use uuid::Uuid;

use super::Found;
use crate::import::convert::Prepared;
use crate::import::plan::{Compiled, OnMissing, Target};
use crate::search::text::sort_key;

/// All users of the workspace, of whom there are few.
const ALL: &str =
    "SELECT id, name, email FROM records.user_copy WHERE workspace_id = $1 ORDER BY id";

/// The users of a workspace by what files call them.
#[derive(Debug, Default)]
pub(crate) struct Users {
    by_name: HashMap<String, Found>,
    by_email: HashMap<String, Uuid>,
    known: HashSet<Uuid>,
    /// Whom a dry run takes for those that it doesn't create.
    stand_in: Option<Uuid>,
    /// Those whom a dry run would create.
    would_create: HashMap<String, NewUser>,
}

impl Users {
    /// Reads them; `user` is whom [`Users::pretend_for`] takes for those that aren't there.
    pub(super) async fn read(
        store: &Store,
        workspace: WorkspaceId,
        user: UserId,
    ) -> Result<Self, StoreError> {
        let mut users = Self {
            stand_in: Some(user.0),
            ..Self::default()
        };
        for row in store
            .read(workspace, Class::Background, ALL, &[&workspace])
            .await?
        {
            users.insert(row.get(0), row.get(1), row.get(2));
        }
        Ok(users)
    }

    fn insert(&mut self, id: Uuid, name: &str, email: Option<&str>) {
        self.known.insert(id);
        let by_name = self.by_name.entry(sort_key(name)).or_insert(Found::One(id));
        if let Found::One(known) = *by_name
            && known != id
        {
            *by_name = Found::Many(known);
        }
        if let Some(email) = email {
            self.by_email.insert(email.to_lowercase(), id);
        }
    }

    /// Adds users who were created.
    pub(crate) fn add(&mut self, users: &[UserSummary]) {
        for user in users {
            if !self.known.contains(&user.id.0) {
                self.insert(user.id.0, &user.name, user.email.as_deref());
            }
        }
    }

    /// Takes the acting user for those whom `rows` would create.
    pub(crate) fn pretend_for(&mut self, compiled: &Compiled, rows: &[Prepared]) {
        let Some(id) = self.stand_in else { return };
        for user in self.missing(compiled, rows) {
            match &user.email {
                Some(email) => {
                    self.by_email.insert(email.clone(), id);
                }
                None => {
                    self.by_name.insert(sort_key(&user.name), Found::One(id));
                }
            }
            self.would_create.insert(user.name.clone(), user);
        }
    }

    /// How many would be created.
    pub(crate) fn pretended(&self) -> usize {
        self.would_create.len()
    }

    /// Whom `text` means.
    pub(super) fn find(&self, text: &str) -> Found {
        let text = text.trim();
        if let Ok(id) = Uuid::try_parse(text)
            && self.known.contains(&id)
        {
            return Found::One(id);
        }
        let found = match text.contains('@') {
            true => (self.by_email.get(&bare(text))).map(|id| Found::One(*id)),
            false => None,
        };
        found
            .or_else(|| self.by_name.get(&sort_key(text)).copied())
            .unwrap_or(Found::Nothing)
    }

    /// Those whom `rows` name, who aren't there, and who are to be created.
    pub(crate) fn missing(&self, compiled: &Compiled, rows: &[Prepared]) -> Vec<NewUser> {
        let mut missing: HashMap<String, NewUser> = HashMap::new();
        for pending in rows
            .iter()
            .filter(|row| !row.rejected)
            .flat_map(|row| &row.pending)
        {
            let source = &compiled.sources[pending.source];
            let create = source.plan.on_missing == OnMissing::Create;
            if !create || !matches!(source.target, Target::User { .. }) {
                continue;
            }
            for text in &pending.names {
                if self.find(text) == Found::Nothing {
                    let email = text.contains('@').then(|| bare(text));
                    let name = text.trim().to_owned();
                    missing
                        .entry(sort_key(text))
                        .or_insert(NewUser { name, email });
                }
            }
        }
        let mut missing: Vec<NewUser> = missing.into_values().collect();
        missing.sort_by(|a, b| a.name.cmp(&b.name));
        missing
    }
}

/// The address in `Name <address>`, in lower case.
fn bare(text: &str) -> String {
    crate::value::email(text).unwrap_or_else(|_| text.trim().to_lowercase())
}
