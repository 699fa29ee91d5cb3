//! Scores that decay: half as much after each half-life.
//!
//! A score is the sum of `weight · 2^(-(now - at) / half-life)` over its interactions. Kept is the
//! logarithm, to base 2, of the same sum with a fixed moment for `now`: it never has to be written
//! anew because time passes, and scores are in the same order at any moment as their logarithms.

use jiff::Timestamp;

/// After how many days an interaction counts half as much. A month is about how long it takes
/// until people don't expect each other to go on where they stopped.
pub(crate) const HALF_LIFE_DAYS: f64 = 30.0;

/// The fixed moment: 2020-01-01T00:00:00Z, in seconds.
const REFERENCE: f64 = 1_577_836_800.0;
const DAY: f64 = 86_400.0;

/// Adds two logarithms of sums, in SQL: `a` and `b` are columns.
pub(super) const ADD: &str = "greatest(a, b) + ln(1 + exp(ln(2::float8) * greatest(-abs(a - b), -60::float8))) / ln(2::float8)";

/// Half-lives from the fixed moment to this one.
#[expect(
    clippy::cast_precision_loss,
    reason = "a second in a million years does not matter"
)]
fn half_lives(at: Timestamp) -> f64 {
    (at.as_second() as f64 - REFERENCE) / (HALF_LIFE_DAYS * DAY)
}

/// The logarithm of what one interaction adds; `None` where it adds nothing.
pub(super) fn log2(weight: f64, at: Timestamp) -> Option<f64> {
    (weight > 0.0).then(|| weight.log2() + half_lives(at))
}

/// The logarithm of the sum of two of which the logarithms are given.
pub(super) fn add(a: f64, b: f64) -> f64 {
    a.max(b) + (-(a - b).abs()).exp2().ln_1p() / std::f64::consts::LN_2
}

/// A score at a moment, to four digits after the point.
pub(crate) fn at(log2_score: f64, now: Timestamp) -> f64 {
    let score = (log2_score - half_lives(now)).min(1_000.0).exp2();
    (score * 10_000.0).round() / 10_000.0
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;

    use super::*;

    #[test]
    fn a_score_halves_in_its_half_life() {
        let now: Timestamp = "2026-06-01T12:00:00Z".parse().unwrap();
        let later = now + SignedDuration::from_hours(24 * 30);
        let one = log2(4.0, now).unwrap();
        assert!((at(one, now) - 4.0).abs() < 1e-6);
        assert!((at(one, later) - 2.0).abs() < 1e-6);
        let both = add(one, log2(1.0, later).unwrap());
        assert!((at(both, later) - 3.0).abs() < 1e-6);
        assert_eq!(log2(0.0, now), None);
    }

    #[test]
    fn the_order_of_sums_does_not_matter() {
        let parts = [3.0, -400.0, 2.5, 90.0, 89.0];
        let forth = parts.into_iter().reduce(add).unwrap();
        let back = parts.into_iter().rev().reduce(add).unwrap();
        assert!((forth - back).abs() < 1e-9);
    }
}
