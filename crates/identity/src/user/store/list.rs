use kith_kernel::{UserId, WorkspaceId};
use kith_store::{Class, Store, StoreError};

use super::from_row;
use crate::user::User;

/// In the order of `user_by_name`, from behind the key of the last page's last row.
const PAGE: &str = columns!(
    "WHERE workspace_id = $1
       AND ($2::text IS NULL OR (lower(name), id) > ($2, $3::uuid))
       AND ($4::boolean IS NULL OR active = $4)
       AND ($5::text IS NULL OR position(lower($5) IN lower(name)) > 0
                             OR position(lower($5) IN email) > 0)
     ORDER BY lower(name), id
     LIMIT $6"
);

/// The same filter without an order, counted up to `$4`.
const COUNT: &str = "
    SELECT count(*) FROM (
        SELECT FROM identity.user_account
        WHERE workspace_id = $1
          AND ($2::boolean IS NULL OR active = $2)
          AND ($3::text IS NULL OR position(lower($3) IN lower(name)) > 0
                                OR position(lower($3) IN email) > 0)
        LIMIT $4) AS one";

/// Which users of a list, and from where on.
#[derive(Debug, Default)]
pub(crate) struct Listing<'a> {
    pub(crate) after: Option<(&'a str, UserId)>,
    pub(crate) active: Option<bool>,
    pub(crate) search: Option<&'a str>,
    pub(crate) limit: i64,
}

/// Users with the key of their place in the list.
pub(crate) async fn page(
    store: &Store,
    workspace: WorkspaceId,
    listing: &Listing<'_>,
) -> Result<Vec<(User, String)>, StoreError> {
    let (after_name, after_id) = listing.after.unzip();
    let rows = store
        .read(
            workspace,
            Class::Interactive,
            PAGE,
            &[
                &workspace,
                &after_name,
                &after_id,
                &listing.active,
                &listing.search,
                &listing.limit,
            ],
        )
        .await?;
    rows.iter()
        .map(|row| Ok((from_row(row)?, row.try_get("name_key")?)))
        .collect()
}

/// How many users a list has in all its pages, `cap` at most.
pub(crate) async fn count(
    store: &Store,
    workspace: WorkspaceId,
    listing: &Listing<'_>,
    cap: i64,
) -> Result<i64, StoreError> {
    let (active, search) = (listing.active, listing.search);
    let rows = store
        .read(
            workspace,
            Class::Interactive,
            COUNT,
            &[&workspace, &active, &search, &cap],
        )
        .await?;
    rows.first().map_or(Ok(0), |row| Ok(row.try_get(0)?))
}
