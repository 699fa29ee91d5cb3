//! A record at a glance.

use kith_contracts::RecordRef;
use kith_kernel::{Actor, Failure};
use serde_json::{Value, json};
use uuid::Uuid;

use super::store;
use crate::Interactions;
use crate::projection::{HALF_LIFE_DAYS, score_at};

/// How many relationships are shown.
const RELATIONSHIPS: i64 = 10;

impl Interactions {
    /// When a record was last and will next be in touch, how much goes on with it, and who knows
    /// it best.
    pub(super) async fn summary(&self, actor: &Actor, record: RecordRef) -> Result<Value, Failure> {
        let facts = self.visible(actor, record).await?;
        let (workspace, now) = (actor.workspace, self.clock().now());
        let (last, next, engagement) = store::summary(self.store(), workspace, facts.id.0).await?;
        let ties = store::relationships(self.store(), workspace, facts.id.0, RELATIONSHIPS).await?;
        self.users().follow(workspace).await?;
        let users: Vec<Uuid> = ties.iter().map(|tie| tie.user).collect();
        let names = self.users().names(workspace, &users).await?;
        let relationships: Vec<Value> = (ties.iter())
            .map(|tie| {
                json!({
                    "user": { "id": tie.user, "name": names.get(&tie.user) },
                    "person": tie.person,
                    "strength": score_at(tie.log2_score, now),
                    "last_at": tie.last_at,
                })
            })
            .collect();
        Ok(json!({
            "object": facts.object,
            "id": facts.id,
            "last_contacted_at": last,
            "next_activity_at": next,
            "engagement": {
                "score": engagement.map_or(0.0, |score| score_at(score, now)),
                "half_life_days": HALF_LIFE_DAYS,
            },
            "relationships": relationships,
        }))
    }
}
