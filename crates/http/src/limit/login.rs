//! How often anyone may try to sign in.

use std::net::IpAddr;
use std::time::{Duration, Instant};

use kith_kernel::{ErrorCode, Failure};

use super::Rate;
use super::bucket::{Buckets, Taken};

const CAPACITY: usize = 65_536;

/// The three limits on attempts to sign in.
#[derive(Clone, Copy, Debug)]
pub struct LoginRates {
    /// From one address for one e-mail.
    pub pair: Rate,
    /// From one address in all, so that nobody tries one password on many accounts.
    pub address: Rate,
    /// For one e-mail from anywhere, against attempts from many addresses.
    pub email: Rate,
}

impl Default for LoginRates {
    fn default() -> Self {
        let rate = |burst, per_minute: u32| Rate {
            burst,
            per_second: f64::from(per_minute) / 60.0,
        };
        Self {
            pair: rate(10, 6),
            address: rate(60, 60),
            email: rate(50, 30),
        }
    }
}

/// Counts attempts to sign in by address and by e-mail.
pub struct LoginLimiter {
    pair: Buckets,
    address: Buckets,
    email: Buckets,
}

impl LoginLimiter {
    /// A limiter of these rates; one whose `burst` is 0 is off.
    pub fn new(rates: LoginRates) -> Self {
        Self {
            pair: Buckets::new(rates.pair, CAPACITY),
            address: Buckets::new(rates.address, CAPACITY),
            email: Buckets::new(rates.email, CAPACITY),
        }
    }

    /// Counts one attempt.
    ///
    /// # Errors
    /// `RateLimited` with the seconds to wait. The answer is the same whether there is such a
    /// user or not.
    pub fn attempt(&self, client: IpAddr, email: &str) -> Result<(), Failure> {
        let (client, email) = (network(client), fold(email));
        let now = Instant::now();
        let wait = [
            take(&self.address, client, now),
            take(&self.pair, (client, &email), now),
            take(&self.email, &email, now),
        ]
        .into_iter()
        .flatten()
        .max();
        let Some(wait) = wait else { return Ok(()) };
        let seconds = u32::try_from(wait.as_secs())
            .unwrap_or(3600)
            .saturating_add(1);
        Err(Failure::new(
            ErrorCode::RateLimited,
            format!("Too many attempts to sign in. Try again in {seconds} seconds."),
        )
        .retry_after(seconds))
    }

    /// Gives back the allowance of an address and an e-mail after a sign-in that succeeded.
    pub fn succeeded(&self, client: IpAddr, email: &str) {
        self.pair.forget((network(client), &fold(email)));
    }
}

/// How long to wait, where the bucket is empty.
fn take(buckets: &Buckets, key: impl std::hash::Hash, now: Instant) -> Option<Duration> {
    if !buckets.rate().is_on() {
        return None;
    }
    let Taken { admitted, wait, .. } = buckets.take(key, now);
    (!admitted).then_some(wait)
}

/// An IPv6 customer has at least a /64, so that is what counts as one address.
fn network(client: IpAddr) -> IpAddr {
    match client.to_canonical() {
        IpAddr::V6(v6) => {
            let high = u128::from(v6) >> 64 << 64;
            IpAddr::V6(high.into())
        }
        v4 @ IpAddr::V4(_) => v4,
    }
}

fn fold(email: &str) -> String {
    email.trim().to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limiter() -> LoginLimiter {
        let rate = |burst| Rate {
            burst,
            per_second: 0.001,
        };
        LoginLimiter::new(LoginRates {
            pair: rate(2),
            address: rate(5),
            email: rate(4),
        })
    }

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn a_pair_is_limited_and_freed_by_success() {
        let limiter = limiter();
        let home = ip("192.0.2.1");
        assert!(limiter.attempt(home, "a@x.org").is_ok());
        assert!(limiter.attempt(home, " A@X.org").is_ok());
        let refused = limiter.attempt(home, "a@x.org").unwrap_err();
        assert_eq!(refused.code, ErrorCode::RateLimited);
        assert!(refused.retry_after.unwrap() >= 900);
        limiter.succeeded(home, "a@x.org");
        assert!(limiter.attempt(home, "a@x.org").is_ok());
    }

    #[test]
    fn one_address_can_not_try_many_accounts_nor_many_addresses_one() {
        let limiter = limiter();
        let tried = (0..6).filter(|n| {
            let home = ip(&format!("2001:db8::{n}"));
            limiter.attempt(home, &format!("{n}@x.org")).is_ok()
        });
        assert_eq!(tried.count(), 5);
        let tried = (0..6).filter(|n| {
            let home = ip(&format!("198.51.100.{n}"));
            limiter.attempt(home, "b@x.org").is_ok()
        });
        assert_eq!(tried.count(), 4);
    }
}
