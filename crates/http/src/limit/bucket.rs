//! Token buckets by key.

use std::hash::{BuildHasher, RandomState};
use std::time::{Duration, Instant};

use lru::LruCache;
use parking_lot::Mutex;

/// How much a bucket holds and how fast it fills.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rate {
    /// How many requests may come at once; 0 switches the limit off.
    pub burst: u32,
    /// How many requests per second may follow.
    pub per_second: f64,
}

impl Rate {
    /// Whether there is a limit at all.
    pub fn is_on(&self) -> bool {
        self.burst > 0 && self.per_second > 0.0
    }
}

#[derive(Clone, Copy)]
struct Bucket {
    tokens: f64,
    at: Instant,
}

/// What a bucket answers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Taken {
    pub(super) admitted: bool,
    pub(super) remaining: f64,
    /// Until there is a token again; zero where there is one.
    pub(super) wait: Duration,
}

const SHARDS: usize = 16;

/// A bounded number of buckets, all of one rate.
pub(super) struct Buckets {
    rate: Rate,
    hasher: RandomState,
    /// Buckets per shard. The maps start small: an idle server keeps none.
    size: usize,
    shards: Vec<Mutex<LruCache<u64, Bucket>>>,
}

impl Buckets {
    /// Keeps at most about `capacity` buckets.
    pub(super) fn new(rate: Rate, capacity: usize) -> Self {
        Self {
            rate,
            hasher: RandomState::new(),
            size: capacity.div_ceil(SHARDS),
            shards: (0..SHARDS)
                .map(|_| Mutex::new(LruCache::unbounded()))
                .collect(),
        }
    }

    pub(super) fn rate(&self) -> Rate {
        self.rate
    }

    /// Takes one token from the bucket of `key`.
    pub(super) fn take(&self, key: impl std::hash::Hash, now: Instant) -> Taken {
        let burst = f64::from(self.rate.burst);
        self.with(key, |entry| {
            let bucket = entry.get_or_insert(Bucket {
                tokens: burst,
                at: now,
            });
            let passed = now.saturating_duration_since(bucket.at).as_secs_f64();
            bucket.tokens = burst.min(bucket.tokens + passed * self.rate.per_second);
            bucket.at = now.max(bucket.at);
            let admitted = bucket.tokens >= 1.0;
            if admitted {
                bucket.tokens -= 1.0;
            }
            let missing = (1.0 - bucket.tokens).max(0.0);
            let seconds = (missing / self.rate.per_second).clamp(0.0, 86_400.0);
            Taken {
                admitted,
                remaining: bucket.tokens,
                wait: Duration::from_secs_f64(seconds),
            }
        })
    }

    /// Forgets the bucket of `key`, so that it is full again.
    pub(super) fn forget(&self, key: impl std::hash::Hash) {
        let hash = self.hasher.hash_one(key);
        self.shard(hash).lock().pop(&hash);
    }

    fn with<T>(&self, key: impl std::hash::Hash, f: impl FnOnce(&mut Option<Bucket>) -> T) -> T {
        let hash = self.hasher.hash_one(key);
        let mut shard = self.shard(hash).lock();
        let mut entry = shard.get(&hash).copied();
        let answer = f(&mut entry);
        if let Some(bucket) = entry {
            shard.put(hash, bucket);
            if shard.len() > self.size {
                shard.pop_lru();
            }
        }
        answer
    }

    fn shard(&self, hash: u64) -> &Mutex<LruCache<u64, Bucket>> {
        let index = usize::try_from(hash % SHARDS as u64).unwrap_or(0);
        &self.shards[index]
    }

    #[cfg(test)]
    fn len(&self) -> usize {
        self.shards.iter().map(|shard| shard.lock().len()).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RATE: Rate = Rate {
        burst: 3,
        per_second: 2.0,
    };

    #[test]
    fn a_bucket_empties_and_fills_again() {
        let buckets = Buckets::new(RATE, 100);
        let start = Instant::now();
        let admitted = |at: u64| {
            let now = start + Duration::from_millis(at);
            buckets.take("a", now).admitted
        };
        assert_eq!([0, 0, 0, 0].map(admitted), [true, true, true, false]);
        assert!(buckets.take("b", start).admitted);
        assert_eq!([499, 500, 500].map(admitted), [false, true, false]);
        // A clock that steps back takes nothing and gives nothing.
        assert!(!admitted(0));
        assert_eq!(
            [9000, 9000, 9000, 9000].map(admitted),
            [true, true, true, false]
        );
    }

    #[test]
    fn it_says_how_long_to_wait() {
        let buckets = Buckets::new(RATE, 100);
        let now = Instant::now();
        for _ in 0..3 {
            buckets.take("a", now);
        }
        assert_eq!(buckets.take("a", now).wait, Duration::from_millis(500));
        buckets.forget("a");
        assert!(buckets.take("a", now).admitted);
    }

    #[test]
    fn memory_is_bounded() {
        let buckets = Buckets::new(RATE, 160);
        for key in 0..10_000 {
            buckets.take(key, Instant::now());
        }
        assert!(buckets.len() <= 160);
    }
}
