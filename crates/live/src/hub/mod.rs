//! The one place in a process that follows the logs for all streams.

mod room;
mod source;

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures_util::future::select_all;
use kith_bus::Position;
use kith_kernel::{ErrorCode, Failure, WorkspaceId};
use tokio::sync::{Mutex, mpsc};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::frame::{Frames, reset};
use crate::place::Place;
use room::{Member, Room};
pub(crate) use source::{Shown, Source, Wish};

/// How often every stream is told where it stands, so that its connection isn't taken for dead.
const BEAT: Duration = Duration::from_secs(15);
/// How long to wait while events can't be read.
const TROUBLE: Duration = Duration::from_millis(500);
/// How often the same events are tried before streams are told to read anew.
const TRIES: u32 = 10;
/// How long a stream waits for the logs to be followed.
const READY: Duration = Duration::from_secs(10);
/// Events that are taken at once.
const BATCH: usize = 500;
/// Chunks that wait for a client; one that lets more pile up is cut off and comes back.
const WAITING: usize = 64;

/// How many streams there may be in a process.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Of one user.
    pub of_user: usize,
    /// In all.
    pub in_all: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            of_user: 32,
            in_all: 20_000,
        }
    }
}

/// Follows the logs, and tells streams what concerns them.
pub(crate) struct Hub {
    sources: Vec<Source>,
    limits: Limits,
    /// Held while a batch goes out, so that nobody joins in the midst of one.
    state: Mutex<State>,
    left: parking_lot::Mutex<Vec<(WorkspaceId, Uuid)>>,
}

struct State {
    place: Place,
    rooms: HashMap<WorkspaceId, Room>,
}

/// A stream's end in the hub.
pub(crate) struct Joined {
    pub(crate) chunks: mpsc::Receiver<Bytes>,
}

impl Hub {
    pub(crate) fn new(sources: Vec<Source>, limits: Limits) -> Self {
        let start = sources.iter().map(|source| (source.log(), source.head()));
        Self {
            limits,
            state: Mutex::new(State {
                place: Place::new(start.collect()),
                rooms: HashMap::new(),
            }),
            sources,
            left: parking_lot::Mutex::default(),
        }
    }

    /// What is followed.
    pub(crate) fn sources(&self) -> &[Source] {
        &self.sources
    }

    /// Where the hub stands.
    pub(crate) async fn place(&self) -> Place {
        let state = self.state.lock().await;
        state.place.clone()
    }

    /// Waits until it is known where the logs end.
    ///
    /// # Errors
    /// `Unavailable` where that takes too long.
    pub(crate) async fn ready(&self) -> Result<(), Failure> {
        let known = async {
            while !self.place().await.is_known() {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        (tokio::time::timeout(READY, known).await).map_err(|_| {
            Failure::new(
                ErrorCode::Unavailable,
                "Live updates are not there yet. Try again in a moment.",
            )
            .retry_after(2)
        })
    }

    /// Lets a stream join that has seen everything up to `place`. `None` where the hub is past
    /// that: there is more to be shown first.
    ///
    /// # Errors
    /// `LimitExceeded` where the user, or everybody, has too many streams.
    pub(crate) async fn join(
        &self,
        place: &Place,
        stream: Uuid,
        wish: &Wish,
    ) -> Result<Option<Joined>, Failure> {
        let mut state = self.state.lock().await;
        if state.place != *place {
            return Ok(None);
        }
        self.sweep(&mut state);
        let all: usize = state.rooms.values().map(Room::len).sum();
        let room = state.rooms.entry(wish.actor.workspace).or_default();
        if all >= self.limits.in_all || room.streams_of(wish.actor.user) >= self.limits.of_user {
            return Err(Failure::new(
                ErrorCode::LimitExceeded,
                "There are too many streams open. Close some, or share one among tabs.",
            ));
        }
        let (sender, chunks) = mpsc::channel(WAITING);
        room.enter(
            stream,
            Member {
                sender,
                wish: wish.clone(),
            },
        );
        Ok(Some(Joined { chunks }))
    }

    /// A stream has ended.
    pub(crate) fn leave(&self, workspace: WorkspaceId, stream: Uuid) {
        self.left.lock().push((workspace, stream));
    }

    /// Sends something to some streams of a workspace.
    pub(crate) async fn tell(&self, workspace: WorkspaceId, streams: &[Uuid], chunk: &Bytes) {
        let mut state = self.state.lock().await;
        if let Some(room) = state.rooms.get_mut(&workspace) {
            room.send(streams.iter().copied(), chunk);
        }
    }

    /// Shows what happens, until `stop` is cancelled.
    pub(crate) async fn run(&self, stop: &CancellationToken) {
        let mut changes: Vec<_> = self.sources.iter().map(Source::changes).collect();
        let mut beat = tokio::time::interval(BEAT);
        beat.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        let mut failures = 0;
        loop {
            for change in &mut changes {
                change.mark_unchanged();
            }
            match self.round(failures >= TRIES).await {
                Ok(true) => {
                    failures = 0;
                    continue;
                }
                Ok(false) => failures = 0,
                Err(failure) => {
                    failures += 1;
                    tracing::warn!(error = %failure, cause = ?failure.cause, "live updates are behind; trying again");
                    tokio::select! {
                        () = stop.cancelled() => return,
                        () = tokio::time::sleep(TROUBLE) => continue,
                    }
                }
            }
            let any = select_all(changes.iter_mut().map(|change| Box::pin(change.changed())));
            tokio::select! {
                () = stop.cancelled() => return,
                _ = any => {}
                _ = beat.tick() => self.beat().await,
            }
        }
    }

    /// Takes the next events of each log; whether there were any. With `give_up`, what can't be
    /// shown is left out, and its streams are told so.
    async fn round(&self, give_up: bool) -> Result<bool, Failure> {
        let mut guard = self.state.lock().await;
        let state = &mut *guard;
        let mut moved = false;
        for (at, source) in self.sources.iter().enumerate() {
            if state.place.of(at) == Position::START {
                // Nobody has joined yet.
                state.place.set(at, source.head());
                continue;
            }
            let events = source.after(state.place.of(at), BATCH).await?;
            let Some(last) = events.last().map(|event| event.position) else {
                continue;
            };
            moved = true;
            let mut by_workspace: HashMap<WorkspaceId, Vec<_>> = HashMap::new();
            for event in events {
                if state.rooms.contains_key(&event.workspace) {
                    let of_workspace = by_workspace.entry(event.workspace).or_default();
                    of_workspace.push(event);
                }
            }
            // Everything is read before anything is sent: a batch goes out once.
            let mut ready = Vec::new();
            for (workspace, events) in by_workspace {
                let Some(room) = state.rooms.get(&workspace) else {
                    continue;
                };
                let groups = room.groups(at);
                let wishes: Vec<Wish> = groups.iter().map(|(wish, _)| wish.clone()).collect();
                match source.show(workspace, &wishes, &events).await {
                    Ok(shown) => ready.push((workspace, groups, Some(shown))),
                    Err(failure) if give_up => {
                        tracing::error!(error = %failure, cause = ?failure.cause, "events can't be shown and are left out");
                        ready.push((workspace, groups, None));
                    }
                    Err(failure) => return Err(failure),
                }
            }
            state.place.set(at, last);
            for (workspace, groups, shown) in ready {
                if let Some(room) = state.rooms.get_mut(&workspace) {
                    let of = (source.name(), at);
                    deliver(room, of, &state.place, &groups, shown.as_ref());
                }
            }
        }
        Ok(moved)
    }

    /// Tells every stream where it stands.
    async fn beat(&self) {
        let mut state = self.state.lock().await;
        self.sweep(&mut state);
        let mut frames = Frames::default();
        frames.place(&state.place);
        let chunk = frames.finish();
        for room in state.rooms.values_mut() {
            room.send_all(&chunk);
        }
        let all: usize = state.rooms.values().map(Room::len).sum();
        metrics::gauge!("kith_live_streams").set(f64::from(u32::try_from(all).unwrap_or(u32::MAX)));
    }

    fn sweep(&self, state: &mut State) {
        for (workspace, stream) in std::mem::take(&mut *self.left.lock()) {
            if let Some(room) = state.rooms.get_mut(&workspace) {
                room.remove(stream);
            }
        }
        state.rooms.retain(|_, room| room.len() > 0);
    }
}

/// Sends to each group what it is shown; where nothing could be shown, word that it has to read anew.
fn deliver(
    room: &mut Room,
    (name, source): (&str, usize),
    place: &Place,
    groups: &[(Wish, Arc<[Uuid]>)],
    shown: Option<&Shown>,
) {
    let Some(shown) = shown else {
        let chunk = reset(place);
        for (_, streams) in groups {
            room.send(streams.iter().copied(), &chunk);
        }
        return;
    };
    for (at, (_, streams)) in groups.iter().enumerate() {
        if let Some(failure) = shown.broken(at) {
            let chunk = crate::frame::end(failure);
            room.send(streams.iter().copied(), &chunk);
            streams.iter().for_each(|stream| room.remove(*stream));
            continue;
        }
        let mut frames = Frames::default();
        let mut own = place.clone();
        for (position, payload) in shown.of(at) {
            own.set(source, *position);
            frames.event_at(&own, name, payload);
        }
        if !frames.is_empty() {
            room.send(streams.iter().copied(), &frames.finish());
        }
    }
}
