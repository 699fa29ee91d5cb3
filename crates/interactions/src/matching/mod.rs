//! Which person a participant is.
//!
//! Addresses are known from the records' own log ([`known`]). Whoever isn't known when an
//! interaction is appended is kept ([`unmatched`]), and matched as soon as a person with that
//! address appears ([`matcher`]): the log then says so by an event, so that projections follow the
//! one log alone.

mod known;
mod matcher;
mod unmatched;

pub(crate) use known::KnownPeople;
pub(crate) use matcher::{MATCH, Matcher, QUEUE};
pub(crate) use unmatched::Unmatched;

use jiff::Timestamp;
use kith_bus::{Jobs, NewJob};
use kith_store::{StoreError, Tx};
use serde_json::Value;

/// Held by whoever changes what is known or unmatched, so that each sees what the other has done.
const LOCK: &str = "SELECT pg_advisory_xact_lock(hashtext('interactions.matching'), 0)";

/// Waits until nobody else matches.
pub(crate) async fn lock_in(tx: &Tx) -> Result<(), StoreError> {
    tx.query(LOCK, &[]).await?;
    Ok(())
}

/// Asks for the matching of what was noted in `interactions.to_match`.
async fn ask_in(tx: &Tx, jobs: &Jobs, now: Timestamp) -> Result<(), StoreError> {
    let job = NewJob {
        queue: QUEUE,
        kind: MATCH,
        workspace: None,
        payload: &Value::Null,
        dedupe_key: Some(MATCH),
        priority: 0,
        run_at: now,
        max_attempts: 20,
    };
    jobs.enqueue_in(tx, &job).await?;
    Ok(())
}
