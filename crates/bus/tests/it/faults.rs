//! Events that can't be taken, and processes that die.

use std::time::Duration;

use kith_bus::Bus;
use kith_store::Class;
use kith_testkit::TestDb;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::readers::Chance;
use crate::world::{Fault, Notes, append, bus, seen, shop, subject, until, workspace};

async fn parked(db: &TestDb) -> Vec<(Uuid, i32, bool)> {
    let sql = "SELECT subject_id, attempts, retry_at IS NOT NULL FROM shop.parked ORDER BY parked_at, subject_id";
    let rows = db
        .store
        .system_read(Class::Background, sql, &[])
        .await
        .unwrap();
    let parked = rows.iter().map(|row| (row.get(0), row.get(1), row.get(2)));
    parked.collect()
}

/// Lets what is parked be tried again now.
async fn make_due(db: &TestDb) {
    let tx = db.store.begin_system(Class::Background).await.unwrap();
    tx.execute("UPDATE shop.parked SET retry_at = now()", &[])
        .await
        .unwrap();
    tx.commit().await.unwrap();
}

struct Running {
    stop: CancellationToken,
    task: tokio::task::JoinHandle<((), ())>,
}

impl Running {
    fn start(bus: &Bus) -> Self {
        let stop = CancellationToken::new();
        let (bus, token) = (bus.clone(), stop.clone());
        let task =
            tokio::spawn(async move { tokio::join!(bus.listen(token.clone()), bus.work(token)) });
        Self { stop, task }
    }

    async fn stop(self) {
        self.stop.cancel();
        self.task.await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_poison_event_holds_up_its_own_subject_only_and_can_be_resumed() {
    for fault in [Fault::Poison, Fault::Panics, Fault::AfterWriting] {
        let db = shop().await;
        let bus = bus(&db.store);
        let notes = Notes::new("notes");
        notes.fail("item.poison", Some(fault));
        bus.follow("shop", "shop", notes.clone(), 2);
        let (ours, good, bad) = (workspace(), subject(), subject());
        append(&db.store, ours, "item.changed", good, 1).await;
        append(&db.store, ours, "item.changed", bad, 1).await;
        append(&db.store, ours, "item.poison", bad, 2).await;
        append(&db.store, ours, "item.changed", bad, 3).await;
        append(&db.store, ours, "item.changed", good, 2).await;
        let running = Running::start(&bus);
        until(async || seen(&db.store, ours, "notes", good).await == [1, 2]).await;
        until(async || !parked(&db).await.is_empty()).await;
        append(&db.store, ours, "item.changed", bad, 4).await;
        append(&db.store, ours, "item.changed", good, 3).await;
        until(async || seen(&db.store, ours, "notes", good).await == [1, 2, 3]).await;
        let left = parked(&db).await;
        assert_eq!(left.len(), 1, "{fault:?}");
        assert_eq!(left[0].0, bad);
        let before = seen(&db.store, ours, "notes", bad).await;
        assert!(before.len() <= 1, "{before:?}");

        // It is tried again by itself, and each failure is counted.
        make_due(&db).await;
        until(async || parked(&db).await[0].1 >= 2).await;
        notes.fail("item.poison", None);
        make_due(&db).await;
        until(async || parked(&db).await.is_empty()).await;
        append(&db.store, ours, "item.changed", bad, 5).await;
        until(async || seen(&db.store, ours, "notes", bad).await.len() == 5).await;
        assert_eq!(
            seen(&db.store, ours, "notes", bad).await,
            [1, 2, 3, 4, 5],
            "{fault:?}"
        );
        running.stop().await;
    }
}

#[tokio::test]
async fn after_its_last_attempt_a_subject_waits_for_somebody() {
    let db = shop().await;
    let bus = bus(&db.store);
    let notes = Notes::new("notes");
    notes.fail("item.poison", Some(Fault::Poison));
    bus.follow("shop", "shop", notes.clone(), 1);
    let (ours, bad) = (workspace(), subject());
    append(&db.store, ours, "item.poison", bad, 1).await;
    bus.drain().await.unwrap();
    let running = Running::start(&bus);
    for attempts in 2..=5 {
        make_due(&db).await;
        until(async || parked(&db).await[0].1 == attempts).await;
    }
    make_due(&db).await;
    until(async || parked(&db).await[0].1 == 6).await;
    assert_eq!(parked(&db).await, [(bad, 6, false)]);
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_passes_by_itself_is_waited_for_in_order() {
    let db = shop().await;
    let bus = bus(&db.store);
    let notes = Notes::new("notes");
    notes.fail("item.changed", Some(Fault::Away));
    bus.follow("shop", "shop", notes.clone(), 1);
    let (ours, item) = (workspace(), subject());
    let running = Running::start(&bus);
    for version in 1..=3 {
        append(&db.store, ours, "item.changed", item, version).await;
    }
    let batches = || notes.batches.load(std::sync::atomic::Ordering::Relaxed);
    until(async || batches() >= 3).await;
    assert!(
        parked(&db).await.is_empty(),
        "nothing is wrong with the event"
    );
    notes.fail("item.changed", None);
    until(async || seen(&db.store, ours, "notes", item).await == [1, 2, 3]).await;
    running.stop().await;
}

/// Processes that are cut off at any point, one after the other and side by side, while others write.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn processes_that_die_at_any_moment_apply_each_event_once() {
    let db = shop().await;
    let mut chance = Chance::new();
    let ours = workspace();
    let items: Vec<Uuid> = (0..8).map(|_| subject()).collect();
    let writer = {
        let (store, items) = (db.store.clone(), items.clone());
        tokio::spawn(async move {
            for version in 1..=40 {
                for item in &items {
                    append(&store, ours, "item.changed", *item, version).await;
                }
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        })
    };
    while !writer.is_finished() {
        let buses: Vec<Bus> = (0..=chance.below(2)).map(|_| bus(&db.store)).collect();
        let tasks: Vec<_> = (buses.into_iter())
            .map(|bus| {
                bus.follow("shop", "shop", Notes::new("notes"), 2);
                let stop = CancellationToken::new();
                tokio::spawn(async move { tokio::join!(bus.listen(stop.clone()), bus.work(stop)) })
            })
            .collect();
        tokio::time::sleep(Duration::from_millis(40 + chance.below(200))).await;
        tasks.iter().for_each(tokio::task::JoinHandle::abort);
    }
    writer.await.unwrap();
    let bus = bus(&db.store);
    bus.follow("shop", "shop", Notes::new("notes"), 2);
    bus.drain().await.unwrap();
    let all: Vec<i64> = (1..=40).collect();
    for item in items {
        assert_eq!(seen(&db.store, ours, "notes", item).await, all);
    }
}

/// A session that ends takes its locks with it, and the lane goes on with the next one.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn readers_go_on_after_all_their_connections_were_cut() {
    let db = shop().await;
    let bus = bus(&db.store);
    bus.follow("shop", "shop", Notes::new("notes"), 2);
    let running = Running::start(&bus);
    let (ours, item) = (workspace(), subject());
    append(&db.store, ours, "item.changed", item, 1).await;
    until(async || seen(&db.store, ours, "notes", item).await == [1]).await;
    let cut = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
               WHERE datname = current_database() AND pid <> pg_backend_pid()";
    db.superuser().await.query(cut, &[]).await.unwrap();
    for version in 2..=3 {
        until(async || {
            let tx = db.store.begin(ours, Class::Interactive).await;
            let Ok(tx) = tx else { return false };
            let appended = crate::world::append_in(&tx, ours, "item.changed", item, version).await;
            appended.is_ok() && tx.commit().await.is_ok()
        })
        .await;
    }
    until(async || seen(&db.store, ours, "notes", item).await == [1, 2, 3]).await;
    running.stop().await;
}
