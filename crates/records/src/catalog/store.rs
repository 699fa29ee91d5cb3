//! The catalog's tables, and the copies of catalogs in memory.

use std::sync::Arc;
use std::time::{Duration, Instant};

use kith_kernel::{FieldId, ObjectId, WorkspaceId};
use kith_store::{Class, Store, StoreError, Tx};
use lru::LruCache;
use parking_lot::Mutex;
use tokio_postgres::types::Json;

use super::Catalog;
use super::definition::{Defined, FieldDefinition, ObjectDefinition, Rows};

/// How long a catalog in memory may differ from another process's change.
const FRESH: Duration = Duration::from_secs(2);
/// How many workspaces' catalogs are kept in memory.
const KEPT: std::num::NonZeroUsize = std::num::NonZeroUsize::new(1_000).unwrap();

/// By the primary key of `catalog_version`.
const VERSION: &str = "SELECT version FROM records.catalog_version WHERE workspace_id = $1";
/// By the primary key of `catalog_object`.
const OBJECTS: &str = "SELECT id, version, definition FROM records.catalog_object \
    WHERE workspace_id = $1 ORDER BY id";
/// By the primary key of `catalog_field`.
const FIELDS: &str = "SELECT object_id, id, version, definition FROM records.catalog_field \
    WHERE workspace_id = $1 ORDER BY id";
/// The next version and number; locks the workspace's catalog for writers.
const NEXT: &str = "INSERT INTO records.catalog_version AS c (workspace_id, version, next_number) \
    VALUES ($1, 1, 2) ON CONFLICT (workspace_id) \
    DO UPDATE SET version = c.version + 1, next_number = c.next_number + 1 \
    RETURNING version, next_number - 1";
const PUT_OBJECT: &str = "INSERT INTO records.catalog_object (workspace_id, id, version, definition) \
    VALUES ($1, $2, $3, $4) ON CONFLICT (workspace_id, id) \
    DO UPDATE SET version = excluded.version, definition = excluded.definition";
const PUT_FIELD: &str = "INSERT INTO records.catalog_field (workspace_id, object_id, id, version, definition) \
    VALUES ($1, $2, $3, $4, $5) ON CONFLICT (workspace_id, object_id, id) \
    DO UPDATE SET version = excluded.version, definition = excluded.definition";

/// The workspaces' catalogs.
pub struct Catalogs {
    store: Store,
    kept: Mutex<LruCache<WorkspaceId, Kept>>,
}

struct Kept {
    catalog: Arc<Catalog>,
    checked: Instant,
}

impl Catalogs {
    /// No catalog is read until it is asked for.
    pub fn new(store: Store) -> Self {
        Self {
            store,
            kept: Mutex::new(LruCache::new(KEPT)),
        }
    }

    /// The catalog of a workspace, at most two seconds behind other processes.
    pub async fn get(&self, workspace: WorkspaceId) -> Result<Arc<Catalog>, StoreError> {
        let known = {
            let mut kept = self.kept.lock();
            kept.get(&workspace)
                .map(|kept| (Arc::clone(&kept.catalog), kept.checked.elapsed() < FRESH))
        };
        let catalog = match known {
            Some((catalog, true)) => return Ok(catalog),
            Some((catalog, false)) => {
                let rows = (self.store)
                    .read(workspace, Class::Interactive, VERSION, &[&workspace])
                    .await?;
                let version = rows.first().map_or(0, |row| row.get(0));
                if version == catalog.version {
                    catalog
                } else {
                    self.load(workspace).await?
                }
            }
            None => self.load(workspace).await?,
        };
        self.keep(workspace, Arc::clone(&catalog));
        Ok(catalog)
    }

    async fn load(&self, workspace: WorkspaceId) -> Result<Arc<Catalog>, StoreError> {
        let tx = self.store.begin(workspace, Class::Interactive).await?;
        let rows = read_in(&tx, workspace).await?;
        tx.commit().await?;
        Ok(Arc::new(rows.assemble()))
    }

    /// Forgets a workspace's catalog, because it changed.
    pub fn forget(&self, workspace: WorkspaceId) {
        self.kept.lock().pop(&workspace);
    }

    fn keep(&self, workspace: WorkspaceId, catalog: Arc<Catalog>) {
        let checked = Instant::now();
        self.kept.lock().put(workspace, Kept { catalog, checked });
    }
}

/// All rows of a workspace's catalog.
pub(super) async fn read_in(tx: &Tx, workspace: WorkspaceId) -> Result<Rows, StoreError> {
    let version = tx.query_opt(VERSION, &[&workspace]).await?;
    let objects = tx.query(OBJECTS, &[&workspace]).await?;
    let fields = tx.query(FIELDS, &[&workspace]).await?;
    let mut rows = Rows {
        version: version.map_or(0, |row| row.get(0)),
        ..Rows::default()
    };
    for row in &objects {
        let Json(definition) = row.try_get::<_, Json<ObjectDefinition>>(2)?;
        rows.objects.push(Defined {
            id: row.get(0),
            version: row.get(1),
            definition,
        });
    }
    for row in &fields {
        let Json(definition) = row.try_get::<_, Json<FieldDefinition>>(3)?;
        let defined = Defined {
            id: row.get(1),
            version: row.get(2),
            definition,
        };
        rows.fields.push((row.get(0), defined));
    }
    Ok(rows)
}

/// Locks the workspace's catalog; its new version, and a number that was never given before.
pub(super) async fn next_in(tx: &Tx, workspace: WorkspaceId) -> Result<(i64, i64), StoreError> {
    let row = tx.query_one(NEXT, &[&workspace]).await?;
    Ok((row.get(0), row.get(1)))
}

/// Writes an object's definition.
pub(super) async fn put_object_in(
    tx: &Tx,
    workspace: WorkspaceId,
    id: ObjectId,
    version: i64,
    definition: &ObjectDefinition,
) -> Result<(), StoreError> {
    let params: [&(dyn tokio_postgres::types::ToSql + Sync); 4] =
        [&workspace, &id, &version, &Json(definition)];
    tx.execute(PUT_OBJECT, &params).await?;
    Ok(())
}

/// Writes a field's definition.
pub(super) async fn put_field_in(
    tx: &Tx,
    workspace: WorkspaceId,
    object: ObjectId,
    id: FieldId,
    version: i64,
    definition: &FieldDefinition,
) -> Result<(), StoreError> {
    let params: [&(dyn tokio_postgres::types::ToSql + Sync); 5] =
        [&workspace, &object, &id, &version, &Json(definition)];
    tx.execute(PUT_FIELD, &params).await?;
    Ok(())
}
