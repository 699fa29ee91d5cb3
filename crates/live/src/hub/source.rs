//! A log that is shown, and to whom.

use std::sync::Arc;

use kith_bus::{Bus, LogEvent, Position, Tail};
use kith_contracts::access::Sight;
use kith_contracts::{Interest, LiveEvents, LoggedEvent, RecordEvents};
use kith_kernel::{Actor, Failure, UserId, WorkspaceId};
use tokio::sync::watch;

use crate::Deps;

/// What a stream is to be shown.
#[derive(Clone, Debug)]
pub(crate) struct Wish {
    /// By whose permissions.
    pub(crate) actor: Actor,
    /// Which events of records; `object` is the stable key.
    pub(crate) object: Option<String>,
    /// What may have happened to records; everything where it is empty.
    pub(crate) verbs: Arc<[String]>,
    /// A filter over records.
    pub(crate) filter: Option<Arc<str>>,
    /// Which sources, by their place among them.
    pub(crate) sources: Arc<[bool]>,
}

/// What makes two streams be shown the same.
#[derive(PartialEq, Eq, Hash)]
pub(super) enum Group<'w> {
    Records(Sight, Option<&'w str>, &'w [String], Option<&'w str>),
    User(UserId),
}

impl Wish {
    /// Its group among those who are shown a source; `None` where it doesn't want that.
    pub(super) fn group(&self, source: usize) -> Option<Group<'_>> {
        if !self.sources.get(source).copied().unwrap_or_default() {
            return None;
        }
        Some(match source {
            0 => Group::Records(
                Sight::of(&self.actor),
                self.object.as_deref(),
                &self.verbs,
                self.filter.as_deref(),
            ),
            _ => Group::User(self.actor.user),
        })
    }

    fn interest(&self) -> Interest {
        Interest {
            actor: self.actor.clone(),
            object: self.object.clone(),
            verbs: Arc::clone(&self.verbs),
            filter: self.filter.clone(),
        }
    }
}

/// Who shows a log.
#[derive(Clone)]
enum Show {
    Records(Arc<dyn RecordEvents>),
    Other(Arc<dyn LiveEvents>),
}

/// A log that is shown.
pub(crate) struct Source {
    tail: Tail,
    show: Show,
}

/// What each of several wishes is shown of a batch, in the log's order.
pub(crate) struct Shown {
    payloads: Vec<Vec<(Position, Arc<str>)>>,
    broken: Vec<(usize, Failure)>,
}

impl Shown {
    /// What a wish is shown, each with its place in the log.
    pub(crate) fn of(&self, wish: usize) -> &[(Position, Arc<str>)] {
        &self.payloads[wish]
    }

    /// Why a wish can't be fulfilled any more.
    pub(crate) fn broken(&self, wish: usize) -> Option<&Failure> {
        let broken = self.broken.iter().find(|(at, _)| *at == wish)?;
        Some(&broken.1)
    }

    fn add(&mut self, place: Position, payload: &Arc<str>, wishes: &[usize]) {
        for wish in wishes {
            if let Some(payloads) = self.payloads.get_mut(*wish) {
                payloads.push((place, Arc::clone(payload)));
            }
        }
    }
}

impl Source {
    pub(crate) fn records(deps: &Deps) -> Self {
        Self {
            tail: deps.bus.tail("records"),
            show: Show::Records(Arc::clone(&deps.records)),
        }
    }

    pub(crate) fn other(bus: &Bus, log: &'static str, shows: &Arc<dyn LiveEvents>) -> Self {
        Self {
            tail: bus.tail(log),
            show: Show::Other(Arc::clone(shows)),
        }
    }

    /// Whose log it is.
    pub(crate) fn log(&self) -> &'static str {
        self.tail.log().service()
    }

    /// What its events are called in a stream.
    pub(crate) fn name(&self) -> &'static str {
        match &self.show {
            Show::Records(_) => "record",
            Show::Other(shows) => shows.name(),
        }
    }

    pub(crate) fn head(&self) -> Position {
        self.tail.head()
    }

    pub(crate) fn changes(&self) -> watch::Receiver<Position> {
        self.tail.changes()
    }

    /// Whether all events after a place are in memory.
    pub(crate) fn recent(&self, place: Position) -> bool {
        self.tail.recent(place, 0).is_some()
    }

    /// The place of the oldest event that is kept.
    pub(crate) async fn oldest(&self) -> Result<Option<Position>, Failure> {
        Ok(self.tail.log().oldest().await?)
    }

    pub(crate) async fn after(
        &self,
        place: Position,
        limit: usize,
    ) -> Result<Vec<Arc<LogEvent>>, Failure> {
        Ok(self.tail.after(place, limit).await?)
    }

    /// What each of some wishes is shown of events of one workspace.
    pub(crate) async fn show(
        &self,
        workspace: WorkspaceId,
        wishes: &[Wish],
        events: &[Arc<LogEvent>],
    ) -> Result<Shown, Failure> {
        let mut shown = Shown {
            payloads: vec![Vec::new(); wishes.len()],
            broken: Vec::new(),
        };
        if wishes.is_empty() || events.is_empty() {
            return Ok(shown);
        }
        let logged: Vec<LoggedEvent<'_>> = events.iter().map(|event| event.logged()).collect();
        match &self.show {
            Show::Records(records) => {
                let interests: Vec<Interest> = wishes.iter().map(Wish::interest).collect();
                let sifted = records.sift(workspace, &interests, &logged).await?;
                shown.broken = sifted.broken;
                for (event, sifted) in events.iter().zip(&sifted.events) {
                    if let Some(told) = sifted {
                        shown.add(event.position, &told.payload, &told.wanted_by);
                    }
                }
            }
            Show::Other(others) => {
                let viewers: Vec<Actor> = wishes.iter().map(|wish| wish.actor.clone()).collect();
                let told = others.show(workspace, &viewers, &logged).await?;
                for (event, told) in events.iter().zip(&told) {
                    if let Some(told) = told {
                        shown.add(event.position, &told.payload, &told.seen_by);
                    }
                }
            }
        }
        Ok(shown)
    }
}
