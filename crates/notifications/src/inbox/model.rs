use std::str::FromStr;

use jiff::Timestamp;
use kith_kernel::{UserId, WorkspaceId};
use serde::Serialize;
use serde_json::Value;
use uuid::Uuid;

/// What somebody is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Kind {
    /// Somebody named them in a text. `data`: the record, `excerpt`.
    Mention,
    /// A record or task was made theirs. `data`: the record.
    Assigned,
    /// A task of theirs is due. `data`: the record, `due_at`.
    Reminder,
    /// An import of theirs ended. `data`: `import_id`, `file_name`, `state`, `counts`.
    ImportEnded,
    /// A webhook was disabled because it failed too long. `data`: `webhook_id`, and what is known.
    WebhookDisabled,
}

impl Kind {
    pub(crate) const NAMES: [&'static str; 5] = [
        "mention",
        "assigned",
        "reminder",
        "import_ended",
        "webhook_disabled",
    ];

    const ALL: [Self; 5] = [
        Self::Mention,
        Self::Assigned,
        Self::Reminder,
        Self::ImportEnded,
        Self::WebhookDisabled,
    ];

    pub(crate) fn as_str(self) -> &'static str {
        Self::NAMES[self as usize]
    }
}

impl FromStr for Kind {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let known = Self::ALL.into_iter().find(|kind| kind.as_str() == text);
        known.ok_or(())
    }
}

/// Something that a user is to be told.
#[derive(Clone, Debug)]
pub(crate) struct NewNotification {
    pub(crate) workspace: WorkspaceId,
    pub(crate) user: UserId,
    pub(crate) kind: Kind,
    /// What it comes from; nobody is told twice of the same.
    pub(crate) source: Uuid,
    pub(crate) data: Value,
}

/// Something that a user was told.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Notification {
    pub(crate) id: Uuid,
    pub(crate) kind: Kind,
    pub(crate) created_at: Timestamp,
    pub(crate) read_at: Option<Timestamp>,
    /// Depends on the kind. A record is named by `object` (plural), `record_id` and `name`, and
    /// who did it by `actor`.
    pub(crate) data: Value,
}
