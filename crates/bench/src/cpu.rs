//! How much of the processors a request takes. Unlike its time, that hardly depends on what else
//! the machine does.

use std::fs;
use std::ops::{AddAssign, Sub};
use std::time::Duration;

use anyhow::Context;

/// The kernel's unit of processor time, as `/proc` shows it to everybody.
const TICKS_PER_SECOND: u64 = 100;

/// Processor time that was used up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Used {
    pub(crate) server: Duration,
    pub(crate) postgres: Duration,
    /// Answers to which it led.
    pub(crate) answers: u64,
}

impl Used {
    /// Milliseconds of the server's and PostgreSQL's per answer: `0.11 + 0.23`.
    pub(crate) fn per_answer(&self) -> String {
        #[expect(clippy::cast_precision_loss, reason = "counts are far below 2^52")]
        let answers = self.answers.max(1) as f64;
        let each = |time: Duration| time.as_secs_f64() * 1000.0 / answers;
        format!("{:.2} + {:.2}", each(self.server), each(self.postgres))
    }
}

impl AddAssign for Used {
    fn add_assign(&mut self, other: Self) {
        self.server += other.server;
        self.postgres += other.postgres;
        self.answers += other.answers;
    }
}

impl Sub for Used {
    type Output = Self;

    fn sub(self, before: Self) -> Self {
        Self {
            server: self.server.saturating_sub(before.server),
            postgres: self.postgres.saturating_sub(before.postgres),
            answers: self.answers.saturating_sub(before.answers),
        }
    }
}

/// The processor time of a process in all its threads, without its children.
pub(crate) fn own(pid: u32) -> anyhow::Result<Duration> {
    ticks(&stat(pid)?, 0..2)
}

/// The same with what its children had used when they ended.
pub(crate) fn with_ended_children(pid: u32) -> anyhow::Result<Duration> {
    ticks(&stat(pid)?, 0..4)
}

fn stat(pid: u32) -> anyhow::Result<String> {
    Ok(fs::read_to_string(format!("/proc/{pid}/stat"))?)
}

/// The sum of some of utime, stime, cutime and cstime: fields 14 to 17, counted from the first.
fn ticks(stat: &str, which: std::ops::Range<usize>) -> anyhow::Result<Duration> {
    // The name in the second field may contain spaces and parentheses.
    let (_, rest) = stat.rsplit_once(')').context("no name in stat")?;
    let fields: Vec<&str> = rest.split_whitespace().collect();
    let mut sum = 0;
    for place in which {
        let field = fields.get(11 + place).context("stat is too short")?;
        sum += field.parse::<u64>()?;
    }
    Ok(Duration::from_millis(sum * 1000 / TICKS_PER_SECOND))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_from_the_status_line() {
        let stat = "7 (a) b) S 1 7 7 0 -1 4194560 10 0 0 0 150 50 30 20 20 0 4 0 1 2 3";
        assert_eq!(ticks(stat, 0..2).unwrap(), Duration::from_secs(2));
        assert_eq!(ticks(stat, 0..4).unwrap(), Duration::from_millis(2500));
        assert!(ticks("7 (a) S 1", 0..2).is_err());
    }

    #[test]
    fn time_is_shared_out_among_the_answers() {
        let used = Used {
            server: Duration::from_secs(1),
            postgres: Duration::from_secs(3),
            answers: 2_000,
        };
        assert_eq!(used.per_answer(), "0.50 + 1.50");
    }
}
