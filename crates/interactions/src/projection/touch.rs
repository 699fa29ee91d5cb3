//! What projections read of an interaction.

use std::collections::HashSet;
use std::sync::Arc;

use jiff::Timestamp;
use kith_bus::LogEvent;
use kith_kernel::WorkspaceId;
use kith_store::Tx;
use serde::Deserialize;
use uuid::Uuid;

use crate::erasure;
use crate::error::InteractionsError;
use crate::interaction::{Direction, ERASED, LINKED, Link, RECORDED};

/// An interaction with records that it belongs to from now on.
pub(crate) struct Touch {
    pub(crate) workspace: WorkspaceId,
    pub(crate) interaction: Uuid,
    pub(crate) channel: String,
    pub(crate) direction: Direction,
    pub(crate) at: Timestamp,
    pub(crate) recorded_at: Timestamp,
    pub(crate) users: Vec<Uuid>,
    pub(crate) records: Vec<Link>,
}

/// Touches, and then people who were erased after them.
#[derive(Default)]
pub(crate) struct Stretch {
    pub(crate) touches: Vec<Touch>,
    pub(crate) erased: Vec<(WorkspaceId, Uuid)>,
}

#[derive(Deserialize)]
struct Data {
    channel: String,
    direction: Direction,
    at: Timestamp,
    recorded_at: Option<Timestamp>,
    users: Vec<Uuid>,
    records: Vec<Link>,
}

/// Whether an event is about interactions.
pub(crate) fn is_one(event: &LogEvent) -> bool {
    matches!(event.kind.as_str(), RECORDED | LINKED | ERASED)
}

/// Reads events of the interactions' log. People who were erased meanwhile, even later in the
/// log, are left out.
pub(crate) async fn read_in(
    tx: &Tx,
    events: &[Arc<LogEvent>],
) -> Result<Vec<Stretch>, InteractionsError> {
    let mut stretches = vec![Stretch::default()];
    for event in events.iter().filter(|event| is_one(event)) {
        let Some(stretch) = stretches.last_mut() else {
            continue;
        };
        if event.kind == ERASED {
            stretch.erased.push((event.workspace, event.subject));
            continue;
        }
        let touch = touch(event)?;
        if stretch.erased.is_empty() {
            stretch.touches.push(touch);
        } else {
            stretches.push(Stretch {
                touches: vec![touch],
                erased: Vec::new(),
            });
        }
    }
    let people: HashSet<(WorkspaceId, Uuid)> = (stretches.iter())
        .flat_map(|stretch| &stretch.touches)
        .flat_map(|touch| {
            let people = touch.records.iter().filter(|link| link.object == "person");
            people.map(|link| (touch.workspace, link.id))
        })
        .collect();
    if !people.is_empty() {
        let people: Vec<_> = people.into_iter().collect();
        let erased = erasure::among_in(tx, &people).await?;
        for touch in stretches
            .iter_mut()
            .flat_map(|stretch| &mut stretch.touches)
        {
            let workspace = touch.workspace;
            (touch.records).retain(|link| !erased.contains(&(workspace, link.id)));
        }
    }
    Ok(stretches)
}

fn touch(event: &LogEvent) -> Result<Touch, InteractionsError> {
    let data: Result<Data, _> = serde_json::from_str(event.data.get());
    let data = data.map_err(InteractionsError::stored("an interaction"))?;
    Ok(Touch {
        workspace: event.workspace,
        interaction: event.subject,
        channel: data.channel,
        direction: data.direction,
        at: data.at,
        recorded_at: data.recorded_at.unwrap_or(event.occurred_at),
        users: data.users,
        records: data.records,
    })
}

/// Pairs of workspaces and ids, as a statement takes them.
pub(crate) fn columns(pairs: &[(WorkspaceId, Uuid)]) -> (Vec<WorkspaceId>, Vec<Uuid>) {
    pairs.iter().copied().unzip()
}
