//! Tasks that come due.

mod store;

use std::sync::Arc;

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use kith_bus::{LogEvent, Reader};
use kith_kernel::{Failure, UserId};
use kith_store::{Class, Tx};
use serde::Deserialize;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::Deps;
use crate::inbox::store::tell_in;
use crate::inbox::{Kind, NewNotification};
use store::{Said, TaskChange};

/// What came due longer ago is not reminded of: nobody was there to do it.
const LATE: SignedDuration = SignedDuration::from_hours(24);

/// Keeps what reminders need to know of tasks.
pub(crate) struct Tasks;

#[async_trait]
impl Reader for Tasks {
    fn name(&self) -> &'static str {
        "tasks"
    }

    fn wants(&self, event: &LogEvent) -> bool {
        event.subject_kind == "task"
    }

    async fn apply_in(&self, tx: &Tx, events: &[Arc<LogEvent>]) -> Result<(), Failure> {
        for event in events {
            store::put_in(tx, event.workspace, &change(event)?).await?;
        }
        Ok(())
    }
}

/// The values of a new record, or what changed of one.
#[derive(Deserialize)]
struct Data {
    #[serde(default)]
    values: serde_json::Map<String, Value>,
    #[serde(default)]
    changes: serde_json::Map<String, Value>,
}

/// What an event says of a task.
fn change(event: &LogEvent) -> Result<TaskChange, Failure> {
    let data: Data = serde_json::from_str(event.data.get()).map_err(Failure::internal)?;
    let verb = event.kind.rsplit('.').next().unwrap_or_default();
    let is_new = verb == "created";
    // A value that isn't said is unset with a new task, and as it was with another.
    let said = |field: &str| -> Said<Value> {
        if is_new {
            return Said::Now(data.values.get(field).cloned());
        }
        match data.changes.get(field) {
            None => Said::Nothing,
            Some(change) => Said::Now(change.get("to").cloned()),
        }
    };
    let text = |value: Value| value.as_str().map(str::to_owned);
    let user = |value: Value| value.as_str()?.parse::<UserId>().ok();
    let due_at = said("due_at").map(|value| value.as_str()?.parse::<Timestamp>().ok());
    let done = said("done");
    Ok(TaskChange {
        task: event.subject,
        name: said("name").map(text),
        assignee: said("assignee").map(user),
        owner: said("owner").map(user),
        done: match done {
            Said::Nothing => None,
            Said::Now(value) => Some(value == Some(Value::Bool(true))),
        },
        deleted: match verb {
            "deleted" => Some(true),
            "created" | "restored" => Some(false),
            _ => None,
        },
        // What is past when it is set is known to whoever set it.
        passed: due_at
            .value()
            .copied()
            .filter(|due| *due <= event.occurred_at),
        due_at,
    })
}

/// Reminds of some tasks that are due; of how many.
pub(crate) async fn remind(deps: &Deps) -> Result<usize, Failure> {
    let now = deps.clock.now();
    let tx = deps.store.begin_system(Class::Background).await?;
    let due = store::take_due_in(&tx, now).await?;
    let late = now.checked_sub(LATE).unwrap_or(now);
    let new: Vec<NewNotification> = (due.iter())
        .filter(|task| task.due_at > late)
        .filter_map(|task| {
            Some(NewNotification {
                workspace: task.workspace,
                user: task.assignee.or(task.owner)?,
                kind: Kind::Reminder,
                source: occasion(task.id, task.due_at),
                data: json!({
                    "object": "tasks",
                    "record_id": task.id,
                    "name": task.name,
                    "due_at": task.due_at,
                }),
            })
        })
        .collect();
    tell_in(&tx, &deps.clock, &new).await?;
    tx.commit().await?;
    Ok(due.len())
}

/// The same for the same task and time, so that one who moves a task is reminded anew.
fn occasion(task: Uuid, due: Timestamp) -> Uuid {
    let time = u128::from(due.as_millisecond().unsigned_abs());
    Uuid::from_u128(task.as_u128() ^ (time << 64))
}
