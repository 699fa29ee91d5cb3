//! How many interactions a record had, per channel and day (in UTC), for charts.

use std::collections::BTreeMap;
use std::sync::Arc;

use async_trait::async_trait;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use kith_bus::LogEvent;
use kith_kernel::WorkspaceId;
use kith_store::{Params, Tx};
use uuid::Uuid;

use super::touch::{self, Touch};
use super::{Projection, Source};
use crate::error::InteractionsError;
use crate::interaction::Direction;

/// By the primary key, as is the next.
const ADD: &str = "INSERT INTO interactions.counts AS c \
    (workspace_id, generation, record_id, day, channel, direction, number) \
    SELECT v.workspace, $1, v.record, v.day, v.channel, v.direction, v.number \
    FROM unnest($2::uuid[], $3::uuid[], $4::date[], $5::text[], $6::text[], $7::int8[]) \
    AS v(workspace, record, day, channel, direction, number) \
    ON CONFLICT (workspace_id, generation, record_id, day, channel, direction) \
    DO UPDATE SET number = c.number + excluded.number";
const ERASE: &str = "DELETE FROM interactions.counts c USING unnest($2::uuid[], $3::uuid[]) AS v(workspace, person) \
    WHERE c.workspace_id = v.workspace AND c.generation = $1 AND c.record_id = v.person";

/// The projection.
pub(super) struct Counts;

type Key<'t> = (WorkspaceId, Uuid, Date, &'t str, Direction);

#[async_trait]
impl Projection for Counts {
    fn name(&self) -> &'static str {
        "counts"
    }

    fn sources(&self) -> &'static [Source] {
        &[Source {
            log: "interactions",
            reader: "counts",
        }]
    }

    fn tables(&self) -> &'static [&'static str] {
        &["counts"]
    }

    fn wants(&self, event: &LogEvent) -> bool {
        touch::is_one(event)
    }

    async fn apply_in(
        &self,
        tx: &Tx,
        generation: i16,
        events: &[Arc<LogEvent>],
    ) -> Result<(), InteractionsError> {
        for stretch in touch::read_in(tx, events).await? {
            add_in(tx, generation, &stretch.touches).await?;
            if !stretch.erased.is_empty() {
                let (workspaces, people) = touch::columns(&stretch.erased);
                tx.execute(ERASE, &[&generation, &workspaces, &people])
                    .await?;
            }
        }
        Ok(())
    }
}

async fn add_in(tx: &Tx, generation: i16, touches: &[Touch]) -> Result<(), InteractionsError> {
    let mut numbers: BTreeMap<Key<'_>, i64> = BTreeMap::new();
    for touch in touches {
        let day = touch.at.to_zoned(TimeZone::UTC).date();
        for link in &touch.records {
            let key = (
                touch.workspace,
                link.id,
                day,
                touch.channel.as_str(),
                touch.direction,
            );
            *numbers.entry(key).or_default() += 1;
        }
    }
    if numbers.is_empty() {
        return Ok(());
    }
    let workspaces: Vec<WorkspaceId> = numbers.keys().map(|key| key.0).collect();
    let records: Vec<Uuid> = numbers.keys().map(|key| key.1).collect();
    let days: Vec<Date> = numbers.keys().map(|key| key.2).collect();
    let channels: Vec<&str> = numbers.keys().map(|key| key.3).collect();
    let directions: Vec<&str> = numbers.keys().map(|key| key.4.as_str()).collect();
    let numbers: Vec<i64> = numbers.values().copied().collect();
    let params: Params<'_> = &[
        &generation,
        &workspaces,
        &records,
        &days,
        &channels,
        &directions,
        &numbers,
    ];
    tx.execute(ADD, params).await?;
    Ok(())
}
