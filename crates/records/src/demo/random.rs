//! Numbers that look random and are the same in every run with the same seed.

/// A small generator (`SplitMix64`, Steele, Lea and Flood 2014).
#[derive(Clone, Debug)]
pub(super) struct Random(u64);

impl Random {
    /// The generator of one thing: the same for the same `seed`, `kind` and `index`.
    pub(super) fn of(seed: u64, kind: u64, index: u64) -> Self {
        let mut random = Self(seed ^ kind.rotate_left(40));
        let start = random.bits() ^ index.wrapping_mul(0xD1B5_4A32_D192_ED03);
        Self(start)
    }

    /// 64 random bits.
    pub(super) fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// A number below `bound`; 0 where that is 0.
    pub(super) fn below(&mut self, bound: usize) -> usize {
        let wide = u128::from(self.bits()) * (bound as u128);
        usize::try_from(wide >> 64).unwrap_or(0)
    }

    /// A number from `least` to `most`.
    pub(super) fn range(&mut self, least: i64, most: i64) -> i64 {
        let span = usize::try_from(most.saturating_sub(least)).unwrap_or(0) + 1;
        least + i64::try_from(self.below(span)).unwrap_or(0)
    }

    /// True in `percent` of 100 cases.
    pub(super) fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    /// One of `items`, each as often as the others. `items` has one at least.
    pub(super) fn pick<'a, T>(&mut self, items: &'a [T]) -> &'a T {
        &items[self.below(items.len())]
    }

    /// One of these texts.
    pub(super) fn text(&mut self, texts: &[&'static str]) -> &'static str {
        texts[self.below(texts.len())]
    }

    /// The place of one of the weights, the greater ones more often.
    pub(super) fn weighted(&mut self, weights: impl Iterator<Item = u32> + Clone) -> usize {
        let total: usize = weights.clone().map(|weight| weight as usize).sum();
        let mut at = self.below(total);
        for (place, weight) in weights.enumerate() {
            let weight = weight as usize;
            if at < weight {
                return place;
            }
            at -= weight;
        }
        0
    }

    /// From 0 to 1, without 1.
    #[expect(clippy::cast_precision_loss, reason = "53 bits fit exactly")]
    pub(super) fn unit(&mut self) -> f64 {
        (self.bits() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// Normally distributed around 0 with a standard deviation of 1 (Box and Muller 1958).
    pub(super) fn normal(&mut self) -> f64 {
        let radius = (-2.0 * (1.0 - self.unit()).ln()).sqrt();
        radius * (std::f64::consts::TAU * self.unit()).cos()
    }

    /// Log-normally distributed around its median.
    pub(super) fn lognormal(&mut self, median: f64, sigma: f64) -> f64 {
        median * (sigma * self.normal()).exp()
    }
}

/// The whole number nearest to `x`, within ±9·10¹⁵.
#[expect(
    clippy::cast_possible_truncation,
    reason = "clamped to what is exact before"
)]
pub(super) fn whole(x: f64) -> i64 {
    x.round().clamp(-9e15, 9e15) as i64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_place_gives_the_same_numbers() {
        let draw = |index| Random::of(1, 2, index).bits();
        assert_eq!(draw(7), draw(7));
        assert_ne!(draw(7), draw(8));
    }

    #[test]
    fn draws_stay_within_their_bounds_and_reach_all_of_them() {
        let mut random = Random::of(3, 0, 0);
        let mut seen = [0_u32; 7];
        let mut weighted = [0_u32; 3];
        for _ in 0..7_000 {
            seen[usize::try_from(random.range(-2, 4) + 2).unwrap()] += 1;
            weighted[random.weighted([1, 0, 3].into_iter())] += 1;
        }
        assert!(seen.iter().all(|n| (800..1_200).contains(n)), "{seen:?}");
        assert_eq!(weighted[1], 0);
        assert!((4_900..5_600).contains(&weighted[2]), "{weighted:?}");
        let median = (0..1_001).map(|_| random.lognormal(50.0, 1.0));
        let mut all: Vec<i64> = median.map(whole).collect();
        all.sort_unstable();
        assert!((40..60).contains(&all[500]), "{}", all[500]);
    }
}
