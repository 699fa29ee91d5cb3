//! What a stream missed while it was away.

use bytes::Bytes;
use kith_kernel::Failure;
use tokio::sync::mpsc;
use uuid::Uuid;

use crate::Live;
use crate::frame::{Frames, reset};
use crate::hub::Wish;
use crate::place::Place;

/// Events that are read at once.
const BATCH: usize = 500;
/// Events of all workspaces that are looked through at most. Who missed more reads anew.
const MOST: usize = 20_000;

/// Goes from where a stream was to where the hub is.
pub(super) struct Missed {
    place: Place,
    seen: usize,
    checked: bool,
}

/// What comes next.
pub(super) enum Next {
    /// Something that was missed.
    Chunk(Bytes),
    /// Nothing was missed any more.
    Joined(mpsc::Receiver<Bytes>),
}

impl Missed {
    pub(super) fn new(place: Place) -> Self {
        Self {
            place,
            seen: 0,
            checked: false,
        }
    }

    pub(super) async fn next(
        &mut self,
        live: &Live,
        stream: Uuid,
        wish: &Wish,
    ) -> Result<Next, Failure> {
        let hub = live.hub();
        loop {
            let now = hub.place().await;
            if self.place == now {
                if let Some(joined) = hub.join(&self.place, stream, wish).await? {
                    return Ok(Next::Joined(joined.chunks));
                }
                continue;
            }
            if self.seen > MOST || !self.is_kept(live).await? {
                self.place = now;
                self.seen = 0;
                return Ok(Next::Chunk(reset(&self.place)));
            }
            if let Some(chunk) = self.part(live, wish, &now).await? {
                return Ok(Next::Chunk(chunk));
            }
        }
    }

    /// Whether everything after the place is still there.
    async fn is_kept(&mut self, live: &Live) -> Result<bool, Failure> {
        if self.checked {
            return Ok(true);
        }
        for (at, source) in live.hub().sources().iter().enumerate() {
            if source.recent(self.place.of(at)) {
                continue;
            }
            let oldest = source.oldest().await?;
            if oldest.is_some_and(|oldest| self.place.of(at) < oldest) {
                return Ok(false);
            }
        }
        self.checked = true;
        Ok(true)
    }

    /// A part of what was missed, in each log up to `now`; nothing where it concerns nobody.
    async fn part(
        &mut self,
        live: &Live,
        wish: &Wish,
        now: &Place,
    ) -> Result<Option<Bytes>, Failure> {
        let mut frames = Frames::default();
        for (at, source) in live.hub().sources().iter().enumerate() {
            let until = now.of(at);
            if self.place.of(at) >= until {
                self.place.set(at, until);
                continue;
            }
            let mut events = source.after(self.place.of(at), BATCH).await?;
            events.retain(|event| event.position <= until);
            self.seen += events.len();
            let last = events.last().map_or(until, |event| event.position);
            if wish.sources.get(at).copied().unwrap_or_default() {
                events.retain(|event| event.workspace == wish.actor.workspace);
                let wishes = std::slice::from_ref(wish);
                let shown = source.show(wish.actor.workspace, wishes, &events).await?;
                if let Some(failure) = shown.broken(0) {
                    return Err(Failure::new(failure.code, failure.message.clone()));
                }
                for (position, payload) in shown.of(0) {
                    self.place.set(at, *position);
                    frames.event_at(&self.place, source.name(), payload);
                }
            }
            self.place.set(at, last);
        }
        Ok((!frames.is_empty()).then(|| frames.finish()))
    }
}
