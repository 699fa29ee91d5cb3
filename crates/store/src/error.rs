use std::error::Error as _;

use kith_kernel::{ErrorCode, Failure};
use tokio_postgres::error::{DbError, SqlState};

/// What can go wrong between Kith and PostgreSQL.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database can't be reached, is starting or stopping, or has no free connection.
    #[error("the database is unavailable: {reason}")]
    Unavailable {
        /// For the log.
        reason: String,
        /// What the driver said, where it said something.
        source: Option<tokio_postgres::Error>,
    },
    /// A statement ran longer than its class allows, or was cancelled.
    #[error("the statement was cancelled")]
    Timeout(#[source] Option<tokio_postgres::Error>),
    /// A lock was not granted in time.
    #[error("a lock was not granted in time")]
    LockTimeout(#[source] tokio_postgres::Error),
    /// A unique or exclusion constraint is violated.
    #[error("unique constraint {constraint} is violated")]
    Unique {
        /// The constraint's or unique index's name.
        constraint: String,
        /// The driver's error.
        source: tokio_postgres::Error,
    },
    /// A foreign key is violated.
    #[error("foreign key {constraint} is violated")]
    ForeignKey {
        /// The constraint's name.
        constraint: String,
        /// The driver's error.
        source: tokio_postgres::Error,
    },
    /// A check constraint is violated.
    #[error("check constraint {constraint} is violated")]
    Check {
        /// The constraint's name.
        constraint: String,
        /// The driver's error.
        source: tokio_postgres::Error,
    },
    /// A column that must have a value got none.
    #[error("column {column} must have a value")]
    NotNull {
        /// The column's name.
        column: String,
        /// The driver's error.
        source: tokio_postgres::Error,
    },
    /// Another transaction, or a migration, was in the way; running the whole transaction again
    /// can succeed.
    #[error("the transaction met another one or a migration, and has to be run again")]
    Retryable(#[source] tokio_postgres::Error),
    /// There is no room left to write.
    #[error("the database's disk is full")]
    DiskFull(#[source] Option<tokio_postgres::Error>),
    /// A value that PostgreSQL can't represent: out of range, broken text, division by zero.
    #[error("a value is not acceptable to the database: {message}")]
    InvalidValue {
        /// What PostgreSQL said; may quote the value.
        message: String,
        /// The driver's error.
        source: tokio_postgres::Error,
    },
    /// A statement or row is larger than PostgreSQL can handle.
    #[error("the statement is too complex for the database")]
    TooComplex(#[source] tokio_postgres::Error),
    /// `commit` was called although a statement of the transaction had failed or was abandoned.
    #[error("the transaction had failed before it was committed")]
    Aborted,
    /// A query that has to give one row gave another number.
    #[error("expected one row, got {0}")]
    RowCount(usize),
    /// The operator has to change something: the message says what.
    #[error("{0}")]
    Configuration(String),
    /// A migration can't be applied: the message says which and why.
    #[error("migration {migration}: {reason}")]
    Migration {
        /// Schema and file.
        migration: String,
        /// For the operator.
        reason: String,
        /// What PostgreSQL said, where it said something.
        source: Option<tokio_postgres::Error>,
    },
    /// The private PostgreSQL can't be started or used: the message says what to do.
    #[error("{0}")]
    Embedded(String),
    /// Anything else; a defect of ours.
    #[error("database error: {}", describe(.0))]
    Database(#[source] tokio_postgres::Error),
}

/// A statement was prepared against a schema that a migration has changed since.
fn is_stale(db: &DbError) -> bool {
    *db.code() == SqlState::INVALID_SQL_STATEMENT_NAME
        || (*db.code() == SqlState::FEATURE_NOT_SUPPORTED && db.message().contains("cached plan"))
}

fn describe(error: &tokio_postgres::Error) -> String {
    error
        .source()
        .map_or_else(|| error.to_string(), |source| format!("{error}: {source}"))
}

impl StoreError {
    pub(crate) fn unavailable(reason: impl Into<String>) -> Self {
        Self::Unavailable {
            reason: reason.into(),
            source: None,
        }
    }

    /// The name of the constraint that a value violates.
    pub fn constraint(&self) -> Option<&str> {
        match self {
            Self::Unique { constraint, .. }
            | Self::ForeignKey { constraint, .. }
            | Self::Check { constraint, .. } => Some(constraint),
            _ => None,
        }
    }

    /// Whether running the whole transaction again can succeed at once.
    pub fn is_retryable(&self) -> bool {
        matches!(self, Self::Retryable(_))
    }

    /// Whether the connection is of no further use.
    pub(crate) fn breaks_connection(&self) -> bool {
        matches!(self, Self::Unavailable { .. })
    }

    /// Whether a prepared statement has become stale, as after a migration.
    pub(crate) fn is_stale_statement(&self) -> bool {
        match self {
            Self::Retryable(error) => error.as_db_error().is_some_and(is_stale),
            _ => false,
        }
    }
}

impl From<tokio_postgres::Error> for StoreError {
    fn from(error: tokio_postgres::Error) -> Self {
        match error.as_db_error().cloned() {
            Some(db) => from_database(&db, error),
            None if is_ours(&error) => Self::Database(error),
            None => Self::Unavailable {
                reason: describe(&error),
                source: Some(error),
            },
        }
    }
}

/// Errors that the driver raises because of what we asked, not because of the connection.
fn is_ours(error: &tokio_postgres::Error) -> bool {
    let text = error.to_string();
    match error.source() {
        _ if text.starts_with("error encoding") => true,
        Some(cause) => !cause.is::<std::io::Error>(),
        None => !error.is_closed() && text != "unexpected message from server",
    }
}

fn from_database(db: &DbError, source: tokio_postgres::Error) -> StoreError {
    if is_stale(db) {
        return StoreError::Retryable(source);
    }
    let constraint = || db.constraint().unwrap_or_default().to_owned();
    match db.code() {
        code if *code == SqlState::UNIQUE_VIOLATION || *code == SqlState::EXCLUSION_VIOLATION => {
            let constraint = constraint();
            StoreError::Unique { constraint, source }
        }
        code if *code == SqlState::FOREIGN_KEY_VIOLATION => {
            let constraint = constraint();
            StoreError::ForeignKey { constraint, source }
        }
        code if *code == SqlState::CHECK_VIOLATION => {
            let constraint = constraint();
            StoreError::Check { constraint, source }
        }
        code if *code == SqlState::NOT_NULL_VIOLATION => {
            let column = db.column().unwrap_or_default().to_owned();
            StoreError::NotNull { column, source }
        }
        code if *code == SqlState::QUERY_CANCELED => StoreError::Timeout(Some(source)),
        code if *code == SqlState::LOCK_NOT_AVAILABLE => StoreError::LockTimeout(source),
        code if *code == SqlState::DISK_FULL => StoreError::DiskFull(Some(source)),
        code => match (code.code().get(..2).unwrap_or_default(), code.code()) {
            // 40001 serialisation failure, 40P01 deadlock.
            ("40", "40001" | "40P01") => StoreError::Retryable(source),
            // 25P03 idle in transaction too long: the consumer of a stream stalled.
            (_, "25P03") => StoreError::Timeout(Some(source)),
            // 53300 too many connections, 57P0x stopping or starting, 08 connection.
            ("08", _) | (_, "53300" | "57P01" | "57P02" | "57P03" | "57P05") => {
                StoreError::Unavailable {
                    reason: db.message().to_owned(),
                    source: Some(source),
                }
            }
            // 53100 stands above; out of memory and the like pass.
            ("53" | "58", _) => StoreError::Unavailable {
                reason: db.message().to_owned(),
                source: Some(source),
            },
            ("22", _) => StoreError::InvalidValue {
                message: db.message().to_owned(),
                source,
            },
            ("54", _) => StoreError::TooComplex(source),
            _ => StoreError::Database(source),
        },
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        let (code, message, retry_after) = match &error {
            StoreError::Unavailable { .. } => (
                ErrorCode::Unavailable,
                "The database can't answer now. Try again in a moment.",
                Some(1),
            ),
            StoreError::LockTimeout(_) | StoreError::Retryable(_) => (
                ErrorCode::Unavailable,
                "Others are changing the same things at this moment. Try again.",
                Some(1),
            ),
            StoreError::Timeout(_) => (
                ErrorCode::QueryTimeout,
                "This takes too long. Narrow the filter, or ask for less at once.",
                None,
            ),
            StoreError::Unique { .. } => (
                ErrorCode::Duplicate,
                "A value that must be unique is taken.",
                None,
            ),
            StoreError::ForeignKey { .. } => (
                ErrorCode::Conflict,
                "Something that this refers to, or that refers to this, stands in the way.",
                None,
            ),
            StoreError::Check { .. } | StoreError::NotNull { .. } => (
                ErrorCode::ValidationFailed,
                "A value is not acceptable.",
                None,
            ),
            StoreError::InvalidValue { .. } => (
                ErrorCode::InvalidRequest,
                "A value is out of range or contains characters that can't be stored.",
                None,
            ),
            StoreError::TooComplex(_) => (
                ErrorCode::LimitExceeded,
                "The request is larger or more complex than can be handled. Split it up.",
                None,
            ),
            StoreError::DiskFull(_) => (
                ErrorCode::StorageFull,
                "There is no room left to store data. Tell the operator.",
                Some(60),
            ),
            StoreError::Aborted
            | StoreError::RowCount(_)
            | StoreError::Configuration(_)
            | StoreError::Migration { .. }
            | StoreError::Embedded(_)
            | StoreError::Database(_) => return Self::internal(error),
        };
        let mut failure = Self::new(code, message).caused_by(error);
        failure.retry_after = retry_after;
        failure
    }
}
