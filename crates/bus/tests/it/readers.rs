//! Order, and each event once.

use std::sync::Arc;
use std::time::Duration;

use kith_kernel::{Clock, WorkspaceId};
use kith_store::Class;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::world::{Notes, append, append_in, bus, seen, shop, subject, until, workspace};

/// A row of numbers that is the same at each run of a seed.
pub(crate) struct Chance(u64);

impl Chance {
    /// Prints its seed, so that a failure can be repeated with `SEED`.
    pub(crate) fn new() -> Self {
        let fresh = || u64::from(Clock::system().next_uuid().as_fields().0) ^ 0x9e37_79b9;
        let given = std::env::var("SEED").ok();
        let seed = (given.and_then(|seed| seed.parse().ok())).unwrap_or_else(fresh);
        println!("SEED={seed}");
        Self(seed | 1)
    }

    pub(crate) fn below(&mut self, most: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % most
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn writers_that_commit_late_lose_nothing_and_repeat_nothing() {
    const WRITERS: usize = 64;
    const EACH: i64 = 12;
    let db = shop().await;
    let bus = bus(&db.store);
    let readers = ["one", "three"].map(Notes::new);
    bus.follow("shop", "shop", readers[0].clone(), 1);
    bus.follow("shop", "shop", readers[1].clone(), 3);
    let stop = CancellationToken::new();
    let working = {
        let (bus, stop) = (bus.clone(), stop.clone());
        tokio::spawn(async move { tokio::join!(bus.listen(stop.clone()), bus.work(stop)) })
    };

    let mut chance = Chance::new();
    let ours = workspace();
    let subjects: Vec<Uuid> = (0..WRITERS).map(|_| subject()).collect();
    // More writers at once than a pool has connections: these have their own.
    let mut connections = Vec::new();
    for _ in 0..WRITERS {
        connections.push(db.superuser().await);
    }
    let writing = subjects.iter().copied().zip(connections).map(|(subject, connection)| {
        let pauses: Vec<u64> = (0..EACH).map(|_| chance.below(40)).collect();
        let undone: Vec<bool> = (0..EACH).map(|_| chance.below(6) == 0).collect();
        tokio::spawn(async move {
            for version in 1..=EACH {
                let at = usize::try_from(version - 1).unwrap();
                let id = Clock::system().next_uuid();
                let sql = format!(
                    "BEGIN; INSERT INTO shop.event (workspace_id, id, type, subject_kind, subject_id, \
                     subject_version, actor, occurred_at, data) VALUES ('{ours}', '{id}', 'item.changed', \
                     'item', '{subject}', {version}, '{{}}', now(), '{{}}')"
                );
                connection.batch_execute(&sql).await.unwrap();
                tokio::time::sleep(Duration::from_millis(pauses[at])).await;
                let end = if undone[at] { "ROLLBACK" } else { "COMMIT" };
                connection.batch_execute(end).await.unwrap();
            }
            let kept = (1..=EACH).filter(|version| !undone[usize::try_from(version - 1).unwrap()]);
            kept.collect::<Vec<i64>>()
        })
    });
    let writing: Vec<_> = writing.collect();
    let mut expected = Vec::new();
    for writer in writing {
        expected.push(writer.await.unwrap());
    }
    let all: usize = expected.iter().map(Vec::len).sum();
    until(async || total(&db, ours, "one").await == all && total(&db, ours, "three").await == all)
        .await;
    for (subject, versions) in subjects.iter().zip(&expected) {
        for reader in ["one", "three"] {
            assert_eq!(&seen(&db.store, ours, reader, *subject).await, versions);
        }
    }
    // What was delivered outside was so once too, since nobody died.
    for reader in &readers {
        let mut delivered = reader.delivered.lock().clone();
        delivered.sort();
        delivered.dedup();
        assert_eq!((delivered.len(), reader.delivered.lock().len()), (all, all));
    }
    stop.cancel();
    working.await.unwrap();
}

async fn total(db: &kith_testkit::TestDb, ours: WorkspaceId, reader: &str) -> usize {
    let sql = "SELECT count(*) FROM shop.seen WHERE reader = $1";
    let rows = db
        .store
        .read(ours, Class::Interactive, sql, &[&reader])
        .await
        .unwrap();
    usize::try_from(rows[0].get::<_, i64>(0)).unwrap()
}

#[tokio::test]
async fn a_transaction_that_runs_holds_back_what_came_after_it_began() {
    let db = shop().await;
    let bus = bus(&db.store);
    let log = bus.tail("shop").log().clone();
    let (ours, item) = (workspace(), subject());
    let early = db.store.begin(ours, Class::Interactive).await.unwrap();
    append_in(&early, ours, "item.changed", item, 1)
        .await
        .unwrap();
    append(&db.store, ours, "item.changed", item, 2).await;
    let start = kith_bus::Position::START;
    assert!(
        log.page(start, 10).await.unwrap().is_empty(),
        "the second would hide the first"
    );
    early.commit().await.unwrap();
    let mut versions = Vec::new();
    until(async || {
        let page = log.page(start, 10).await.unwrap();
        versions = page.iter().map(|event| event.subject_version).collect();
        !versions.is_empty()
    })
    .await;
    assert_eq!(versions, [1, 2]);
}

#[tokio::test]
async fn a_page_ends_before_it_takes_too_much_memory_but_never_stands_still() {
    let db = shop().await;
    let log = bus(&db.store).tail("shop").log().clone();
    let ours = workspace();
    let large = "INSERT INTO shop.event (workspace_id, id, type, subject_kind, subject_id, \
        subject_version, actor, occurred_at, data) SELECT $1, gen_random_uuid(), 'item.changed', 'item', \
        gen_random_uuid(), n, '{}', now(), to_jsonb(array(SELECT random() FROM generate_series(1, 300000))) \
        FROM generate_series(1, 3) AS n";
    let tx = db.store.begin(ours, Class::Interactive).await.unwrap();
    tx.execute(large, &[&ours]).await.unwrap();
    tx.commit().await.unwrap();
    let mut place = kith_bus::Position::START;
    let mut pages = Vec::new();
    while pages.iter().sum::<usize>() < 3 {
        let page = log.page(place, 100).await.unwrap();
        if let Some(last) = page.last() {
            place = last.position;
            pages.push(page.len());
        }
    }
    assert!(pages.len() > 1, "{pages:?}");
}

#[tokio::test]
async fn the_number_of_lanes_changes_only_where_all_stand_together() {
    let db = shop().await;
    let ours = workspace();
    let items: Vec<Uuid> = (0..20).map(|_| subject()).collect();
    for item in &items {
        append(&db.store, ours, "item.changed", *item, 1).await;
    }
    let with = async |lanes: u8| {
        let bus = bus(&db.store);
        bus.follow("shop", "shop", Notes::new("notes"), lanes);
        bus.drain().await.unwrap();
    };
    with(1).await;
    with(4).await;
    assert_eq!(lanes(&db).await, 4, "one lane stands together with itself");
    // Now the four stand where their last own events were.
    for item in &items {
        append(&db.store, ours, "item.changed", *item, 2).await;
    }
    with(2).await;
    for item in &items {
        append(&db.store, ours, "item.changed", *item, 3).await;
    }
    with(3).await;
    for item in &items {
        assert_eq!(seen(&db.store, ours, "notes", *item).await, [1, 2, 3]);
    }
}

async fn lanes(db: &kith_testkit::TestDb) -> i16 {
    let sql = "SELECT max(lanes) FROM shop.reader WHERE name = 'notes'";
    let rows = db
        .store
        .system_read(Class::Background, sql, &[])
        .await
        .unwrap();
    rows[0].get(0)
}

#[tokio::test]
async fn events_that_do_not_concern_a_reader_move_its_cursor_all_the_same() {
    let db = shop().await;
    let bus = bus(&db.store);
    let notes = Notes::new("notes");
    bus.follow("shop", "shop", notes.clone(), 2);
    let ours = workspace();
    for _ in 0..5 {
        append(&db.store, ours, "item.ignored", subject(), 1).await;
    }
    bus.drain().await.unwrap();
    let sql = "SELECT count(*) FROM shop.reader WHERE xid > '0'::xid8";
    let rows = db
        .store
        .system_read(Class::Background, sql, &[])
        .await
        .unwrap();
    assert_eq!(rows[0].get::<_, i64>(0), 2);
    assert_eq!(notes.batches.load(std::sync::atomic::Ordering::Relaxed), 0);
}

#[tokio::test]
async fn months_are_retired_when_they_are_old_and_everybody_is_past_them() {
    let db = shop().await;
    let owner = db.owner().await;
    let (ours, item) = (workspace(), subject());
    owner
        .batch_execute(
            "CREATE TABLE shop.event_2024_05 PARTITION OF shop.event \
             FOR VALUES FROM ('2024-05-01Z') TO ('2024-06-01Z')",
        )
        .await
        .unwrap();
    let old = "INSERT INTO shop.event (workspace_id, id, type, subject_kind, subject_id, subject_version, actor, \
        occurred_at, data) VALUES ($1, gen_random_uuid(), 'item.changed', 'item', $2, 1, '{}', '2024-05-05Z', '{}')";
    let tx = db.store.begin(ours, Class::Interactive).await.unwrap();
    tx.execute(old, &[&ours, &item]).await.unwrap();
    tx.commit().await.unwrap();
    let bus = bus(&db.store);
    let notes: Arc<Notes> = Notes::new("notes");
    bus.follow("shop", "shop", notes, 1);
    assert_eq!(
        bus.retire("shop", 1).await.unwrap(),
        0,
        "nobody has read it"
    );
    bus.drain().await.unwrap();
    assert_eq!(
        bus.retire("shop", 1_000).await.unwrap(),
        0,
        "it is not old enough"
    );
    assert_eq!(bus.retire("shop", 1).await.unwrap(), 1);
    assert_eq!(seen(&db.store, ours, "notes", item).await, [1]);
}
