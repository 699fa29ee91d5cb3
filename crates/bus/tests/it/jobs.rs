//! Jobs and schedules.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use jiff::SignedDuration;
use kith_bus::{Bus, Job, JobFailure, JobHandler, Jobs, NewJob, Scheduled};
use kith_kernel::{Clock, Failure, WorkspaceId};
use kith_store::Class;
use kith_testkit::TestDb;
use parking_lot::Mutex;
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use crate::world::{shop, until, workspace};

/// Notes the payloads of the jobs that it runs, and fails as they say.
#[derive(Default)]
struct Worker {
    ran: Mutex<Vec<(Value, i32)>>,
    at_once: AtomicUsize,
    most_at_once: AtomicUsize,
}

#[async_trait]
impl JobHandler for Worker {
    fn kind(&self) -> &'static str {
        "work"
    }

    fn limit(&self) -> Duration {
        Duration::from_secs(2)
    }

    async fn run(&self, job: &Job) -> Result<(), JobFailure> {
        let now = self.at_once.fetch_add(1, Ordering::SeqCst) + 1;
        self.most_at_once.fetch_max(now, Ordering::SeqCst);
        self.ran.lock().push((job.payload.clone(), job.attempts));
        if job.payload["slow"] == true {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        if job.payload["hangs"] == true {
            std::future::pending::<()>().await;
        }
        self.at_once.fetch_sub(1, Ordering::SeqCst);
        match job.payload["fails"].as_i64() {
            Some(times) if i64::from(job.attempts) <= times => Err(JobFailure::retry("not yet")),
            _ if job.payload["hopeless"] == true => Err(JobFailure::Fail {
                reason: "never".to_owned(),
            }),
            _ if job.payload["panics"] == true && job.attempts == 1 => panic!("a defect"),
            _ => Ok(()),
        }
    }
}

struct World {
    db: TestDb,
    clock: Clock,
    bus: Bus,
    jobs: Jobs,
    worker: Arc<Worker>,
    ours: WorkspaceId,
}

async fn world() -> World {
    let db = shop().await;
    let clock = db.clock.clone();
    let bus = Bus::new(db.store.clone(), clock.clone());
    let jobs = bus.jobs("shop");
    let worker = Arc::new(Worker::default());
    jobs.register("main", 3, worker.clone());
    World {
        clock,
        bus,
        jobs,
        worker,
        ours: workspace(),
        db,
    }
}

impl World {
    async fn enqueue(&self, payload: &Value, key: Option<&str>, priority: i16) -> bool {
        let tx = (self.db.store)
            .begin(self.ours, Class::Interactive)
            .await
            .unwrap();
        let job = NewJob {
            queue: "main",
            kind: "work",
            workspace: Some(self.ours),
            payload,
            dedupe_key: key,
            priority,
            run_at: self.clock.now(),
            max_attempts: 3,
        };
        let added = self.jobs.enqueue_in(&tx, &job).await.unwrap();
        tx.commit().await.unwrap();
        added
    }

    fn ran(&self) -> Vec<Value> {
        let ran = self.worker.ran.lock();
        ran.iter().map(|(payload, _)| payload.clone()).collect()
    }

    async fn left(&self) -> i64 {
        let sql = "SELECT count(*) FROM shop.job";
        let rows = (self.db.store)
            .system_read(Class::Background, sql, &[])
            .await
            .unwrap();
        rows[0].get(0)
    }
}

#[tokio::test]
async fn jobs_run_by_priority_then_age_and_are_gone_when_done() {
    let w = world().await;
    w.enqueue(&json!(1), None, 5).await;
    w.clock.advance(SignedDuration::from_secs(1));
    w.enqueue(&json!(2), None, 5).await;
    w.enqueue(&json!(3), None, -5).await;
    assert_eq!(w.jobs.run_due().await.unwrap(), 3);
    assert_eq!(w.ran(), [json!(3), json!(1), json!(2)]);
    assert_eq!(w.left().await, 0);
}

#[tokio::test]
async fn a_job_that_is_rolled_back_was_never_asked_for() {
    let w = world().await;
    let tx = w.db.store.begin(w.ours, Class::Interactive).await.unwrap();
    let job = NewJob {
        queue: "main",
        kind: "work",
        workspace: Some(w.ours),
        payload: &json!(1),
        dedupe_key: None,
        priority: 0,
        run_at: w.clock.now(),
        max_attempts: 3,
    };
    assert!(w.jobs.enqueue_in(&tx, &job).await.unwrap());
    tx.rollback().await.unwrap();
    assert_eq!(w.jobs.run_due().await.unwrap(), 0);
}

#[tokio::test]
async fn the_same_job_waits_only_once() {
    let w = world().await;
    assert!(w.enqueue(&json!(1), Some("mail 7"), 0).await);
    assert!(!w.enqueue(&json!(2), Some("mail 7"), 0).await);
    assert!(w.enqueue(&json!(3), Some("mail 8"), 0).await);
    w.jobs.run_due().await.unwrap();
    assert_eq!(w.ran(), [json!(1), json!(3)]);
    assert!(
        w.enqueue(&json!(4), Some("mail 7"), 0).await,
        "the first is done"
    );
}

#[tokio::test]
async fn what_fails_is_tried_again_later_and_given_up_at_last() {
    let w = world().await;
    w.enqueue(&json!({"fails": 1}), None, 0).await;
    w.enqueue(&json!({"fails": 9}), None, 0).await;
    w.enqueue(&json!({"hopeless": true}), None, 0).await;
    w.enqueue(&json!({"panics": true}), None, 0).await;
    assert_eq!(w.jobs.run_due().await.unwrap(), 4);
    assert_eq!(w.jobs.run_due().await.unwrap(), 0, "later is not now");
    for _ in 0..5 {
        w.clock.advance(SignedDuration::from_mins(2));
        w.jobs.run_due().await.unwrap();
    }
    let attempts = |payload: Value| {
        let ran = w.worker.ran.lock();
        ran.iter().filter(|(one, _)| *one == payload).count()
    };
    assert_eq!(attempts(json!({"fails": 1})), 2);
    assert_eq!(attempts(json!({"fails": 9})), 3);
    assert_eq!(attempts(json!({"hopeless": true})), 1);
    assert_eq!(attempts(json!({"panics": true})), 2);
    let dead = w.jobs.dead(w.ours, None, 10).await.unwrap();
    let reasons: Vec<_> = dead
        .iter()
        .map(|job| job.error.as_deref().unwrap())
        .collect();
    assert_eq!(reasons, ["not yet", "never"]);

    assert!(w.jobs.dead(workspace(), None, 10).await.unwrap().is_empty());
    assert!(!w.jobs.revive(workspace(), dead[0].id).await.unwrap());
    assert!(w.jobs.revive(w.ours, dead[0].id).await.unwrap());
    assert_eq!(w.jobs.run_due().await.unwrap(), 1);
    assert_eq!(w.jobs.dead(w.ours, None, 10).await.unwrap().len(), 1);
    w.clock.advance(SignedDuration::from_hours(40 * 24));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_process_runs_no_more_of_a_queue_at_once_than_it_may() {
    let w = world().await;
    for _ in 0..12 {
        w.enqueue(&json!({"slow": true}), None, 0).await;
    }
    let stop = CancellationToken::new();
    let running = {
        let (bus, stop) = (w.bus.clone(), stop.clone());
        tokio::spawn(async move { tokio::join!(bus.listen(stop.clone()), bus.work(stop)) })
    };
    until(async || w.left().await == 0).await;
    assert_eq!(w.worker.most_at_once.load(Ordering::SeqCst), 3);
    assert_eq!(w.ran().len(), 12);
    stop.cancel();
    running.await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn jobs_of_a_dead_process_are_taken_over_and_it_can_not_interfere() {
    let w = world().await;
    w.enqueue(&json!({"hangs": true}), None, 0).await;
    // A process that claims the job and lives for now.
    let stop = CancellationToken::new();
    let listening = {
        let (bus, stop) = (w.bus.clone(), stop.clone());
        tokio::spawn(async move { tokio::join!(bus.listen(stop.clone()), bus.work(stop)) })
    };
    until(async || !w.ran().is_empty()).await;
    let held = w.worker.ran.lock().len();
    assert_eq!(held, 1);

    let other = Bus::new(w.db.store.clone(), w.clock.clone());
    let others = other.jobs("shop");
    let successor = Arc::new(Worker::default());
    others.register("main", 1, successor.clone());
    w.clock.advance(SignedDuration::from_hours(1));
    others.tidy().await.unwrap();
    assert_eq!(
        others.run_due().await.unwrap(),
        0,
        "an hour by the clock is no death"
    );

    listening.abort();
    let _ = listening.await;
    until(async || {
        others.tidy().await.unwrap();
        let sql = "SELECT count(*) FROM shop.job WHERE state = 'waiting'";
        let rows = w.db.store.system_read(Class::Background, sql, &[]).await;
        rows.unwrap()[0].get::<_, i64>(0) == 1
    })
    .await;
    // Its successor claims it; whoever had it before can't finish it any more.
    let tx = w.db.store.begin_system(Class::Background).await.unwrap();
    let sql = "SELECT id, holder IS NULL, attempts FROM shop.job";
    let row = tx.query_one(sql, &[]).await.unwrap();
    assert!(row.get::<_, bool>(1));
    assert_eq!(row.get::<_, i32>(2), 1);
    tx.rollback().await.unwrap();
}

/// Counts its runs.
#[derive(Default)]
struct Nightly(AtomicUsize);

#[async_trait]
impl Scheduled for Nightly {
    fn name(&self) -> &'static str {
        "nightly"
    }

    async fn run(&self) -> Result<(), Failure> {
        match self.0.fetch_add(1, Ordering::SeqCst) {
            1 => Err(Failure::internal("the second night is a bad one")),
            _ => Ok(()),
        }
    }
}

#[tokio::test]
async fn a_schedule_runs_at_its_times_and_once_for_what_was_missed() {
    let db = shop().await;
    let clock = db.clock.clone();
    let bus = Bus::new(db.store.clone(), clock.clone());
    let nightly = Arc::new(Nightly::default());
    assert!(bus.schedule("shop", "at night", nightly.clone()).is_err());
    // Half past three, each night; the test's clock stands at noon.
    bus.schedule("shop", "30 3 * * *", nightly.clone()).unwrap();
    let schedule = bus.schedules().remove(0);
    let runs = || nightly.0.load(Ordering::SeqCst);
    assert!(
        !schedule.look().await.unwrap(),
        "it begins with the next night"
    );
    clock.advance(SignedDuration::from_hours(15));
    assert!(!schedule.look().await.unwrap());
    clock.advance(SignedDuration::from_mins(31));
    assert!(schedule.look().await.unwrap());
    assert!(!schedule.look().await.unwrap());
    assert_eq!(runs(), 1);
    clock.advance(SignedDuration::from_hours(24 * 5));
    assert!(schedule.look().await.is_err(), "its failure is told");
    assert_eq!(runs(), 2, "five missed nights are made up for once");
    clock.advance(SignedDuration::from_hours(24));
    assert!(schedule.look().await.unwrap());
    let sql = "SELECT last_success = last_run, error IS NULL FROM shop.schedule";
    let rows = db
        .store
        .system_read(Class::Background, sql, &[])
        .await
        .unwrap();
    assert!(rows[0].get::<_, bool>(0) && rows[0].get::<_, bool>(1));
}
