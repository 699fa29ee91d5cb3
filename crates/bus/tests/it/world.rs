//! A service with a log, and readers that note what they see.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use async_trait::async_trait;
use kith_bus::{Bus, LogEvent, Reader};
use kith_kernel::{Clock, ErrorCode, Failure, WorkspaceId};
use kith_store::{Class, Migrations, Store, StoreError, Tx};
use kith_testkit::TestDb;
use parking_lot::Mutex;
use uuid::Uuid;

/// A service whose readers write each event into a table that takes it once only.
pub(crate) const SHOP: Migrations = Migrations {
    schema: "shop",
    files: &[(
        "V1__shop.sql",
        "CREATE TABLE shop.seen (
             workspace_id uuid NOT NULL,
             reader       text NOT NULL,
             id           uuid NOT NULL,
             subject_id   uuid NOT NULL,
             version      bigint NOT NULL,
             nth          bigint GENERATED ALWAYS AS IDENTITY,
             PRIMARY KEY (workspace_id, reader, id)
         );
         SELECT kith.protect('shop.seen');
         SELECT kith.create_event_log('shop');
         SELECT kith.create_readers('shop');
         SELECT kith.create_jobs('shop');",
    )],
};

const APPEND: &str = "INSERT INTO shop.event \
    (workspace_id, id, type, subject_kind, subject_id, subject_version, actor, occurred_at, data) \
    VALUES ($1, $2, $3, 'item', $4, $5, '{}', now(), '{}')";

pub(crate) async fn shop() -> TestDb {
    TestDb::create_with(&[SHOP], |config| config.pools.system = 4).await
}

pub(crate) fn bus(store: &Store) -> Bus {
    Bus::new(store.clone(), Clock::system())
}

pub(crate) fn workspace() -> WorkspaceId {
    WorkspaceId::new(&Clock::system())
}

pub(crate) fn subject() -> Uuid {
    Clock::system().next_uuid()
}

pub(crate) async fn append_in(
    tx: &Tx,
    workspace: WorkspaceId,
    kind: &str,
    subject: Uuid,
    version: i64,
) -> Result<u64, StoreError> {
    let id = Clock::system().next_uuid();
    tx.execute(APPEND, &[&workspace, &id, &kind, &subject, &version])
        .await
}

/// Appends one event in a transaction of its own.
pub(crate) async fn append(
    store: &Store,
    workspace: WorkspaceId,
    kind: &str,
    subject: Uuid,
    version: i64,
) {
    let tx = store.begin(workspace, Class::Interactive).await.unwrap();
    append_in(&tx, workspace, kind, subject, version)
        .await
        .unwrap();
    tx.commit().await.unwrap();
}

/// How the reader fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// As a rule that is broken.
    Poison,
    /// As a database that is away.
    Away,
    Panics,
    /// After its effect, by an error of the database.
    AfterWriting,
}

/// Writes what it sees into `shop.seen`.
pub(crate) struct Notes {
    name: &'static str,
    faults: Mutex<HashMap<String, Fault>>,
    pub(crate) delivered: Mutex<Vec<Uuid>>,
    pub(crate) batches: AtomicUsize,
}

impl Notes {
    pub(crate) fn new(name: &'static str) -> Arc<Self> {
        Arc::new(Self {
            name,
            faults: Mutex::default(),
            delivered: Mutex::default(),
            batches: AtomicUsize::new(0),
        })
    }

    /// Lets events of a type fail from now on.
    pub(crate) fn fail(&self, kind: &str, fault: Option<Fault>) {
        let mut faults = self.faults.lock();
        match fault {
            Some(fault) => faults.insert(kind.to_owned(), fault),
            None => faults.remove(kind),
        };
    }

    fn fault(&self, events: &[Arc<LogEvent>]) -> Option<Fault> {
        let faults = self.faults.lock();
        (events.iter()).find_map(|event| faults.get(&event.kind).copied())
    }
}

#[async_trait]
impl Reader for Notes {
    fn name(&self) -> &'static str {
        self.name
    }

    fn wants(&self, event: &LogEvent) -> bool {
        event.kind != "item.ignored"
    }

    async fn deliver(&self, events: &[Arc<LogEvent>]) -> Result<(), Failure> {
        let mut delivered = self.delivered.lock();
        delivered.extend(events.iter().map(|event| event.id.0));
        Ok(())
    }

    async fn apply_in(&self, tx: &Tx, events: &[Arc<LogEvent>]) -> Result<(), Failure> {
        self.batches.fetch_add(1, Ordering::Relaxed);
        let fault = self.fault(events);
        match fault {
            Some(Fault::Poison) => {
                return Err(Failure::new(ErrorCode::ValidationFailed, "It is poisoned."));
            }
            Some(Fault::Away) => {
                return Err(Failure::new(ErrorCode::Unavailable, "It is away."));
            }
            Some(Fault::Panics) => panic!("the reader has a defect"),
            Some(Fault::AfterWriting) | None => {}
        }
        for event in events {
            let sql = "INSERT INTO shop.seen (workspace_id, reader, id, subject_id, version) \
                       VALUES ($1, $2, $3, $4, $5)";
            let version = event.subject_version;
            tx.execute(
                sql,
                &[
                    &event.workspace,
                    &self.name,
                    &event.id,
                    &event.subject,
                    &version,
                ],
            )
            .await?;
        }
        if fault == Some(Fault::AfterWriting) {
            tx.execute("SELECT 1 / (length($1) - length($1))", &[&"x"])
                .await?;
        }
        Ok(())
    }
}

/// The versions that a reader has seen of a subject, in the order in which it saw them.
pub(crate) async fn seen(
    store: &Store,
    workspace: WorkspaceId,
    reader: &str,
    subject: Uuid,
) -> Vec<i64> {
    let sql = "SELECT version FROM shop.seen WHERE reader = $1 AND subject_id = $2 ORDER BY nth";
    let rows = store
        .read(workspace, Class::Interactive, sql, &[&reader, &subject])
        .await
        .unwrap();
    rows.iter().map(|row| row.get(0)).collect()
}

/// Waits until `wanted` comes true; a test's own limit ends it otherwise.
pub(crate) async fn until(mut wanted: impl AsyncFnMut() -> bool) {
    while !wanted().await {
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
}
