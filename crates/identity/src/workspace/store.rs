use jiff::Timestamp;
use kith_kernel::{Currency, WorkspaceId, WorkspaceSettings};
use kith_store::{Class, Row, Store, StoreError, Tx};

use super::Workspace;

macro_rules! columns {
    ($rest:literal) => {
        concat!(
            "SELECT workspace_id, name, slug, currency, region, time_zone, locale, version, ",
            "created_at, updated_at FROM identity.workspace ",
            $rest
        )
    };
}

/// By primary key.
const BY_ID: &str = columns!("WHERE workspace_id = $1");

/// Few rows: one per organisation.
const ALL: &str = columns!("ORDER BY workspace_id");

/// By primary key; waits for whoever changes it.
const LOCK: &str = columns!("WHERE workspace_id = $1 FOR UPDATE");

const INSERT: &str = "
    INSERT INTO identity.workspace
        (workspace_id, name, slug, currency, region, time_zone, locale, created_at, updated_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8)
    ON CONFLICT ON CONSTRAINT workspace_slug_key DO NOTHING";

const UPDATE: &str = "
    UPDATE identity.workspace
    SET name = $2, currency = $3, region = $4, time_zone = $5, locale = $6,
        version = version + 1, updated_at = $7
    WHERE workspace_id = $1
    RETURNING version";

const ANY: &str = "SELECT EXISTS (SELECT FROM identity.workspace)";

/// The row's lock is held to the end of the transaction: from here on the workspace's users
/// are changed by nobody else.
const NEXT_USER_REVISION: &str = "
    UPDATE identity.workspace SET user_revision = user_revision + $2
    WHERE workspace_id = $1
    RETURNING user_revision";

pub(crate) async fn get(store: &Store, id: WorkspaceId) -> Result<Option<Workspace>, StoreError> {
    let rows = store.read(id, Class::Interactive, BY_ID, &[&id]).await?;
    rows.first().map(from_row).transpose()
}

pub(crate) async fn all(store: &Store) -> Result<Vec<Workspace>, StoreError> {
    let rows = store.system_read(Class::Interactive, ALL, &[]).await?;
    rows.iter().map(from_row).collect()
}

pub(crate) async fn any_in(tx: &Tx) -> Result<bool, StoreError> {
    Ok(tx.query_one(ANY, &[]).await?.try_get(0)?)
}

pub(crate) async fn any(store: &Store) -> Result<bool, StoreError> {
    let rows = store.system_read(Class::Interactive, ANY, &[]).await?;
    rows.first().map_or(Ok(false), |row| Ok(row.try_get(0)?))
}

pub(crate) async fn lock_in(tx: &Tx, id: WorkspaceId) -> Result<Option<Workspace>, StoreError> {
    let row = tx.query_opt(LOCK, &[&id]).await?;
    row.as_ref().map(from_row).transpose()
}

/// Whether the workspace was inserted; not when its slug is taken.
pub(crate) async fn insert_in(tx: &Tx, new: &Workspace) -> Result<bool, StoreError> {
    let settings = &new.settings;
    let inserted = tx
        .execute(
            INSERT,
            &[
                &new.id,
                &new.name,
                &new.slug,
                &settings.currency.code(),
                &settings.region,
                &settings.time_zone,
                &settings.locale,
                &new.created_at,
            ],
        )
        .await?;
    Ok(inserted == 1)
}

/// Stores name and settings; the new version.
pub(crate) async fn update_in(tx: &Tx, new: &Workspace, now: Timestamp) -> Result<i64, StoreError> {
    let settings = &new.settings;
    let row = tx
        .query_one(
            UPDATE,
            &[
                &new.id,
                &new.name,
                &settings.currency.code(),
                &settings.region,
                &settings.time_zone,
                &settings.locale,
                &now,
            ],
        )
        .await?;
    Ok(row.try_get(0)?)
}

/// Reserves `count` revisions of users and keeps others from changing users until the end of
/// the transaction. The last of the revisions; `None` where there is no such workspace.
pub(crate) async fn reserve_revisions_in(
    tx: &Tx,
    id: WorkspaceId,
    count: i64,
) -> Result<Option<i64>, StoreError> {
    let row = tx.query_opt(NEXT_USER_REVISION, &[&id, &count]).await?;
    row.map(|row| Ok(row.try_get(0)?)).transpose()
}

fn from_row(row: &Row) -> Result<Workspace, StoreError> {
    Ok(Workspace {
        id: row.try_get("workspace_id")?,
        name: row.try_get("name")?,
        slug: row.try_get("slug")?,
        settings: settings_of(row)?,
        version: row.try_get("version")?,
        created_at: row.try_get("created_at")?,
        updated_at: row.try_get("updated_at")?,
    })
}

/// The settings out of a row with the columns `currency`, `region`, `time_zone`, `locale`.
pub(crate) fn settings_of(row: &Row) -> Result<WorkspaceSettings, StoreError> {
    Ok(WorkspaceSettings {
        currency: Currency::from_code(row.try_get("currency")?).unwrap_or(Currency::EUR),
        region: row.try_get("region")?,
        time_zone: row.try_get("time_zone")?,
        locale: row.try_get("locale")?,
    })
}
