//! The copy of who was last in touch with a record, and when that will be next.
//!
//! Interactions know it; the copy stands in the records' own rows, so that lists sort and filter by
//! it as by any other field. It is no change of a record: neither its version nor its history says
//! anything of it.

use std::collections::HashMap;
use std::time::Duration;

use jiff::Timestamp;
use kith_bus::{Bus, Position, Tail};
use kith_contracts::{ContactSummaries, ContactSummary};
use kith_kernel::{Failure, RecordId, WorkspaceId};
use kith_store::{Class, Params, Tx};
use tokio_util::sync::CancellationToken;

use crate::Records;

/// Objects whose records have the fields: key and table.
const TABLES: [(&str, &str); 3] = [
    ("company", "records.company"),
    ("person", "records.person"),
    ("deal", "records.deal"),
];
/// By the primary key.
const REVISION: &str = "SELECT revision FROM records.contact_copy WHERE workspace_id = $1";
const COPIED: &str = "INSERT INTO records.contact_copy (workspace_id, revision) VALUES ($1, $2) \
    ON CONFLICT (workspace_id) DO UPDATE SET revision = greatest(contact_copy.revision, excluded.revision)";

/// Summaries that are copied at once.
const BATCH: i64 = 500;
/// How often it is looked what happened. Several changes of a record become one.
const LOOK: Duration = Duration::from_secs(1);
/// How often all workspaces are looked at, whatever happened.
const ALL: u32 = 60;
/// In how many looks a workspace is asked for after something happened there: the summaries are
/// made from the same events, and may be behind.
const AGAIN: u8 = 4;
/// Events that are looked through at once; where there are more, all workspaces are asked for.
const EVENTS: usize = 4_096;

impl Records {
    /// Copies what `contacts` knows, until `stop` is cancelled.
    pub async fn follow_contacts(
        &self,
        bus: &Bus,
        contacts: &dyn ContactSummaries,
        stop: CancellationToken,
    ) {
        let mut seen = [bus.tail("interactions"), bus.tail("records")].map(|tail| {
            let head = tail.head();
            (tail, head)
        });
        let mut asked: HashMap<WorkspaceId, u8> = HashMap::new();
        let mut looks = 0;
        loop {
            let all = looks % ALL == 0 || seen.iter_mut().any(|seen| !note(seen, &mut asked));
            if all {
                match self.deps().workspaces.all().await {
                    Ok(workspaces) => {
                        asked.extend(workspaces.into_iter().map(|workspace| (workspace, 1)));
                    }
                    Err(error) => tracing::warn!(%error, "the workspaces can't be listed"),
                }
            }
            looks += 1;
            for workspace in asked.keys() {
                if let Err(error) = self.copy_contacts(*workspace, contacts).await {
                    tracing::warn!(%error, cause = ?error.cause, "the times of contacts are behind; trying again");
                }
            }
            asked.retain(|_, times| {
                *times -= 1;
                *times > 0
            });
            tokio::select! {
                () = stop.cancelled() => return,
                () = tokio::time::sleep(LOOK) => {}
            }
        }
    }

    /// Copies what is new in one workspace; how many summaries.
    ///
    /// # Errors
    /// When the database or the other service can't be reached; the next time goes on.
    pub async fn copy_contacts(
        &self,
        workspace: WorkspaceId,
        contacts: &dyn ContactSummaries,
    ) -> Result<usize, Failure> {
        let rows = (self.store())
            .read(workspace, Class::Background, REVISION, &[&workspace])
            .await?;
        let mut revision: i64 = rows.first().map_or(0, |row| row.get(0));
        let mut copied = 0;
        loop {
            let changed = contacts.changed_since(workspace, revision, BATCH).await?;
            let Some(last) = changed.last() else {
                return Ok(copied);
            };
            revision = last.revision;
            let tx = self.store().begin(workspace, Class::Background).await?;
            for (key, table) in TABLES {
                let own: Vec<&ContactSummary> =
                    changed.iter().filter(|one| one.object == key).collect();
                if !own.is_empty() {
                    put_in(&tx, workspace, table, &own).await?;
                }
            }
            tx.execute(COPIED, &[&workspace, &revision]).await?;
            tx.commit().await?;
            copied += changed.len();
        }
    }
}

/// Writes the times into some rows of a table. By the primary key, in its order, so that two
/// writers never wait for each other.
async fn put_in(
    tx: &Tx,
    workspace: WorkspaceId,
    table: &'static str,
    summaries: &[&ContactSummary],
) -> Result<(), Failure> {
    let sql = format!(
        "UPDATE {table} AS t SET last_contacted_at = v.last, next_activity_at = v.next \
         FROM (SELECT * FROM unnest($2::uuid[], $3::timestamptz[], $4::timestamptz[]) \
           AS v(id, last, next) ORDER BY id) AS v \
         WHERE t.workspace_id = $1 AND t.id = v.id \
           AND (t.last_contacted_at, t.next_activity_at) IS DISTINCT FROM (v.last, v.next)"
    );
    let ids: Vec<RecordId> = summaries.iter().map(|one| one.record).collect();
    let last: Vec<Option<Timestamp>> = summaries.iter().map(|one| one.last_contacted_at).collect();
    let next: Vec<Option<Timestamp>> = summaries.iter().map(|one| one.next_activity_at).collect();
    let params: Params<'_> = &[&workspace, &ids, &last, &next];
    tx.execute(&sql, params).await?;
    Ok(())
}

/// Notes where something happened since the last look; `false` where that isn't known.
fn note((tail, place): &mut (Tail, Position), asked: &mut HashMap<WorkspaceId, u8>) -> bool {
    let events = tail.recent(*place, EVENTS);
    let Some(events) = events.filter(|events| events.len() < EVENTS) else {
        *place = tail.head();
        return false;
    };
    for event in &events {
        asked.insert(event.workspace, AGAIN);
        *place = event.position;
    }
    true
}
