//! What the service's log says of demos as a whole.

use kith_kernel::{Clock, EventId};
use kith_store::{StoreError, Tx};
use serde::Serialize;
use tokio_postgres::types::Json;

use super::store::Claimed;

const APPEND: &str = "INSERT INTO records.event \
    (workspace_id, id, type, subject_kind, subject_id, subject_version, actor, occurred_at, data) \
    VALUES ($1, $2, $3, 'demo', $4, $5, $6, $7, $8)";

/// What happened.
#[derive(Clone, Copy)]
pub(super) enum Verb {
    /// All records are there. The data has their counts by object.
    Created,
    /// Some records were taken out for good: who keeps a copy of them drops it. The data has the
    /// object and the records' ids.
    Purged,
    /// All records are out that could be. The data has the counts.
    Removed,
}

/// Appends an event about a demo.
pub(super) async fn append_in(
    tx: &Tx,
    clock: &Clock,
    claimed: &Claimed,
    verb: Verb,
    data: &(impl Serialize + Sync + std::fmt::Debug),
) -> Result<(), StoreError> {
    let (kind, version) = match verb {
        Verb::Created => ("demo.created", 1_i64),
        Verb::Purged => ("demo.purged", 2),
        Verb::Removed => ("demo.removed", 3),
    };
    let demo = &claimed.demo;
    let actor = Json(serde_json::json!({
        "user": demo.started_by, "via": "system", "demo": demo.id,
    }));
    let params: [&(dyn kith_store::ToSql + Sync); 8] = [
        &claimed.workspace,
        &EventId::new(clock),
        &kind,
        &demo.id.0,
        &version,
        &actor,
        &clock.now(),
        &Json(data),
    ];
    tx.execute(APPEND, &params).await?;
    Ok(())
}
