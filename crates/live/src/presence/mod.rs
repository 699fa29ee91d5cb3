//! Who is looking at the same.
//!
//! Nothing of it is stored. A process knows of its own streams and hears of others'; what it
//! doesn't hear of again is forgotten.

mod http;
mod model;

use std::time::Duration;

use kith_bus::Presence as Processes;
use kith_kernel::{UserId, WorkspaceId};
use parking_lot::Mutex;
use serde_json::json;
use tokio::sync::Notify;
use tokio::sync::broadcast::error::RecvError;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::frame::fleeting;
use crate::hub::Hub;
pub(crate) use http::routes;
use model::{Looking, Present, Seen, Watched};

/// After how long somebody is forgotten of whom nothing was heard.
const FORGET: Duration = Duration::from_secs(75);
/// How often that is looked at.
const LOOK: Duration = Duration::from_secs(15);

/// Who looks at what, in all processes.
pub(crate) struct Presences {
    processes: Processes,
    seen: Mutex<Seen>,
    changed: Notify,
}

impl Presences {
    pub(crate) fn new(processes: Processes) -> Self {
        Self {
            processes,
            seen: Mutex::default(),
            changed: Notify::new(),
        }
    }

    /// A stream's client looks at these records now, and at no others. `false` where its user
    /// does so in too many streams.
    pub(crate) fn look(
        &self,
        workspace: WorkspaceId,
        stream: Uuid,
        user: UserId,
        looking: Vec<Looking>,
    ) -> bool {
        if !self.seen.lock().may_note(workspace, stream, user) {
            return false;
        }
        let present = Present {
            workspace,
            stream,
            user,
            looking,
        };
        self.processes
            .tell(json!({ "presence": present }).to_string());
        self.note(present);
        true
    }

    /// A stream has ended.
    pub(crate) fn leave(&self, workspace: WorkspaceId, stream: Uuid) {
        let known = self.seen.lock().user_of(workspace, stream);
        if let Some(user) = known {
            let _ = self.look(workspace, stream, user, Vec::new());
        }
    }

    /// Who looks at a record.
    pub(crate) fn of(&self, workspace: WorkspaceId, watched: &Watched) -> serde_json::Value {
        self.seen.lock().show(workspace, watched)
    }

    fn note(&self, present: Present) {
        if self.seen.lock().note(present, Instant::now()) {
            self.changed.notify_one();
        }
    }

    /// Hears of others and tells those concerned, until `stop` is cancelled.
    pub(crate) async fn run(&self, hub: &Hub, stop: &CancellationToken) {
        let mut heard = self.processes.hear();
        let mut look = tokio::time::interval(LOOK);
        loop {
            tokio::select! {
                () = stop.cancelled() => return,
                message = heard.recv() => match message {
                    Ok(message) => {
                        if let Some(present) = Present::read(&message) {
                            self.note(present);
                        }
                    }
                    Err(RecvError::Lagged(_)) => {}
                    Err(RecvError::Closed) => return,
                },
                () = self.changed.notified() => self.tell(hub).await,
                _ = look.tick() => {
                    let before = Instant::now().checked_sub(FORGET);
                    if before.is_some_and(|before| self.seen.lock().forget(before)) {
                        self.tell(hub).await;
                    }
                }
            }
        }
    }

    /// Tells those who look at a record that somebody came or went.
    async fn tell(&self, hub: &Hub) {
        let changed = self.seen.lock().take_changed();
        for (workspace, watched) in changed {
            let (streams, payload) = {
                let seen = self.seen.lock();
                (
                    seen.streams(workspace, &watched),
                    seen.show(workspace, &watched),
                )
            };
            hub.tell(workspace, &streams, &fleeting("presence", &payload))
                .await;
        }
    }
}
