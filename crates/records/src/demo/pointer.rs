//! Fields by which records point to others, and who points to whom.

use std::collections::HashMap;

use kith_kernel::WorkspaceId;
use kith_store::{Class, ReadLimits, Store, StoreError, Tx};
use uuid::Uuid;

use crate::catalog::{Catalog, Field, FieldType, Object, Storage};

/// A record that points to another.
#[derive(Clone, Debug)]
pub(super) struct Pointing {
    /// Its object's singular API name.
    pub(super) object: String,
    pub(super) id: Uuid,
    pub(super) name: String,
}

/// A field whose values point to records of some object.
pub(super) struct Pointer<'a> {
    object: &'a Object,
    field: &'a Field,
}

/// All fields that can point to records of `target`, those out of use included.
pub(super) fn pointers<'a>(catalog: &'a Catalog, target: &Object) -> Vec<Pointer<'a>> {
    let points = |field: &Field| match &field.kind {
        FieldType::Relation { object } | FieldType::Relations { object } => *object == target.key,
        FieldType::AnyRelation {} => true,
        _ => false,
    };
    (catalog.objects().iter())
        .flat_map(|object| {
            let fields = object.fields().iter().filter(|field| points(field));
            fields.map(move |field| Pointer { object, field })
        })
        .collect()
}

impl Pointer<'_> {
    /// Who points to `ids` by this field, one for each: of records that aren't among `ids`
    /// themselves, and aren't in the recycle bin unless they need what they point to.
    ///
    /// Reads as the role that row-level security does not bind, because values in `custom` are
    /// found by no index otherwise. The records `ids` have to be locked: then nobody can begin
    /// to point to one of them between this look and the next.
    pub(super) async fn outside(
        &self,
        store: &Store,
        workspace: WorkspaceId,
        ids: &[Uuid],
    ) -> Result<HashMap<Uuid, Pointing>, StoreError> {
        let live = match self.field.required {
            true => "",
            false => " AND t.deleted_at IS NULL",
        };
        let (target, from) = self.source();
        let sql = format!(
            "SELECT DISTINCT ON (1) {target}, t.id, t.name FROM {from} \
             AND NOT t.id = ANY($2){live} ORDER BY 1, 2"
        );
        let rows = self.read(store, workspace, &sql, ids).await?;
        let pointing = |row: &kith_store::Row| -> Result<_, StoreError> {
            let pointing = Pointing {
                object: self.object.name.clone(),
                id: row.try_get(1)?,
                name: row.try_get(2)?,
            };
            Ok((row.try_get(0)?, pointing))
        };
        rows.iter().map(pointing).collect()
    }

    /// Which of `ids` points to which other one by this field: from, to.
    pub(super) async fn inside(
        &self,
        store: &Store,
        workspace: WorkspaceId,
        ids: &[Uuid],
    ) -> Result<Vec<(Uuid, Uuid)>, StoreError> {
        let (target, from) = self.source();
        let sql = format!("SELECT t.id, {target} FROM {from} AND t.id = ANY($2)");
        let rows = self.read(store, workspace, &sql, ids).await?;
        (rows.iter())
            .map(|row| Ok((row.try_get(0)?, row.try_get(1)?)))
            .collect()
    }

    /// Whether the field is one of `object`'s.
    pub(super) fn is_of(&self, object: &Object) -> bool {
        self.object.key == object.key
    }

    async fn read(
        &self,
        store: &Store,
        workspace: WorkspaceId,
        sql: &str,
        ids: &[Uuid],
    ) -> Result<Vec<kith_store::Row>, StoreError> {
        let (class, limits) = (Class::Background, ReadLimits::default());
        let probes = match self.field.storage {
            Storage::Custom { .. } => Some(self.probes(ids)),
            _ => None,
        };
        let mut params: Vec<&(dyn kith_store::ToSql + Sync)> = vec![&workspace, &ids];
        if let Some(probes) = &probes {
            params.push(probes);
        }
        (store.plan_read(workspace, class, sql, &params, limits)).await
    }

    /// The expression of the record pointed to, and the tables with the condition that it is one
    /// of `$2`. Names and ids are the catalog's, never a client's text.
    fn source(&self) -> (String, String) {
        let table = self.object.table.name;
        let own = match self.object.table.object {
            Some(id) => format!(" AND t.object_id = '{id}'"),
            None => String::new(),
        };
        let of_workspace = format!("t.workspace_id = $1{own}");
        match self.field.storage {
            Storage::Column(column) | Storage::AnyRecord { id: column, .. } => (
                format!("t.{column}"),
                format!("{table} t WHERE {of_workspace} AND t.{column} = ANY($2)"),
            ),
            Storage::Links => (
                "l.to_id".to_owned(),
                format!(
                    "records.link l JOIN {table} t ON {of_workspace} AND t.id = l.from_id \
                     WHERE l.workspace_id = $1 AND l.field_id = '{}' AND l.to_id = ANY($2)",
                    self.field.id
                ),
            ),
            // By the index on `custom`, once for each record.
            Storage::Custom { .. } => (
                "v.id".to_owned(),
                format!(
                    "unnest($2::uuid[], $3::text[]) AS v(id, probe) JOIN {table} t \
                     ON {of_workspace} AND t.custom <> '{{}}' AND t.custom @> v.probe::jsonb WHERE true"
                ),
            ),
            _ => (
                "t.id".to_owned(),
                format!("{table} t WHERE {of_workspace} AND false AND t.id = ANY($2)"),
            ),
        }
    }

    /// What `custom` contains where the field points to each of `ids`.
    fn probes(&self, ids: &[Uuid]) -> Vec<String> {
        let key = &self.field.key;
        let any = matches!(self.field.kind, FieldType::AnyRelation {});
        (ids.iter())
            .map(|id| match any {
                true => format!(r#"{{"{key}":{{"i":"{id}"}}}}"#),
                false => format!(r#"{{"{key}":"{id}"}}"#),
            })
            .collect()
    }

    /// Takes away what records in the recycle bin point to. Of links nothing has to be done:
    /// they go with what they point to.
    pub(super) async fn let_go_in(
        &self,
        tx: &Tx,
        store: &Store,
        workspace: WorkspaceId,
        ids: &[Uuid],
    ) -> Result<(), StoreError> {
        let table = self.object.table.name;
        let clear = match self.field.storage {
            Storage::Column(column) => format!("{column} = NULL"),
            Storage::AnyRecord { object, id } => format!("{object} = NULL, {id} = NULL"),
            Storage::Custom { slot } => {
                let slot =
                    slot.map_or_else(String::new, |slot| format!(", {} = NULL", slot.column()));
                format!("custom = custom - '{}'{slot}", self.field.key)
            }
            _ => return Ok(()),
        };
        if self.field.required {
            return Ok(());
        }
        let (_, from) = self.source();
        let found = format!("SELECT t.id FROM {from} AND t.deleted_at IS NOT NULL");
        let rows = self.read(store, workspace, &found, ids).await?;
        let found: Vec<Uuid> = rows.iter().map(|row| row.get(0)).collect();
        if !found.is_empty() {
            let sql = format!(
                "UPDATE {table} SET {clear} WHERE workspace_id = $1 AND id = ANY($2) \
                 AND deleted_at IS NOT NULL"
            );
            tx.execute(&sql, &[&workspace, &found]).await?;
        }
        Ok(())
    }
}
