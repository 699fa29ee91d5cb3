//! The newest part of a log in memory, read once for all who follow it in this process.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use kith_store::{Store, StoreError};
use parking_lot::Mutex;
use tokio::sync::{Notify, watch};
use tokio_util::sync::CancellationToken;

use super::{Log, LogEvent, Position};

/// Events that are kept at most.
const EVENTS: usize = 16_384;
/// Bytes that they take at most, about.
const BYTES: usize = 32 << 20;
/// How many events are read at once.
const PAGE: i64 = 1_000;
/// How long commits are gathered before the log is looked at again.
const GATHER: Duration = Duration::from_millis(5);
/// How soon events that are committed but not final yet are looked for again.
const SOON: Duration = Duration::from_millis(25);
/// How often the log is looked at without being told.
const LOOK: Duration = Duration::from_secs(2);
/// How long to wait while the database can't be reached.
const TROUBLE: Duration = Duration::from_secs(1);

/// The end of one log. Clones share it.
#[derive(Clone)]
pub struct Tail {
    inner: Arc<Inner>,
}

struct Inner {
    log: Log,
    window: Mutex<Window>,
    head: watch::Sender<Position>,
    poked: Notify,
}

/// Events without a gap.
#[derive(Default)]
struct Window {
    /// All events after this place, up to the last, are here; `None` until the log was looked at.
    floor: Option<Position>,
    events: VecDeque<Arc<LogEvent>>,
    bytes: usize,
}

impl Window {
    fn push(&mut self, events: Vec<Arc<LogEvent>>) {
        for event in events {
            self.bytes += event.size();
            self.events.push_back(event);
        }
        while self.events.len() > EVENTS || self.bytes > BYTES {
            let Some(oldest) = self.events.pop_front() else {
                return;
            };
            self.bytes -= oldest.size();
            self.floor = Some(oldest.position);
        }
    }

    fn after(&self, place: Position, limit: usize) -> Option<Vec<Arc<LogEvent>>> {
        if self.floor.is_none_or(|floor| place < floor) {
            return None;
        }
        let first = (self.events).partition_point(|event| event.position <= place);
        Some(
            self.events
                .iter()
                .skip(first)
                .take(limit)
                .cloned()
                .collect(),
        )
    }

    fn head(&self) -> Option<Position> {
        let last = self.events.back().map(|event| event.position);
        last.or(self.floor)
    }
}

impl Tail {
    pub(crate) fn new(log: Log) -> Self {
        let (head, _) = watch::channel(Position::START);
        Self {
            inner: Arc::new(Inner {
                log,
                window: Mutex::default(),
                head,
                poked: Notify::new(),
            }),
        }
    }

    /// The log that this is the end of.
    pub fn log(&self) -> &Log {
        &self.inner.log
    }

    /// The events after a place, at most `limit`: from memory where they are there, else from the
    /// database. None where there are no more for now.
    pub async fn after(
        &self,
        place: Position,
        limit: usize,
    ) -> Result<Vec<Arc<LogEvent>>, StoreError> {
        if let Some(events) = self.recent(place, limit) {
            return Ok(events);
        }
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        self.inner.log.page(place, limit).await
    }

    /// The same from memory alone; `None` where that doesn't reach back far enough.
    pub fn recent(&self, place: Position, limit: usize) -> Option<Vec<Arc<LogEvent>>> {
        self.inner.window.lock().after(place, limit)
    }

    /// The place of the newest event here, or where the log ended when it was first looked at.
    pub fn head(&self) -> Position {
        *self.inner.head.borrow()
    }

    /// Changes whenever there are new events.
    pub fn changes(&self) -> watch::Receiver<Position> {
        self.inner.head.subscribe()
    }

    /// Looks at the log, because another process has written to it.
    pub(crate) fn poke(&self) {
        self.inner.poked.notify_one();
    }

    /// Keeps the end of the log here, until `stop` is cancelled.
    pub(crate) async fn keep(&self, store: &Store, stop: &CancellationToken) {
        let mut committed = store.committed();
        while !stop.is_cancelled() {
            committed.mark_unchanged();
            let pause = match self.look().await {
                Ok(None) => continue,
                Ok(Some(pause)) => pause,
                Err(error) => {
                    tracing::warn!(%error, log = self.inner.log.service, "a log can't be followed; trying again");
                    TROUBLE
                }
            };
            tokio::select! {
                () = stop.cancelled() => return,
                _ = committed.changed() => {}
                () = self.inner.poked.notified() => {}
                () = tokio::time::sleep(pause) => {}
            }
            tokio::time::sleep(GATHER).await;
        }
    }

    /// Takes in what is new. After how long to look again, unless there is more at once.
    async fn look(&self) -> Result<Option<Duration>, StoreError> {
        let log = &self.inner.log;
        let head = self.inner.window.lock().head();
        let Some(head) = head else {
            let end = log.end().await?;
            self.inner.window.lock().floor = Some(end);
            self.inner.head.send_replace(end);
            return Ok(Some(Duration::ZERO));
        };
        let events = log.page(head, PAGE).await?;
        if let Some(last) = events.last().map(|event| event.position) {
            self.inner.window.lock().push(events);
            self.inner.head.send_replace(last);
            return Ok(None);
        }
        let unfinished = log.newest().await?.is_some_and(|newest| newest > head);
        Ok(Some(if unfinished { SOON } else { LOOK }))
    }
}

#[cfg(test)]
mod tests {
    use kith_kernel::{Clock, EventId, WorkspaceId};
    use serde_json::value::RawValue;

    use super::*;

    fn event(xid: u64) -> Arc<LogEvent> {
        let clock = Clock::system();
        Arc::new(LogEvent {
            workspace: WorkspaceId::new(&clock),
            position: Position { xid, seq: 1 },
            id: EventId::new(&clock),
            kind: "item.created".to_owned(),
            subject_kind: "item".to_owned(),
            subject: clock.next_uuid(),
            subject_version: 1,
            actor: RawValue::NULL.to_owned(),
            occurred_at: clock.now(),
            data: RawValue::NULL.to_owned(),
        })
    }

    fn xids(events: Option<Vec<Arc<LogEvent>>>) -> Option<Vec<u64>> {
        let events = events?;
        Some(events.iter().map(|event| event.position.xid).collect())
    }

    #[test]
    fn a_window_answers_only_for_what_it_has_without_a_gap() {
        let mut window = Window::default();
        assert_eq!(
            xids(window.after(Position::START, 9)),
            None,
            "nobody has looked yet"
        );
        window.floor = Some(Position { xid: 10, seq: 0 });
        assert_eq!(xids(window.after(Position { xid: 9, seq: 5 }, 9)), None);
        window.push((11..=14).map(event).collect());
        assert_eq!(
            xids(window.after(Position { xid: 10, seq: 0 }, 9)),
            Some(vec![11, 12, 13, 14])
        );
        assert_eq!(
            xids(window.after(Position { xid: 12, seq: 1 }, 1)),
            Some(vec![13])
        );
        assert_eq!(
            xids(window.after(Position { xid: 14, seq: 1 }, 9)),
            Some(vec![])
        );
    }

    #[test]
    fn a_full_window_forgets_its_oldest_events_and_knows_that_it_did() {
        let mut window = Window {
            floor: Some(Position::START),
            ..Window::default()
        };
        let all = EVENTS as u64 + 3;
        window.push((1..=all).map(event).collect());
        assert_eq!(window.events.len(), EVENTS);
        assert_eq!(xids(window.after(Position { xid: 2, seq: 1 }, 1)), None);
        assert_eq!(
            xids(window.after(Position { xid: 3, seq: 1 }, 1)),
            Some(vec![4])
        );
    }
}
