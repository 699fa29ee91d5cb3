//! Stages by name, each within its pipeline.

use kith_kernel::WorkspaceId;
use kith_store::{StoreError, Tx};
use uuid::Uuid;

use super::Found;
use crate::import::convert::{Pending, Prepared};
use crate::import::plan::{Compiled, Target};
use crate::search::text::sort_key;
use crate::value::Value;

/// The stages, those of the default pipeline first. A workspace has few.
const STAGES: &str = "SELECT s.id, s.sort_key, s.pipeline_id FROM records.stage s \
    JOIN records.pipeline p ON p.workspace_id = $1 AND p.id = s.pipeline_id AND p.deleted_at IS NULL \
    WHERE s.workspace_id = $1 AND s.deleted_at IS NULL \
    ORDER BY p.is_default DESC NULLS LAST, p.position, p.id, s.position, s.id LIMIT 5000";

/// The stages of all pipelines.
pub(super) struct Stages {
    all: Vec<(Uuid, String, Uuid)>,
}

impl Stages {
    pub(super) async fn read_in(tx: &Tx, workspace: WorkspaceId) -> Result<Self, StoreError> {
        let rows = tx.query(STAGES, &[&workspace]).await?;
        let all = rows.iter().map(|row| (row.get(0), row.get(1), row.get(2)));
        Ok(Self { all: all.collect() })
    }

    /// The stage of this name or id in `pipeline`; without one, in the default pipeline, else in
    /// the only one that has it.
    pub(super) fn find(&self, text: &str, pipeline: Option<Uuid>) -> Found {
        if let Ok(id) = Uuid::try_parse(text) {
            let known = self.all.iter().any(|(stage, ..)| *stage == id);
            return if known {
                Found::One(id)
            } else {
                Found::Nothing
            };
        }
        let name = sort_key(text);
        let mut found = (self.all.iter())
            .filter(|(_, key, of)| *key == name && pipeline.is_none_or(|id| id == *of));
        let Some((first, _, of)) = found.next() else {
            return Found::Nothing;
        };
        match found.next() {
            Some((.., other)) if other == of => Found::Many(*first),
            // The default pipeline's come first.
            Some(_) if self.all.first().is_some_and(|(.., default)| default == of) => {
                Found::One(*first)
            }
            Some(_) => Found::Many(*first),
            None => Found::One(*first),
        }
    }
}

/// Whether the plan maps anything to a stage.
pub(super) fn wanted(compiled: &Compiled) -> bool {
    (compiled.sources.iter())
        .any(|source| matches!(&source.target, Target::Relation { to, .. } if to.object == "stage"))
}

pub(super) fn is_stage(compiled: &Compiled, pending: &Pending) -> bool {
    matches!(&compiled.sources[pending.source].target, Target::Relation { to, .. } if to.object == "stage")
}

/// The row's pipeline, where it is known.
pub(super) fn pipeline(compiled: &Compiled, row: &Prepared) -> Option<Uuid> {
    let at = compiled.object().position_by_key("pipeline")?;
    row.values.iter().find_map(|(place, value)| match value {
        Value::Id(id) if *place == at => Some(*id),
        _ => None,
    })
}
