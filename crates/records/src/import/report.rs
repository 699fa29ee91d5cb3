//! Files of the rows that were not imported as they stood.

use axum::body::Body;
use bytes::Bytes;
use futures_util::{Stream, StreamExt as _, stream};
use kith_kernel::Failure;
use kith_store::{Class, Store, StoreError};
use kith_tabular::{Cell, Format, Kind, TabularError, Writer};

use super::convert::Reason;
use super::model::Import;
use super::store::{self, StoredIssue};

/// Which rows a report has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Report {
    /// Those that were rejected, with a column that says why.
    Rejected,
    /// Also those of which something was left out, with a column that says which is which.
    Issues,
}

/// A CSV file of the rows as they stood, and why.
pub(crate) async fn body(store: &Store, import: &Import, report: Report) -> Result<Body, Failure> {
    let mut header: Vec<String> = import
        .analysis
        .columns
        .iter()
        .map(|column| column.name.clone())
        .collect();
    let width = header.len();
    let mut free = |wanted: &str| {
        let mut name = wanted.to_owned();
        while header.contains(&name) {
            name.push('_');
        }
        header.push(name);
    };
    if report == Report::Issues {
        free("row");
        free("outcome");
    }
    free("reason");
    let format = Format::of(Kind::Csv);
    let mut writer = Writer::new(Vec::new(), &format, &header)?;
    let head = writer.sink_mut().map(std::mem::take).unwrap_or_default();
    let only_rejected = report == Report::Rejected;
    let rows = store
        .stream(
            import.workspace,
            Class::Reports,
            store::ISSUES,
            &[&import.workspace, &import.id, &only_rejected],
        )
        .await?;
    let lines = rows
        .ready_chunks(256)
        .map(move |rows| -> Result<Bytes, std::io::Error> {
            for row in rows {
                let issue = row.and_then(|row| store::issue(&row)).map_err(broken)?;
                writer.write(&cells(issue, width, report)).map_err(failed)?;
            }
            Ok(Bytes::from(
                writer.sink_mut().map(std::mem::take).unwrap_or_default(),
            ))
        });
    Ok(Body::from_stream(first(Bytes::from(head), lines)))
}

fn first<S>(head: Bytes, rest: S) -> impl Stream<Item = Result<Bytes, std::io::Error>>
where
    S: Stream<Item = Result<Bytes, std::io::Error>>,
{
    stream::once(async { Ok(head) }).chain(rest)
}

fn cells(issue: StoredIssue, width: usize, report: Report) -> Vec<Cell> {
    let mut cells: Vec<Cell> = issue.cells.into_iter().map(Cell::text).collect();
    cells.resize(width, Cell::Empty);
    if report == Report::Issues {
        cells.push(Cell::Number(issue.number.into()));
        cells.push(Cell::text(if issue.rejected {
            "rejected"
        } else {
            "adjusted"
        }));
    }
    let reasons: Vec<String> = issue.reasons.iter().map(Reason::to_string).collect();
    cells.push(Cell::text(reasons.join("; ")));
    cells
}

fn broken(error: StoreError) -> std::io::Error {
    std::io::Error::other(error)
}

fn failed(error: TabularError) -> std::io::Error {
    std::io::Error::other(error)
}
