/// What [`from_row`] reads, in front of the rest of a query.
macro_rules! columns {
    ($rest:literal) => {
        concat!(
            "SELECT id, email, name, password_hash IS NOT NULL AS has_password, role, active, ",
            "locale, time_zone, theme, revision, version, created_at, updated_at, ",
            "lower(name) AS name_key FROM identity.user_account ",
            $rest
        )
    };
}

mod list;

use jiff::Timestamp;
use kith_kernel::{Role, UserId, WorkspaceId};
use kith_store::{Class, Row, Store, StoreError, Tx};

use super::User;
use super::model::{Theme, role_name, role_of};

pub(crate) use list::{Listing, count, page};

/// By primary key.
const BY_ID: &str = columns!("WHERE workspace_id = $1 AND id = $2");

/// By primary key; waits for whoever changes the user.
const LOCK: &str = columns!("WHERE workspace_id = $1 AND id = $2 FOR UPDATE");

/// By `user_email_key`.
const BY_EMAIL: &str = columns!("WHERE workspace_id = $1 AND email = $2");

/// By `user_email_key`.
const BY_EMAILS: &str = columns!("WHERE workspace_id = $1 AND email = ANY($2)");

/// By `user_by_name`: the names' places in `$2` with the oldest user of each.
const BY_NAMES: &str = "
    SELECT DISTINCT ON (place) place, id, email, name, password_hash IS NOT NULL AS has_password,
           role, active, locale, time_zone, theme, revision, version, created_at, updated_at
    FROM unnest($2::text[]) WITH ORDINALITY AS wanted (wanted_name, place)
    JOIN identity.user_account ON workspace_id = $1 AND lower(name) = lower(wanted_name)
    ORDER BY place, id";

/// By `user_revision_key`.
const CHANGED_SINCE: &str =
    columns!("WHERE workspace_id = $1 AND revision > $2 ORDER BY revision LIMIT $3");

const INSERT: &str = "
    INSERT INTO identity.user_account
        (workspace_id, id, email, name, password_hash, role, active, locale, time_zone,
         revision, created_at, updated_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $11)";

/// Other administrators are looked for under the lock of the workspace's row, which every
/// change of a user takes first: two administrators can't demote each other at once.
const UPDATE: &str = "
    UPDATE identity.user_account AS one
    SET name = $3, email = $4, role = $5, active = $6, locale = $7, time_zone = $8,
        revision = $9, version = version + 1, updated_at = $10, theme = $11
    WHERE workspace_id = $1 AND id = $2
      AND (($5 = 'administrator' AND $6)
           OR NOT (one.role = 'administrator' AND one.active)
           OR EXISTS (SELECT FROM identity.user_account AS other
                      WHERE other.workspace_id = $1 AND other.id <> $2
                        AND other.role = 'administrator' AND other.active))
    RETURNING version";

const SET_PASSWORD: &str = "
    UPDATE identity.user_account
    SET password_hash = $3, active = $4, revision = $5, version = version + 1, updated_at = $6
    WHERE workspace_id = $1 AND id = $2
    RETURNING version";

/// The same password at a higher cost: no change that anybody has to hear of. Not when the
/// password was changed meanwhile.
const REHASH: &str = "
    UPDATE identity.user_account SET password_hash = $4
    WHERE workspace_id = $1 AND id = $2 AND password_hash = $3";

const PASSWORD_HASH: &str =
    "SELECT password_hash FROM identity.user_account WHERE workspace_id = $1 AND id = $2";

/// What becomes of a user's row when it is written.
pub(crate) struct Stored<'a> {
    pub(crate) user: &'a User,
    pub(crate) password_hash: Option<&'a str>,
}

pub(crate) async fn get(
    store: &Store,
    workspace: WorkspaceId,
    id: UserId,
) -> Result<Option<User>, StoreError> {
    let rows = store
        .read(workspace, Class::Interactive, BY_ID, &[&workspace, &id])
        .await?;
    rows.first().map(from_row).transpose()
}

pub(crate) async fn by_email(
    store: &Store,
    workspace: WorkspaceId,
    email: &str,
) -> Result<Option<User>, StoreError> {
    let rows = store
        .read(
            workspace,
            Class::Interactive,
            BY_EMAIL,
            &[&workspace, &email],
        )
        .await?;
    rows.first().map(from_row).transpose()
}

pub(crate) async fn changed_since(
    store: &Store,
    workspace: WorkspaceId,
    revision: i64,
    limit: i64,
) -> Result<Vec<User>, StoreError> {
    let rows = store
        .read(
            workspace,
            Class::Background,
            CHANGED_SINCE,
            &[&workspace, &revision, &limit],
        )
        .await?;
    rows.iter().map(from_row).collect()
}

pub(crate) async fn lock_in(
    tx: &Tx,
    workspace: WorkspaceId,
    id: UserId,
) -> Result<Option<User>, StoreError> {
    let row = tx.query_opt(LOCK, &[&workspace, &id]).await?;
    row.as_ref().map(from_row).transpose()
}

pub(crate) async fn by_emails_in(
    tx: &Tx,
    workspace: WorkspaceId,
    emails: &[&str],
) -> Result<Vec<User>, StoreError> {
    let rows = tx.query(BY_EMAILS, &[&workspace, &emails]).await?;
    rows.iter().map(from_row).collect()
}

/// The oldest user of each name, in any case, with the name's place in `names`.
pub(crate) async fn by_names_in(
    tx: &Tx,
    workspace: WorkspaceId,
    names: &[&str],
) -> Result<Vec<(usize, User)>, StoreError> {
    let rows = tx.query(BY_NAMES, &[&workspace, &names]).await?;
    rows.iter()
        .map(|row| {
            let place: i64 = row.try_get("place")?;
            let index = usize::try_from(place - 1).unwrap_or(usize::MAX);
            Ok((index, from_row(row)?))
        })
        .collect()
}

pub(crate) async fn insert_in(
    tx: &Tx,
    workspace: WorkspaceId,
    new: Stored<'_>,
) -> Result<(), StoreError> {
    let user = new.user;
    tx.execute(
        INSERT,
        &[
            &workspace,
            &user.id,
            &user.email,
            &user.name,
            &new.password_hash,
            &role_name(user.role),
            &user.active,
            &user.locale,
            &user.time_zone,
            &user.revision,
            &user.created_at,
        ],
    )
    .await?;
    Ok(())
}

/// The new version; `None` when this would leave the workspace without an active administrator.
/// Demands that [`reserve_revisions_in`](crate::workspace::store::reserve_revisions_in) ran in
/// the same transaction.
pub(crate) async fn update_in(
    tx: &Tx,
    workspace: WorkspaceId,
    user: &User,
) -> Result<Option<i64>, StoreError> {
    let row = tx
        .query_opt(
            UPDATE,
            &[
                &workspace,
                &user.id,
                &user.name,
                &user.email,
                &role_name(user.role),
                &user.active,
                &user.locale,
                &user.time_zone,
                &user.revision,
                &user.updated_at,
                &user.theme.map(Theme::as_str),
            ],
        )
        .await?;
    row.map(|row| Ok(row.try_get(0)?)).transpose()
}

/// Sets the password and whether the user is active; the new version.
pub(crate) async fn set_password_in(
    tx: &Tx,
    workspace: WorkspaceId,
    user: &User,
    hash: &str,
) -> Result<i64, StoreError> {
    let row = tx
        .query_one(
            SET_PASSWORD,
            &[
                &workspace,
                &user.id,
                &hash,
                &user.active,
                &user.revision,
                &user.updated_at,
            ],
        )
        .await?;
    Ok(row.try_get(0)?)
}

pub(crate) async fn rehash_in(
    tx: &Tx,
    workspace: WorkspaceId,
    id: UserId,
    old: &str,
    new: &str,
) -> Result<(), StoreError> {
    tx.execute(REHASH, &[&workspace, &id, &old, &new]).await?;
    Ok(())
}

pub(crate) async fn password_hash(
    store: &Store,
    workspace: WorkspaceId,
    id: UserId,
) -> Result<Option<String>, StoreError> {
    let rows = store
        .read(
            workspace,
            Class::Interactive,
            PASSWORD_HASH,
            &[&workspace, &id],
        )
        .await?;
    rows.first()
        .map_or(Ok(None), |row| Ok(row.try_get("password_hash")?))
}

/// As [`password_hash`], in a transaction.
pub(crate) async fn password_hash_in(
    tx: &Tx,
    workspace: WorkspaceId,
    id: UserId,
) -> Result<Option<String>, StoreError> {
    let row = tx.query_opt(PASSWORD_HASH, &[&workspace, &id]).await?;
    row.map_or(Ok(None), |row| Ok(row.try_get("password_hash")?))
}

pub(crate) fn from_row(row: &Row) -> Result<User, StoreError> {
    let role: Role = role_of(row.try_get("role")?);
    Ok(User {
        id: row.try_get("id")?,
        email: row.try_get("email")?,
        name: row.try_get("name")?,
        role,
        active: row.try_get("active")?,
        has_password: row.try_get("has_password")?,
        locale: row.try_get("locale")?,
        time_zone: row.try_get("time_zone")?,
        theme: (row.try_get::<_, Option<&str>>("theme")?).and_then(Theme::of),
        revision: row.try_get("revision")?,
        version: row.try_get("version")?,
        created_at: row.try_get::<_, Timestamp>("created_at")?,
        updated_at: row.try_get::<_, Timestamp>("updated_at")?,
    })
}
