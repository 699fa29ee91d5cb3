//! When a record was last in touch, and what comes next: open tasks about it, or meetings to come.
//! A company's are those of its people and deals too.

mod store;

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use async_trait::async_trait;
use jiff::Timestamp;
use kith_bus::LogEvent;
use kith_kernel::WorkspaceId;
use kith_store::Tx;
use uuid::Uuid;

use super::task::{self, Heard};
use super::touch::{self, Stretch};
use super::{Projection, Source};
use crate::erasure;
use crate::error::InteractionsError;
use crate::interaction::{Link, is_contact};

pub(super) use store::sweep_in;
use store::{Planned, Touched};

/// The projection.
pub(super) struct Summary;

#[async_trait]
impl Projection for Summary {
    fn name(&self) -> &'static str {
        "summary"
    }

    fn sources(&self) -> &'static [Source] {
        &[
            Source {
                log: "interactions",
                reader: "summary",
            },
            Source {
                log: "records",
                reader: "summary_of_records",
            },
        ]
    }

    fn tables(&self) -> &'static [&'static str] {
        &["summary", "planned", "belongs"]
    }

    fn wants(&self, event: &LogEvent) -> bool {
        touch::is_one(event) || task::is_one(event)
    }

    async fn apply_in(
        &self,
        tx: &Tx,
        generation: i16,
        events: &[Arc<LogEvent>],
    ) -> Result<(), InteractionsError> {
        store::lock_in(tx).await?;
        for stretch in touch::read_in(tx, events).await? {
            take_in(tx, generation, stretch).await?;
        }
        let heard = Heard::read(events)?;
        let mut touched = move_in(tx, generation, &heard).await?;
        touched.extend(plan_in(tx, generation, heard).await?);
        store::look_ahead_in(tx, generation, touched).await
    }
}

/// Takes interactions and erasures.
async fn take_in(tx: &Tx, generation: i16, stretch: Stretch) -> Result<(), InteractionsError> {
    let mut contacts: BTreeMap<(WorkspaceId, Uuid), (String, Timestamp)> = BTreeMap::new();
    let mut planned: Vec<Planned> = Vec::new();
    for touch in stretch.touches {
        if !is_contact(&touch.channel, touch.direction) {
            continue;
        }
        for Link { object, id } in touch.records {
            if touch.at > touch.recorded_at {
                planned.push(Planned {
                    workspace: touch.workspace,
                    id: touch.interaction,
                    record: Link { object, id },
                    meeting: true,
                    at: Some(touch.at),
                    open: true,
                    deleted: false,
                });
                continue;
            }
            (contacts.entry((touch.workspace, id)))
                .and_modify(|(_, last)| *last = touch.at.max(*last))
                .or_insert((object, touch.at));
        }
    }
    store::contact_in(tx, generation, &contacts).await?;
    let mut touched: Touched = (planned.iter())
        .map(|one| (one.workspace, one.record.id, one.record.object.clone()))
        .collect();
    store::plan_in(tx, generation, &planned).await?;
    touched.extend(store::erase_in(tx, generation, &stretch.erased).await?);
    store::look_ahead_in(tx, generation, touched).await
}

/// Takes the companies of people and deals; the companies that are concerned.
async fn move_in(tx: &Tx, generation: i16, heard: &Heard) -> Result<Touched, InteractionsError> {
    if heard.companies.is_empty() {
        return Ok(Touched::new());
    }
    let named: Vec<_> = heard.companies.keys().copied().collect();
    let erased = erasure::among_in(tx, &named).await?;
    let moves: Vec<_> = (heard.companies.iter())
        .filter(|(record, _)| !erased.contains(record))
        .map(|((workspace, record), company)| (*workspace, *record, *company))
        .collect();
    store::move_in(tx, generation, &moves).await
}

/// Takes what happened to tasks; the records that are concerned.
async fn plan_in(tx: &Tx, generation: i16, heard: Heard) -> Result<Touched, InteractionsError> {
    let ids = heard.task_ids();
    if ids.is_empty() {
        return Ok(Touched::new());
    }
    let before = store::tasks_in(tx, generation, &ids).await?;
    let mut touched: Touched = BTreeSet::new();
    let mut concerned = |workspace: WorkspaceId, about: &Option<Link>| {
        if let Some(Link { object, id }) = about {
            touched.insert((workspace, *id, object.clone()));
        }
    };
    for ((workspace, _), task) in &before {
        concerned(*workspace, &task.about);
    }
    let tasks = heard.tasks(before.into_iter().collect::<HashMap<_, _>>());
    for ((workspace, _), task) in &tasks {
        concerned(*workspace, &task.about);
    }
    let named: Vec<_> = touched
        .iter()
        .map(|(workspace, id, _)| (*workspace, *id))
        .collect();
    let erased: HashSet<_> = erasure::among_in(tx, &named).await?;
    let planned: Vec<Planned> = (tasks.into_iter())
        .map(|((workspace, id), task)| {
            let about = task
                .about
                .filter(|link| !erased.contains(&(workspace, link.id)));
            Planned {
                workspace,
                id,
                record: about.unwrap_or_else(store::nothing),
                meeting: false,
                at: task.due,
                open: !task.done,
                deleted: task.deleted,
            }
        })
        .collect();
    store::replace_in(tx, generation, &ids, &planned).await?;
    Ok(touched)
}
