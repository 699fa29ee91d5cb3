use tokio_postgres::Client;
use tokio_postgres::error::SqlState;

use crate::StoreError;

const ROLES: &str = include_str!("../../sql/roles.sql");
/// The SQL that each start runs before the services' migrations.
pub const BOOTSTRAP: &str = include_str!("../../sql/bootstrap.sql");

/// The oldest PostgreSQL that has what Kith's SQL uses.
const OLDEST: i32 = 150_000;

/// What an administrator of a database of their own has to run once, when Kith's login may
/// not create roles itself.
pub fn bootstrap_sql(login: &str) -> String {
    let login = login.replace('"', "\"\"");
    format!("{ROLES}GRANT kith_app, kith_reader, kith_system TO \"{login}\";\n")
}

/// Checks the server and makes what all services rely on.
pub(super) async fn bootstrap(client: &Client) -> Result<(), StoreError> {
    check(client).await?;
    roles(client).await?;
    client
        .batch_execute(&format!("BEGIN; {BOOTSTRAP}; COMMIT"))
        .await
        .map_err(|error| refused(error, "the database could not be prepared"))
}

async fn check(client: &Client) -> Result<(), StoreError> {
    let row = client
        .query_one(
            "SELECT current_setting('server_version_num')::int4, \
                    pg_encoding_to_char(encoding)::text, datcollate::text, current_database()::text \
             FROM pg_database WHERE datname = current_database()",
            &[],
        )
        .await?;
    let (version, encoding, collate, name): (i32, &str, &str, &str) =
        (row.get(0), row.get(1), row.get(2), row.get(3));
    if version < OLDEST {
        return Err(StoreError::Configuration(format!(
            "PostgreSQL {} is too old: Kith needs version 15 or newer",
            version / 10_000
        )));
    }
    if encoding != "UTF8" || !matches!(collate, "C" | "POSIX" | "C.UTF-8" | "C.utf8") {
        return Err(StoreError::Configuration(format!(
            "the database \"{name}\" has encoding {encoding} and collation {collate}, and Kith needs UTF8 and C. \
             Make it with: CREATE DATABASE \"{name}\" TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C.UTF-8'"
        )));
    }
    Ok(())
}

async fn roles(client: &Client) -> Result<(), StoreError> {
    let row = client
        .query_one(
            "SELECT current_user::text, count(*) = 3 \
             FROM unnest(ARRAY['kith_app', 'kith_reader', 'kith_system']) AS wanted \
             WHERE to_regrole(wanted) IS NOT NULL AND pg_has_role(current_user, to_regrole(wanted), 'MEMBER')",
            &[],
        )
        .await?;
    let (login, complete): (&str, bool) = (row.get(0), row.get(1));
    if complete {
        return Ok(());
    }
    let sql = bootstrap_sql(login);
    client.batch_execute(&sql).await.map_err(|error| {
        if error.code() == Some(&SqlState::INSUFFICIENT_PRIVILEGE) {
            StoreError::Configuration(format!(
                "the login \"{login}\" may not create the roles that Kith works as. \
                 Let an administrator of the server run once:\n{sql}"
            ))
        } else {
            error.into()
        }
    })
}

fn refused(error: tokio_postgres::Error, what: &str) -> StoreError {
    match error.as_db_error() {
        Some(db) => StoreError::Configuration(format!("{what}: {}", db.message())),
        None => error.into(),
    }
}
