//! The database: version, extensions, roles, tables.

use kith_store::{ConnectionConfig, Inspection, Migrations, bootstrap_sql, embedded};

use super::Finding;
use crate::config::Settings;
use crate::services::MIGRATIONS;

/// The oldest PostgreSQL that Kith works with.
const OLDEST: i32 = 150_000;

pub(super) async fn look(settings: &Settings) -> Vec<Finding> {
    let ours = settings.text("database_url").is_empty();
    let connection = match settings.database() {
        Ok(Some(connection)) => connection,
        Ok(None) => match embedded::running(&settings.data()) {
            Ok(connection) => connection,
            Err(_) => return vec![not_running()],
        },
        Err(error) => return vec![Finding::bad("database", format!("{error:#}"))],
    };
    match Inspection::of(&connection).await {
        Ok(seen) => judge(&seen, &connection),
        Err(_) if ours => vec![not_running()],
        Err(error) => vec![Finding::bad(
            format!("database: {error}"),
            "Start the server that database_url names, or correct it",
        )],
    }
}

fn not_running() -> Finding {
    Finding::Open("database: the embedded PostgreSQL is not running; `kith serve` starts it".into())
}

fn judge(seen: &Inspection, connection: &ConnectionConfig) -> Vec<Finding> {
    let mut findings = Vec::new();
    findings.push(if seen.version_number < OLDEST {
        Finding::bad(
            format!("database: PostgreSQL {} is too old", seen.version),
            "Use version 15 or newer",
        )
    } else if seen.encoding != "UTF8" || !seen.collation.starts_with(['C', 'P']) {
        Finding::bad(
            format!("database: encoding {}, collation {}", seen.encoding, seen.collation),
            "Make the database with ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C.UTF-8' TEMPLATE template0",
        )
    } else {
        Finding::Good(format!("database: PostgreSQL {}", seen.version))
    });
    findings.push(if seen.missing_extensions.is_empty() {
        Finding::Good("extensions: pg_trgm, btree_gin, fuzzystrmatch".into())
    } else {
        Finding::bad(
            format!(
                "extensions: {} can't be made",
                seen.missing_extensions.join(", ")
            ),
            "Install PostgreSQL's contrib package on the database's machine",
        )
    });
    findings.push(roles(seen, connection));
    findings.extend(MIGRATIONS.iter().map(|service| tables(seen, service)));
    findings
}

fn roles(seen: &Inspection, connection: &ConnectionConfig) -> Finding {
    let missing = seen.missing_roles.join(", ");
    if seen.missing_roles.is_empty() {
        return Finding::Good("database roles: kith_app, kith_reader, kith_system".into());
    }
    if seen.may_create_roles {
        return Finding::Open(format!(
            "database roles: {missing} are made at the next start"
        ));
    }
    let login = connection.driver().get_user().unwrap_or("kith");
    Finding::bad(
        format!("database roles: {missing} are missing, and this login may not make them"),
        format!(
            "Let an administrator of the database run:\n{}",
            bootstrap_sql(login)
        ),
    )
}

fn tables(seen: &Inspection, service: &Migrations) -> Finding {
    let name = service.schema;
    let known = i32::try_from(service.files.len()).unwrap_or(i32::MAX);
    let found = seen.migrated.iter().find(|(schema, _)| schema == name);
    match found.map_or(0, |(_, version)| *version) {
        found if found == known => Finding::Good(format!("tables of {name}: version {found}")),
        found if found > known => Finding::Open(format!(
            "tables of {name}: version {found}, made by a newer Kith; this one knows {known}"
        )),
        found => Finding::Open(format!(
            "tables of {name}: version {found}; the next start brings them to {known}"
        )),
    }
}
