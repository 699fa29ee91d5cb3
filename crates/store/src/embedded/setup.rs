//! What a cluster needs before the server can log in: its login, its database, its roles.

use crate::connection::Connection;
use crate::{ConnectionConfig, StoreError, bootstrap_sql};

use super::LOGIN;

/// Idempotent, so that a start that was cut short is finished by the next one.
pub(super) async fn ensure(admin: &ConnectionConfig) -> Result<(), StoreError> {
    let connection = Connection::open(admin, 1, "").await?;
    let client = connection.client();
    let row = client
        .query_one(
            "SELECT to_regrole($1) IS NOT NULL, EXISTS (SELECT FROM pg_database WHERE datname = $1), \
                    to_regrole($1) IS NOT NULL AND to_regrole('kith_system') IS NOT NULL \
                    AND pg_has_role($1, 'kith_system', 'MEMBER')",
            &[&LOGIN],
        )
        .await?;
    let (login, database, roles): (bool, bool, bool) = (row.get(0), row.get(1), row.get(2));
    if !login {
        client
            .batch_execute(&format!("CREATE ROLE {LOGIN} LOGIN"))
            .await?;
    }
    if !roles {
        client.batch_execute(&bootstrap_sql(LOGIN)).await?;
    }
    // Row-level security, even a policy that is always true, hides statistics from the planner of
    // PostgreSQL, which then estimates searches by defaults. What the reader may see is bound by
    // its statements.
    client
        .batch_execute("ALTER ROLE kith_reader BYPASSRLS")
        .await?;
    if !database {
        client
            .batch_execute(&format!("CREATE DATABASE {LOGIN} OWNER {LOGIN}"))
            .await?;
    }
    Ok(())
}
