//! How well a user and a person know each other, decaying with time.

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};

use async_trait::async_trait;
use jiff::Timestamp;
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
        "INSERT INTO interactions.relationship AS r \
         (workspace_id, generation, person_id, user_id, log2_score, last_at) \
         SELECT v.workspace, $1, v.person, v.member, v.score, v.at \
         FROM unnest($2::uuid[], $3::uuid[], $4::uuid[], $5::float8[], $6::timestamptz[]) \
         AS v(workspace, person, member, score, at) \
         ON CONFLICT (workspace_id, generation, person_id, user_id) DO UPDATE SET log2_score = \
         (SELECT {sum} FROM (VALUES (r.log2_score, excluded.log2_score)) AS s(a, b)), \
         last_at = greatest(r.last_at, excluded.last_at)"
    )
});
const ERASE: &str = "DELETE FROM interactions.relationship r USING unnest($2::uuid[], $3::uuid[]) AS v(workspace, person) \
    WHERE r.workspace_id = v.workspace AND r.generation = $1 AND r.person_id = v.person";

/// The projection.
pub(super) struct Relationship;

#[async_trait]
impl Projection for Relationship {
    fn name(&self) -> &'static str {
        "relationship"
    }

    fn sources(&self) -> &'static [Source] {
        &[Source {
            log: "interactions",
            reader: "relationship",
        }]
    }

    fn tables(&self) -> &'static [&'static str] {
        &["relationship"]
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
    let mut ties: BTreeMap<(WorkspaceId, Uuid, Uuid), (f64, Timestamp)> = BTreeMap::new();
    for touch in touches {
        let Some(one) = score::log2(weight(&touch.channel, touch.direction), touch.at) else {
            continue;
        };
        for link in touch.records.iter().filter(|link| link.object == "person") {
            for user in &touch.users {
                (ties.entry((touch.workspace, link.id, *user)))
                    .and_modify(|(sum, last)| {
                        *sum = score::add(*sum, one);
                        *last = touch.at.max(*last);
                    })
                    .or_insert((one, touch.at));
            }
        }
    }
    if ties.is_empty() {
        return Ok(());
    }
    let workspaces: Vec<WorkspaceId> = ties.keys().map(|key| key.0).collect();
    let people: Vec<Uuid> = ties.keys().map(|key| key.1).collect();
    let users: Vec<Uuid> = ties.keys().map(|key| key.2).collect();
    let scores: Vec<f64> = ties.values().map(|tie| tie.0).collect();
    let times: Vec<Timestamp> = ties.values().map(|tie| tie.1).collect();
    let params: Params<'_> = &[&generation, &workspaces, &people, &users, &scores, &times];
    tx.execute(&ADD, params).await?;
    Ok(())
}
