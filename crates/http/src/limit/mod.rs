//! Rate limits: how often one actor may ask, and how often anyone may try to sign in.
//!
//! Memory is bounded: at most a fixed number of buckets is kept, and the one that was not used
//! for longest makes room. Whoever was forgotten so starts with a full bucket.

mod actor;
mod bucket;
mod login;

pub use actor::{ActorLimiter, Standing};
pub use bucket::Rate;
pub use login::{LoginLimiter, LoginRates};
