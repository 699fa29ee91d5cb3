//! Numbers of interactions, for charts.

use std::collections::BTreeMap;

use jiff::ToSpan as _;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use kith_contracts::RecordRef;
use kith_kernel::{Actor, ErrorCode, Failure};
use serde::Deserialize;
use serde_json::{Value, json};

use super::page::channels;
use super::store;
use crate::Interactions;

/// The longest time that is counted at once, in days.
pub(super) const DAYS: i32 = 3_700;

/// By what interactions are counted.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum By {
    /// Each day.
    #[default]
    Day,
    /// Each month.
    Month,
    /// All of the time in one.
    Total,
}

impl By {
    pub(super) const NAMES: [&str; 3] = ["day", "month", "total"];
}

/// What is to be counted.
#[derive(Debug, Default)]
pub(super) struct Wanted {
    pub(super) from: Option<Date>,
    pub(super) to: Option<Date>,
    pub(super) channel: Option<String>,
    pub(super) by: By,
}

impl Interactions {
    /// How many interactions a record had, per channel and direction.
    pub(super) async fn counts(
        &self,
        actor: &Actor,
        record: RecordRef,
        wanted: Wanted,
    ) -> Result<Value, Failure> {
        let today = self.clock().now().to_zoned(TimeZone::UTC).date();
        let to = wanted.to.unwrap_or(today);
        let from = wanted.from.unwrap_or_else(|| to.saturating_sub(89.days()));
        let days = from.until(to).map_or(i32::MAX, |span| span.get_days());
        if !(0..=DAYS).contains(&days) || from.year() < 1900 {
            let message =
                format!("`from` must be a day from 1900 on, up to {DAYS} days before `to`.");
            let refused = Failure::new(ErrorCode::InvalidRequest, message);
            return Err(refused.field("from", "out_of_range"));
        }
        let channels = channels(wanted.channel.as_deref())?;
        let channels = Some(channels.as_slice()).filter(|names| !names.is_empty());
        let record = self.visible(actor, record).await?.id.0;
        let numbers =
            store::counts(self.store(), actor.workspace, record, (from, to), channels).await?;
        let mut sums: BTreeMap<(Option<Date>, String, String), i64> = BTreeMap::new();
        for one in numbers {
            let begins = match wanted.by {
                By::Day => Some(one.day),
                By::Month => Some(one.day.first_of_month()),
                By::Total => None,
            };
            *sums
                .entry((begins, one.channel, one.direction))
                .or_default() += one.count;
        }
        let data: Vec<Value> = (sums.into_iter())
            .map(|((begins, channel, direction), count)| {
                json!({ "begins": begins, "channel": channel, "direction": direction, "count": count })
            })
            .collect();
        Ok(json!({ "from": from, "to": to, "data": data }))
    }
}
