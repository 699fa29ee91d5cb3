//! What a webhook is.

use jiff::Timestamp;
use kith_kernel::{UserId, WebhookId};

/// The most webhooks of a workspace.
pub(crate) const LIMIT: i64 = 50;

/// A receiver of events.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Webhook {
    pub(crate) id: WebhookId,
    /// Where deliveries are posted to.
    pub(crate) url: String,
    pub(crate) description: String,
    /// The stable key of the only object whose events are sent; all objects' unless there is one.
    pub(crate) object_key: Option<String>,
    /// What may have happened, such as `created`; anything where it is empty.
    pub(crate) verbs: Vec<String>,
    /// A CEL expression over the record as it was after the event.
    pub(crate) filter: Option<String>,
    /// Whether events are noted for it, and sent.
    pub(crate) active: bool,
    /// Why the server switched it off.
    pub(crate) disabled: Option<Disabled>,
    /// Until when deliveries carry a second signature, by the former secret.
    pub(crate) former_until: Option<Timestamp>,
    /// Since when nothing but failures came back.
    pub(crate) failing_since: Option<Timestamp>,
    pub(crate) created_by: UserId,
    /// Ascends with each change that somebody makes, and when the server switches it off.
    pub(crate) version: i64,
    pub(crate) created_at: Timestamp,
    pub(crate) updated_at: Timestamp,
}

/// When and why the server switched a webhook off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Disabled {
    pub(crate) why: WhyDisabled,
    pub(crate) at: Timestamp,
}

/// Why the server switches webhooks off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum WhyDisabled {
    /// Nothing but failures came back for five days.
    Failing,
    /// The receiver answered 410 Gone.
    Gone,
    /// Its filter does not fit the catalog any more.
    Filter,
}

impl WhyDisabled {
    pub(crate) const NAMES: [&str; 3] = ["failing", "gone", "filter"];

    /// Its name in the API and in the database.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Failing => "failing",
            Self::Gone => "gone",
            Self::Filter => "filter",
        }
    }

    pub(crate) fn by_name(name: &str) -> Option<Self> {
        [Self::Failing, Self::Gone, Self::Filter]
            .into_iter()
            .find(|why| why.name() == name)
    }
}

impl Webhook {
    /// Notes that somebody changed it.
    pub(crate) fn changed(&mut self, now: Timestamp) {
        self.version += 1;
        self.updated_at = now;
    }
}
