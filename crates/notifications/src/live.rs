//! Notifications on their way to browsers.

use std::collections::HashMap;
use std::sync::Arc;

use async_trait::async_trait;
use kith_contracts::{LiveEvent, LiveEvents, LoggedEvent};
use kith_kernel::{Actor, Failure, WorkspaceId};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::Deps;
use crate::inbox::store;

/// Shows each user their own.
pub(crate) struct Shown {
    pub(crate) deps: Arc<Deps>,
}

#[async_trait]
impl LiveEvents for Shown {
    fn name(&self) -> &'static str {
        "notification"
    }

    async fn show(
        &self,
        workspace: WorkspaceId,
        viewers: &[Actor],
        events: &[LoggedEvent<'_>],
    ) -> Result<Vec<Option<LiveEvent>>, Failure> {
        let viewers_of = |event: &LoggedEvent<'_>| -> Vec<usize> {
            let own = |at: &usize| viewers[*at].user.0 == event.subject;
            (0..viewers.len()).filter(own).collect()
        };
        let told = |event: &&LoggedEvent<'_>| {
            event.kind == "notification.created" && !viewers_of(event).is_empty()
        };
        let ids: Vec<Uuid> = events.iter().filter(told).map(|event| event.id.0).collect();
        let mut found = HashMap::new();
        if !ids.is_empty() {
            for one in store::find(&self.deps.store, workspace, &ids).await? {
                found.insert(one.id, one);
            }
        }
        let show = |event: &LoggedEvent<'_>| {
            let seen_by = viewers_of(event);
            if seen_by.is_empty() {
                return None;
            }
            let payload = match event.kind {
                "notification.created" => {
                    json!({ "type": event.kind, "notification": found.get(&event.id.0)? })
                }
                kind => {
                    let data: Value = serde_json::from_str(event.data.get()).unwrap_or_default();
                    json!({ "type": kind, "data": data })
                }
            };
            Some(LiveEvent {
                payload: payload.to_string().into(),
                seen_by,
            })
        };
        Ok(events.iter().map(show).collect())
    }
}
