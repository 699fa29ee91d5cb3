//! When a delivery is tried again.

use std::time::Duration;

use kith_crypto::random_bytes;

/// After which pause each attempt is made, the first one at once: those that
/// <https://www.standardwebhooks.com> proposes.
const PAUSES: [u64; 8] = [0, 5, 300, 1_800, 7_200, 18_000, 36_000, 36_000];
/// By how much a pause may be longer or shorter, in thousandths.
const SPREAD: u64 = 200;
/// The longest pause that a receiver may ask for.
const ASKED: Duration = Duration::from_secs(12 * 3_600);

/// The pause before the attempt that follows `made` attempts; `None` where there is none any more.
/// A receiver that asks for a longer pause by `Retry-After` gets it, up to twelve hours.
pub(super) fn pause(made: i32, asked: Option<Duration>) -> Option<Duration> {
    let made = usize::try_from(made).unwrap_or(usize::MAX);
    let seconds = *PAUSES.get(made)?;
    let share = 1_000 - SPREAD + u64::from_le_bytes(random_bytes()) % (2 * SPREAD + 1);
    let planned = Duration::from_millis(seconds * share);
    Some(planned.max(asked.unwrap_or_default().min(ASKED)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_are_those_of_the_plan() {
        let around = |made, seconds: u64| {
            let (least, most) = (seconds * 800, seconds * 1_200);
            let pauses: Vec<_> = (0..200)
                .map(|_| pause(made, None).unwrap().as_millis())
                .collect();
            assert!(
                pauses
                    .iter()
                    .all(|ms| (u128::from(least)..=u128::from(most)).contains(ms))
            );
            assert!(pauses.iter().any(|ms| *ms != pauses[0]));
        };
        for (made, seconds) in (1..).zip([5, 300, 1_800, 7_200, 18_000, 36_000, 36_000]) {
            around(made, seconds);
        }
        assert_eq!(pause(8, None), None);
        assert_eq!(pause(8, Some(Duration::from_secs(1))), None);
    }

    #[test]
    fn receivers_may_ask_for_longer_pauses_within_reason() {
        let asked = |seconds| {
            pause(1, Some(Duration::from_secs(seconds)))
                .unwrap()
                .as_secs()
        };
        assert_eq!(asked(120), 120);
        assert_eq!(asked(1_000_000), 12 * 3_600);
        assert!(asked(1) >= 4);
    }
}
