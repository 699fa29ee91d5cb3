//! Writing older records again, so that a new index or uniqueness covers them.

use std::collections::HashSet;

use kith_kernel::{RecordId, WorkspaceId};
use kith_store::{StoreError, Tx};

use super::unique::{Claim, claim_in, claims};
use super::{Record, Shape};
use crate::catalog::{Field, Object};

/// How far a rebuild has come.
pub enum Rebuild {
    /// There is more after this record.
    More(RecordId),
    /// Every record is done.
    Done,
    /// A value that has to be unique is not.
    Taken(String),
}

/// Writes the slot of `field` and claims its unique values for at most `limit` records with ids
/// after `after`. Versions stay and nothing is logged: no value changes.
pub async fn rebuild_in(
    tx: &Tx,
    workspace: WorkspaceId,
    object: &Object,
    field: &Field,
    after: RecordId,
    limit: i64,
) -> Result<Rebuild, StoreError> {
    let shape = Shape::new(object);
    let rows = tx
        .query(&shape.page_sql(), &[&workspace, &after, &limit])
        .await?;
    let records = (rows.iter().map(|row| shape.read(row))).collect::<Result<Vec<_>, _>>()?;
    let Some(last) = records.last().map(|record| record.id) else {
        return Ok(Rebuild::Done);
    };
    let borrowed: Vec<&Record> = records.iter().collect();
    tx.pipeline(&[shape.rewrite(workspace, &borrowed)]).await?;
    if field.unique {
        let wanted: HashSet<Claim> = (records.iter())
            .flat_map(|record| claims(object, record))
            .filter(|claim| claim.field == field.id)
            .collect();
        let lost = claim_in(tx, workspace, object, wanted).await?;
        if let Some(taken) = not_own(tx, workspace, object, field, lost).await? {
            return Ok(Rebuild::Taken(taken));
        }
    }
    Ok(Rebuild::More(last))
}

/// A value of `lost` that another record has; values that a record claimed itself before are
/// no loss.
async fn not_own(
    tx: &Tx,
    workspace: WorkspaceId,
    object: &Object,
    field: &Field,
    lost: HashSet<Claim>,
) -> Result<Option<String>, StoreError> {
    let values: Vec<String> = lost.iter().map(|claim| claim.value.clone()).collect();
    let owners = super::find_by_unique_in(tx, workspace, object, field, &values).await?;
    let taken = lost
        .into_iter()
        .find(|claim| owners.get(&claim.value) != Some(&claim.record));
    Ok(taken.map(|claim| claim.value))
}
