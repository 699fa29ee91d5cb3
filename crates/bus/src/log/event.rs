use jiff::Timestamp;
use kith_contracts::LoggedEvent;
use kith_kernel::{EventId, WorkspaceId};
use kith_store::{Row, StoreError};
use serde_json::value::RawValue;
use uuid::Uuid;

use super::Position;

/// An event of a service's log, as it was appended.
#[derive(Clone, Debug)]
pub struct LogEvent {
    /// The workspace in which it happened.
    pub workspace: WorkspaceId,
    /// Where it stands in the log.
    pub position: Position,
    /// Its id, the same wherever it is told.
    pub id: EventId,
    /// What happened, such as `person.updated`.
    pub kind: String,
    /// What it happened to, such as `person`.
    pub subject_kind: String,
    /// Which one.
    pub subject: Uuid,
    /// The subject's version after the event.
    pub subject_version: i64,
    /// Who did it: an object with `user` and `via`.
    pub actor: Box<RawValue>,
    /// When it was recorded.
    pub occurred_at: Timestamp,
    /// What is known of it; its shape depends on the type.
    pub data: Box<RawValue>,
}

impl LogEvent {
    /// The columns that [`LogEvent::read`] takes, of a log under the name `e`.
    pub(super) const COLUMNS: &'static str = "e.workspace_id, e.xid::text, e.seq, e.id, e.type, \
        e.subject_kind, e.subject_id, e.subject_version, e.actor::text, e.occurred_at, e.data::text";

    pub(super) fn read(row: &Row) -> Result<Self, StoreError> {
        let xid: &str = row.try_get(1)?;
        let position = Position {
            xid: xid.parse().unwrap_or_default(),
            seq: row.try_get(2)?,
        };
        Ok(Self {
            workspace: row.try_get(0)?,
            position,
            id: row.try_get(3)?,
            kind: row.try_get(4)?,
            subject_kind: row.try_get(5)?,
            subject: row.try_get(6)?,
            subject_version: row.try_get(7)?,
            actor: raw(row.try_get(8)?),
            occurred_at: row.try_get(9)?,
            data: raw(row.try_get(10)?),
        })
    }

    /// The event as other services see it.
    pub fn logged(&self) -> LoggedEvent<'_> {
        LoggedEvent {
            id: self.id,
            kind: &self.kind,
            subject_kind: &self.subject_kind,
            subject: self.subject,
            subject_version: self.subject_version,
            actor: &self.actor,
            occurred_at: self.occurred_at,
            data: &self.data,
        }
    }

    /// About how much memory it takes, in bytes.
    pub(crate) fn size(&self) -> usize {
        size_of::<Self>() + self.kind.len() + self.actor.get().len() + self.data.get().len()
    }
}

/// What PostgreSQL writes of a `jsonb` is JSON.
fn raw(text: String) -> Box<RawValue> {
    RawValue::from_string(text).unwrap_or_else(|_| RawValue::NULL.to_owned())
}
