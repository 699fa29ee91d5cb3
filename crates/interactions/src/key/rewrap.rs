//! Data keys wrapped anew, after the key-encryption key was replaced.

use kith_crypto::Wrapped;
use kith_kernel::WorkspaceId;
use kith_store::{Class, Params, Store};
use uuid::Uuid;

use super::Keys;
use super::service::context;
use crate::error::InteractionsError;

/// How many keys are wrapped anew in one transaction.
const BATCH: i64 = 1_000;

/// By `data_key_kek`; each locked until it is written.
const OTHERS: &str = "SELECT workspace_id, id, kek, wrapped FROM interactions.data_key \
    WHERE wrapped IS NOT NULL AND kek <> $1 LIMIT $2 FOR UPDATE";

const PUT: &str = "UPDATE interactions.data_key k SET kek = $1, wrapped = v.wrapped \
    FROM unnest($2::uuid[], $3::uuid[], $4::bytea[]) AS v(workspace_id, id, wrapped) \
    WHERE k.workspace_id = v.workspace_id AND k.id = v.id AND k.wrapped IS NOT NULL";

/// By `data_key_kek`.
const COUNT: &str = "SELECT kek, count(*) FROM interactions.data_key \
    WHERE wrapped IS NOT NULL GROUP BY kek ORDER BY kek";

/// What became of the data keys.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Rewrapped {
    /// How many were wrapped anew.
    pub keys: u64,
}

impl Keys {
    /// Wraps every data key by the newest key-encryption key, in short transactions; it can be
    /// broken off and begun again.
    pub(crate) async fn rewrap(&self, store: &Store) -> Result<Rewrapped, InteractionsError> {
        let newest = self.keyring().newest();
        let mut done = Rewrapped::default();
        loop {
            let tx = store.begin_system(Class::Background).await?;
            let rows = tx.query(OTHERS, &[&newest, &BATCH]).await?;
            if rows.is_empty() {
                tx.rollback().await?;
                return Ok(done);
            }
            let mut workspaces: Vec<WorkspaceId> = Vec::new();
            let mut ids: Vec<Uuid> = Vec::new();
            let mut wrapped: Vec<Vec<u8>> = Vec::new();
            for row in &rows {
                let (workspace, id) = (row.try_get(0)?, row.try_get(1)?);
                let before = Wrapped {
                    key_id: row.try_get(2)?,
                    bytes: row.try_get(3)?,
                };
                let of = context(&workspace, &id);
                let key = self.keyring().unwrap(&of, &before)?;
                wrapped.push(self.keyring().wrap(&of, &key)?.bytes);
                workspaces.push(workspace);
                ids.push(id);
            }
            let params: Params<'_> = &[&newest, &workspaces, &ids, &wrapped];
            done.keys += tx.execute(PUT, params).await?;
            tx.commit().await?;
        }
    }

    /// How many data keys each key-encryption key has wrapped.
    pub(crate) async fn wrapped_by(
        &self,
        store: &Store,
    ) -> Result<Vec<(String, i64)>, InteractionsError> {
        let rows = store.system_read(Class::Background, COUNT, &[]).await?;
        let read = |row: &kith_store::Row| Ok((row.try_get(0)?, row.try_get(1)?));
        rows.iter().map(read).collect()
    }
}
