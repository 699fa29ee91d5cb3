//! What a delivery is.

use std::time::Duration;

use jiff::Timestamp;
use kith_kernel::{DeliveryId, EventId, WebhookId, WorkspaceId};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::outbound::Outcome;
use crate::webhook::Sealed;

/// Where a delivery is among all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Place {
    pub(super) workspace: WorkspaceId,
    pub(super) webhook: WebhookId,
    pub(super) id: DeliveryId,
}

impl Place {
    /// The webhook that it goes to.
    pub(super) fn endpoint(self) -> (WorkspaceId, WebhookId) {
        (self.workspace, self.webhook)
    }
}

/// A delivery to be noted.
#[derive(Clone, Debug)]
pub(super) struct NewDelivery {
    pub(super) place: Place,
    pub(super) event: EventId,
    pub(super) kind: String,
    pub(super) subject: Uuid,
    pub(super) payload: String,
}

/// A delivery that this process sends.
#[derive(Clone, Debug)]
pub(super) struct Taken {
    pub(super) place: Place,
    pub(super) subject: Uuid,
    pub(super) payload: String,
    /// How often it was tried before.
    pub(super) attempts: i32,
    /// How often it was taken, this time included.
    pub(super) times: i32,
    pub(super) url: String,
    pub(super) sealed: Sealed,
}

/// A delivery that was tried.
#[derive(Clone, Debug)]
pub(super) struct Tried {
    pub(super) taken: Taken,
    pub(super) attempt: Attempt,
    pub(super) outcome: Outcome,
}

/// What the log of a delivery says of an attempt.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Attempt {
    pub(super) at: Timestamp,
    pub(super) duration_ms: u64,
    /// The status of the answer, where there was one.
    pub(super) status: Option<u16>,
    /// The first bytes of the answer.
    pub(super) body: String,
    /// Why there was none.
    pub(super) error: Option<String>,
}

impl Attempt {
    pub(super) fn new(at: Timestamp, took: Duration, outcome: &Outcome) -> Self {
        Self {
            at,
            duration_ms: u64::try_from(took.as_millis()).unwrap_or(u64::MAX),
            status: outcome.status.map(|status| status.as_u16()),
            body: outcome.body.clone(),
            error: outcome.error.clone(),
        }
    }
}

/// What became of a delivery.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    Waiting,
    Delivered,
    Failed,
}

impl State {
    pub(super) const NAMES: [&str; 3] = ["waiting", "delivered", "failed"];

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Delivered => "delivered",
            Self::Failed => "failed",
        }
    }
}
