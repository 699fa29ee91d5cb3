use jiff::Timestamp;
use kith_kernel::WorkspaceId;
use kith_store::{Class, Params, Row, Store, StoreError, Tx};
use uuid::Uuid;

use super::{Job, NewJob};

/// Bytes of a reason that are kept.
const REASON: usize = 2_000;
const COLUMNS: &str = "j.id, j.workspace_id, j.queue, j.kind, j.payload, j.attempts, \
    j.max_attempts, j.error, j.created_at, j.updated_at";

/// The jobs of one service in the database.
#[derive(Clone)]
pub(super) struct JobStore {
    store: Store,
    enqueue: String,
    claim: String,
    orphans: String,
    finish: String,
    retry: String,
    bury: String,
    next: String,
    dead: String,
    revive: String,
    sweep: String,
}

impl JobStore {
    pub(super) fn new(store: Store, owner: &str) -> Self {
        // Who does not hold a job any more must not change it.
        let held = "id = $1 AND state = 'running' AND holder = $2 AND attempts = $3";
        Self {
            store,
            // job_once
            enqueue: format!(
                "INSERT INTO {owner}.job (id, workspace_id, queue, kind, payload, dedupe_key, priority, \
                   run_at, state, max_attempts) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'waiting', $9) \
                 ON CONFLICT (queue, dedupe_key) WHERE state = 'waiting' DO NOTHING"
            ),
            // job_next
            claim: format!(
                "UPDATE {owner}.job AS j SET state = 'running', attempts = attempts + 1, holder = $3, \
                   updated_at = now() FROM (SELECT id FROM {owner}.job WHERE queue = $1 \
                   AND state = 'waiting' AND run_at <= $4 ORDER BY priority, run_at LIMIT $2 \
                   FOR UPDATE SKIP LOCKED) AS c WHERE j.id = c.id RETURNING {COLUMNS}"
            ),
            // job_running; the locks are those of sessions that live.
            orphans: format!(
                "SELECT id, holder, attempts, attempts >= max_attempts FROM {owner}.job AS j \
                 WHERE state = 'running' AND NOT EXISTS (SELECT FROM pg_locks AS l JOIN pg_database AS d \
                   ON d.oid = l.database AND d.datname = current_database() \
                   WHERE l.locktype = 'advisory' AND l.granted AND l.classid = $1::int4::oid \
                   AND l.objid = hashtext('process.' || j.holder)::oid) LIMIT 100"
            ),
            finish: format!("DELETE FROM {owner}.job WHERE {held}"),
            // Where the same is waiting again already, that one will do.
            retry: format!(
                "WITH held AS (DELETE FROM {owner}.job WHERE {held} RETURNING *) \
                 INSERT INTO {owner}.job (id, workspace_id, queue, kind, payload, dedupe_key, priority, \
                   run_at, state, attempts, max_attempts, error, created_at) \
                 SELECT id, workspace_id, queue, kind, payload, dedupe_key, priority, $4, 'waiting', \
                   attempts, max_attempts, $5, created_at FROM held \
                 ON CONFLICT (queue, dedupe_key) WHERE state = 'waiting' DO NOTHING"
            ),
            bury: format!(
                "UPDATE {owner}.job SET state = 'dead', error = $4, updated_at = now() WHERE {held}"
            ),
            // job_next
            next: format!(
                "SELECT min(run_at) FROM {owner}.job WHERE queue = $1 AND state = 'waiting'"
            ),
            // job_dead
            dead: format!(
                "SELECT {COLUMNS} FROM {owner}.job AS j WHERE workspace_id = $1 AND state = 'dead' \
                   AND ($2::uuid IS NULL OR id > $2) ORDER BY id LIMIT $3"
            ),
            revive: format!(
                "WITH dead AS (DELETE FROM {owner}.job WHERE workspace_id = $1 AND id = $2 \
                   AND state = 'dead' RETURNING *) \
                 INSERT INTO {owner}.job (id, workspace_id, queue, kind, payload, dedupe_key, priority, \
                   run_at, state, max_attempts, error, created_at) \
                 SELECT id, workspace_id, queue, kind, payload, dedupe_key, priority, $3, 'waiting', \
                   max_attempts, error, created_at FROM dead \
                 ON CONFLICT (queue, dedupe_key) WHERE state = 'waiting' DO NOTHING"
            ),
            sweep: format!(
                "DELETE FROM {owner}.job WHERE id IN (SELECT id FROM {owner}.job \
                   WHERE state = 'dead' AND updated_at < $1 LIMIT 1000)"
            ),
        }
    }

    pub(super) async fn enqueue_in(
        &self,
        tx: &Tx,
        id: Uuid,
        job: &NewJob<'_>,
    ) -> Result<bool, StoreError> {
        let params: Params<'_> = &[
            &id,
            &job.workspace,
            &job.queue,
            &job.kind,
            job.payload,
            &job.dedupe_key,
            &job.priority,
            &job.run_at,
            &job.max_attempts.max(1),
        ];
        Ok(tx.execute(&self.enqueue, params).await? == 1)
    }

    pub(super) async fn claim(
        &self,
        queue: &str,
        most: i64,
        holder: Uuid,
        now: Timestamp,
    ) -> Result<Vec<Job>, StoreError> {
        let tx = self.store.begin_system(Class::Background).await?;
        let params: Params<'_> = &[&queue, &most, &holder, &now];
        let rows = tx.commit_with(&self.claim, params).await?;
        rows.iter().map(read).collect()
    }

    /// Takes jobs from processes that are dead: those that were tried too often are given up, the
    /// others wait again.
    pub(super) async fn adopt(&self, now: Timestamp) -> Result<usize, StoreError> {
        let rows = (self.store)
            .system_read(Class::Background, &self.orphans, &[&kith_store::LOCK_CLASS])
            .await?;
        for row in &rows {
            let (id, holder): (Uuid, Uuid) = (row.try_get(0)?, row.try_get(1)?);
            let (attempts, last): (i32, bool) = (row.try_get(2)?, row.try_get(3)?);
            let reason = "The process that ran it has died.";
            if last {
                self.bury((id, holder, attempts), reason).await?;
            } else {
                self.retry((id, holder, attempts), now, reason).await?;
            }
        }
        Ok(rows.len())
    }

    pub(super) async fn finish_in(&self, tx: &Tx, held: Held) -> Result<bool, StoreError> {
        let (id, holder, attempts) = held;
        Ok(tx.execute(&self.finish, &[&id, &holder, &attempts]).await? == 1)
    }

    pub(super) async fn finish(&self, held: Held) -> Result<(), StoreError> {
        let tx = self.store.begin_system(Class::Background).await?;
        self.finish_in(&tx, held).await?;
        tx.commit().await
    }

    pub(super) async fn retry(
        &self,
        (id, holder, attempts): Held,
        at: Timestamp,
        reason: &str,
    ) -> Result<(), StoreError> {
        let tx = self.store.begin_system(Class::Background).await?;
        let params: Params<'_> = &[&id, &holder, &attempts, &at, &short(reason)];
        tx.commit_with(&self.retry, params).await.map(drop)
    }

    pub(super) async fn bury(
        &self,
        (id, holder, attempts): Held,
        reason: &str,
    ) -> Result<(), StoreError> {
        let tx = self.store.begin_system(Class::Background).await?;
        let params: Params<'_> = &[&id, &holder, &attempts, &short(reason)];
        tx.commit_with(&self.bury, params).await.map(drop)
    }

    /// When the next waiting job may start.
    pub(super) async fn next(&self, queue: &str) -> Result<Option<Timestamp>, StoreError> {
        let rows = (self.store)
            .system_read(Class::Background, &self.next, &[&queue])
            .await?;
        rows.first().map_or(Ok(None), |row| Ok(row.try_get(0)?))
    }

    pub(super) async fn dead(
        &self,
        workspace: WorkspaceId,
        after: Option<Uuid>,
        limit: i64,
    ) -> Result<Vec<Job>, StoreError> {
        let params: Params<'_> = &[&workspace, &after, &limit];
        let rows = (self.store)
            .read(workspace, Class::Interactive, &self.dead, params)
            .await?;
        rows.iter().map(read).collect()
    }

    pub(super) async fn revive(
        &self,
        workspace: WorkspaceId,
        id: Uuid,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let tx = self.store.begin(workspace, Class::Interactive).await?;
        let revived = tx.execute(&self.revive, &[&workspace, &id, &now]).await?;
        tx.commit().await?;
        Ok(revived == 1)
    }

    pub(super) async fn sweep(&self, before: Timestamp) -> Result<u64, StoreError> {
        let tx = self.store.begin_system(Class::Background).await?;
        let gone = tx.execute(&self.sweep, &[&before]).await?;
        tx.commit().await?;
        Ok(gone)
    }
}

/// A job's id, the process that holds it, and at which attempt: its fencing token.
pub(super) type Held = (Uuid, Uuid, i32);

fn read(row: &Row) -> Result<Job, StoreError> {
    Ok(Job {
        id: row.try_get(0)?,
        workspace: row.try_get(1)?,
        queue: row.try_get(2)?,
        kind: row.try_get(3)?,
        payload: row.try_get(4)?,
        attempts: row.try_get(5)?,
        max_attempts: row.try_get(6)?,
        error: row.try_get(7)?,
        created_at: row.try_get(8)?,
        updated_at: row.try_get(9)?,
    })
}

fn short(reason: &str) -> String {
    let end = reason.floor_char_boundary(REASON.min(reason.len()));
    reason[..end].replace('\0', "")
}
