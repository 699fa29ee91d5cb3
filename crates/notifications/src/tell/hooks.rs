//! What happens to webhooks by themselves.

use std::sync::Arc;

use async_trait::async_trait;
use kith_bus::{Begin, LogEvent, Reader};
use kith_kernel::{Failure, Role, UserId, WorkspaceId};
use kith_store::Tx;
use serde_json::{Value, json};

use super::Drafts;
use crate::Deps;
use crate::inbox::store::tell_in;
use crate::inbox::{Kind, NewNotification};

/// Users that are looked through for administrators.
const USERS: i64 = 1_000;

/// Follows the log of integrations.
pub(crate) struct Hooks {
    deps: Arc<Deps>,
    drafts: Drafts,
}

impl Hooks {
    pub(crate) fn new(deps: Arc<Deps>) -> Self {
        Self {
            deps,
            drafts: Drafts::default(),
        }
    }

    async fn administrators(&self, workspace: WorkspaceId) -> Result<Vec<UserId>, Failure> {
        let users = self.deps.users.changed_since(workspace, 0, USERS).await?;
        let mut found = Vec::new();
        for user in users.iter().filter(|user| user.active) {
            let asked = &self.deps.authenticator;
            let actor = asked.on_behalf_of(workspace, user.id).await?;
            if actor.is_some_and(|actor| actor.role == Role::Administrator) {
                found.push(user.id);
            }
        }
        Ok(found)
    }
}

#[async_trait]
impl Reader for Hooks {
    fn name(&self) -> &'static str {
        "webhooks"
    }

    fn begin(&self) -> Begin {
        Begin::Now
    }

    fn wants(&self, event: &LogEvent) -> bool {
        event.kind == "webhook.disabled"
    }

    async fn deliver(&self, events: &[Arc<LogEvent>]) -> Result<(), Failure> {
        for event in events {
            let mut data: Value =
                serde_json::from_str(event.data.get()).map_err(Failure::internal)?;
            if !data.is_object() {
                data = json!({});
            }
            data["webhook_id"] = json!(event.subject);
            let users = self.administrators(event.workspace).await?;
            let new = users.into_iter().map(|user| NewNotification {
                workspace: event.workspace,
                user,
                kind: Kind::WebhookDisabled,
                source: event.id.0,
                data: data.clone(),
            });
            self.drafts.put(event.id, new.collect());
        }
        Ok(())
    }

    async fn apply_in(&self, tx: &Tx, events: &[Arc<LogEvent>]) -> Result<(), Failure> {
        let new = self.drafts.take(events.iter().map(|event| event.id));
        Ok(tell_in(tx, &self.deps.clock, &new).await?)
    }
}
