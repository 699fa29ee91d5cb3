//! Companies and their parents: a company can't be its own ancestor.

use std::collections::HashMap;

use kith_kernel::WorkspaceId;
use kith_store::{StoreError, Tx};
use uuid::Uuid;

/// The greatest depth of a hierarchy of companies.
const DEPTH: usize = 64;

/// Lets one transaction at a time change the workspace's hierarchy.
const LOCK: &str =
    "SELECT pg_advisory_xact_lock(hashtext('records.company.parent'), hashtext($1::text))";

/// The companies from `$2` upwards. By the primary key of `company`, once per level.
const ANCESTORS: &str = "WITH RECURSIVE up AS ( \
    SELECT c.id, c.parent_id, 1 AS depth FROM records.company c \
    WHERE c.workspace_id = $1 AND c.id = ANY($2) \
    UNION SELECT c.id, c.parent_id, up.depth + 1 FROM up \
    JOIN records.company c ON c.workspace_id = $1 AND c.id = up.parent_id \
    WHERE up.depth < 100) \
    SELECT DISTINCT id, parent_id FROM up";

/// Those of `changes`, company by new parent, that would make a company its own ancestor or the
/// hierarchy deeper than 64. Earlier changes count for later ones.
pub(super) async fn cycles_in(
    tx: &Tx,
    workspace: WorkspaceId,
    changes: &[(Uuid, Uuid)],
) -> Result<Vec<Uuid>, StoreError> {
    if changes.is_empty() {
        return Ok(Vec::new());
    }
    tx.query(LOCK, &[&workspace.0.to_string()]).await?;
    let parents: Vec<Uuid> = changes.iter().map(|(_, parent)| *parent).collect();
    let rows = tx.query(ANCESTORS, &[&workspace, &parents]).await?;
    let mut parent_of: HashMap<Uuid, Uuid> = (rows.iter())
        .filter_map(|row| Some((row.get(0), row.get::<_, Option<Uuid>>(1)?)))
        .collect();
    let mut refused = Vec::new();
    for (company, parent) in changes {
        let mut at = Some(*parent);
        let mut steps = 0;
        while let Some(id) = at.filter(|id| id != company && steps < DEPTH) {
            at = parent_of.get(&id).copied();
            steps += 1;
        }
        match at {
            None => {
                parent_of.insert(*company, *parent);
            }
            Some(_) => refused.push(*company),
        }
    }
    Ok(refused)
}
