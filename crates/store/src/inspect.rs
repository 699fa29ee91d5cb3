//! A look at a database from outside, for whoever has to find out what is missing.

use std::time::Duration;

use tokio_postgres::Client;

use crate::connection::Connection;
use crate::{ConnectionConfig, StoreError};

/// How long the look may take.
const PATIENCE: Duration = Duration::from_secs(5);

/// What a database has. Nothing is changed by looking.
#[derive(Clone, Debug)]
pub struct Inspection {
    /// PostgreSQL's version as it says it itself, such as `15.14`.
    pub version: String,
    /// The same as a number, 150014.
    pub version_number: i32,
    /// The database's encoding; Kith needs UTF8.
    pub encoding: String,
    /// The database's collation; Kith needs C.
    pub collation: String,
    /// Extensions that are neither there nor can be made.
    pub missing_extensions: Vec<String>,
    /// Roles that are not there or that the login may not become.
    pub missing_roles: Vec<String>,
    /// Whether the login could make missing roles itself.
    pub may_create_roles: bool,
    /// The version of each schema that was migrated.
    pub migrated: Vec<(String, i32)>,
}

impl Inspection {
    /// Looks at a database.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] where it can't be reached.
    pub async fn of(connection: &ConnectionConfig) -> Result<Self, StoreError> {
        let look = async {
            let opened = Connection::open(connection, 1, "").await?;
            look(opened.client()).await
        };
        tokio::time::timeout(PATIENCE, look)
            .await
            .unwrap_or_else(|_| Err(StoreError::unavailable("the database took too long")))
    }
}

async fn look(client: &Client) -> Result<Inspection, StoreError> {
    let server = client
        .query_one(
            "SELECT split_part(current_setting('server_version'), ' ', 1), \
                    current_setting('server_version_num')::int4, \
                    pg_encoding_to_char(encoding)::text, datcollate::text, \
                    (SELECT rolcreaterole OR rolsuper FROM pg_roles WHERE rolname = current_user) \
             FROM pg_database WHERE datname = current_database()",
            &[],
        )
        .await?;
    let extensions = client
        .query(
            "SELECT wanted FROM unnest(ARRAY['pg_trgm', 'btree_gin', 'fuzzystrmatch']) AS wanted \
             WHERE NOT EXISTS (SELECT FROM pg_available_extensions WHERE name = wanted)",
            &[],
        )
        .await?;
    let roles = client
        .query(
            "SELECT wanted FROM unnest(ARRAY['kith_app', 'kith_reader', 'kith_system']) AS wanted \
             WHERE to_regrole(wanted) IS NULL \
                OR NOT pg_has_role(current_user, to_regrole(wanted), 'MEMBER')",
            &[],
        )
        .await?;
    let known = client
        .query_one("SELECT to_regclass('kith.migration') IS NOT NULL", &[])
        .await?;
    let migrated = if known.try_get(0)? {
        let sql = "SELECT schema, max(version) FROM kith.migration GROUP BY schema ORDER BY schema";
        client.query(sql, &[]).await?
    } else {
        Vec::new()
    };
    let names = |rows: Vec<tokio_postgres::Row>| -> Result<Vec<String>, tokio_postgres::Error> {
        rows.iter().map(|row| row.try_get(0)).collect()
    };
    Ok(Inspection {
        version: server.try_get(0)?,
        version_number: server.try_get(1)?,
        encoding: server.try_get(2)?,
        collation: server.try_get(3)?,
        may_create_roles: server.try_get(4)?,
        missing_extensions: names(extensions)?,
        missing_roles: names(roles)?,
        migrated: migrated
            .iter()
            .map(|row| Ok((row.try_get(0)?, row.try_get(1)?)))
            .collect::<Result<_, tokio_postgres::Error>>()?,
    })
}
