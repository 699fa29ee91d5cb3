//! Computed fields of records that were just written, for the answer to the write.

use std::fmt::Write as _;

use kith_contracts::access::{Action, authorise};
use kith_kernel::{Failure, RecordId};
use kith_store::{ToSql, Tx};
use serde_json::value::RawValue;

use super::Writer;
use crate::catalog::Object;
use crate::error::RecordsError;
use crate::query::{Moment, Subject, plan_get};

/// Adds the formulas and roll-ups of the record `id` to `json`, its object of stored fields.
pub(super) async fn add_in(
    tx: &Tx,
    writer: &Writer<'_>,
    object: &Object,
    id: RecordId,
    moment: &Moment,
    json: &mut String,
) -> Result<(), RecordsError> {
    let names: Vec<&str> = (object.live_fields())
        .filter(|field| field.kind.is_computed())
        .map(|field| field.name.as_str())
        .collect();
    if names.is_empty() {
        return Ok(());
    }
    let permit = authorise(writer.actor, Action::Read, Some(&object.key))?;
    let plan = {
        let subject = Subject {
            catalog: writer.catalog,
            object,
            permit: &permit,
            moment,
        };
        plan_get(&subject, Some(&names.join(",")))?
    };
    let params = plan.params(id);
    let params: Vec<&(dyn ToSql + Sync)> = params.iter().map(|param| param as _).collect();
    let Some(row) = tx.query_opt(&plan.record.sql, &params).await? else {
        return Ok(());
    };
    let mut computed = Vec::new();
    (plan.shape.write(&row, &mut computed)).map_err(Failure::internal)?;
    let computed: std::collections::BTreeMap<&str, &RawValue> =
        serde_json::from_slice(&computed).map_err(Failure::internal)?;
    // The last character closes the object.
    json.pop();
    for name in names {
        let value = computed.get(name).map_or("null", |value| value.get());
        // Writing to a String can't fail.
        let _ = write!(json, ",\"{name}\":{value}");
    }
    json.push('}');
    Ok(())
}
