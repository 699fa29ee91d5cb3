//! A demo as JSON.

use serde_json::{Value, json};

use super::model::{Demo, State};
use crate::catalog::Catalog;
use crate::value::canonical_time;

/// The kinds of records in the order in which they are shown.
const SHOWN: [&str; 7] = [
    "company",
    "person",
    "deal",
    "line_item",
    "product",
    "task",
    "note",
];

/// What a workspace without demo data answers.
pub(super) fn none() -> Value {
    json!({ "state": "none" })
}

/// A demo as the API shows it.
pub(super) fn show(catalog: &Catalog, demo: &Demo) -> Value {
    let (progress, sizes) = (&demo.progress, demo.plan.sizes);
    let removal = &progress.removal;
    let records: Vec<Value> = (SHOWN.iter())
        .map(|key| {
            let wanted = match *key {
                "company" => Some(sizes.companies),
                "person" => Some(sizes.people),
                "deal" => Some(sizes.deals),
                "task" => Some(sizes.tasks),
                "note" => Some(sizes.notes),
                _ => None,
            };
            let object = catalog.by_key(key).map_or(*key, |object| &object.plural);
            let made = progress.made.get(*key).copied().unwrap_or(0);
            json!({ "object": object, "wanted": wanted, "made": made })
        })
        .collect();
    let (done, total) = match demo.state {
        State::Removing | State::Removed => (removal.removed, removal.total),
        _ => {
            // Products and line items come on top of what was asked for.
            let asked = ["company", "person", "deal", "task", "note"];
            let made: i64 = (asked.iter().filter_map(|key| progress.made.get(*key))).sum();
            (made + progress.left_out, sizes.total())
        }
    };
    json!({
        "state": demo.state.as_str(),
        "seed": demo.plan.seed,
        "today": demo.plan.today,
        "progress": { "done": done.min(total), "total": total },
        "records": records,
        "left_out": progress.left_out,
        "refusal": progress.refusal,
        "removed": removal.removed,
        "kept": removal.kept,
        "kept_records": removal.kept_records,
        "error": demo.error,
        "started_by": demo.started_by,
        "started_at": canonical_time(demo.started_at).to_string(),
        "finished_at": demo.finished_at.map(|at| canonical_time(at).to_string()),
    })
}
