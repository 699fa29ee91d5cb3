use std::time::Duration;

use sha2::{Digest as _, Sha256};
use tokio_postgres::Client;
use tokio_postgres::error::SqlState;

use super::bootstrap::bootstrap;
use super::{MigrationReport, Migrations};
use crate::connection::Connection;
use crate::{Store, StoreError};

/// How often a migration that met a busy table is tried, and how long it pauses between.
const ATTEMPTS: u32 = 12;
const PAUSE: Duration = Duration::from_millis(500);

/// Taken while the schema is changed, so that processes that start together don't meet.
const LOCK: &str = "SELECT pg_advisory_lock(hashtext('kith.migration'))";

struct Migration {
    version: i32,
    name: &'static str,
    sql: &'static str,
    checksum: String,
}

impl Store {
    /// Brings the schema of `service` to the version that this binary knows, as the login role.
    ///
    /// A schema that is newer than this binary is left as it is: each version keeps the
    /// previous binary working.
    pub async fn migrate(&self, service: &Migrations) -> Result<MigrationReport, StoreError> {
        let known = parse(service)?;
        let connection = Connection::open(self.connection(), 1, "SET timezone = 'UTC'").await?;
        let client = connection.client();
        client.batch_execute(LOCK).await?;
        client.batch_execute("SET lock_timeout = '5s'").await?;
        bootstrap(client).await?;
        client
            .query("SELECT kith.create_service($1)", &[&service.schema])
            .await?;
        let report = apply(client, service.schema, &known).await?;
        check_protected(client, service.schema).await?;
        Ok(report)
    }

    /// Makes the monthly partitions of a service's event log for this month and the next
    /// `months_ahead`; returns how many are new. For start-up and for a daily worker.
    pub async fn ensure_event_partitions(
        &self,
        schema: &str,
        months_ahead: i32,
    ) -> Result<i32, StoreError> {
        let connection = Connection::open(self.connection(), 1, "SET lock_timeout = '5s'").await?;
        let row = connection
            .client()
            .query_one(
                "SELECT kith.ensure_event_partitions($1, $2)",
                &[&schema, &months_ahead],
            )
            .await?;
        Ok(row.get(0))
    }

    /// Drops the months of a service's event log that ended more than `keep` months ago, as far as
    /// all their events stand at or before (`xid`, `seq`); returns how many.
    pub async fn retire_event_partitions(
        &self,
        schema: &str,
        keep: i32,
        (xid, seq): (u64, i64),
    ) -> Result<i32, StoreError> {
        let connection = Connection::open(self.connection(), 1, "SET lock_timeout = '5s'").await?;
        let sql = "SELECT kith.retire_event_partitions($1, $2, $3::text::xid8, $4)";
        let row = (connection.client())
            .query_one(sql, &[&schema, &keep, &xid.to_string(), &seq])
            .await?;
        Ok(row.get(0))
    }
}

async fn apply(
    client: &Client,
    schema: &str,
    known: &[Migration],
) -> Result<MigrationReport, StoreError> {
    let rows = client
        .query(
            "SELECT version, name, checksum FROM kith.migration WHERE schema = $1 ORDER BY version",
            &[&schema],
        )
        .await?;
    let mut version = 0;
    let mut ahead = 0;
    for row in &rows {
        version = row.get(0);
        let (name, checksum): (&str, &str) = (row.get(1), row.get(2));
        let Some(file) = known.iter().find(|file| file.version == version) else {
            ahead += 1;
            continue;
        };
        if file.checksum != checksum {
            return Err(failed(
                schema,
                file.name,
                format!(
                    "was applied to this database with another text, as {name}. Applied migrations must not \
                     be changed: restore the file, or add a new one"
                ),
                None,
            ));
        }
    }
    if ahead > 0 {
        tracing::info!(
            schema,
            version,
            ahead,
            "the database's schema is newer than this binary"
        );
    }
    let mut applied = Vec::new();
    for file in known.iter().filter(|file| file.version > version) {
        apply_one(client, schema, file).await?;
        tracing::info!(schema, file = file.name, "migrated");
        applied.push(file.name.to_owned());
    }
    let version = known.last().map_or(0, |file| file.version).max(version);
    Ok(MigrationReport {
        applied,
        version,
        ahead,
    })
}

async fn apply_one(client: &Client, schema: &str, file: &Migration) -> Result<(), StoreError> {
    let mut attempt = 1;
    loop {
        let error = match attempt_one(client, schema, file).await {
            Ok(()) => return Ok(()),
            Err(error) => error,
        };
        client.batch_execute("ROLLBACK").await?;
        let busy = error.code() == Some(&SqlState::LOCK_NOT_AVAILABLE);
        if !busy || attempt == ATTEMPTS {
            let said = error.as_db_error().map_or_else(
                || error.to_string(),
                |db| match db.where_() {
                    Some(place) => format!("{} ({place})", db.message()),
                    None => db.message().to_owned(),
                },
            );
            return Err(failed(schema, file.name, said, Some(error)));
        }
        tracing::info!(
            schema,
            file = file.name,
            attempt,
            "a table is in use; migrating again soon"
        );
        tokio::time::sleep(PAUSE * attempt).await;
        attempt += 1;
    }
}

async fn attempt_one(
    client: &Client,
    schema: &str,
    file: &Migration,
) -> Result<(), tokio_postgres::Error> {
    client.batch_execute("BEGIN").await?;
    client.batch_execute(file.sql).await?;
    client
        .execute(
            "INSERT INTO kith.migration (schema, version, name, checksum) VALUES ($1, $2, $3, $4)",
            &[&schema, &file.version, &file.name, &file.checksum],
        )
        .await?;
    client.batch_execute("COMMIT").await
}

async fn check_protected(client: &Client, schema: &str) -> Result<(), StoreError> {
    let rows = client
        .query("SELECT kith.unprotected($1)", &[&schema])
        .await?;
    let tables: Vec<&str> = rows.iter().map(|row| row.get(0)).collect();
    if tables.is_empty() {
        return Ok(());
    }
    let reason = format!(
        "{} have tenants' rows without row-level security: call kith.protect for each",
        tables.join(", ")
    );
    Err(failed(schema, "check", reason, None))
}

/// Orders the files and refuses gaps and doubles, which are mistakes of ours.
fn parse(service: &Migrations) -> Result<Vec<Migration>, StoreError> {
    let schema = service.schema;
    let sane = !schema.is_empty()
        && schema
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte == b'_');
    if !sane {
        return Err(failed(schema, "", "is not a schema's name", None));
    }
    let mut migrations = Vec::new();
    for (expected, (name, sql)) in (1..).zip(service.files) {
        let version = name
            .strip_prefix('V')
            .and_then(|rest| rest.split_once("__"))
            .and_then(|(version, _)| version.parse().ok());
        if version != Some(expected) {
            return Err(failed(
                schema,
                name,
                format!("should be named V{expected}__….sql"),
                None,
            ));
        }
        // A checkout with other line endings is the same migration.
        let checksum = hex::encode(Sha256::digest(sql.replace("\r\n", "\n")));
        migrations.push(Migration {
            version: expected,
            name,
            sql,
            checksum,
        });
    }
    Ok(migrations)
}

fn failed(
    schema: &str,
    name: &str,
    reason: impl Into<String>,
    source: Option<tokio_postgres::Error>,
) -> StoreError {
    StoreError::Migration {
        migration: format!("{schema}/{name}"),
        reason: reason.into(),
        source,
    }
}
