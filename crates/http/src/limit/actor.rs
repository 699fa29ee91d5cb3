//! How often one token or session may ask.

use std::time::Instant;

use http::HeaderValue;
use kith_kernel::{Actor, ActorKind};

use super::Rate;
use super::bucket::Buckets;

/// Buckets kept at the same time.
const CAPACITY: usize = 65_536;

/// The allowance of every token and every session.
pub struct ActorLimiter {
    buckets: Buckets,
}

/// Where an actor stands after a request.
#[derive(Clone, Copy, Debug)]
pub struct Standing {
    /// Whether the request may go on.
    pub admitted: bool,
    /// How many more may come at once.
    pub remaining: u32,
    /// Seconds until the allowance is whole again or, after a refusal, until one is admitted.
    pub reset_seconds: u32,
    rate: Rate,
}

impl ActorLimiter {
    /// A limiter of `rate` per token or session.
    pub fn new(rate: Rate) -> Self {
        Self {
            buckets: Buckets::new(rate, CAPACITY),
        }
    }

    /// Takes one request from the actor's allowance; `None` where there is no limit, as for the
    /// server itself.
    pub fn take(&self, actor: &Actor) -> Option<Standing> {
        let rate = self.buckets.rate();
        let key = match actor.kind {
            _ if !rate.is_on() => return None,
            ActorKind::System => return None,
            ActorKind::Session(id) => id.0,
            ActorKind::Token(id) => id.0,
        };
        let taken = self.buckets.take(key, Instant::now());
        let seconds = if taken.admitted {
            (f64::from(rate.burst) - taken.remaining) / rate.per_second
        } else {
            taken.wait.as_secs_f64()
        };
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "both are small and not negative"
        )]
        let (remaining, reset_seconds) = (taken.remaining as u32, seconds.ceil() as u32);
        Some(Standing {
            admitted: taken.admitted,
            remaining,
            reset_seconds,
            rate,
        })
    }
}

impl Standing {
    /// The fields `RateLimit-Policy` and `RateLimit` of draft-ietf-httpapi-ratelimit-headers-10:
    /// `"actor";q=1000;w=5` and `"actor";r=999;t=1`.
    pub(crate) fn headers(&self) -> [(&'static str, HeaderValue); 2] {
        let window = (f64::from(self.rate.burst) / self.rate.per_second).ceil();
        let policy = format!("\"actor\";q={};w={window}", self.rate.burst);
        let state = format!("\"actor\";r={};t={}", self.remaining, self.reset_seconds);
        let value = |text: String| {
            HeaderValue::from_str(&text).unwrap_or_else(|_| HeaderValue::from_static(""))
        };
        [
            ("ratelimit-policy", value(policy)),
            ("ratelimit", value(state)),
        ]
    }
}
