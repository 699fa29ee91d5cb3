//! The load: clients that each send their next request when the answer to the last one is there.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use tokio::task::JoinSet;

use crate::cpu::Used;
use crate::http::{Client, Request};
use crate::random::Random;
use crate::server::Server;

/// Makes the next request of a client.
pub(crate) type NextRequest = Arc<dyn Fn(&mut Random) -> Request + Send + Sync>;

/// What a load came to.
#[derive(Clone, Debug)]
pub(crate) struct Measured {
    /// Answers per second.
    pub(crate) per_second: f64,
    /// Every answer's time, ascending.
    times: Vec<Duration>,
    /// Processor time, warm-up included.
    pub(crate) used: Used,
}

impl Measured {
    fn of(mut times: Vec<Duration>, elapsed: Duration) -> Self {
        times.sort_unstable();
        #[expect(clippy::cast_precision_loss, reason = "counts are far below 2^52")]
        let count = times.len() as f64;
        Self {
            per_second: count / elapsed.as_secs_f64(),
            times,
            used: Used::default(),
        }
    }

    /// Several measurements as one: the median of their rates, the times of all.
    pub(crate) fn median(rounds: &[Self]) -> Self {
        let mut times: Vec<Duration> = rounds.iter().flat_map(|it| it.times.clone()).collect();
        times.sort_unstable();
        let per_second = median(rounds.iter().map(|it| it.per_second).collect());
        let mut used = Used::default();
        for round in rounds {
            used += round.used;
        }
        Self {
            per_second,
            times,
            used,
        }
    }

    /// The time that `percent` of 100 answers keep within, by the nearest rank.
    pub(crate) fn percentile(&self, percent: usize) -> Duration {
        let rank = (self.times.len() * percent).div_ceil(100).max(1);
        self.times.get(rank - 1).copied().unwrap_or_default()
    }
}

/// The middle of some figures; the mean of the middle two where their number is even.
pub(crate) fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    let middle = figures.len() / 2;
    match figures.len() {
        0 => 0.0,
        length if length % 2 == 1 => figures[middle],
        _ => f64::midpoint(figures[middle - 1], figures[middle]),
    }
}

/// Lets `clients` send requests for `period`, after a warm-up whose times don't count.
pub(crate) async fn run(
    server: &Server,
    clients: u64,
    warm_up: Duration,
    period: Duration,
    seed: u64,
    next: &NextRequest,
) -> anyhow::Result<Measured> {
    let start = Instant::now() + warm_up;
    let end = start + period;
    let before = server.used()?;
    let mut running = JoinSet::new();
    for client in 0..clients {
        let next = Arc::clone(next);
        let random = Random::of(seed, 99, client);
        running.spawn(one_client(server.address, random, next, start, end));
    }
    let (mut times, mut answers) = (Vec::new(), 0);
    while let Some(client) = running.join_next().await {
        let (of_client, all) = client.context("a client")??;
        times.extend(of_client);
        answers += all;
    }
    let mut measured = Measured::of(times, period);
    measured.used = server.used()? - before;
    measured.used.answers = answers;
    Ok(measured)
}

/// The times of one client's answers, and how many there were with those of the warm-up.
async fn one_client(
    address: SocketAddr,
    mut random: Random,
    next: NextRequest,
    start: Instant,
    end: Instant,
) -> anyhow::Result<(Vec<Duration>, u64)> {
    let mut client = Client::connect(address).await?;
    let (mut times, mut answers) = (Vec::new(), 0);
    loop {
        let request = next(&mut random);
        let sent = Instant::now();
        if sent >= end {
            return Ok((times, answers));
        }
        let answer = client.send(&request).await?;
        let received = Instant::now();
        answers += 1;
        if !(200..300).contains(&answer.status) {
            let body = String::from_utf8_lossy(&answer.body).into_owned();
            bail!("{request:?} was answered with {}: {body}", answer.status);
        }
        if sent >= start && received <= end {
            times.push(received - sent);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_by_nearest_rank() {
        let times = (1..=200).rev().map(Duration::from_millis).collect();
        let measured = Measured::of(times, Duration::from_secs(2));
        assert_eq!(measured.percentile(50), Duration::from_millis(100));
        assert_eq!(measured.percentile(99), Duration::from_millis(198));
        assert!((measured.per_second - 100.0).abs() < 1e-9);
    }

    #[test]
    fn the_median_is_in_the_middle() {
        assert!((median(vec![3.0, 1.0, 2.0]) - 2.0).abs() < 1e-9);
        assert!((median(vec![4.0, 1.0, 2.0, 3.0]) - 2.5).abs() < 1e-9);
    }
}
