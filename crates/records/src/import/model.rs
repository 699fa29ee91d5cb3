//! An import, as it is stored and shown.

use jiff::Timestamp;
use kith_kernel::{ImportId, UserId, WorkspaceId};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::analyse::Analysis;
use super::counts::Counts;
use super::dry::DryRunReport;
use super::plan::Plan;
use super::undo::UndoReport;

/// Where an import stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// The file is there; nothing is being done.
    Ready,
    /// A dry run waits or is under way.
    Checking,
    /// The import waits or is under way.
    Running,
    /// All rows are in or rejected.
    Completed,
    /// Somebody stopped it; the rows so far are in.
    Cancelled,
    /// It can't go on; `error` says why. The rows so far are in.
    Failed,
    /// The import is being undone.
    Undoing,
    /// It was undone.
    Undone,
}

impl State {
    /// Every state.
    pub const ALL: [Self; 8] = [
        Self::Ready,
        Self::Checking,
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
            Self::Ready => "ready",
            Self::Checking => "checking",
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
        matches!(self, Self::Checking | Self::Running | Self::Undoing)
    }
}

/// A file that was sent to be imported, and what became of it.
#[derive(Clone, Debug)]
pub struct Import {
    /// Its id.
    pub id: ImportId,
    /// Its workspace.
    pub workspace: WorkspaceId,
    /// The key of the object whose records it writes.
    pub object_key: String,
    /// The file's name, as the client gave it.
    pub file_name: String,
    /// The file's size in bytes.
    pub file_bytes: i64,
    /// Where it stands.
    pub state: State,
    /// Whether somebody asked to stop it.
    pub cancel_requested: bool,
    /// What was found in the file.
    pub analysis: Analysis,
    /// What is to be done with it.
    pub plan: Option<Plan>,
    /// What the last dry run found.
    pub dry_run: Option<DryRunReport>,
    /// What undoing it did.
    pub undo: Option<UndoReport>,
    /// Why it can't go on.
    pub error: Option<String>,
    /// How many writers share the rows.
    pub lanes: i16,
    /// How many users were created for it.
    pub users_created: i64,
    /// How fast it goes or went.
    pub rows_per_second: Option<f64>,
    /// Who sent the file.
    pub created_by: UserId,
    /// When it was sent.
    pub created_at: Timestamp,
    /// Who started the work under way.
    pub started_by: Option<UserId>,
    /// When the import began.
    pub started_at: Option<Timestamp>,
    /// When it ended.
    pub finished_at: Option<Timestamp>,
    /// The process that works on it.
    pub lease_holder: Option<Uuid>,
    /// What became of the rows so far.
    pub counts: Counts,
    /// Up to which byte the file is done.
    pub bytes_done: i64,
    /// 1 while rows are written, 2 while relations between them are set.
    pub pass: i16,
}
