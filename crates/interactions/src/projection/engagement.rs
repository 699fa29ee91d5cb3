//! How much goes on with a record, decaying with time.

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};

use async_trait::async_trait;
use kith_bus::LogEvent;
use kith_kernel::WorkspaceId;
use kith_store::{Params, Tx};
use uuid::Uuid;

use super::touch::{self, Touch};
use super::{Projection, Source, score};
use crate::error::InteractionsError;
use crate::interaction::weight;

/// By the primary key, as is the next.
static ADD: LazyLock<String> = LazyLock::new(|| {
    let sum = score::ADD;
    format!(
        "INSERT INTO interactions.engagement AS e (workspace_id, generation, record_id, log2_score) \
         SELECT v.workspace, $1, v.record, v.score \
         FROM unnest($2::uuid[], $3::uuid[], $4::float8[]) AS v(workspace, record, score) \
         ON CONFLICT (workspace_id, generation, record_id) DO UPDATE SET log2_score = \
         (SELECT {sum} FROM (VALUES (e.log2_score, excluded.log2_score)) AS s(a, b))"
    )
});
const ERASE: &str = "DELETE FROM interactions.engagement e USING unnest($2::uuid[], $3::uuid[]) AS v(workspace, person) \
    WHERE e.workspace_id = v.workspace AND e.generation = $1 AND e.record_id = v.person";

/// The projection.
pub(super) struct Engagement;

#[async_trait]
impl Projection for Engagement {
    fn name(&self) -> &'static str {
        "engagement"
    }

    fn sources(&self) -> &'static [Source] {
        &[Source {
            log: "interactions",
            reader: "engagement",
        }]
    }

    fn tables(&self) -> &'static [&'static str] {
        &["engagement"]
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
    let mut scores: BTreeMap<(WorkspaceId, Uuid), f64> = BTreeMap::new();
    for touch in touches {
        let Some(one) = score::log2(weight(&touch.channel, touch.direction), touch.at) else {
            continue;
        };
        for link in &touch.records {
            (scores.entry((touch.workspace, link.id)))
                .and_modify(|sum| *sum = score::add(*sum, one))
                .or_insert(one);
        }
    }
    if scores.is_empty() {
        return Ok(());
    }
    let keys: Vec<(WorkspaceId, Uuid)> = scores.keys().copied().collect();
    let (workspaces, records) = touch::columns(&keys);
    let scores: Vec<f64> = scores.into_values().collect();
    let params: Params<'_> = &[&generation, &workspaces, &records, &scores];
    tx.execute(&ADD, params).await?;
    Ok(())
}
