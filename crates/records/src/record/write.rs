//! Statements that belong together, on their way to the database in one round trip.

use std::borrow::Cow;

use kith_store::{OwnedParam, Params, Sending, StoreError, Tx};
use tokio_postgres::Row;

/// A statement with its parameters.
pub(crate) struct Write(Sending);

impl Write {
    pub(crate) fn new(sql: impl Into<Cow<'static, str>>, params: Vec<OwnedParam>) -> Self {
        let sql = sql.into();
        Self(Sending { sql, params })
    }
}

/// Runs the statements in their order; the rows of each.
pub(super) async fn run_in(tx: &Tx, writes: &[Write]) -> Result<Vec<Vec<Row>>, StoreError> {
    let params: Vec<Vec<_>> = (writes.iter())
        .map(|Write(write)| write.params.iter().map(|param| &**param as _).collect())
        .collect();
    let statements: Vec<(&str, Params<'_>)> = (writes.iter().zip(&params))
        .map(|(Write(write), params)| (&*write.sql, params.as_slice()))
        .collect();
    tx.pipeline(&statements).await
}

/// Sends the statements in their order without waiting. What comes next in the transaction tells
/// if one of them fails.
pub(super) async fn send_in(tx: &Tx, writes: Vec<Write>) -> Result<(), StoreError> {
    let writes = writes.into_iter().map(|Write(write)| write);
    tx.send(writes.collect()).await
}
