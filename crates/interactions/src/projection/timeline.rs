//! What happened with a record, in the order in which it happened: its interactions, its own
//! changes, and notes and tasks about it.
//!
//! A row says where to find what happened, and nothing of what was said.

use std::collections::HashSet;
use std::sync::Arc;

use async_trait::async_trait;
use jiff::Timestamp;
use kith_bus::LogEvent;
use kith_kernel::WorkspaceId;
use kith_store::{Params, Tx};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::touch;
use super::{Projection, Source};
use crate::erasure;
use crate::error::InteractionsError;
use crate::interaction::Link;

/// The channel of what did not happen by any.
pub(crate) const CHANGE: &str = "change";

/// By the primary key, as is the next.
const ADD: &str = "INSERT INTO interactions.timeline \
    (workspace_id, generation, record_id, occurred_at, id, channel, type, recorded_at, detail) \
    SELECT v.workspace, $1, v.record, v.at, v.id, v.channel, v.type, v.recorded, v.detail::jsonb \
    FROM unnest($2::uuid[], $3::uuid[], $4::timestamptz[], $5::uuid[], $6::text[], $7::text[], \
      $8::timestamptz[], $9::text[]) AS v(workspace, record, at, id, channel, type, recorded, detail) \
    ON CONFLICT DO NOTHING";
const ERASE: &str = "DELETE FROM interactions.timeline t USING unnest($2::uuid[], $3::uuid[]) AS v(workspace, person) \
    WHERE t.workspace_id = v.workspace AND t.generation = $1 AND t.record_id = v.person";

/// The projection.
pub(super) struct Timeline;

#[async_trait]
impl Projection for Timeline {
    fn name(&self) -> &'static str {
        "timeline"
    }

    fn sources(&self) -> &'static [Source] {
        &[
            Source {
                log: "interactions",
                reader: "timeline",
            },
            Source {
                log: "records",
                reader: "timeline_of_records",
            },
        ]
    }

    fn tables(&self) -> &'static [&'static str] {
        &["timeline"]
    }

    fn wants(&self, event: &LogEvent) -> bool {
        touch::is_one(event) || is_change(event)
    }

    async fn apply_in(
        &self,
        tx: &Tx,
        generation: i16,
        events: &[Arc<LogEvent>],
    ) -> Result<(), InteractionsError> {
        for stretch in touch::read_in(tx, events).await? {
            let mut rows = Rows::default();
            for touch in stretch.touches {
                for link in touch.records {
                    rows.add(Row {
                        workspace: touch.workspace,
                        record: link.id,
                        at: touch.at,
                        id: touch.interaction,
                        channel: touch.channel.clone(),
                        kind: "interaction".to_owned(),
                        recorded: touch.recorded_at,
                        detail: None,
                    });
                }
            }
            rows.insert_in(tx, generation).await?;
            if !stretch.erased.is_empty() {
                let (workspaces, people) = touch::columns(&stretch.erased);
                tx.execute(ERASE, &[&generation, &workspaces, &people])
                    .await?;
            }
        }
        let mut changes = Vec::new();
        for event in events.iter().filter(|event| is_change(event)) {
            add_change(&mut changes, event)?;
        }
        let about: HashSet<(WorkspaceId, Uuid)> = changes
            .iter()
            .map(|row| (row.workspace, row.record))
            .collect();
        let erased = erasure::among_in(tx, &about.into_iter().collect::<Vec<_>>()).await?;
        let mut rows = Rows::default();
        for row in changes {
            if !erased.contains(&(row.workspace, row.record)) {
                rows.add(row);
            }
        }
        rows.insert_in(tx, generation).await
    }
}

fn is_change(event: &LogEvent) -> bool {
    let verb = event.kind.rsplit('.').next();
    matches!(verb, Some("created" | "updated" | "deleted" | "restored"))
}

#[derive(Default, Deserialize)]
struct Data {
    #[serde(default)]
    changes: Map<String, Value>,
    #[serde(default)]
    values: About,
}

#[derive(Default, Deserialize)]
struct About {
    about: Option<Link>,
}

#[derive(Deserialize)]
struct By {
    user: Option<Uuid>,
}

/// The rows of a change of a record: its own, and that of the record that it is about.
fn add_change(rows: &mut Vec<Row>, event: &LogEvent) -> Result<(), InteractionsError> {
    let broken = || InteractionsError::stored("a record's event");
    let told = matches!(event.kind.as_str(), "note.created" | "task.created");
    let updated = event.kind.ends_with(".updated");
    let data: Data = if told || updated {
        serde_json::from_str(event.data.get()).map_err(broken())?
    } else {
        Data::default()
    };
    let by: By = serde_json::from_str(event.actor.get()).map_err(broken())?;
    let mut detail = json!({ "user": by.user });
    if updated {
        let fields: Vec<&String> = data.changes.keys().collect();
        detail["fields"] = json!(fields);
        if let Some(stage) = data.changes.get("stage") {
            detail["stage"] = stage.clone();
        }
    }
    let row = |record: Uuid, detail: &Value| Row {
        workspace: event.workspace,
        record,
        at: event.occurred_at,
        id: event.id.0,
        channel: CHANGE.to_owned(),
        kind: event.kind.clone(),
        recorded: event.occurred_at,
        detail: Some(detail.to_string()),
    };
    rows.push(row(event.subject, &detail));
    if let Some(about) = data.values.about.filter(|_| told) {
        detail["record"] = json!({ "object": event.subject_kind, "id": event.subject });
        rows.push(row(about.id, &detail));
    }
    Ok(())
}

struct Row {
    workspace: WorkspaceId,
    record: Uuid,
    at: Timestamp,
    id: Uuid,
    channel: String,
    kind: String,
    recorded: Timestamp,
    detail: Option<String>,
}

/// Rows as the statement takes them.
#[derive(Default)]
struct Rows {
    workspaces: Vec<WorkspaceId>,
    records: Vec<Uuid>,
    times: Vec<Timestamp>,
    ids: Vec<Uuid>,
    channels: Vec<String>,
    kinds: Vec<String>,
    recorded: Vec<Timestamp>,
    details: Vec<Option<String>>,
}

impl Rows {
    fn add(&mut self, row: Row) {
        self.workspaces.push(row.workspace);
        self.records.push(row.record);
        self.times.push(row.at);
        self.ids.push(row.id);
        self.channels.push(row.channel);
        self.kinds.push(row.kind);
        self.recorded.push(row.recorded);
        self.details.push(row.detail);
    }

    async fn insert_in(&self, tx: &Tx, generation: i16) -> Result<(), InteractionsError> {
        if self.ids.is_empty() {
            return Ok(());
        }
        let params: Params<'_> = &[
            &generation,
            &self.workspaces,
            &self.records,
            &self.times,
            &self.ids,
            &self.channels,
            &self.kinds,
            &self.recorded,
            &self.details,
        ];
        tx.execute(ADD, params).await?;
        Ok(())
    }
}
