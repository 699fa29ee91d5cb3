//! The loops in which readers run.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use kith_kernel::Failure;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::Bus;
use crate::log::Position;
use crate::meter::Meter;
use crate::reader::{Following, Lane, Step};

/// The first and the longest pause after something failed that may pass.
const PAUSES: (Duration, Duration) = (Duration::from_millis(50), Duration::from_secs(30));
/// How soon a reader looks again that waits for events to become final.
const SOON: Duration = Duration::from_millis(10);

/// See [`Bus::listen`].
pub(crate) async fn listen(bus: &Bus, stop: &CancellationToken) {
    let mut tasks = JoinSet::new();
    {
        let (bus, stop) = (bus.clone(), stop.clone());
        tasks.spawn(async move { bus.presence().keep(bus.store(), &stop).await });
    }
    for tail in bus.tails() {
        let (bus, stop) = (bus.clone(), stop.clone());
        tasks.spawn(async move { tail.keep(bus.store(), &stop).await });
    }
    let waking = async {
        loop {
            bus.presence().written().await;
            for tail in bus.tails() {
                tail.poke();
            }
        }
    };
    tokio::select! {
        () = stop.cancelled() => {}
        () = waking => {}
    }
    while tasks.join_next().await.is_some() {}
}

/// See [`Bus::work`].
pub(crate) async fn work(bus: &Bus, does: impl Fn(&str) -> bool, stop: &CancellationToken) {
    let mut tasks = JoinSet::new();
    for reader in bus.readers() {
        if !does(reader.owner) {
            continue;
        }
        tasks.spawn(run(bus.clone(), reader, stop.clone()));
    }
    for jobs in bus.all_jobs() {
        if !does(jobs.owner()) {
            continue;
        }
        let (presence, stop) = (bus.presence().clone(), stop.clone());
        tasks.spawn(async move {
            // Before, its jobs would be taken for those of a dead process.
            tokio::select! {
                () = stop.cancelled() => return,
                () = presence.alive() => {}
            }
            jobs.work(stop).await;
        });
    }
    for schedule in bus.schedules() {
        if !does(schedule.owner()) {
            continue;
        }
        let (bus, stop) = (bus.clone(), stop.clone());
        tasks.spawn(async move { schedule.run(bus.presence(), &stop).await });
    }
    while tasks.join_next().await.is_some() {}
}

/// Runs the lanes of a reader.
async fn run(bus: Bus, reader: Arc<Following>, stop: CancellationToken) {
    let mut pause = Pause::default();
    let lanes = loop {
        match reader.lay_out().await {
            Ok(lanes) => break lanes,
            Err(failure) => complain(&reader, &failure),
        }
        tokio::select! {
            () = stop.cancelled() => return,
            () = pause.longer() => {}
        }
    };
    let mut tasks = JoinSet::new();
    for lane in 0..lanes {
        let lock = format!("{}.{lane}", reader.name());
        bus.presence().want(lock.clone());
        let held = bus.presence().held();
        let meter = Meter::new(&reader.name(), lane, bus.clock().clone());
        let (reader, stop) = (Arc::clone(&reader), stop.clone());
        tasks.spawn(async move {
            keep_lane(&reader, (lane, lanes), (lock, held), meter, &stop).await;
        });
    }
    while tasks.join_next().await.is_some() {}
}

/// Runs a lane whenever this process holds its lock, until `stop` is cancelled.
async fn keep_lane(
    reader: &Arc<Following>,
    lane: (u8, u8),
    (lock, mut held): (String, watch::Receiver<HashSet<String>>),
    meter: Meter,
    stop: &CancellationToken,
) {
    let mut pause = Pause::default();
    while !stop.is_cancelled() {
        let mine = held.borrow_and_update().contains(&lock);
        if !mine {
            tokio::select! {
                () = stop.cancelled() => return,
                changed = held.changed() => if changed.is_err() { return },
            }
            continue;
        }
        let running = follow(reader, lane, meter.clone(), &mut pause);
        let lost = held.wait_for(|held| !held.contains(&lock));
        tokio::select! {
            () = stop.cancelled() => return,
            _ = lost => continue,
            failure = running => complain(reader, &failure),
        }
        meter.failed();
        tokio::select! {
            () = stop.cancelled() => return,
            () = pause.longer() => {}
        }
    }
}

/// Reads on until something fails.
async fn follow(
    reader: &Arc<Following>,
    (lane, lanes): (u8, u8),
    meter: Meter,
    pause: &mut Pause,
) -> Failure {
    let mut lane = match Lane::load(Arc::clone(reader), lane, lanes, meter).await {
        Ok(lane) => lane,
        Err(failure) => return failure,
    };
    let mut changes = reader.tail.changes();
    loop {
        changes.mark_unchanged();
        match lane.step().await {
            Ok(Step::Idle) => {
                pause.reset();
                let _ = tokio::time::timeout(lane.patience(), changes.changed()).await;
            }
            Ok(Step::Moved | Step::Lost) => pause.reset(),
            Err(failure) => return failure,
        }
    }
}

fn complain(reader: &Following, failure: &Failure) {
    tracing::warn!(
        reader = reader.name(), error = %failure, cause = ?failure.cause,
        "a reader can't go on; trying again"
    );
}

/// Pauses that grow.
#[derive(Default)]
struct Pause(u32);

impl Pause {
    fn reset(&mut self) {
        self.0 = 0;
    }

    async fn longer(&mut self) {
        let (first, longest) = PAUSES;
        let pause = first.saturating_mul(2_u32.saturating_pow(self.0));
        self.0 = self.0.saturating_add(1);
        tokio::time::sleep(pause.min(longest)).await;
    }
}

/// See [`Bus::drain`].
pub(crate) async fn drain(bus: &Bus) -> Result<(), Failure> {
    // A reader may write to a log that another reads.
    loop {
        let mut moved = false;
        for reader in bus.readers() {
            let newest = reader.tail.log().newest().await?;
            let newest = newest.unwrap_or(Position::START);
            let lanes = reader.lay_out().await?;
            for at in 0..lanes {
                let meter = Meter::new(&reader.name(), at, bus.clock().clone());
                let mut lane = Lane::load(Arc::clone(&reader), at, lanes, meter).await?;
                while lane.position() < newest {
                    match lane.step().await? {
                        Step::Moved => moved = true,
                        Step::Lost => {}
                        Step::Idle => tokio::time::sleep(SOON).await,
                    }
                }
                lane.settle().await?;
            }
        }
        if !moved {
            return Ok(());
        }
    }
}

/// See [`Bus::retire`].
pub(crate) async fn retire(bus: &Bus, service: &'static str, keep: u16) -> Result<i32, Failure> {
    let mut passed = bus.tail(service).log().end().await?;
    for reader in bus.readers() {
        if reader.tail.log().service() != service {
            continue;
        }
        let places = reader.cursors.all().await?;
        let last = places.into_iter().min().unwrap_or_default();
        passed = passed.min(last);
        // A subject that was left behind still needs its events.
        for (parked, _) in reader
            .parked
            .of_reader(reader.reader.name(), i64::MAX)
            .await?
        {
            passed = passed.min(parked.position.before());
        }
    }
    let passed = (passed.xid, passed.seq);
    Ok(bus
        .store()
        .retire_event_partitions(service, i32::from(keep), passed)
        .await?)
}
