//! What nobody else may have is taken, or refused.

use std::collections::HashSet;

use kith_kernel::{ErrorCode, FieldError, WorkspaceId};
use kith_store::Tx;

use super::{Work, Writer};
use crate::catalog::Object;
use crate::error::RecordsError;
use crate::record::Did;
use crate::record::change::RowError;
use crate::record::unique::{Claim, claim_in, claims, release_in};

impl Writer<'_> {
    /// Takes the values that must be unique, and refuses changes that come too late.
    pub(super) async fn claim_uniques_in(
        &self,
        tx: &Tx,
        workspace: WorkspaceId,
        object: &Object,
        works: &mut [Result<Work, RowError>],
    ) -> Result<(), RecordsError> {
        let mut released: HashSet<Claim> = HashSet::new();
        let mut wanted: HashSet<Claim> = HashSet::new();
        for work in works.iter().flatten() {
            if work.did == Did::Nothing {
                continue;
            }
            let had =
                (work.before.as_ref()).map_or_else(HashSet::new, |before| claims(object, before));
            let has = claims(object, &work.after);
            released.extend(had.difference(&has).cloned());
            wanted.extend(has.difference(&had).cloned());
        }
        release_in(tx, workspace, object, &released).await?;
        let lost = claim_in(tx, workspace, object, wanted.clone()).await?;
        if lost.is_empty() {
            return Ok(());
        }
        let mut won_in_vain: HashSet<Claim> = HashSet::new();
        for slot in works.iter_mut() {
            let Ok(work) = slot else { continue };
            let id = work.after.id;
            let errors: Vec<FieldError> = (lost.iter())
                .filter(|claim| claim.record == id)
                .map(|claim| taken(object, claim))
                .collect();
            if !errors.is_empty() {
                let won = wanted.iter().filter(|claim| claim.record == id);
                won_in_vain.extend(won.filter(|claim| !lost.contains(claim)).cloned());
                *slot = Err(RowError::fields(ErrorCode::Duplicate, errors));
            }
        }
        release_in(tx, workspace, object, &won_in_vain).await?;
        Ok(())
    }
}

fn taken(object: &Object, claim: &Claim) -> FieldError {
    let field = object.fields().iter().find(|field| field.id == claim.field);
    FieldError {
        field: field.map_or_else(String::new, |field| field.name.clone()),
        code: "duplicate",
        message: format!(
            "must be unique, and another {} has `{}`",
            object.label.to_lowercase(),
            claim.value
        ),
    }
}
