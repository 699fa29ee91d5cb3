//! What a process is to the others that share its database.
//!
//! A process holds locks by a session: they are free as soon as it ends, however it ends, and no
//! clock has a say in that. By the same session it tells the others when it has written.

use std::collections::{BTreeSet, HashSet};
use std::sync::Arc;
use std::time::Duration;

use kith_store::{Session, Store, StoreError};
use parking_lot::Mutex;
use tokio::sync::{broadcast, watch};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

/// The channel on which processes tell that they have written.
const WRITTEN: &str = "kith_written";
/// The channel for what else they tell each other.
const TOLD: &str = "kith_told";
/// How long writes are gathered before they are told.
const GATHER: Duration = Duration::from_millis(20);
/// How often locks that others hold are tried again.
const TRY: Duration = Duration::from_secs(1);
/// Messages that wait for a listener; one that is slower misses the oldest.
const WAITING: usize = 1_024;

/// This process among those that share the database. Clones share it.
#[derive(Clone)]
pub struct Presence {
    inner: Arc<Inner>,
}

struct Inner {
    process: Uuid,
    wanted: Mutex<BTreeSet<String>>,
    held: watch::Sender<HashSet<String>>,
    to_tell: Mutex<Vec<String>>,
    telling: tokio::sync::Notify,
    told: broadcast::Sender<Arc<str>>,
    written: tokio::sync::Notify,
}

impl Presence {
    pub(crate) fn new(process: Uuid) -> Self {
        let (held, _) = watch::channel(HashSet::new());
        let (told, _) = broadcast::channel(WAITING);
        Self {
            inner: Arc::new(Inner {
                process,
                wanted: Mutex::default(),
                held,
                to_tell: Mutex::default(),
                telling: tokio::sync::Notify::new(),
                told,
                written: tokio::sync::Notify::new(),
            }),
        }
    }

    /// This process's id, new at each start.
    pub fn process(&self) -> Uuid {
        self.inner.process
    }

    /// The name of the lock that tells whether a process is alive.
    pub(crate) fn life(process: Uuid) -> String {
        format!("process.{process}")
    }

    /// Waits until this process counts as alive with the others.
    pub async fn alive(&self) {
        let life = Self::life(self.inner.process);
        let mut held = self.held();
        let _ = held.wait_for(|held| held.contains(&life)).await;
    }

    /// Tries to be the one process that holds `lock`, from now on.
    pub(crate) fn want(&self, lock: String) {
        self.inner.wanted.lock().insert(lock);
    }

    /// The locks that this process holds.
    pub(crate) fn held(&self) -> watch::Receiver<HashSet<String>> {
        self.inner.held.subscribe()
    }

    /// Tells something to all processes, this one included; at most 7,000 bytes. What is told
    /// while the database is away gets lost.
    pub fn tell(&self, message: String) {
        let mut waiting = self.inner.to_tell.lock();
        if waiting.len() < WAITING && message.len() <= 7_000 {
            waiting.push(message);
        }
        drop(waiting);
        self.inner.telling.notify_one();
    }

    /// Hears what processes tell from now on.
    pub fn hear(&self) -> broadcast::Receiver<Arc<str>> {
        self.inner.told.subscribe()
    }

    /// Waits until another process has written.
    pub(crate) async fn written(&self) {
        self.inner.written.notified().await;
    }

    /// Keeps a session open, until `stop` is cancelled.
    pub(crate) async fn keep(&self, store: &Store, stop: &CancellationToken) {
        self.want(Self::life(self.inner.process));
        while !stop.is_cancelled() {
            let lived = tokio::select! {
                () = stop.cancelled() => return,
                lived = self.live(store) => lived,
            };
            self.inner.held.send_replace(HashSet::new());
            match lived {
                Ok(()) => tracing::warn!("the session with the database ended; opening another"),
                Err(error) => {
                    tracing::warn!(%error, "there is no session with the database; trying again");
                }
            }
            tokio::select! {
                () = stop.cancelled() => return,
                () = tokio::time::sleep(Duration::from_millis(500)) => {}
            }
        }
    }

    /// One session, from its beginning to its end.
    async fn live(&self, store: &Store) -> Result<(), StoreError> {
        let mut session = store.session().await?;
        session.listen(WRITTEN).await?;
        session.listen(TOLD).await?;
        let mut committed = store.committed();
        let mut try_again = tokio::time::interval(TRY);
        try_again.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        let own = self.inner.process.to_string();
        // Others may have written while there was no session.
        self.inner.written.notify_one();
        loop {
            tokio::select! {
                _ = try_again.tick() => self.take_locks(&session).await?,
                _ = committed.changed() => {
                    tokio::time::sleep(GATHER).await;
                    committed.mark_unchanged();
                    session.notify(WRITTEN, &own).await?;
                }
                () = self.inner.telling.notified() => {
                    let messages = std::mem::take(&mut *self.inner.to_tell.lock());
                    for message in messages {
                        session.notify(TOLD, &message).await?;
                    }
                }
                heard = session.heard() => match heard {
                    None => return Ok(()),
                    Some(heard) if heard.channel == TOLD => {
                        let _ = self.inner.told.send(heard.payload.into());
                    }
                    Some(heard) if heard.payload != own => self.inner.written.notify_one(),
                    Some(_) => {}
                },
            }
        }
    }

    async fn take_locks(&self, session: &Session) -> Result<(), StoreError> {
        let wanted: Vec<String> = {
            let held = self.inner.held.borrow();
            let wanted = self.inner.wanted.lock();
            (wanted.iter())
                .filter(|lock| !held.contains(*lock))
                .cloned()
                .collect()
        };
        for lock in wanted {
            if session.try_lock(&lock).await? {
                self.inner.held.send_modify(|held| {
                    held.insert(lock);
                });
            }
        }
        Ok(())
    }
}
