//! Forward-only migrations, one sequence per service.

mod bootstrap;
mod run;

pub use bootstrap::{BOOTSTRAP, bootstrap_sql};

/// The migrations of one service. Made by [`migrations!`](crate::migrations).
#[derive(Clone, Copy, Debug)]
pub struct Migrations {
    /// The service's PostgreSQL schema.
    pub schema: &'static str,
    /// File names, `V1__catalog.sql`, and their text, in order.
    pub files: &'static [(&'static str, &'static str)],
}

/// What [`Store::migrate`](crate::Store::migrate) did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MigrationReport {
    /// Files applied now.
    pub applied: Vec<String>,
    /// The schema's version afterwards.
    pub version: i32,
    /// How many versions the database is ahead of this binary.
    pub ahead: i32,
}

/// Takes a service's migrations from the folder `migrations` beside its `Cargo.toml` into the binary.
///
/// `migrations!("records", "V1__catalog.sql", "V2__records.sql")`
#[macro_export]
macro_rules! migrations {
    ($schema:literal $(, $file:literal)* $(,)?) => {
        $crate::Migrations {
            schema: $schema,
            files: &[$(
                ($file, include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/migrations/", $file))),
            )*],
        }
    };
}
