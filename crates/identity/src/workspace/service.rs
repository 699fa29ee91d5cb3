//! What is done with workspaces.

use std::sync::Arc;

use async_trait::async_trait;
use kith_contracts::Workspaces;
use kith_contracts::access::{Action, authorise};
use kith_kernel::{Actor, Currency, Failure, WorkspaceId, WorkspaceSettings};
use kith_store::Tx;
use serde_json::{Map, Value, json};

use super::{Workspace, WorkspaceDraft, model, store};
use crate::audit::{self, Event, Leave, Subject};
use crate::input::Faults;
use crate::{Identity, IdentityError};

/// So many workspaces may have names that give one slug.
const MAX_NAMESAKES: u32 = 1000;

/// A change of a workspace; what is `None` stays.
#[derive(Clone, Debug, Default)]
pub(crate) struct WorkspacePatch {
    pub(crate) name: Option<String>,
    pub(crate) currency: Option<String>,
    pub(crate) region: Option<String>,
    pub(crate) time_zone: Option<String>,
    pub(crate) locale: Option<String>,
}

#[async_trait]
impl Workspaces for Identity {
    async fn settings(&self, id: WorkspaceId) -> Result<Option<Arc<WorkspaceSettings>>, Failure> {
        let found = store::get(self.store(), id).await?;
        Ok(found.map(|workspace| Arc::new(workspace.settings)))
    }

    async fn all(&self) -> Result<Vec<WorkspaceId>, Failure> {
        let all = store::all(self.store()).await?;
        Ok(all.into_iter().map(|workspace| workspace.id).collect())
    }
}

impl Identity {
    /// The actor's own workspace, which they may always know.
    pub(crate) async fn workspace(&self, actor: &Actor) -> Result<Workspace, IdentityError> {
        let found = store::get(self.store(), actor.workspace).await?;
        found.ok_or(IdentityError::NotFound)
    }

    pub(crate) async fn update_workspace(
        &self,
        actor: &Actor,
        patch: WorkspacePatch,
        if_match: Option<i64>,
    ) -> Result<Workspace, IdentityError> {
        let permit = authorise(actor, Action::Administer, None)?;
        let workspace = permit.workspace();
        let now = self.clock().now();
        let tx = self.begin(workspace).await?;
        let before = store::lock_in(&tx, workspace).await?;
        let before = before.ok_or(IdentityError::NotFound)?;
        if if_match.is_some_and(|version| version != before.version) {
            return Err(IdentityError::VersionMismatch {
                current: before.version,
            });
        }
        let mut after = applied(&before, &patch)?;
        let Some(data) = difference(&before, &after) else {
            return Ok(before);
        };
        after.version = store::update_in(&tx, &after, now).await?;
        after.updated_at = now;
        let event = Event {
            kind: "workspace.updated",
            subject: Subject::Workspace(workspace),
            version: after.version,
            data,
        };
        let leave = Leave::permitted(&permit);
        audit::log_in(&tx, self.clock(), workspace, &leave, event).await?;
        tx.commit().await?;
        self.cache().forget_workspace(workspace);
        Ok(after)
    }

    /// Checks a workspace to be.
    pub(crate) fn draft_workspace(
        &self,
        draft: &WorkspaceDraft,
        faults: &mut Faults,
    ) -> Option<Workspace> {
        let given = |text: &'_ Option<String>, default: &str| {
            let text = text.as_deref().map(str::trim).unwrap_or_default();
            if text.is_empty() { default } else { text }.to_owned()
        };
        let name = faults.check("workspace", model::name(&draft.name));
        let currency = model::currency(&given(&draft.currency, Currency::EUR.code()));
        let currency = faults.check("currency", currency);
        let region = faults.check("region", model::region(&given(&draft.region, "US")));
        let time_zone = model::time_zone(&given(&draft.time_zone, "UTC"));
        let time_zone = faults.check("time_zone", time_zone);
        let locale = faults.check("locale", model::locale(&given(&draft.locale, "en")));
        let now = self.clock().now();
        let name = name?;
        Some(Workspace {
            id: WorkspaceId::new(self.clock()),
            slug: model::slug(&name),
            name,
            settings: WorkspaceSettings {
                currency: currency?,
                region: region?,
                time_zone: time_zone?,
                locale: locale?,
            },
            version: 1,
            created_at: now,
            updated_at: now,
        })
    }

    /// Inserts a workspace under the first slug that is free: `acme`, `acme-2`, ….
    pub(crate) async fn insert_workspace_in(
        &self,
        tx: &Tx,
        leave: &Leave,
        new: &mut Workspace,
    ) -> Result<(), IdentityError> {
        let base = new.slug.clone();
        let mut number = 1;
        while !store::insert_in(tx, new).await? {
            number += 1;
            if number > MAX_NAMESAKES {
                return Err(IdentityError::TooManyNamesakes);
            }
            new.slug = format!("{base}-{number}");
        }
        let event = Event {
            kind: "workspace.created",
            subject: Subject::Workspace(new.id),
            version: 1,
            data: json!({ "after": facts(new) }),
        };
        Ok(audit::log_in(tx, self.clock(), new.id, leave, event).await?)
    }
}

fn applied(before: &Workspace, patch: &WorkspacePatch) -> Result<Workspace, Failure> {
    let mut faults = Faults::default();
    let name = faults.check_some("name", patch.name.as_deref().map(model::name));
    let currency = patch.currency.as_deref().map(model::currency);
    let currency = faults.check_some("currency", currency);
    let region = faults.check_some("region", patch.region.as_deref().map(model::region));
    let time_zone = patch.time_zone.as_deref().map(model::time_zone);
    let time_zone = faults.check_some("time_zone", time_zone);
    let locale = faults.check_some("locale", patch.locale.as_deref().map(model::locale));
    faults.none_or_fail()?;
    let old = &before.settings;
    Ok(Workspace {
        name: name.unwrap_or_else(|| before.name.clone()),
        settings: WorkspaceSettings {
            currency: currency.unwrap_or(old.currency),
            region: region.unwrap_or_else(|| old.region.clone()),
            time_zone: time_zone.unwrap_or_else(|| old.time_zone.clone()),
            locale: locale.unwrap_or_else(|| old.locale.clone()),
        },
        ..before.clone()
    })
}

/// What the log tells of a workspace.
fn facts(workspace: &Workspace) -> Map<String, Value> {
    let settings = &workspace.settings;
    let facts = json!({
        "name": workspace.name,
        "currency": settings.currency,
        "region": settings.region,
        "time_zone": settings.time_zone,
        "locale": settings.locale,
    });
    match facts {
        Value::Object(facts) => facts,
        _ => Map::new(),
    }
}

fn difference(before: &Workspace, after: &Workspace) -> Option<Value> {
    audit::difference(facts(before), facts(after))
}
