use std::collections::BTreeMap;

use jiff::Timestamp;
use kith_kernel::WorkspaceId;
use kith_store::{Class, Store, StoreError};
use uuid::Uuid;

use super::Use;

/// By primary key.
const API_TOKENS: &str = "
    UPDATE identity.api_token AS one
    SET last_used_at = greatest(one.last_used_at, used.at)
    FROM unnest($1::uuid[], $2::uuid[], $3::timestamptz[]) AS used (workspace_id, id, at)
    WHERE one.workspace_id = used.workspace_id AND one.id = used.id";

/// By primary key.
const SESSIONS: &str = "
    UPDATE identity.session AS one
    SET last_seen_at = greatest(one.last_seen_at, used.at)
    FROM unnest($1::uuid[], $2::uuid[], $3::timestamptz[]) AS used (workspace_id, id, at)
    WHERE one.workspace_id = used.workspace_id AND one.id = used.id";

#[derive(Default)]
struct Columns {
    workspaces: Vec<Uuid>,
    ids: Vec<Uuid>,
    times: Vec<Timestamp>,
}

pub(super) async fn write(
    store: &Store,
    uses: &BTreeMap<(WorkspaceId, Use), Timestamp>,
) -> Result<(), StoreError> {
    let (mut tokens, mut sessions) = (Columns::default(), Columns::default());
    for (&(workspace, used), &at) in uses {
        let (columns, id) = match used {
            Use::Session(id) => (&mut sessions, id.0),
            Use::ApiToken(id) => (&mut tokens, id.0),
        };
        columns.workspaces.push(workspace.0);
        columns.ids.push(id);
        columns.times.push(at);
    }
    let tx = store.begin_system(Class::Background).await?;
    for (sql, columns) in [(API_TOKENS, tokens), (SESSIONS, sessions)] {
        if !columns.ids.is_empty() {
            tx.execute(sql, &[&columns.workspaces, &columns.ids, &columns.times])
                .await?;
        }
    }
    tx.commit().await
}
