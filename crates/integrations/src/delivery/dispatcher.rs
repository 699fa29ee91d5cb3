//! The background work that sends what is due.

use std::sync::Arc;
use std::time::Duration;

use jiff::SignedDuration;
use kith_bus::Presence;
use kith_kernel::{Clock, Failure};
use kith_store::Store;
use tokio::sync::Notify;
use tokio::task::{JoinError, JoinSet};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::endpoint::{Endpoints, Key};
use super::model::Tried;
use super::queue;
use super::sender::send;
use super::settle::{settle, succeeded};
use crate::outbound::Client;
use crate::webhook::Secrets;

/// How many deliveries of all webhooks are under way in this process.
const AT_ONCE: usize = 256;
/// How often is looked for what is due, without being told.
const LOOK: Duration = Duration::from_secs(1);
/// The same just after being told: what is told of may be committed a moment later.
const LOOK_SOON: Duration = Duration::from_millis(30);
/// How often is looked in this way after being told.
const SOON: u8 = 4;
/// How often is looked for what the dead left behind, and for what is too old.
const TIDY: Duration = Duration::from_secs(10);
/// How long receivers have to answer when this process stops.
const LAST: Duration = Duration::from_secs(5);
/// How long ended deliveries are kept.
const KEPT: SignedDuration = SignedDuration::from_hours(30 * 24);
/// How many rows are tidied in one transaction.
const ROWS: i64 = 5_000;

/// Takes deliveries that are due, posts them, and notes what came back.
#[derive(Clone)]
pub(crate) struct Dispatcher {
    pub(crate) store: Store,
    pub(crate) clock: Clock,
    pub(crate) client: Client,
    pub(crate) secrets: Arc<Secrets>,
    /// This process among those that send.
    pub(crate) presence: Presence,
    pub(crate) wake: Arc<Notify>,
}

/// What is under way.
#[derive(Default)]
struct UnderWay {
    sending: JoinSet<Tried>,
    /// What came back and is not noted yet.
    tried: Vec<Tried>,
    endpoints: Endpoints,
    /// Whether a task ended without saying of which delivery it was.
    lost: bool,
}

impl Dispatcher {
    /// Sends what is due, until `stop` is cancelled; then ends what is under way.
    pub(crate) async fn work(&self, stop: &CancellationToken) {
        // Until then others would take this process for dead, and send what it sends.
        tokio::select! {
            () = stop.cancelled() => return,
            () = self.presence.alive() => {}
        }
        let mut under_way = UnderWay::default();
        let (mut soon, mut tidied) = (0_u8, None);
        while !stop.is_cancelled() {
            if let Err(error) = self.round(&mut under_way, &mut tidied).await {
                tracing::warn!(%error, "deliveries to webhooks are held up; trying again");
                tokio::select! {
                    () = stop.cancelled() => break,
                    () = tokio::time::sleep(LOOK) => continue,
                }
            }
            let look = if soon > 0 { LOOK_SOON } else { LOOK };
            tokio::select! {
                () = stop.cancelled() => break,
                Some(ended) = under_way.sending.join_next() => under_way.note(ended),
                () = self.wake.notified() => soon = SOON,
                () = tokio::time::sleep(look) => soon = soon.saturating_sub(1),
            }
        }
        let answers = async {
            while let Some(ended) = under_way.sending.join_next().await {
                under_way.note(ended);
            }
        };
        if tokio::time::timeout(LAST, answers).await.is_err() {
            // What is still under way is sent again by somebody else.
            under_way.sending.abort_all();
        }
        let ended = async {
            self.settle(&mut under_way).await?;
            Ok::<_, Failure>(queue::give_back(&self.store, self.presence.process()).await?)
        };
        if let Err(error) = ended.await {
            tracing::warn!(%error, "deliveries were left to other processes");
        }
    }

    /// Sends until nothing more is due at this moment.
    ///
    /// # Errors
    /// Where the database can't be reached.
    pub(crate) async fn drain(&self) -> Result<(), Failure> {
        let mut under_way = UnderWay::default();
        queue::free(&self.store, self.presence.process()).await?;
        loop {
            self.take(&mut under_way).await?;
            let Some(ended) = under_way.sending.join_next().await else {
                return Ok(());
            };
            under_way.note(ended);
            self.settle(&mut under_way).await?;
        }
    }

    /// Notes what came back, and begins with what is due and has room.
    async fn round(
        &self,
        under_way: &mut UnderWay,
        tidied: &mut Option<Instant>,
    ) -> Result<(), Failure> {
        self.settle(under_way).await?;
        if tidied.is_none_or(|at: Instant| at.elapsed() >= TIDY) {
            *tidied = Some(Instant::now());
            self.tidy().await?;
        }
        if under_way.lost && under_way.sending.is_empty() {
            queue::give_back(&self.store, self.presence.process()).await?;
            under_way.lost = false;
        }
        self.take(under_way).await
    }

    async fn settle(&self, under_way: &mut UnderWay) -> Result<(), Failure> {
        while let Some(ended) = under_way.sending.try_join_next() {
            under_way.note(ended);
        }
        if !under_way.tried.is_empty() {
            settle(
                &self.store,
                &self.clock,
                self.presence.process(),
                &under_way.tried,
            )
            .await?;
            under_way.tried.clear();
        }
        Ok(())
    }

    async fn take(&self, under_way: &mut UnderWay) -> Result<(), Failure> {
        let mut free = AT_ONCE.saturating_sub(under_way.sending.len() + under_way.tried.len());
        if free == 0 {
            return Ok(());
        }
        let now = self.clock.now();
        let due = queue::due(&self.store, now).await?;
        let moment = Instant::now();
        let open: Vec<(Key, usize)> = (due.into_iter())
            .map(|key| (key, under_way.endpoints.room(key, moment) as usize))
            .filter(|(_, room)| *room > 0)
            .collect();
        // Everybody gets a share before anybody gets more.
        let share = (free / open.len().max(1)).max(1);
        let mut rooms: Vec<(Key, i64)> = Vec::new();
        for (key, room) in open {
            let room = room.min(share).min(free);
            if room == 0 {
                break;
            }
            free -= room;
            rooms.push((key, i64::try_from(room).unwrap_or(1)));
        }
        if rooms.is_empty() {
            return Ok(());
        }
        for taken in queue::take(&self.store, &rooms, now, self.presence.process()).await? {
            under_way.endpoints.begun(taken.place.endpoint());
            let dispatcher = self.clone();
            under_way.sending.spawn(async move {
                let Dispatcher {
                    client,
                    clock,
                    secrets,
                    ..
                } = dispatcher;
                send(&client, &clock, &secrets, taken).await
            });
        }
        Ok(())
    }

    /// Frees what dead processes hold, and removes what is too old.
    async fn tidy(&self) -> Result<(), Failure> {
        let freed = queue::free(&self.store, self.presence.process()).await?;
        if freed > 0 {
            tracing::info!(freed, "deliveries of a process that is gone are sent again");
        }
        let now = self.clock.now();
        let oldest = now.checked_sub(KEPT).unwrap_or(now);
        while queue::sweep(&self.store, now, oldest, ROWS).await? > 0 {}
        Ok(())
    }
}

impl UnderWay {
    fn note(&mut self, ended: Result<Tried, JoinError>) {
        match ended {
            Ok(tried) => {
                let key = tried.taken.place.endpoint();
                self.endpoints.ended(key, succeeded(&tried), Instant::now());
                self.tried.push(tried);
            }
            Err(error) => {
                tracing::error!(%error, "a delivery's task ended early");
                self.lost = true;
            }
        }
    }
}
