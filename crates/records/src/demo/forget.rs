//! Words that only the names of demo records had.

use std::collections::HashSet;

use kith_kernel::WorkspaceId;
use kith_store::{Class, ReadLimits, Store, StoreError};
use uuid::Uuid;

use crate::catalog::Catalog;
use crate::search::text::words;

/// With more records than this, words stay: they do little harm there, and reading all names
/// would cost more than it gains.
const RECORDS: usize = 200_000;
/// How many names or words are read at once.
const PAGE: i64 = 5_000;

/// By the primary key of `search_word`.
const WORDS: &str = "SELECT word FROM records.search_word \
    WHERE workspace_id = $1 AND word > $2 ORDER BY word LIMIT $3";
const FORGET: &str = "DELETE FROM records.search_word WHERE workspace_id = $1 AND word = ANY($2)";

/// Takes the words out of the dictionary of misspelt searches that no record's name has.
pub(super) async fn forget_words(
    store: &Store,
    workspace: WorkspaceId,
    catalog: &Catalog,
) -> Result<(), StoreError> {
    let Some(used) = used_words(store, workspace, catalog).await? else {
        return Ok(());
    };
    let mut after = String::new();
    loop {
        let rows = store
            .plan_read(
                workspace,
                Class::Background,
                WORDS,
                &[&workspace, &after, &PAGE],
                ReadLimits::default(),
            )
            .await?;
        let Some(last) = rows.last() else {
            return Ok(());
        };
        after = last.try_get(0)?;
        let unused: Vec<&str> = (rows.iter())
            .filter_map(|row| row.try_get(0).ok())
            .filter(|word| !used.contains(*word))
            .collect();
        if !unused.is_empty() {
            let tx = store.begin(workspace, Class::Background).await?;
            tx.execute(FORGET, &[&workspace, &unused]).await?;
            tx.commit().await?;
        }
    }
}

/// The words of all names; `None` where there are too many records.
async fn used_words(
    store: &Store,
    workspace: WorkspaceId,
    catalog: &Catalog,
) -> Result<Option<HashSet<String>>, StoreError> {
    let mut used = HashSet::new();
    let mut seen = 0;
    let mut tables: Vec<&str> = (catalog.objects().iter())
        .map(|object| object.table.name)
        .collect();
    tables.sort_unstable();
    tables.dedup();
    for table in tables {
        // By the primary key.
        let sql = format!(
            "SELECT id, sort_key FROM {table} WHERE workspace_id = $1 AND id > $2 ORDER BY id LIMIT $3"
        );
        let mut after = Uuid::nil();
        loop {
            let rows = store
                .plan_read(
                    workspace,
                    Class::Background,
                    &sql,
                    &[&workspace, &after, &PAGE],
                    ReadLimits::default(),
                )
                .await?;
            let Some(last) = rows.last() else { break };
            after = last.try_get(0)?;
            seen += rows.len();
            if seen > RECORDS {
                return Ok(None);
            }
            for row in &rows {
                used.extend(words(row.try_get(1)?).into_iter().map(str::to_owned));
            }
        }
    }
    Ok(Some(used))
}
