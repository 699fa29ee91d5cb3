//! What follows from what came back.

use std::collections::HashMap;

use http::StatusCode;
use jiff::{SignedDuration, Timestamp};
use kith_kernel::{Clock, Failure};
use kith_store::Store;
use uuid::Uuid;

use super::endpoint::Key;
use super::model::{State, Tried};
use super::plan::pause;
use super::queue::{Settled, begin, settle_in};
use crate::webhook::{WhyDisabled, store as webhooks};

/// After how long of nothing but failures a webhook is switched off.
const PATIENCE: SignedDuration = SignedDuration::from_hours(5 * 24);

/// What came back from one webhook.
#[derive(Default)]
struct Sum {
    succeeded: bool,
    /// When the first failure was.
    failed: Option<Timestamp>,
    gone: bool,
}

/// Whether an attempt succeeded.
pub(super) fn succeeded(tried: &Tried) -> bool {
    tried
        .outcome
        .status
        .is_some_and(|status| status.is_success())
}

/// Notes what came back, lets the next of each line go, and switches webhooks off that have been
/// failing for too long or are gone.
pub(super) async fn settle(
    store: &Store,
    clock: &Clock,
    holder: Uuid,
    tried: &[Tried],
) -> Result<(), Failure> {
    let now = clock.now();
    let mut sums: HashMap<Key, Sum> = HashMap::new();
    let mut settled = Vec::with_capacity(tried.len());
    for one in tried {
        let sum = sums.entry(one.taken.place.endpoint()).or_default();
        let (state, due_at) = if succeeded(one) {
            sum.succeeded = true;
            (State::Delivered, None)
        } else {
            sum.failed = Some(
                sum.failed
                    .map_or(one.attempt.at, |first| first.min(one.attempt.at)),
            );
            sum.gone |= one.outcome.status == Some(StatusCode::GONE);
            let pause = pause(one.taken.attempts + 1, one.outcome.retry_after);
            match pause.filter(|_| one.outcome.status != Some(StatusCode::GONE)) {
                Some(pause) => (State::Waiting, now.checked_add(pause).ok()),
                None => (State::Failed, None),
            }
        };
        metrics::counter!("kith_webhook_attempts_total", "result" => if state == State::Delivered { "delivered" } else { "failed" })
            .increment(1);
        settled.push(Settled {
            taken: &one.taken,
            state,
            due_at,
            entry: serde_json::to_value(&one.attempt).map_err(Failure::internal)?,
        });
    }
    let which: Vec<Key> = sums.keys().copied().collect();
    let tx = begin(store).await?;
    let held = webhooks::hold_in(&tx, &which).await?;
    settle_in(&tx, &settled, holder, now).await?;
    for (workspace, mut webhook) in held {
        let Some(sum) = sums.get(&(workspace, webhook.id)) else {
            continue;
        };
        let failing_since = match (sum.succeeded, webhook.failing_since) {
            (true, _) => None,
            (false, Some(since)) => Some(since),
            (false, None) => sum.failed,
        };
        let tired = failing_since.is_some_and(|since| now.duration_since(since) >= PATIENCE);
        let changed = webhook.failing_since != failing_since;
        webhook.failing_since = failing_since;
        let why = match (sum.gone, tired) {
            (true, _) => Some(WhyDisabled::Gone),
            (false, true) => Some(WhyDisabled::Failing),
            (false, false) => None,
        };
        match why.filter(|_| webhook.active) {
            Some(why) => {
                webhooks::disable_in(&tx, clock, workspace, &mut webhook, why).await?;
            }
            None if changed => webhooks::update_in(&tx, workspace, &webhook).await?,
            None => {}
        }
    }
    tx.commit().await?;
    Ok(())
}
