//! What a bulk change is, and how far it has come. No I/O.

use jiff::Timestamp;
use kith_contracts::access;
use kith_kernel::{BulkId, RecordId, UserId, WorkspaceId};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// How many records that were not changed are named.
const NAMED: usize = 100;

/// What is done with each record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// It gets new values.
    Update,
    /// It goes to the recycle bin.
    Delete,
    /// It comes back from there.
    Restore,
}

impl Action {
    /// The names in the API.
    pub const NAMES: [&'static str; 3] = ["update", "delete", "restore"];

    /// What has to be allowed.
    pub(super) fn access(self) -> access::Action {
        match self {
            Self::Update | Self::Restore => access::Action::Update,
            Self::Delete => access::Action::Delete,
        }
    }
}

/// What a list, such as tags, does to the list that a record has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Lists {
    /// It takes its place.
    #[default]
    Replace,
    /// Its members are added where they are missing.
    Add,
}

impl Lists {
    /// The names in the API.
    pub const NAMES: [&'static str; 2] = ["replace", "add"];
}

/// Where a bulk change stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// The records are being found.
    Collecting,
    /// They are being changed.
    Running,
    /// All are changed or refused.
    Completed,
    /// Somebody stopped it; what was changed stays changed.
    Cancelled,
    /// It can't go on; `error` says why. What was changed stays changed.
    Failed,
    /// It is being undone.
    Undoing,
    /// It was undone.
    Undone,
}

impl State {
    /// Every state.
    pub const ALL: [Self; 7] = [
        Self::Collecting,
        Self::Running,
        Self::Completed,
        Self::Cancelled,
        Self::Failed,
        Self::Undoing,
        Self::Undone,
    ];

    /// The name in the database and in the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Collecting => "collecting",
            Self::Running => "running",
            Self::Completed => "completed",
            Self::Cancelled => "cancelled",
            Self::Failed => "failed",
            Self::Undoing => "undoing",
            Self::Undone => "undone",
        }
    }

    /// The state of this name.
    pub fn of(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == name)
    }

    /// Whether a worker has something to do.
    pub fn is_busy(self) -> bool {
        matches!(self, Self::Collecting | Self::Running | Self::Undoing)
    }
}

/// What was asked for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Request {
    pub(super) action: Action,
    /// `None` where the records were listed by their ids.
    pub(super) filter: Option<String>,
    #[serde(default)]
    pub(super) exclude: Vec<RecordId>,
    #[serde(default)]
    pub(super) values: Map<String, Value>,
    #[serde(default)]
    pub(super) lists: Lists,
}

/// How far a bulk change has come.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Progress {
    /// How many records it is about; `None` until they are found.
    pub(super) total: Option<i64>,
    /// Those that were looked at.
    pub(super) done: i64,
    /// Those that were changed.
    pub(super) changed: i64,
    /// Those that were so already.
    pub(super) unchanged: i64,
    /// Those that could not be changed.
    pub(super) refused: Refusals,
    /// What undoing it did.
    pub(super) undo: Option<Undo>,
}

/// What undoing did.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Undo {
    /// Records that are as they were.
    pub(super) restored: i64,
    /// Records that were left as they are.
    pub(super) left: Refusals,
}

/// Records that were not changed, and why.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Refusals {
    pub(super) count: i64,
    /// The first hundred.
    pub(super) first: Vec<Refused>,
}

/// A record that was not changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Refused {
    pub(super) id: RecordId,
    /// The record's name, where there is such a record.
    pub(super) title: Option<String>,
    pub(super) reason: String,
}

impl Refusals {
    /// How many more are named.
    pub(super) fn room(&self) -> usize {
        NAMED.saturating_sub(self.first.len())
    }
}

/// A change of many records at once.
#[derive(Clone, Debug)]
pub struct Bulk {
    /// Its id.
    pub id: BulkId,
    /// Its workspace.
    pub workspace: WorkspaceId,
    /// The key of the object whose records it changes.
    pub object_key: String,
    /// Where it stands.
    pub state: State,
    pub(super) request: Request,
    pub(super) progress: Progress,
    /// Why it can't go on.
    pub error: Option<String>,
    pub(super) next_batch: i32,
    /// Who asked for it.
    pub created_by: UserId,
    /// When.
    pub created_at: Timestamp,
    pub(super) undone_by: Option<UserId>,
    /// When it ended.
    pub finished_at: Option<Timestamp>,
}
