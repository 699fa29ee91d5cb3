//! Tasks and companies, read of the records' log for summaries.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use jiff::Timestamp;
use kith_bus::LogEvent;
use kith_kernel::WorkspaceId;
use serde::Deserialize;
use uuid::Uuid;

use crate::error::InteractionsError;
use crate::interaction::Link;

/// What is known of a task.
#[derive(Clone, Debug, Default)]
pub(super) struct Task {
    pub(super) about: Option<Link>,
    pub(super) due: Option<Timestamp>,
    pub(super) done: bool,
    pub(super) deleted: bool,
}

/// What a stretch of the records' log says.
#[derive(Default)]
pub(super) struct Heard {
    /// The companies that people and deals belong to from now on.
    pub(super) companies: BTreeMap<(WorkspaceId, Uuid), Option<Uuid>>,
    /// What happened to tasks, in its order.
    tasks: BTreeMap<(WorkspaceId, Uuid), Vec<Data>>,
}

#[derive(Default, Deserialize)]
struct Data {
    #[serde(default)]
    values: Values,
    #[serde(default)]
    changes: Changes,
    #[serde(skip)]
    deleted: Option<bool>,
}

#[derive(Default, Deserialize)]
struct Values {
    about: Option<Link>,
    due_at: Option<Timestamp>,
    #[serde(default)]
    done: Option<bool>,
    company: Option<Uuid>,
}

#[derive(Default, Deserialize)]
struct Changes {
    about: Option<To<Link>>,
    due_at: Option<To<Timestamp>>,
    done: Option<To<bool>>,
    company: Option<To<Uuid>>,
}

#[derive(Deserialize)]
struct To<T> {
    to: Option<T>,
}

/// Whether an event is about one of them.
pub(super) fn is_one(event: &LogEvent) -> bool {
    match event.subject_kind.as_str() {
        "task" => true,
        "person" | "deal" => event.data.get().contains("\"company\""),
        _ => false,
    }
}

impl Heard {
    pub(super) fn read(events: &[Arc<LogEvent>]) -> Result<Self, InteractionsError> {
        let mut heard = Self::default();
        for event in events.iter().filter(|event| is_one(event)) {
            let data: Result<Data, _> = serde_json::from_str(event.data.get());
            let mut data = data.map_err(InteractionsError::stored("a record's event"))?;
            let subject = (event.workspace, event.subject);
            if event.subject_kind == "task" {
                data.deleted = match event.kind.as_str() {
                    "task.deleted" => Some(true),
                    "task.restored" => Some(false),
                    _ => None,
                };
                heard.tasks.entry(subject).or_default().push(data);
            } else if let Some(company) = data.values.company {
                heard.companies.insert(subject, Some(company));
            } else if let Some(To { to }) = data.changes.company {
                heard.companies.insert(subject, to);
            }
        }
        Ok(heard)
    }

    pub(super) fn task_ids(&self) -> Vec<(WorkspaceId, Uuid)> {
        self.tasks.keys().copied().collect()
    }

    /// What the tasks are, after what they were.
    pub(super) fn tasks(
        self,
        mut before: HashMap<(WorkspaceId, Uuid), Task>,
    ) -> Vec<((WorkspaceId, Uuid), Task)> {
        let after = |(key, happened): (_, Vec<Data>)| {
            let mut task = before.remove(&key).unwrap_or_default();
            for data in happened {
                task.take(data);
            }
            (key, task)
        };
        self.tasks.into_iter().map(after).collect()
    }
}

impl Task {
    fn take(
        &mut self,
        Data {
            values,
            changes,
            deleted,
        }: Data,
    ) {
        self.deleted = deleted.unwrap_or(self.deleted);
        self.about = values.about.or_else(|| self.about.take());
        self.due = values.due_at.or(self.due);
        self.done = values.done.unwrap_or(self.done);
        if let Some(To { to }) = changes.about {
            self.about = to;
        }
        if let Some(To { to }) = changes.due_at {
            self.due = to;
        }
        if let Some(To { to }) = changes.done {
            self.done = to.unwrap_or(false);
        }
    }
}
