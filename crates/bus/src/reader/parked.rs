//! Subjects that a reader had to leave behind.

use jiff::Timestamp;
use kith_kernel::{EventId, Failure, WorkspaceId};
use kith_store::{Class, Params, Row, Store, StoreError, Tx};
use serde::Serialize;
use uuid::Uuid;

use crate::log::{LogEvent, Position};

/// After how many seconds a subject is tried again, attempt by attempt; then it waits for somebody.
const PAUSES: [f64; 5] = [1.0, 10.0, 60.0, 600.0, 3600.0];
/// Bytes of an error that are kept.
const ERROR: usize = 2_000;

/// A subject that a reader could not go on with. Its events wait in the log.
#[derive(Clone, Debug, Serialize)]
pub struct Parked {
    /// Whose it is.
    #[serde(skip)]
    pub workspace: WorkspaceId,
    /// The service whose reader it is.
    pub service: &'static str,
    /// The reader.
    pub reader: String,
    /// What kind of thing the subject is.
    pub subject_kind: String,
    /// Which one.
    pub subject_id: Uuid,
    /// The event that could not be taken.
    pub event_id: EventId,
    /// What it says.
    pub event_type: String,
    /// Where it stands.
    #[serde(skip)]
    pub position: Position,
    /// How often it was tried.
    pub attempts: i32,
    /// Why it failed last.
    pub error: String,
    /// When it was left behind.
    pub parked_at: Timestamp,
    /// When it is tried again by itself; absent where it waits for somebody.
    pub retry_at: Option<Timestamp>,
}

/// What the readers of one service left behind.
#[derive(Clone)]
pub(crate) struct ParkedStore {
    store: Store,
    owner: &'static str,
    of_reader: String,
    of_workspace: String,
    park: String,
    again: String,
    progress: String,
    done: String,
    resume: String,
}

const COLUMNS: &str = "workspace_id, reader, subject_kind, subject_id, event_id, event_type, \
    xid::text, seq, attempts, error, parked_at, retry_at";

impl ParkedStore {
    pub(crate) fn new(store: Store, owner: &'static str) -> Self {
        let key = "workspace_id = $1 AND reader = $2 AND subject_id = $3";
        Self {
            store,
            owner,
            // By its index.
            of_reader: format!(
                "SELECT {COLUMNS}, retry_at <= now() FROM {owner}.parked WHERE reader = $1 \
                 ORDER BY parked_at LIMIT $2"
            ),
            // By the primary key, as are those below.
            of_workspace: format!(
                "SELECT {COLUMNS} FROM {owner}.parked WHERE workspace_id = $1 \
                 ORDER BY reader, subject_id LIMIT $2"
            ),
            park: format!(
                "INSERT INTO {owner}.parked (workspace_id, reader, subject_id, subject_kind, event_id, \
                   event_type, xid, seq, attempts, error, retry_at) \
                 VALUES ($1, $2, $3, $4, $5, $6, $7::text::xid8, $8, 1, $9, now() + make_interval(secs => $10))"
            ),
            again: format!(
                "UPDATE {owner}.parked SET attempts = attempts + 1, error = $4, \
                   retry_at = now() + make_interval(secs => ($5::float8[])[attempts + 1]) WHERE {key}"
            ),
            progress: format!(
                "UPDATE {owner}.parked SET xid = $4::text::xid8, seq = $5 WHERE {key}"
            ),
            done: format!("DELETE FROM {owner}.parked WHERE {key}"),
            resume: format!(
                "UPDATE {owner}.parked SET retry_at = now(), attempts = 0 WHERE workspace_id = $1 \
                   AND reader = $2 AND ($3::uuid IS NULL OR subject_id = $3)"
            ),
        }
    }

    /// What a reader left behind, oldest first, with whether it is due to be tried again.
    pub(crate) async fn of_reader(
        &self,
        reader: &str,
        limit: i64,
    ) -> Result<Vec<(Parked, bool)>, StoreError> {
        let rows = (self.store)
            .system_read(Class::Background, &self.of_reader, &[&reader, &limit])
            .await?;
        (rows.iter())
            .map(|row| {
                let due: Option<bool> = row.try_get(12)?;
                Ok((self.read(row)?, due.unwrap_or_default()))
            })
            .collect()
    }

    /// What was left behind of a workspace.
    pub(crate) async fn of_workspace(
        &self,
        workspace: WorkspaceId,
        limit: i64,
    ) -> Result<Vec<Parked>, StoreError> {
        let params: Params<'_> = &[&workspace, &limit];
        let rows = (self.store)
            .read(workspace, Class::Interactive, &self.of_workspace, params)
            .await?;
        rows.iter().map(|row| self.read(row)).collect()
    }

    pub(crate) async fn park_in(
        &self,
        tx: &Tx,
        reader: &str,
        event: &LogEvent,
        why: &Failure,
    ) -> Result<(), StoreError> {
        let params: Params<'_> = &[
            &event.workspace,
            &reader,
            &event.subject,
            &event.subject_kind,
            &event.id,
            &event.kind,
            &event.position.xid_text(),
            &event.position.seq,
            &reason(why),
            &PAUSES[0],
        ];
        tx.execute(&self.park, params).await?;
        Ok(())
    }

    /// It failed again.
    pub(crate) async fn again(&self, parked: &Parked, why: &Failure) -> Result<(), StoreError> {
        let tx = self.store.begin_system(Class::Background).await?;
        let params: Params<'_> = &[
            &parked.workspace,
            &parked.reader,
            &parked.subject_id,
            &reason(why),
            &PAUSES.as_slice(),
        ];
        tx.execute(&self.again, params).await?;
        tx.commit().await
    }

    /// Some of what waited is done; `next` is the first place that isn't, if there is one.
    pub(crate) async fn progress_in(
        &self,
        tx: &Tx,
        parked: &Parked,
        next: Option<Position>,
    ) -> Result<(), StoreError> {
        let (workspace, reader, subject) = (parked.workspace, &parked.reader, parked.subject_id);
        match next {
            None => {
                let key: Params<'_> = &[&workspace, reader, &subject];
                tx.execute(&self.done, key).await?;
            }
            Some(next) => {
                let xid = next.xid_text();
                let params: Params<'_> = &[&workspace, reader, &subject, &xid, &next.seq];
                tx.execute(&self.progress, params).await?;
            }
        }
        Ok(())
    }

    /// Lets one subject of a reader, or all, be tried again at once; how many.
    pub(crate) async fn resume(
        &self,
        workspace: WorkspaceId,
        reader: &str,
        subject: Option<Uuid>,
    ) -> Result<u64, StoreError> {
        let tx = self.store.begin(workspace, Class::Interactive).await?;
        let params: Params<'_> = &[&workspace, &reader, &subject];
        let resumed = tx.execute(&self.resume, params).await?;
        tx.commit().await?;
        Ok(resumed)
    }

    fn read(&self, row: &Row) -> Result<Parked, StoreError> {
        let xid: &str = row.try_get(6)?;
        Ok(Parked {
            workspace: row.try_get(0)?,
            service: self.owner,
            reader: row.try_get(1)?,
            subject_kind: row.try_get(2)?,
            subject_id: row.try_get(3)?,
            event_id: row.try_get(4)?,
            event_type: row.try_get(5)?,
            position: Position {
                xid: xid.parse().unwrap_or_default(),
                seq: row.try_get(7)?,
            },
            attempts: row.try_get(8)?,
            error: row.try_get(9)?,
            parked_at: row.try_get(10)?,
            retry_at: row.try_get(11)?,
        })
    }
}

/// What an operator needs to read of a failure.
fn reason(why: &Failure) -> String {
    let mut text = match &why.cause {
        Some(cause) => format!("{}: {cause}", why.message),
        None => why.message.clone(),
    };
    text.truncate(text.floor_char_boundary(ERROR));
    text.replace('\0', "")
}
