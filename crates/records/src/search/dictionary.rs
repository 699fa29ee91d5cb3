//! The distinct words of names, by which misspelt searches are mended.

use std::collections::BTreeSet;

use kith_kernel::WorkspaceId;
use kith_store::{StoreError, Tx};

use super::text::{sort_key, words};

/// In the order of the words, so that two writers never wait for each other.
const REMEMBER: &str = "INSERT INTO records.search_word (workspace_id, word, uses) \
    SELECT $1, w, 1 FROM unnest($2::text[]) AS w ORDER BY w ON CONFLICT DO NOTHING";

/// Adds the words of these names that the workspace doesn't know yet.
pub async fn remember_in(
    tx: &Tx,
    workspace: WorkspaceId,
    names: impl Iterator<Item = &str>,
) -> Result<(), StoreError> {
    let mut new = BTreeSet::new();
    for name in names {
        new.extend(words(&sort_key(name)).into_iter().map(str::to_owned));
    }
    if new.is_empty() {
        return Ok(());
    }
    let new: Vec<String> = new.into_iter().collect();
    tx.execute(REMEMBER, &[&workspace, &new]).await?;
    Ok(())
}
