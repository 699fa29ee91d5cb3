use kith_kernel::{UserId, WorkspaceId};
use kith_store::{Class, Row, Store, StoreError, Tx};

/// As many workspaces as one password is tried in.
const MAX_ACCOUNTS: i64 = 8;

/// By `user_by_email`.
const ACCOUNTS: &str = "
    SELECT one.workspace_id, one.id, one.active, one.password_hash,
           workspace.name AS workspace_name, workspace.slug
    FROM identity.user_account AS one
    JOIN identity.workspace ON workspace.workspace_id = one.workspace_id
    WHERE one.email = $1 AND ($2::text IS NULL OR workspace.slug = $2)
    ORDER BY one.active DESC, one.workspace_id
    LIMIT $3";

/// By primary key; waits for whoever changes the user.
const LOCK: &str = "
    SELECT active, password_hash FROM identity.user_account
    WHERE workspace_id = $1 AND id = $2
    FOR NO KEY UPDATE";

/// What a login is checked against.
#[derive(Clone, Debug)]
pub(super) struct Account {
    pub(super) workspace: WorkspaceId,
    pub(super) workspace_name: String,
    pub(super) slug: String,
    pub(super) user: UserId,
    /// The hash; absent for users who may not sign in.
    pub(super) password_hash: Option<String>,
}

pub(super) async fn accounts(
    store: &Store,
    email: &str,
    slug: Option<&str>,
) -> Result<Vec<Account>, StoreError> {
    let rows = store
        .system_read(
            Class::Interactive,
            ACCOUNTS,
            &[&email, &slug, &MAX_ACCOUNTS],
        )
        .await?;
    rows.iter().map(account).collect()
}

/// Whether the user is active and still has this hash; holds the user's row, so that it stays so.
pub(super) async fn still_valid_in(tx: &Tx, account: &Account) -> Result<bool, StoreError> {
    let row = tx
        .query_opt(LOCK, &[&account.workspace, &account.user])
        .await?;
    let Some(row) = row else { return Ok(false) };
    let (active, hash): (bool, Option<String>) =
        (row.try_get("active")?, row.try_get("password_hash")?);
    Ok(active && hash == account.password_hash)
}

fn account(row: &Row) -> Result<Account, StoreError> {
    let active: bool = row.try_get("active")?;
    let hash: Option<String> = row.try_get("password_hash")?;
    Ok(Account {
        workspace: row.try_get("workspace_id")?,
        workspace_name: row.try_get("workspace_name")?,
        slug: row.try_get("slug")?,
        user: row.try_get("id")?,
        password_hash: hash.filter(|_| active),
    })
}
