//! Fills slots and unique values for records that were there before their field was marked.
//!
//! Fields that wait for it are marked in the catalog. From the moment of the mark every write
//! fills the slot and claims the value; the builder goes through the older records in short
//! transactions, so that nobody waits for it, and then takes the mark away.

use kith_kernel::{Failure, FieldId, ObjectId, RecordId, WorkspaceId};
use kith_store::{Class, StoreError};
use uuid::Uuid;

use super::store::{next_in, put_field_in, read_in};
use super::{Field, FieldDefinition, Object};
use crate::Records;
use crate::record::Rebuild;

/// Marked fields, of all workspaces.
const MARKED: &str = "SELECT workspace_id, object_id, id FROM records.catalog_field \
    WHERE (definition->>'building')::boolean ORDER BY workspace_id, object_id, id LIMIT 100";

/// How many records are gone through in one transaction.
const BATCH: i64 = 2_000;

/// Goes through records for the sake of marked fields.
pub struct Builder<'a> {
    records: &'a Records,
}

impl<'a> Builder<'a> {
    /// The builder of all workspaces' fields.
    pub fn new(records: &'a Records) -> Self {
        Self { records }
    }

    /// Completes the fields that are marked now.
    pub async fn run(&self) -> Result<(), Failure> {
        let store = self.records.store();
        let rows = store.system_read(Class::Background, MARKED, &[]).await?;
        for row in rows {
            let (workspace, object, field) = (row.get(0), row.get(1), row.get(2));
            self.build(workspace, object, field).await?;
        }
        Ok(())
    }

    async fn build(
        &self,
        workspace: WorkspaceId,
        object: ObjectId,
        field: FieldId,
    ) -> Result<(), Failure> {
        let mut after = RecordId(Uuid::nil());
        loop {
            let catalog = self.catalog(workspace).await?;
            let found = (catalog.objects().iter())
                .find(|known| known.id == object)
                .and_then(|object| {
                    let field = object.fields().iter().find(|known| known.id == field)?;
                    Some((object, field))
                });
            let Some((object, field)) = found.filter(|(_, field)| field.building) else {
                return Ok(());
            };
            let tx = self
                .records
                .store()
                .begin(workspace, Class::Background)
                .await?;
            let rebuilt =
                crate::record::rebuild_in(&tx, workspace, object, field, after, BATCH).await?;
            match rebuilt {
                Rebuild::More(last) => {
                    tx.commit().await?;
                    after = last;
                }
                Rebuild::Done => {
                    tx.commit().await?;
                    return Ok(self.finish(workspace, object, field, None).await?);
                }
                Rebuild::Taken(value) => {
                    tx.rollback().await?;
                    let error = format!(
                        "Several records have the value `{value}`. Make them differ, then mark the field again."
                    );
                    return Ok(self.finish(workspace, object, field, Some(error)).await?);
                }
            }
        }
    }

    async fn catalog(&self, workspace: WorkspaceId) -> Result<super::Catalog, StoreError> {
        let tx = self
            .records
            .store()
            .begin(workspace, Class::Background)
            .await?;
        let rows = read_in(&tx, workspace).await?;
        tx.commit().await?;
        Ok(rows.assemble())
    }

    /// Takes the mark away. A field whose values turn out not to be unique is not unique.
    async fn finish(
        &self,
        workspace: WorkspaceId,
        object: &Object,
        field: &Field,
        error: Option<String>,
    ) -> Result<(), StoreError> {
        let tx = self
            .records
            .store()
            .begin(workspace, Class::Background)
            .await?;
        next_in(&tx, workspace).await?;
        let catalog = read_in(&tx, workspace).await?.assemble();
        let known = (catalog.by_key(&object.key))
            .and_then(|object| object.fields().iter().find(|known| known.id == field.id));
        if let Some(known) = known.filter(|known| known.building) {
            let mut definition = FieldDefinition::of(known);
            definition.building = false;
            definition.indexed = definition.slot.is_some();
            definition.unique &= error.is_none();
            definition.build_error = error;
            let version = known.version + 1;
            put_field_in(&tx, workspace, object.id, field.id, version, &definition).await?;
        }
        tx.commit().await?;
        self.records.catalogs().forget(workspace);
        Ok(())
    }
}
